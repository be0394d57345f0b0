//! Senders of notices: complainants by their email address, and the domains they write from.

pub mod sender_figures;
pub mod sender_tallies;

use diesel::prelude::*;

use super::engine::connection::Conn;
use super::engine::error::StorageError;
use super::engine::prepared::{Prepared, columns, here, wrote_one};
use super::engine::schema::{sender_names, senders};
use crate::domain::base::ids::SenderId;
use crate::domain::base::moment::{Moment, plural};
use crate::domain::intake::proof::Proof;
use crate::domain::senders::sender::{Grade, SenderKind, Setting, address_key, named_domain_key};

/// A sender.
#[derive(Clone, Debug)]
pub struct Sender {
    pub id: SenderId,
    pub is_domain: bool,
    pub domain: Option<SenderId>,
    /// Organization or name, as last written.
    pub name: String,
    /// Email address or domain; empty where there is none.
    pub address: String,
    /// How the last notice came.
    pub channel: String,
    pub setting: Setting,
    pub grade: Grade,
    pub sent: i64,
    /// Of these, notices that are proved to be theirs.
    pub proved: i64,
    pub names: u32,
    /// Names used in proved notices.
    pub proved_names: u32,
    pub first_at: Moment,
    pub last_at: Moment,
    pub confirmed_at: Option<Moment>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = senders)]
struct SenderRow {
    id: i64,
    kind: String,
    domain_id: Option<i64>,
    name: String,
    address: String,
    channel: String,
    setting: String,
    grade: String,
    sent: i64,
    names: i32,
    first_at: i64,
    last_at: i64,
    confirmed_at: Option<i64>,
    proved: i64,
    proved_names: i32,
}

impl TryFrom<SenderRow> for Sender {
    type Error = StorageError;
    fn try_from(row: SenderRow) -> Result<Self, StorageError> {
        let corrupt = |column| StorageError::corrupt("senders", column, row.id);
        Ok(Self {
            id: SenderId(row.id),
            is_domain: row.kind == SenderKind::Domain.code(),
            domain: row.domain_id.map(SenderId),
            setting: row.setting.parse().map_err(|()| corrupt("setting"))?,
            grade: row.grade.parse().map_err(|()| corrupt("grade"))?,
            name: row.name,
            address: row.address,
            channel: row.channel,
            sent: row.sent,
            proved: row.proved,
            names: u32::try_from(row.names).unwrap_or(0),
            proved_names: u32::try_from(row.proved_names).unwrap_or(0),
            first_at: Moment(row.first_at),
            last_at: Moment(row.last_at),
            confirmed_at: row.confirmed_at.map(Moment),
        })
    }
}

impl Sender {
    /// Mark and word of how the sender stands. Good standing is shown only where notices are proved.
    pub fn label(&self) -> (&'static str, &'static str) {
        match self.grade {
            Grade::Good if self.proved == 0 => ("none", "Unproved"),
            grade => grade.label(),
        }
    }
    /// How many notices came from the sender, in words: `3 notices, 1 proved`.
    pub fn counted(&self) -> String {
        let all = plural(self.sent, "notice");
        if self.proved >= self.sent { all } else { format!("{all}, {} proved", self.proved) }
    }
    /// How the sender stands for a notice: what others may have sent in its name says nothing of a proved one.
    pub fn grade_for(&self, proof: Proof) -> Grade {
        let nothing_proved = proof.is_identity() && self.proved == 0;
        if nothing_proved && self.setting == Setting::Automatic { Grade::First } else { self.grade }
    }
}

/// Who sends now.
pub struct Sending<'a> {
    pub key: &'a str,
    pub kind: SenderKind,
    pub domain: Option<SenderId>,
    pub name: &'a str,
    pub address: &'a str,
    pub channel: &'a str,
}

/// Finds the sender of a notice, or adds one; says whether this is the first notice of it. Its figures are counted
/// later, see [`sender_tallies`].
pub fn meet(conn: &mut Conn, who: &Sending<'_>, now: Moment) -> Result<(Sender, bool), StorageError> {
    match known(conn, who.key)? {
        Some(known) => Ok((known, false)),
        None => Ok((add(conn, who, now)?, true)),
    }
}

/// The sender with a key, if one is known.
pub fn known(conn: &mut Conn, key: &str) -> Result<Option<Sender>, StorageError> {
    let row: Option<SenderRow> = senders::table
        .filter(senders::key.eq(key))
        .select(columns::<SenderRow>())
        .fixed(here!())
        .row(conn)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// The sender with an email address.
pub fn at_address(conn: &mut Conn, address: &str) -> Result<Option<SenderId>, StorageError> {
    id_of(conn, &address_key(address))
}

/// The sender that a domain is.
pub fn at_domain(conn: &mut Conn, domain: &str) -> Result<Option<SenderId>, StorageError> {
    id_of(conn, &named_domain_key(domain))
}

fn id_of(conn: &mut Conn, key: &str) -> Result<Option<SenderId>, StorageError> {
    let this = senders::table.filter(senders::key.eq(key)).select(senders::id);
    Ok(this.fixed(here!()).row(conn).optional()?.map(SenderId))
}

/// Adds a sender; on PostgreSQL another node may have been faster, whose row is not held for that.
pub fn add(conn: &mut Conn, who: &Sending<'_>, now: Moment) -> Result<Sender, StorageError> {
    let row = (
        senders::key.eq(who.key),
        senders::kind.eq(who.kind.code()),
        senders::domain_id.eq(who.domain.map(|d| d.0)),
        senders::name.eq(who.name),
        senders::name_key.eq(who.name.to_lowercase()),
        senders::address.eq(who.address),
        senders::channel.eq(who.channel),
        senders::setting.eq(Setting::Automatic.code()),
        senders::grade.eq(Grade::First.code()),
        senders::sent.eq(0_i64),
        senders::names.eq(0),
        senders::first_at.eq(now.0),
        senders::last_at.eq(now.0),
    );
    let insert = diesel::insert_into(senders::table).values(row).on_conflict(senders::key).do_nothing();
    insert.fixed(here!()).run(conn)?;
    known(conn, who.key)?.ok_or_else(|| StorageError::NotFound { table: "senders", id: "just added".to_owned() })
}

/// Remembers a name a sender used; returns how many it has used, in proved notices where this one is proved.
pub fn name_used(conn: &mut Conn, sender: &Sender, name_key: &str, proved: bool) -> Result<u32, StorageError> {
    let this = sender_names::table.find((sender.id.0, name_key)).select(sender_names::proved);
    let before = if proved { sender.proved_names } else { sender.names };
    let (new, newly_proved) = match this.fixed(here!()).row::<bool>(conn).optional()? {
        Some(known) if known || !proved => return Ok(before),
        Some(_) => {
            let claimed = sender_names::table.find((sender.id.0, name_key)).filter(sender_names::proved.eq(false));
            (false, wrote_one!(conn, diesel::update(claimed).set(sender_names::proved.eq(true)))?)
        }
        None => {
            let row = (
                sender_names::sender_id.eq(sender.id.0),
                sender_names::name_key.eq(name_key),
                sender_names::proved.eq(proved),
            );
            let insert = diesel::insert_into(sender_names::table).values(row).on_conflict_do_nothing();
            let new = wrote_one!(conn, insert)?;
            (new, new && proved)
        }
    };
    if !new && !newly_proved {
        return Ok(before);
    }
    diesel::update(senders::table.find(sender.id.0))
        .set((
            senders::names.eq(senders::names + i32::from(new)),
            senders::proved_names.eq(senders::proved_names + i32::from(newly_proved)),
        ))
        .fixed(here!())
        .run(conn)?;
    Ok(before + 1)
}

/// Sets what staff decided.
pub fn set(conn: &mut Conn, id: SenderId, setting: Setting, now: Moment) -> Result<(), StorageError> {
    diesel::update(senders::table.find(id.0)).set(senders::setting.eq(setting.code())).fixed(here!()).run(conn)?;
    super::senders::sender_figures::grade(conn, id, setting, now)
}

/// The sender has shown that the email address is theirs.
pub fn confirm(conn: &mut Conn, id: SenderId, now: Moment) -> Result<(), StorageError> {
    let open = senders::table.find(id.0).filter(senders::confirmed_at.is_null());
    diesel::update(open).set(senders::confirmed_at.eq(now.0)).fixed(here!()).run(conn)?;
    Ok(())
}

/// One sender.
pub fn get(conn: &mut Conn, id: SenderId) -> Result<Sender, StorageError> {
    let row: Option<SenderRow> =
        senders::table.find(id.0).select(columns::<SenderRow>()).fixed(here!()).row(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "senders", id: id.to_string() })?.try_into()
}

/// Which senders a list shows.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub domains: bool,
    pub grade: Option<Grade>,
    pub at_least: i64,
    /// Place to go on from: notices sent, and row number.
    pub after: Option<(i64, i64)>,
}

/// Senders by volume.
pub fn list(conn: &mut Conn, wanted: &Wanted, limit: i64) -> Result<Vec<Sender>, StorageError> {
    let kind = if wanted.domains { SenderKind::Domain } else { SenderKind::Address };
    let mut query = senders::table.filter(senders::kind.eq(kind.code())).into_boxed();
    if let Some(grade) = wanted.grade {
        query = query.filter(senders::grade.eq(grade.code()));
    }
    if wanted.at_least > 0 {
        query = query.filter(senders::sent.ge(wanted.at_least));
    }
    if let Some((sent, id)) = wanted.after {
        query = query
            .filter(senders::sent.le(sent))
            .filter(senders::sent.lt(sent).or(senders::sent.eq(sent).and(senders::id.gt(id))));
    }
    let rows: Vec<SenderRow> =
        query.order((senders::sent.desc(), senders::id)).limit(limit).select(SenderRow::as_select()).load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Senders whose name begins so, or with this address or domain.
pub fn search(conn: &mut Conn, text: &str, limit: i64) -> Result<Vec<Sender>, StorageError> {
    let text = text.to_lowercase();
    let end = format!("{text}\u{10ffff}");
    let by_name = senders::table
        .filter(senders::name_key.ge(&text))
        .filter(senders::name_key.lt(&end))
        .order(senders::name_key)
        .limit(limit)
        .select(SenderRow::as_select())
        .load(conn)?;
    let by_address: Vec<SenderRow> =
        senders::table.filter(senders::address.eq(&text)).limit(limit).select(SenderRow::as_select()).load(conn)?;
    let mut found: Vec<Sender> = Vec::new();
    for row in by_address.into_iter().chain(by_name) {
        let sender: Sender = row.try_into()?;
        if !found.iter().any(|f| f.id == sender.id) {
            found.push(sender);
        }
    }
    Ok(found)
}

/// How many senders have a grade, counted up to `limit`; all addresses where none is named.
pub fn count_graded(conn: &mut Conn, grade: Option<Grade>, limit: i64) -> Result<i64, StorageError> {
    let mut query = senders::table.filter(senders::kind.eq(SenderKind::Address.code())).into_boxed();
    if let Some(grade) = grade {
        query = query.filter(senders::grade.eq(grade.code()));
    }
    let some: Vec<i64> = query.limit(limit).select(senders::id).load(conn)?;
    Ok(i64::try_from(some.len()).unwrap_or(limit))
}

/// Addresses at a domain, by volume.
pub fn of_domain(conn: &mut Conn, domain: SenderId, limit: i64) -> Result<Vec<Sender>, StorageError> {
    let rows: Vec<SenderRow> = senders::table
        .filter(senders::domain_id.eq(domain.0))
        .order((senders::sent.desc(), senders::id))
        .limit(limit)
        .select(SenderRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Names a sender has used (at most 50).
pub fn names_of(conn: &mut Conn, id: SenderId) -> Result<Vec<String>, StorageError> {
    Ok(sender_names::table
        .filter(sender_names::sender_id.eq(id.0))
        .order(sender_names::name_key)
        .limit(50)
        .select(sender_names::name_key)
        .load(conn)?)
}
