//! Checkpoints, digests, figures, table upkeep, the clock.

pub(in crate::jobs) mod keep_tables;
pub(in crate::jobs) mod make_checkpoint;
pub(in crate::jobs) mod publish_digest;
pub(in crate::jobs) mod rebuild_figures;
pub(in crate::jobs) mod watch_clock;
