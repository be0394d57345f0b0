//! Facts about where reported locations stand.

facts! {
    /// Some locations of a case.
    struct Locations {
        /// How many.
        count: usize,
        /// Their row numbers; the first thousand.
        locations: Vec<i64>,
    } private {
        reason of Customer,
    }

    /// Locations are to be probed.
    struct ProbeAsked {
        /// How many.
        count: usize,
    }

    /// What a probe of a location found.
    struct ProbeDone {
        location: i64,
        outcome: String,
        /// HTTP status, where a server answered.
        status: Option<u16>,
    }
}

/// Most row numbers in one event, so that no event grows with a notice; the count beside them says how many there are.
const MOST: usize = 1000;

impl Locations {
    /// These locations, for a reason; empty where none was given.
    pub fn new(ids: &[i64], reason: &str) -> Self {
        Self { count: ids.len(), locations: ids.iter().take(MOST).copied().collect(), reason: reason.into() }
    }
}
