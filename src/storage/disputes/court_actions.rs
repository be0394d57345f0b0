//! Court actions and Copyright Claims Board claims told by complainants. 17 USC 512(g)(2)(C), 1507(d).

use diesel::prelude::*;

use crate::domain::base::fingerprint;
use crate::domain::base::ids::CounterId;
use crate::domain::base::moment::Moment;
use crate::domain::regimes::us_512::counter_notice::{ActionKind, CourtAction};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::court_actions;

/// All codes of [`Filed::via`].
pub const VIA: [&str; 2] = ["link", "staff"];

/// A stored court action.
#[derive(Clone, Debug)]
pub struct Filed {
    pub id: i64,
    pub counter: CounterId,
    pub action: CourtAction,
    pub received_at: Moment,
    /// Received before access was restored.
    pub in_time: bool,
    pub via: String,
}

/// Stores one.
pub fn insert(
    conn: &mut Conn,
    counter: CounterId,
    action: &CourtAction,
    (in_time, via): (bool, &str),
    now: Moment,
) -> Result<i64, StorageError> {
    Ok(diesel::insert_into(court_actions::table)
        .values((
            court_actions::counter_id.eq(counter.0),
            court_actions::kind.eq(action.kind.code()),
            court_actions::court.eq(&action.court),
            court_actions::docket.eq(&action.docket),
            court_actions::filed_on.eq(&action.filed_on),
            court_actions::received_at.eq(now.0),
            court_actions::in_time.eq(in_time),
            court_actions::via.eq(via),
        ))
        .returning(court_actions::id)
        .get_result(conn)?)
}

/// What the event of a court action tells of it.
pub fn digest(action: &CourtAction, in_time: bool) -> String {
    let in_time = in_time.to_string();
    fingerprint::of_texts(&[action.kind.code(), &action.court, &action.docket, &action.filed_on, &in_time])
}

type Row = (i64, i64, String, String, String, String, i64, bool, String);

/// Court actions of counter-notices, oldest first.
pub fn of_counters(conn: &mut Conn, counters: &[CounterId]) -> Result<Vec<Filed>, StorageError> {
    let ids: Vec<i64> = counters.iter().map(|c| c.0).collect();
    let rows: Vec<Row> =
        court_actions::table.filter(court_actions::counter_id.eq_any(ids)).order(court_actions::id).load(conn)?;
    rows.into_iter()
        .map(|(id, counter, kind, court, docket, filed_on, received_at, in_time, via)| {
            let kind: ActionKind = kind.parse().map_err(|()| StorageError::corrupt("court_actions", "kind", id))?;
            let action = CourtAction { kind, court, docket, filed_on };
            Ok(Filed { id, counter: CounterId(counter), action, received_at: Moment(received_at), in_time, via })
        })
        .collect()
}
