//! How much of a mail is read.

/// Longest text shown to people and looked through.
pub(super) const MAX_TEXT: usize = 500_000;

/// Most lines that could begin a part, and most that could be a header: each takes a multiple of its letters in
/// memory. A digest with a thousand messages has a few thousand.
pub(super) const MAX_PARTS: usize = 20_000;
pub(super) const MAX_HEADERS: usize = 50_000;
