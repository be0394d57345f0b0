//! Identifiers, time, text: what every rule is made of.

pub mod contact;
pub mod fingerprint;
pub mod ids;
pub mod language;
pub mod moment;
pub mod visible;
