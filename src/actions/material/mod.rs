//! Where reported locations stand: disabled, restored, released, probed.

pub(in crate::actions) mod disable_locations;
pub(in crate::actions) mod record_probe;
pub(in crate::actions) mod release_locations;
pub(in crate::actions) mod remind_integrations;
pub(in crate::actions) mod restore_locations;
