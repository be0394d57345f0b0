//! Where the locations of a notice stand as its complainant may know it, in the order in which they were sent.

use std::collections::{HashMap, HashSet};

use super::locations::{self, LocationRow};
use crate::domain::base::ids::NoticeId;
use crate::domain::material::public_state::PublicState;
use crate::storage::cases::case_lists;
use crate::storage::disputes::counter_notices;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;

/// More than one notice can have.
const ALL: i64 = 100_000;

/// A location as its complainant sees it.
#[derive(Clone, Debug)]
pub struct Located {
    pub row: LocationRow,
    pub state: PublicState,
}

impl Located {
    /// Whether it can be taken back by itself.
    pub fn can_be_withdrawn(&self) -> bool {
        self.row.case_id.is_some() && self.row.withdrawn_at.is_none()
    }
}

/// All locations of a notice.
pub fn of_notice(conn: &mut Conn, notice: NoticeId) -> Result<Vec<Located>, StorageError> {
    let rows = locations::of_notice(conn, notice, 0, ALL)?;
    let cases = case_lists::of_notice(conn, notice, ALL)?;
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    let counters = counter_notices::of_cases(conn, &ids)?;
    let open: HashSet<i64> = counters.iter().filter(|c| c.state.is_open()).map(|c| c.id.0).collect();
    let states: HashMap<i64, _> = cases.into_iter().map(|case| (case.id.0, case.state)).collect();
    let located = rows.into_iter().map(|row| {
        let case = row.case_id.and_then(|id| states.get(&id));
        let state = PublicState::of(row.state(), case, row.counter_id.is_some_and(|id| open.contains(&id)));
        Located { row, state }
    });
    Ok(located.collect())
}

/// How many locations are in each state, in the order of summaries; states without any are left out.
pub fn summary(located: &[Located]) -> Vec<(PublicState, usize)> {
    let count = |state| (state, located.iter().filter(|l| l.state == state).count());
    PublicState::ALL.into_iter().map(count).filter(|(_, n)| *n > 0).collect()
}
