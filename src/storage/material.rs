//! The same material under several notices: who named it, and who keeps it disabled.

use std::collections::HashSet;

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::prepared::{Prepared, filled};
use super::schema::{cases, locations, notices};
use crate::domain::ids::{CaseId, NoticeId, SenderId};
use crate::domain::location_state::LocationState;
use crate::domain::moment::Moment;

/// Material named by an earlier notice.
#[derive(Clone, Debug)]
pub struct Named {
    pub location: i64,
    pub material: i64,
    pub detail: String,
    pub state: LocationState,
    pub case: CaseId,
    pub case_reference: String,
    pub case_closed: bool,
    pub notice: NoticeId,
    pub notice_reference: String,
    pub sender: Option<SenderId>,
    pub works_key: i64,
}

impl Named {
    /// Whether the complaint about it is still in hand: nothing would follow from saying it again.
    pub fn in_hand(&self) -> bool {
        self.state.is_blocking() || (self.state.stands() && !self.case_closed)
    }
}

type Row = (i64, i64, String, String, (i64, String, String), (i64, String, Option<i64>, i64));

/// Most earlier mentions looked at for one chunk of material; the newest.
const LOOKED_AT: i64 = 5_000;

/// Earlier cases that name material, newest first.
pub fn named_before(conn: &mut Conn, keys: &[i64]) -> Result<Vec<Named>, StorageError> {
    let mut found = Vec::new();
    for chunk in keys.chunks(800) {
        let rows: Vec<Row> = locations::table
            .inner_join(cases::table.on(locations::case_id.eq(cases::id.nullable())))
            .inner_join(notices::table.on(locations::notice_id.eq(notices::id)))
            .filter(locations::material.eq_any(filled(chunk)))
            .filter(locations::case_id.is_not_null())
            .order(locations::id.desc())
            .limit(LOOKED_AT)
            .select((
                locations::id,
                locations::material,
                locations::detail,
                locations::state,
                (cases::id, cases::reference, cases::state),
                (notices::id, notices::reference, notices::sender_id, notices::works_key),
            ))
            .prepared()
            .rows(conn)?;
        found.extend(rows.into_iter().map(read));
    }
    Ok(found)
}

fn read((location, material, detail, state, case, notice): Row) -> Named {
    Named {
        location,
        material,
        detail,
        state: state.parse().unwrap_or(LocationState::Unreadable),
        case: CaseId(case.0),
        case_reference: case.1,
        case_closed: case.2 == "closed",
        notice: NoticeId(notice.0),
        notice_reference: notice.1,
        sender: notice.2.map(SenderId),
        works_key: notice.3,
    }
}

/// Material that other notices keep disabled: theirs is disabled, or their case is not over. 17 USC 512(c)(1)(C)
/// holds for each of them.
pub fn held_by_others(conn: &mut Conn, keys: &[i64], except: &[i64]) -> Result<HashSet<i64>, StorageError> {
    let named = named_before(conn, keys)?;
    Ok(named.into_iter().filter(|n| !except.contains(&n.location) && n.in_hand()).map(|n| n.material).collect())
}

/// Access to material has returned: what other notices had released is restored too.
pub fn restore_released(conn: &mut Conn, keys: &[i64], by: &str, now: Moment) -> Result<(), StorageError> {
    for chunk in keys.chunks(500) {
        let released = locations::table
            .filter(locations::material.eq_any(chunk))
            .filter(locations::case_id.is_not_null())
            .filter(locations::state.eq(LocationState::Released.code()));
        diesel::update(released)
            .set((
                locations::state.eq(LocationState::Restored.code()),
                locations::state_at.eq(now.0),
                locations::state_by.eq(by),
            ))
            .execute(conn)?;
    }
    Ok(())
}
