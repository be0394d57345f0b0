//! One writer with a priority queue and group commit, readers beside it, and the checkpointer.

pub(in crate::storage) mod checkpointer;
pub(in crate::storage) mod queue;
pub(in crate::storage) mod readers;
pub(in crate::storage) mod savepoints;
pub(in crate::storage) mod work;
pub(in crate::storage) mod writer;
