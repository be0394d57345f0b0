//! Reported locations, their states, and what probes found of them.

pub mod locations;
pub mod pending_outcomes;
pub mod probes;
pub mod public_states;
pub mod same_material;
