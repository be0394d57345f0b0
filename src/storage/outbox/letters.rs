//! The outbox: letters are rows written with the event that causes them; a job sends them.

use diesel::prelude::*;

use super::letter_data::{self, LetterData};
use crate::domain::access::private_link::NamedTokens;
use crate::domain::base::ids::{CaseId, CustomerId, LetterId, NoticeId};
use crate::domain::base::moment::{Moment, Span};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, columns, filled, here, inserted, wrote_one};
use crate::storage::engine::schema::letters;

/// A letter to send.
#[derive(Clone, Debug)]
pub struct NewLetter {
    pub message_id: String,
    pub kind: &'static str,
    pub case: Option<CaseId>,
    pub notice: Option<NoticeId>,
    pub customer: Option<CustomerId>,
    /// The submission it answers, where that was a mail.
    pub answers: Option<i64>,
    pub to_name: String,
    pub to_address: String,
    /// As it would be if it were sent now.
    pub subject: String,
    pub data: LetterData,
    /// Tokens of its private links.
    pub tokens: NamedTokens,
    /// A deadline runs whether or not it arrives.
    pub carries_deadline: bool,
}

/// A stored letter with its delivery state.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = letters)]
pub struct LetterRow {
    pub id: i64,
    pub message_id: String,
    pub kind: String,
    pub case_id: Option<i64>,
    pub notice_id: Option<i64>,
    pub customer_id: Option<i64>,
    pub to_name: String,
    pub to_address: String,
    pub subject: String,
    /// `queued`, `sending`, `accepted`, `deferred`, `failed`, `bounced`; `withheld` and `gathered` by the limits of its
    /// receiver.
    pub state: String,
    pub carries_deadline: bool,
    pub created_at: i64,
    pub attempts: i32,
    pub due_at: i64,
    pub settled_at: Option<i64>,
    /// What the server said that took it over or refused it.
    pub answer: String,
    /// When it came back after that.
    pub bounced_at: Option<i64>,
    /// What was said then.
    pub bounce_answer: String,
    /// When a complaint about it came from its receiver's provider.
    pub complained_at: Option<i64>,
    /// The submission that it answers, where that was a mail.
    pub answers_id: Option<i64>,
}

impl LetterRow {
    /// What was said of it last: as it came back, or by the server that took it over or refused it.
    pub fn latest_answer(&self) -> &str {
        if self.bounced_at.is_some() { &self.bounce_answer } else { &self.answer }
    }
}

/// Kinds of letters that tell a customer of a case and by when to answer it.
pub(super) const NAMING_DEADLINE: [&str; 4] = ["notice_to_customer", "reminder", "deadline_moved", "new_link"];
/// A kind that tells a customer of a case that may have ended.
pub(super) const TELLING_END: &str = "access_disabled";

impl LetterRow {
    /// Whether its receiver learns from it by when to answer a case.
    pub fn names_deadline(&self) -> bool {
        NAMING_DEADLINE.contains(&self.kind.as_str())
    }
    /// Whether its receiver learns of a case from it.
    pub fn tells_of_case(&self) -> bool {
        self.names_deadline() || self.kind == TELLING_END
    }
    /// Refused, given up, or came back.
    pub fn is_lost(&self) -> bool {
        matches!(self.state.as_str(), "failed" | "bounced")
    }
    /// Not settled yet.
    pub fn is_on_its_way(&self) -> bool {
        WAITING.contains(&self.state.as_str())
    }
}

/// All states of a letter, as in [`LetterRow::state`].
pub const STATES: [&str; 8] =
    ["queued", "sending", "accepted", "deferred", "failed", "bounced", "withheld", "gathered"];
/// States in which a letter waits to be sent; `sending` counts once its lease has run out.
const WAITING: [&str; 3] = ["queued", "deferred", "sending"];

/// Puts a letter into the outbox; returns its row number.
pub fn queue(conn: &mut Conn, new: &NewLetter, now: Moment) -> Result<LetterId, StorageError> {
    let letter = diesel::insert_into(letters::table).values((
        letters::message_id.eq(&new.message_id),
        letters::kind.eq(new.kind),
        letters::case_id.eq(new.case.map(|c| c.0)),
        letters::notice_id.eq(new.notice.map(|n| n.0)),
        (letters::customer_id.eq(new.customer.map(|c| c.0)), letters::answers_id.eq(new.answers)),
        (letters::to_name.eq(&new.to_name), letters::to_address.eq(&new.to_address), letters::subject.eq(&new.subject)),
        letters::state.eq("queued"),
        letters::carries_deadline.eq(new.carries_deadline),
        letters::created_at.eq(now.0),
        letters::attempts.eq(0),
        letters::due_at.eq(now.0),
        letters::answer.eq(""),
        letters::tokens.eq(new.tokens.to_column()),
    ));
    let id = inserted!(conn, letter, letters::id)?;
    let id = id.ok_or_else(|| StorageError::NotFound { table: "letters", id: new.message_id.clone() })?;
    letter_data::insert(conn, id, &new.data)?;
    Ok(LetterId(id))
}

/// Whether a letter is due.
pub fn any_due(conn: &mut Conn, now: Moment) -> Result<bool, StorageError> {
    let due = letters::table
        .filter(letters::settled_at.is_null())
        .filter(letters::state.eq_any(WAITING))
        .filter(letters::due_at.le(now.0));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

/// Claims letters that are due: they are `sending` until `now + lease`, after which another node may take
/// them over. Returns their row numbers. Not `all`: those of others stay theirs, however long their lease is over.
pub fn claim(conn: &mut Conn, now: Moment, (lease, all): (Span, bool), limit: i64) -> Result<Vec<i64>, StorageError> {
    let mut mine: Vec<i64> = Vec::new();
    // A state at a time, so that each list comes sorted from the index however long the backlog is.
    for state in WAITING.into_iter().filter(|state| all || *state != "sending") {
        let left = limit - i64::try_from(mine.len()).unwrap_or(limit);
        mine.extend(due_in(conn, state, now, left)?);
    }
    let claim = (
        letters::state.eq("sending"),
        letters::due_at.eq((now + lease).0),
        letters::attempts.eq(letters::attempts + 1),
    );
    for chunk in mine.chunks(512) {
        diesel::update(letters::table.filter(letters::id.eq_any(filled(chunk)))).set(claim).prepared().run(conn)?;
    }
    Ok(mine)
}

/// Letters of a state that are due, held until the end of the transaction: a node that claims at the same moment leaves
/// them out, so that two never send the same letter. SQLite has one writer and does without.
fn due_in(conn: &mut Conn, state: &str, now: Moment, limit: i64) -> Result<Vec<i64>, StorageError> {
    let due = letters::table
        .filter(letters::settled_at.is_null())
        .filter(letters::state.eq(state))
        .filter(letters::due_at.le(now.0))
        .order((letters::due_at, letters::id))
        .limit(limit)
        .select(letters::id);
    Ok(match conn {
        Conn::Postgres(c) => due.for_update().skip_locked().load(c)?,
        Conn::Sqlite(c) => due.load(c)?,
    })
}

/// Ends the leases of a process that is gone: its letters are due now. Returns how many.
pub fn end_leases(conn: &mut Conn, now: Moment) -> Result<usize, StorageError> {
    let leased = letters::table
        .filter(letters::settled_at.is_null())
        .filter(letters::state.eq("sending"))
        .filter(letters::due_at.gt(now.0));
    Ok(diesel::update(leased).set(letters::due_at.eq(now.0)).execute(conn)?)
}

/// Letters that wait for their first attempt are due now. Returns how many were to wait.
pub fn due_at_once(conn: &mut Conn, now: Moment) -> Result<usize, StorageError> {
    let waiting = letters::table
        .filter(letters::settled_at.is_null())
        .filter(letters::state.eq("queued"))
        .filter(letters::due_at.gt(now.0));
    Ok(diesel::update(waiting).set(letters::due_at.eq(now.0)).execute(conn)?)
}

/// What the receiving side said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Taken over by the receiving server, with its answer. Never called delivered or read.
    Accepted(String),
    /// Try again at this time.
    Deferred(String, Moment),
    /// Refused for good.
    Failed(String),
    /// Sent to nobody, and why; a person can send it later.
    Withheld(String),
    /// Given back as it was; due again at this time.
    NotBegun(Moment),
}

/// Records what became of an attempt. A letter that is settled loses its tokens: those of an accepted one exist only with
/// its receiver, and one that was given up gets new ones when it is sent again. Returns whether it was still being sent.
pub fn settle(conn: &mut Conn, letter: &LetterRow, delivery: &Delivery, now: Moment) -> Result<bool, StorageError> {
    let sending = letters::table.find(letter.id).filter(letters::state.eq("sending"));
    Ok(match delivery {
        Delivery::Accepted(answer) => {
            let set = (
                letters::state.eq("accepted"),
                letters::settled_at.eq(now.0),
                letters::answer.eq(answer),
                letters::tokens.eq(""),
            );
            wrote_one!(conn, diesel::update(sending).set(set))?
        }
        Delivery::Deferred(answer, again) => {
            let set = (letters::state.eq("deferred"), letters::due_at.eq(again.0), letters::answer.eq(answer));
            wrote_one!(conn, diesel::update(sending).set(set))?
        }
        Delivery::NotBegun(again) => {
            let set = (
                letters::state.eq(if letter.attempts > 1 { "deferred" } else { "queued" }),
                letters::due_at.eq(again.0),
                letters::attempts.eq(letters::attempts - 1),
            );
            wrote_one!(conn, diesel::update(sending).set(set))?
        }
        Delivery::Failed(answer) | Delivery::Withheld(answer) => {
            let failed = matches!(delivery, Delivery::Failed(_));
            let set = (
                letters::state.eq(if failed { "failed" } else { "withheld" }),
                letters::settled_at.eq(now.0),
                letters::answer.eq(answer),
                letters::tokens.eq(""),
            );
            wrote_one!(conn, diesel::update(sending).set(set))?
        }
    })
}

/// Sends a letter at once that waits for another attempt.
pub fn hurry(conn: &mut Conn, id: LetterId, now: Moment) -> Result<bool, StorageError> {
    let waiting = letters::table.find(id.0).filter(letters::state.eq("deferred"));
    let set = (letters::state.eq("queued"), letters::due_at.eq(now.0));
    Ok(diesel::update(waiting).set(set).execute(conn)? == 1)
}

/// Sends a letter again that was given up, or for the first time where it was held back, with new tokens for its links.
pub fn retry(conn: &mut Conn, id: LetterId, tokens: &NamedTokens, now: Moment) -> Result<bool, StorageError> {
    let given_up = letters::table.find(id.0).filter(letters::state.eq_any(["failed", "withheld"]));
    let set = (
        letters::state.eq("queued"),
        letters::due_at.eq(now.0),
        letters::settled_at.eq(None::<i64>),
        letters::tokens.eq(tokens.to_column()),
    );
    Ok(diesel::update(given_up).set(set).execute(conn)? == 1)
}

/// A letter came back; returns whether it was on record as sent. What the server said that took it over stays.
pub fn bounced(conn: &mut Conn, id: LetterId, answer: &str, now: Moment) -> Result<bool, StorageError> {
    let came_back = (
        letters::state.eq("bounced"),
        letters::bounced_at.eq(now.0),
        letters::bounce_answer.eq(answer),
        letters::tokens.eq(""),
    );
    let accepted = letters::table.find(id.0).filter(letters::state.eq("accepted"));
    if diesel::update(accepted).set(came_back).execute(conn)? == 1 {
        return Ok(true);
    }
    // The bounce was faster than the note that it was taken over.
    let on_its_way = letters::table.find(id.0).filter(letters::state.eq_any(["sending", "deferred"]));
    Ok(diesel::update(on_its_way).set((came_back, letters::settled_at.eq(now.0))).execute(conn)? == 1)
}

/// Notes a complaint about a letter; returns whether it is the first.
pub fn complained(conn: &mut Conn, id: LetterId, now: Moment) -> Result<bool, StorageError> {
    let first = letters::table.find(id.0).filter(letters::complained_at.is_null());
    Ok(diesel::update(first).set(letters::complained_at.eq(now.0)).execute(conn)? == 1)
}

/// The letter with one of these Message-IDs (without angle brackets), the newest.
pub fn by_message_ids(conn: &mut Conn, ids: &[String]) -> Result<Option<LetterRow>, StorageError> {
    let ids: Vec<String> = ids.iter().map(|id| format!("<{id}>")).collect();
    Ok(letters::table
        .filter(letters::message_id.eq_any(ids))
        .order(letters::id.desc())
        .select(LetterRow::as_select())
        .first(conn)
        .optional()?)
}

/// The letter whose Message-ID begins with this unguessable part.
pub fn by_unique_part(conn: &mut Conn, unique: &str) -> Result<Option<LetterRow>, StorageError> {
    // `A` follows `@`: the range holds every domain, and the index serves it.
    let (from, until) = (format!("<{unique}@"), format!("<{unique}A"));
    Ok(letters::table
        .filter(letters::message_id.ge(from))
        .filter(letters::message_id.lt(until))
        .select(LetterRow::as_select())
        .first(conn)
        .optional()?)
}

/// One letter.
pub fn get(conn: &mut Conn, id: LetterId) -> Result<LetterRow, StorageError> {
    let row = letters::table.find(id.0).select(columns::<LetterRow>()).fixed(here!()).row(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "letters", id: id.to_string() })
}

/// Letters about a case, newest first (at most 500).
pub fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<LetterRow>, StorageError> {
    Ok(letters::table
        .filter(letters::case_id.eq(case.0))
        .order(letters::id.desc())
        .limit(500)
        .select(LetterRow::as_select())
        .load(conn)?)
}

/// How many letters of a kind about a case there are since a moment.
pub fn count_of_case(conn: &mut Conn, case: CaseId, kind: &str, since: Moment) -> Result<i64, StorageError> {
    let some = letters::table.filter(letters::case_id.eq(case.0)).filter(letters::kind.eq(kind));
    Ok(some.filter(letters::created_at.ge(since.0)).count().get_result(conn)?)
}

/// Whether a letter that tells the customer of a case is still to be taken over.
pub fn any_on_its_way(conn: &mut Conn, case: CaseId) -> Result<bool, StorageError> {
    let waiting = letters::table
        .filter(letters::case_id.eq(case.0))
        .filter(letters::customer_id.is_not_null())
        .filter(letters::kind.eq_any(NAMING_DEADLINE))
        .filter(letters::state.eq_any(WAITING));
    Ok(diesel::select(diesel::dsl::exists(waiting)).get_result(conn)?)
}

/// Letters about a notice as such, newest first (at most 500).
pub fn of_notice(conn: &mut Conn, notice: NoticeId) -> Result<Vec<LetterRow>, StorageError> {
    Ok(letters::table
        .filter(letters::notice_id.eq(notice.0))
        .order(letters::id.desc())
        .limit(500)
        .select(LetterRow::as_select())
        .load(conn)?)
}

/// Letters in some states, newest first, before a row number.
pub fn in_states(
    conn: &mut Conn,
    states: &[&str],
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<LetterRow>, StorageError> {
    Ok(letters::table
        .filter(letters::state.eq_any(states))
        .filter(letters::id.lt(before.unwrap_or(i64::MAX)))
        .order(letters::id.desc())
        .limit(limit)
        .select(LetterRow::as_select())
        .load(conn)?)
}

/// How many letters are in some states, counted up to `limit`.
pub fn count_in(conn: &mut Conn, states: &[&str], limit: i64) -> Result<i64, StorageError> {
    let mut count = 0;
    // A state at a time and in the order of its index: where few are in it, nobody walks the whole table for a limit.
    for state in states {
        let of_state = letters::table.filter(letters::state.eq(*state)).order(letters::id).limit(limit - count);
        let some: Vec<i64> = of_state.select(letters::id).load(conn)?;
        count += i64::try_from(some.len()).unwrap_or(limit);
    }
    Ok(count)
}
