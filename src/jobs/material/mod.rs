//! Probes of addresses, and reminders of the host's own systems.

pub(in crate::jobs) mod probe_locations;
pub(in crate::jobs) mod remind_integrations;
