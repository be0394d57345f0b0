//! Pure rules: no input or output, no async, no SQL, no clock.
//!
//! Everything here is a function of its arguments, so that counsel can read a rule and a test can
//! fix it. Nothing in this module uses another module of the crate (kept by `tests/it/layers.rs`).

pub mod admission;
pub mod answer;
pub mod asset;
pub mod business_days;
pub mod canonical;
pub mod case;
pub mod contact;
pub mod counter_notice;
pub mod deadline;
pub mod decision;
pub mod elements;
pub mod event;
pub mod finding;
pub mod fingerprint;
pub mod found_address;
pub mod hook;
pub mod ids;
pub mod language;
pub mod letter_rule;
pub mod likeness;
pub mod location;
pub mod location_state;
pub mod moment;
pub mod notice;
pub mod ownership;
pub mod packed;
pub mod pasted_location;
pub mod policy;
pub mod private_link;
pub mod proof;
pub mod public_state;
pub mod put_back;
mod raw_notice;
pub mod reached;
pub mod reading;
pub mod receipt_day;
pub mod role;
pub mod scope;
pub mod second_factor;
pub mod sender;
pub mod signal;
pub mod standing;
pub mod statements;
pub mod strikes;
pub mod token;
pub mod verify;
pub mod visible;
