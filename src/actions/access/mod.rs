//! Staff, sessions, second factors, API keys, private links.

pub(in crate::actions) mod make_key;
pub(in crate::actions) mod private_links;
pub(in crate::actions) mod put_staff;
pub(in crate::actions) mod second_factor;
pub(in crate::actions) mod sign_in;
pub(in crate::actions) mod staff_access;
