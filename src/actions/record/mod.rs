//! What is put on record beside the cases themselves: first start, exports, digests, the clock.

mod append;
pub(in crate::actions) mod confirm_clock;
pub(in crate::actions) mod export_evidence;
pub(in crate::actions) mod first_start;
pub(in crate::actions) mod row_digests;
pub(in crate::actions) mod send_digest;
