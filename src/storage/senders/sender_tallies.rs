//! What notices add to the figures of their senders, until it is counted.
//!
//! Senders write by the thousand, and a few of them most: a row that each of their notices changed would be written
//! again and again, in all its indexes, and on PostgreSQL two notices of one sender would wait for each other. So a
//! notice only adds a row here, and a job counts what has come, a sender once for many of its notices.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::sender_figures::{add_to_month, grading};
use crate::domain::base::ids::SenderId;
use crate::domain::base::moment::Moment;
use crate::domain::senders::sender::{Grade, SenderCounts, Setting};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, columns, filled, here};
use crate::storage::engine::schema::{sender_tallies, senders};

/// Key of PostgreSQL's advisory lock: one node counts at a time.
const LOCK: i64 = 0x5afe_7a11;

/// What one notice adds, or what became of one later.
#[derive(Clone, Copy, Debug)]
pub struct Tally<'a> {
    /// The address; what it adds is counted for its domain too.
    pub sender: SenderId,
    /// When the notice came; the figures are those of its month.
    pub received_at: Moment,
    /// How the sender calls itself in it; empty where no notice came.
    pub name: &'a str,
    /// How it came; empty where no notice came.
    pub channel: &'a str,
    pub by: SenderCounts,
    /// It is proved that the sender sent it.
    pub proved: bool,
}

impl Tally<'_> {
    /// What became of a notice later.
    pub fn later(sender: SenderId, received_at: Moment, by: SenderCounts, proved: bool) -> Self {
        Self { sender, received_at, name: "", channel: "", by, proved }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sender_tallies)]
struct TallyRow {
    id: i64,
    sender_id: i64,
    received_at: i64,
    name: String,
    channel: String,
    sent: i64,
    complete: i64,
    curable: i64,
    defective: i64,
    withdrawn: i64,
    countered: i64,
    unmatched: i64,
    duplicate: i64,
    proved: bool,
}

impl TallyRow {
    fn counts(&self) -> SenderCounts {
        SenderCounts {
            sent: self.sent,
            complete: self.complete,
            curable: self.curable,
            defective: self.defective,
            withdrawn: self.withdrawn,
            countered: self.countered,
            unmatched: self.unmatched,
            duplicate: self.duplicate,
        }
    }
}

/// Keeps what a notice adds, to be counted soon.
pub fn add(conn: &mut Conn, tally: &Tally<'_>) -> Result<(), StorageError> {
    use sender_tallies as t;
    Ok(diesel::insert_into(t::table)
        .values((
            t::sender_id.eq(tally.sender.0),
            t::received_at.eq(tally.received_at.0),
            t::name.eq(tally.name),
            t::channel.eq(tally.channel),
            t::sent.eq(tally.by.sent),
            t::complete.eq(tally.by.complete),
            t::curable.eq(tally.by.curable),
            t::defective.eq(tally.by.defective),
            t::withdrawn.eq(tally.by.withdrawn),
            t::countered.eq(tally.by.countered),
            t::unmatched.eq(tally.by.unmatched),
            t::duplicate.eq(tally.by.duplicate),
            t::proved.eq(tally.proved),
        ))
        .fixed(here!())
        .run(conn)?)
}

/// Whether something waits to be counted.
pub fn any(conn: &mut Conn) -> Result<bool, StorageError> {
    let one: Option<i64> =
        sender_tallies::table.select(sender_tallies::id).limit(1).fixed(here!()).row(conn).optional()?;
    Ok(one.is_some())
}

/// Counts what came first, at most `limit` notices; returns how many. Nothing while another node counts.
pub fn count_some(conn: &mut Conn, limit: i64, now: Moment) -> Result<usize, StorageError> {
    if !alone(conn)? {
        return Ok(0);
    }
    let rows: Vec<TallyRow> = sender_tallies::table
        .order(sender_tallies::id)
        .limit(limit)
        .select(columns::<TallyRow>())
        .fixed(here!())
        .rows(conn)?;
    let addresses = standings(conn, rows.iter().map(|r| r.sender_id))?;
    let domains = standings(conn, addresses.values().filter_map(|s| s.domain))?;
    let sums = sums(&rows, &addresses);
    for (id, sum) in &sums {
        for ((month, proved), counts) in &sum.months {
            add_to_month(conn, SenderId(*id), (month, *proved), counts)?;
        }
    }
    let ids: Vec<SenderId> = sums.keys().map(|id| SenderId(*id)).collect();
    let figures = grading(conn, &ids, now)?;
    for (id, sum) in sums {
        let setting = addresses.get(&id).or_else(|| domains.get(&id)).map(|s| s.setting).unwrap_or_default();
        let grade = Grade::of(setting, &figures.get(&SenderId(id)).copied().unwrap_or_default());
        save(conn, id, &sum, grade)?;
    }
    let counted: Vec<i64> = rows.iter().map(|r| r.id).collect();
    for chunk in counted.chunks(512) {
        diesel::delete(sender_tallies::table.filter(sender_tallies::id.eq_any(filled(chunk)))).prepared().run(conn)?;
    }
    Ok(counted.len())
}

/// Whether this node counts; SQLite has one writer.
fn alone(conn: &mut Conn) -> Result<bool, StorageError> {
    match conn {
        Conn::Sqlite(_) => Ok(true),
        Conn::Postgres(c) => {
            let lock = diesel::dsl::sql::<Bool>(&format!("pg_try_advisory_xact_lock({LOCK})"));
            Ok(diesel::select(lock).get_result(c)?)
        }
    }
}

struct Standing {
    domain: Option<i64>,
    setting: Setting,
}

/// What stands in the rows of senders, held until the end of the transaction: staff who set a standing meanwhile wait.
fn standings(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> Result<HashMap<i64, Standing>, StorageError> {
    let distinct: Vec<i64> = ids.collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    let mut found = HashMap::new();
    for chunk in distinct.chunks(512) {
        let some = senders::table.filter(senders::id.eq_any(filled(chunk))).order(senders::id).select((
            senders::id,
            senders::domain_id,
            senders::setting,
        ));
        let rows: Vec<(i64, Option<i64>, String)> = match conn {
            Conn::Postgres(c) => some.for_no_key_update().load(c)?,
            Conn::Sqlite(_) => some.prepared().rows(conn)?,
        };
        for (id, domain, setting) in rows {
            let setting = setting.parse().map_err(|()| StorageError::corrupt("senders", "setting", id))?;
            found.insert(id, Standing { domain, setting });
        }
    }
    Ok(found)
}

/// What is added to one sender.
#[derive(Default)]
struct Sum<'a> {
    /// By month, of proved notices and of others.
    months: BTreeMap<(String, bool), SenderCounts>,
    sent: i64,
    proved: i64,
    /// The newest notice: when and how it came.
    newest: Option<(i64, &'a str)>,
    /// How an address calls itself in the newest, and in the newest that is proved.
    name: Option<Called<'a>>,
    proved_name: Option<Called<'a>>,
}

/// When a name was used, and the name.
type Called<'a> = (i64, &'a str);

impl<'a> Sum<'a> {
    fn add(&mut self, row: &'a TallyRow, is_address: bool) {
        let by = row.counts();
        self.months.entry((Moment(row.received_at).month(), row.proved)).or_default().add(&by);
        self.sent += by.sent;
        self.proved += if row.proved { by.sent } else { 0 };
        let newer = |last: Option<(i64, &str)>| last.is_none_or(|(at, _)| at <= row.received_at);
        if !row.channel.is_empty() && newer(self.newest) {
            self.newest = Some((row.received_at, &row.channel));
        }
        let name = if row.proved { &mut self.proved_name } else { &mut self.name };
        if is_address && !row.name.is_empty() && newer(*name) {
            *name = Some((row.received_at, &row.name));
        }
    }
}

/// By sender, in the order of row numbers: whoever changes several senders takes them in the same order.
fn sums<'a>(rows: &'a [TallyRow], addresses: &HashMap<i64, Standing>) -> BTreeMap<i64, Sum<'a>> {
    let mut sums: BTreeMap<i64, Sum<'a>> = BTreeMap::new();
    for row in rows {
        sums.entry(row.sender_id).or_default().add(row, true);
        if let Some(domain) = addresses.get(&row.sender_id).and_then(|s| s.domain) {
            sums.entry(domain).or_default().add(row, false);
        }
    }
    sums
}

fn save(conn: &mut Conn, id: i64, sum: &Sum<'_>, grade: Grade) -> Result<(), StorageError> {
    let this = senders::table.find(id);
    let counted = (
        senders::grade.eq(grade.code()),
        senders::sent.eq(senders::sent + sum.sent),
        senders::proved.eq(senders::proved + sum.proved),
    );
    match sum.newest {
        None => diesel::update(this).set(counted).fixed(here!()).run(conn)?,
        Some((at, channel)) => {
            let seen = (senders::channel.eq(channel), senders::last_at.eq(at));
            diesel::update(this).set((counted, seen)).fixed(here!()).run(conn)?;
        }
    }
    // Who proves a name is so called; what others write is shown only where nobody has.
    if let Some((_, name)) = sum.proved_name {
        let named = (senders::name.eq(name), senders::name_key.eq(name.to_lowercase()));
        return Ok(diesel::update(this).set((named, senders::name_is_proved.eq(true))).fixed(here!()).run(conn)?);
    }
    if let Some((_, name)) = sum.name {
        let named = (senders::name.eq(name), senders::name_key.eq(name.to_lowercase()));
        diesel::update(this.filter(senders::name_is_proved.eq(false))).set(named).fixed(here!()).run(conn)?;
    }
    Ok(())
}
