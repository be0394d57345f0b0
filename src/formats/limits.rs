//! How much is read of one submission.

/// Most notices read from one document or one mail: a digest of an upstream provider had 41.
pub const MAX_NOTICES: usize = 1000;
