//! The same material under several notices: who named it, and who keeps it disabled.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use crate::domain::base::ids::{CaseId, NoticeId, SenderId, StrikeId};
use crate::domain::base::moment::Moment;
use crate::domain::intake::proof::Proof;
use crate::domain::material::location_state::LocationState;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, filled};
use crate::storage::engine::schema::{cases, locations, notices};

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
    /// The case is not forwarded: it waits for its sender to confirm, or for a person.
    pub case_waits: bool,
    pub notice: NoticeId,
    pub notice_reference: String,
    pub sender: Option<SenderId>,
    pub works_key: i64,
    /// How it is proved who sent the notice.
    pub proof: Proof,
}

impl Named {
    /// Whether the complaint about it is still in hand: nothing would follow from saying it again.
    pub fn in_hand(&self) -> bool {
        self.state.is_blocking() || (self.state.stands() && !self.case_closed)
    }

    /// Whether a later notice of the same address about the same work may pass as a repeat of this one. It may where
    /// both surely come from the same; and a claim may where this one's case goes on. A proved notice is never a
    /// repeat of what somebody else may have sent in its name.
    pub fn may_swallow(&self, later: (Proof, Option<SenderId>)) -> bool {
        Proof::same((self.proof, self.sender), later) || (!later.0.is_identity() && !self.case_waits)
    }

    /// Whether it keeps material disabled that another notice lets go: it is disabled for this one too, or its case
    /// goes on and it is proved who complains. What somebody wrote in a name keeps nothing from returning.
    fn keeps_disabled(&self) -> bool {
        self.state.is_blocking() || (self.in_hand() && self.proof.is_identity())
    }
}

/// A location as found by its material: its number, the material, what it says, its state, its case and its notice.
type Row = (i64, i64, String, String, Option<i64>, i64);
type CaseOf = (i64, String, String, Option<i64>);
type NoticeOf = (i64, String, Option<i64>, i64, String);

/// Most earlier mentions looked at for one chunk of material; the newest.
const LOOKED_AT: i64 = 5_000;
/// Keys that SQLite looks up one by one.
const FEW: usize = 4;

/// Earlier cases that name material, the newest of each first.
///
/// Most material is named for the first time: what else there is to know is read only where something was found.
pub fn named_before(conn: &mut Conn, keys: &[i64]) -> Result<Vec<Named>, StorageError> {
    let mut found = Vec::new();
    // SQLite makes a table of each list; a few keys are found sooner one by one.
    let at_once = if matches!(conn, Conn::Sqlite(_)) && keys.len() <= FEW { 1 } else { 512 };
    for chunk in keys.chunks(at_once) {
        let rows: Vec<Row> = locations::table
            .filter(locations::material.eq_any(filled(chunk)))
            .filter(locations::case_id.is_not_null())
            // Of a sum there is no index: PostgreSQL would rather walk the whole table from its end than look up a list.
            .order((locations::id + 0).desc())
            .limit(LOOKED_AT)
            .select((
                locations::id,
                locations::material,
                locations::detail,
                locations::state,
                locations::case_id,
                locations::notice_id,
            ))
            .prepared()
            .rows(conn)?;
        let cases = cases_of(conn, rows.iter().filter_map(|r| r.4))?;
        let notices = notices_of(conn, rows.iter().map(|r| r.5))?;
        found.extend(rows.into_iter().filter_map(|row| read(row, &cases, &notices)));
    }
    Ok(found)
}

fn cases_of(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> Result<HashMap<i64, CaseOf>, StorageError> {
    let mut found = HashMap::new();
    for chunk in distinct(ids).chunks(512) {
        let rows: Vec<CaseOf> = cases::table
            .filter(cases::id.eq_any(filled(chunk)))
            .select((cases::id, cases::reference, cases::state, cases::confirm_by))
            .prepared()
            .rows(conn)?;
        found.extend(rows.into_iter().map(|row| (row.0, row)));
    }
    Ok(found)
}

fn notices_of(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> Result<HashMap<i64, NoticeOf>, StorageError> {
    let mut found = HashMap::new();
    for chunk in distinct(ids).chunks(512) {
        let rows: Vec<NoticeOf> = notices::table
            .filter(notices::id.eq_any(filled(chunk)))
            .select((notices::id, notices::reference, notices::sender_id, notices::works_key, notices::proof))
            .prepared()
            .rows(conn)?;
        found.extend(rows.into_iter().map(|row| (row.0, row)));
    }
    Ok(found)
}

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

fn read(
    (location, material, detail, state, case, notice): Row,
    cases: &HashMap<i64, CaseOf>,
    notices: &HashMap<i64, NoticeOf>,
) -> Option<Named> {
    let (case, notice) = (cases.get(&case?)?, notices.get(&notice)?);
    Some(Named {
        location,
        material,
        detail,
        state: state.parse().unwrap_or(LocationState::Unreadable),
        case: CaseId(case.0),
        case_reference: case.1.clone(),
        case_closed: case.2 == "closed",
        case_waits: case.2 == "review" || case.3.is_some(),
        notice: NoticeId(notice.0),
        notice_reference: notice.1.clone(),
        sender: notice.2.map(SenderId),
        works_key: notice.3,
        proof: notice.4.parse().unwrap_or_default(),
    })
}

/// Material that other notices keep disabled: theirs is disabled, or they are proved and their case is not over.
/// 17 USC 512(c)(1)(C) holds for each of them.
pub fn held_by_others(conn: &mut Conn, keys: &[i64], except: &[i64]) -> Result<HashSet<i64>, StorageError> {
    let except: HashSet<i64> = except.iter().copied().collect();
    let named = named_before(conn, keys)?;
    Ok(named.into_iter().filter(|n| !except.contains(&n.location) && n.keeps_disabled()).map(|n| n.material).collect())
}

/// Access to material has returned: what other notices had released is restored too. Returns the cases it is in.
pub fn restore_released(conn: &mut Conn, keys: &[i64], by: &str, now: Moment) -> Result<Vec<CaseId>, StorageError> {
    let mut cases = BTreeSet::new();
    for chunk in keys.chunks(500) {
        let released = locations::table
            .filter(locations::material.eq_any(chunk))
            .filter(locations::case_id.is_not_null())
            .filter(locations::state.eq(LocationState::Released.code()));
        let of: Vec<Option<i64>> = released.clone().select(locations::case_id).distinct().load(conn)?;
        cases.extend(of.into_iter().flatten().map(CaseId));
        diesel::update(released)
            .set((
                locations::state.eq(LocationState::Restored.code()),
                locations::state_at.eq(now.0),
                locations::state_by.eq(by),
            ))
            .execute(conn)?;
    }
    Ok(cases.into_iter().collect())
}

/// Active or earlier strikes of this customer whose cases named material that this case names too.
pub fn strikes_on_same_material(conn: &mut Conn, case: CaseId) -> Result<Vec<StrikeId>, StorageError> {
    let keys: Vec<i64> =
        locations::table.filter(locations::case_id.eq(case.0)).select(locations::material).distinct().load(conn)?;
    let mut found = Vec::new();
    for chunk in keys.chunks(800) {
        let some: Vec<Option<i64>> = locations::table
            .inner_join(cases::table.on(locations::case_id.eq(cases::id.nullable())))
            .filter(locations::material.eq_any(chunk))
            .filter(locations::case_id.is_not_null())
            .filter(cases::strike_id.is_not_null())
            .select(cases::strike_id)
            .distinct()
            .load(conn)?;
        found.extend(some.into_iter().flatten().map(StrikeId));
    }
    Ok(found)
}
