//! Row numbers of locations as a fact of an event: bounded, so that no event grows with a notice.

use serde_json::Value;

/// Most row numbers in one event; the count beside them says how many there are.
const MOST: usize = 1000;

/// The first row numbers.
pub(in crate::actions) fn ids_fact(ids: &[i64]) -> Value {
    ids.iter().take(MOST).copied().collect::<Vec<i64>>().into()
}
