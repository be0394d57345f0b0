//! How the listed addresses came out.

/// How the listed addresses came out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub addresses: usize,
    pub duplicates: usize,
    pub hosted: usize,
    pub not_ours: usize,
    pub unreadable: usize,
}
