//! Pages for everybody, and the private pages of a complainant.

pub mod home;
pub mod notices;
pub mod policy;
pub mod status;
pub mod transparency;

pub(super) use notices::field_names::{field_of, flatten};
pub(super) use notices::fields::Fields;
