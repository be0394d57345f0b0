//! Counter-notices and their clocks. 17 USC 512(g)(2) and (3).

use diesel::prelude::*;
use jiff::tz::TimeZone;

use crate::domain::base::fingerprint;
use crate::domain::base::ids::{CaseId, CounterId};
use crate::domain::base::moment::Moment;
use crate::domain::regimes::us_512::counter_notice::{CounterNotice, CounterState, Jurisdiction, WORDING};
use crate::domain::regimes::us_512::put_back::PutBack;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::{StorageError, one_row};
use crate::storage::engine::schema::{counter_notices, submissions};

/// Channel of the submission of a counter-notice that the customer sent through the link.
pub const BY_LINK: &str = "counter_notice";
/// Channel of the submission of a counter-notice that came by mail, email, or fax and was entered by staff.
pub const ON_PAPER: &str = "counter_notice_on_paper";

/// A stored counter-notice.
#[derive(Clone, Debug)]
pub struct Counter {
    pub id: CounterId,
    pub case: CaseId,
    pub submission: i64,
    pub received_at: Moment,
    /// Zone of the agent when it was received: its days decide.
    pub zone: TimeZone,
    pub name: String,
    pub address: String,
    pub phone: String,
    pub jurisdiction: Jurisdiction,
    /// The consent as it was signed.
    pub consent: String,
    pub reason: String,
    pub signature: String,
    /// It came by mail, email, or fax and was entered by staff: the day of receipt is known, the time is not.
    pub on_paper: bool,
    pub locations: u32,
    pub state: CounterState,
    pub state_at: Moment,
    /// 0: none; 1: the thirteenth business day has begun; 2: the fourteenth is over.
    pub alarm: i32,
    version: i64,
}

impl Counter {
    /// When access returns: always computed from the receipt, never from what is stored for the index.
    pub fn put_back(&self) -> PutBack {
        PutBack::after(self.received_at, &self.zone)
    }
    /// When it was received, for people: the day alone where the time is not known.
    pub fn received(&self) -> String {
        if self.on_paper { self.received_at.long_day(&self.zone) } else { self.received_at.full() }
    }
    /// How it is signed, without the name: `Signed electronically`.
    pub fn signed(&self) -> &'static str {
        if self.on_paper { "Signed, in the document that we received" } else { "Signed electronically" }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = counter_notices)]
struct Row {
    id: i64,
    case_id: i64,
    submission_id: i64,
    received_at: i64,
    zone: String,
    name: String,
    address: String,
    phone: String,
    jurisdiction: String,
    consent: String,
    reason: String,
    signature: String,
    locations: i32,
    state: String,
    state_at: i64,
    alarm: i32,
    version: i64,
}

impl Row {
    fn digest(&self) -> String {
        let (submission, received) = (self.submission_id.to_string(), self.received_at.to_string());
        let says = [&self.zone, &self.name, &self.address, &self.phone, &self.jurisdiction];
        let signed = [&self.consent, &self.reason, &self.signature, &submission, &received];
        fingerprint::of_fields(says.into_iter().chain(signed).map(String::as_bytes))
    }
}

/// A counter-notice as `verify-log` compares it with the events of its case.
#[derive(Clone, Debug)]
pub(in crate::storage) struct Compared {
    pub id: i64,
    pub case: i64,
    pub state: String,
    pub digest: String,
}

/// Counter-notices of cases for a comparison.
pub(in crate::storage) fn compared(conn: &mut Conn, cases: &[i64]) -> Result<Vec<Compared>, StorageError> {
    let some = counter_notices::table.filter(counter_notices::case_id.eq_any(cases)).order(counter_notices::id);
    let rows: Vec<Row> = some.select(Row::as_select()).load(conn)?;
    let one = |row: Row| Compared { id: row.id, case: row.case_id, digest: row.digest(), state: row.state };
    Ok(rows.into_iter().map(one).collect())
}

/// A counter-notice and the channel of its submission.
type WithChannel = (Row, String);

impl TryFrom<WithChannel> for Counter {
    type Error = StorageError;
    fn try_from((row, channel): WithChannel) -> Result<Self, StorageError> {
        let corrupt = |column| StorageError::corrupt("counter_notices", column, row.id);
        Ok(Self {
            id: CounterId(row.id),
            case: CaseId(row.case_id),
            submission: row.submission_id,
            received_at: Moment(row.received_at),
            zone: TimeZone::get(&row.zone).map_err(|_| corrupt("zone"))?,
            jurisdiction: row.jurisdiction.parse().map_err(|()| corrupt("jurisdiction"))?,
            state: row.state.parse().map_err(|()| corrupt("state"))?,
            name: row.name,
            address: row.address,
            phone: row.phone,
            consent: row.consent,
            reason: row.reason,
            signature: row.signature,
            on_paper: channel == ON_PAPER,
            locations: u32::try_from(row.locations).unwrap_or(0),
            state_at: Moment(row.state_at),
            alarm: row.alarm,
            version: row.version,
        })
    }
}

/// Stores a counter-notice, when it was received and when it is entered; its clock runs from the receipt.
pub fn insert(
    conn: &mut Conn,
    (case, submission): (CaseId, i64),
    notice: &CounterNotice,
    consent: &str,
    zone: &TimeZone,
    (received, now): (Moment, Moment),
) -> Result<CounterId, StorageError> {
    use counter_notices as t;
    let window = PutBack::after(received, zone);
    let id: i64 = diesel::insert_into(t::table)
        .values((
            (t::case_id.eq(case.0), t::submission_id.eq(submission), t::received_at.eq(received.0)),
            t::zone.eq(PutBack::zone_name(zone)),
            (t::restore_from.eq(window.from.0), t::alarm_at.eq(window.alarm.0), t::restore_until.eq(window.until.0)),
            (t::name.eq(&notice.name), t::address.eq(&notice.address), t::phone.eq(&notice.phone)),
            (t::jurisdiction.eq(notice.jurisdiction.code()), t::consent.eq(consent)),
            (t::reason.eq(&notice.reason), t::signature.eq(&notice.signature), t::wording.eq(WORDING)),
            t::locations.eq(i32::try_from(notice.locations.len()).unwrap_or(i32::MAX)),
            (t::state.eq(CounterState::Running.code()), t::state_at.eq(now.0)),
            (t::alarm.eq(0), t::next_at.eq(window.from.0), t::version.eq(0_i64)),
        ))
        .returning(t::id)
        .get_result(conn)?;
    Ok(CounterId(id))
}

/// One counter-notice.
pub fn get(conn: &mut Conn, id: CounterId) -> Result<Counter, StorageError> {
    let one = counter_notices::table.inner_join(submissions::table).filter(counter_notices::id.eq(id.0));
    let row: Option<WithChannel> = one.select((Row::as_select(), submissions::channel)).first(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "counter_notices", id: id.to_string() })?.try_into()
}

fn all(rows: Vec<WithChannel>) -> Result<Vec<Counter>, StorageError> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A digest of what a counter-notice says and of its window, for the event that tells of it.
pub fn digest(conn: &mut Conn, id: CounterId) -> Result<String, StorageError> {
    Ok(counter_notices::table.find(id.0).select(Row::as_select()).first(conn)?.digest())
}

/// Counter-notices of cases, oldest first: one query.
pub fn of_cases(conn: &mut Conn, cases: &[CaseId]) -> Result<Vec<Counter>, StorageError> {
    let ids: Vec<i64> = cases.iter().map(|c| c.0).collect();
    let some = counter_notices::table.inner_join(submissions::table).filter(counter_notices::case_id.eq_any(ids));
    let some = some.order(counter_notices::id).limit(2000);
    all(some.select((Row::as_select(), submissions::channel)).load(conn)?)
}

/// Counter-notices in a state, the one that is due first at the top.
pub fn in_state(conn: &mut Conn, state: CounterState, limit: i64) -> Result<Vec<Counter>, StorageError> {
    all(counter_notices::table
        .inner_join(submissions::table)
        .filter(counter_notices::state.eq(state.code()))
        .order((counter_notices::restore_from, counter_notices::id))
        .limit(limit)
        .select((Row::as_select(), submissions::channel))
        .load(conn)?)
}

/// How many are in a state, counted up to `limit`.
pub fn count_in_state(conn: &mut Conn, state: CounterState, limit: i64) -> Result<i64, StorageError> {
    let some = counter_notices::table.filter(counter_notices::state.eq(state.code())).limit(limit);
    let some: Vec<i64> = some.select(counter_notices::id).load(conn)?;
    Ok(i64::try_from(some.len()).unwrap_or(limit))
}

/// Counter-notices whose clock says that something is due.
pub fn due(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<CounterId>, StorageError> {
    let ids: Vec<i64> = counter_notices::table
        .filter(counter_notices::next_at.le(now.0))
        .order(counter_notices::next_at)
        .limit(limit)
        .select(counter_notices::id)
        .load(conn)?;
    Ok(ids.into_iter().map(CounterId).collect())
}

/// Writes a new state, the alarm that was raised, and when the clock must be looked at next. Fails when someone
/// else changed it since it was loaded.
pub fn set_state(
    conn: &mut Conn,
    counter: &mut Counter,
    (state, alarm): (CounterState, i32),
    next: Option<Moment>,
    now: Moment,
) -> Result<(), StorageError> {
    use counter_notices as t;
    let same = t::table.find(counter.id.0).filter(t::version.eq(counter.version));
    let at = if state == counter.state { counter.state_at } else { now };
    let changed = diesel::update(same)
        .set((
            t::state.eq(state.code()),
            t::state_at.eq(at.0),
            t::alarm.eq(alarm),
            t::next_at.eq(next.map(|n| n.0)),
            t::version.eq(t::version + 1),
        ))
        .execute(conn)?;
    one_row(changed, "counter_notices", counter.id.0)?;
    (counter.state, counter.state_at, counter.alarm) = (state, at, alarm);
    counter.version += 1;
    Ok(())
}
