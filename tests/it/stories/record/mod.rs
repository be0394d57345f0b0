//! Evidence and the record.

pub(in crate::stories) mod evidence;
