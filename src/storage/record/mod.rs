//! Events and their chains, checkpoints, the feed, figures, verification.

pub mod checkpoints;
pub mod events;
pub mod feed;
pub mod feed_marks;
pub mod figures;
pub mod gauges;
pub mod verify;
pub mod verify_chains;
