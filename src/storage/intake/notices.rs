//! Notices as understood.

use diesel::prelude::*;

use super::works;
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::ids::{NoticeId, Reference, SenderId};
use crate::domain::base::moment::Moment;
use crate::domain::intake::notice::{Complainant, RawStatements, Role};
use crate::domain::intake::parsed_notice::AssessedNotice;
use crate::domain::intake::proof::Proof;
use crate::domain::intake::similarity::Keys;
use crate::domain::regimes::us_512::elements::Class;
use crate::domain::regimes::us_512::finding::Finding;
use crate::domain::regimes::us_512::statements::WORDING;
use crate::domain::senders::signal::Seen;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, columns, here, inserted};
use crate::storage::engine::schema::notices;

/// Codes of the role of a complainant.
pub const ROLES: [&str; 2] = ["owner", "agent"];

/// A stored notice with its verdict.
#[derive(Clone, Debug)]
pub struct NoticeRecord {
    pub id: NoticeId,
    pub reference: Reference,
    pub submission_id: i64,
    pub received_at: Moment,
    pub class: Class,
    pub complainant: Complainant,
    pub rights_owner: String,
    pub statements: RawStatements,
    pub wording: i32,
    pub signature: String,
    pub sender_reference: String,
    pub findings: Vec<Finding>,
    pub locations: u32,
    pub hosted: u32,
    pub unreadable: u32,
    /// Who sent it, for figures and standing.
    pub sender: Option<SenderId>,
    /// The earlier notice that it completes.
    pub cures: Option<NoticeId>,
    /// The earlier notice that it repeats.
    pub duplicate_of: Option<NoticeId>,
    /// What made it worth a look; staff only.
    pub signals: Vec<Seen>,
    /// Taken back as a whole.
    pub withdrawn_at: Option<Moment>,
    /// How it is proved who sent it.
    pub proof: Proof,
}

impl NoticeRecord {
    /// Complainant and owner in one line: `Joel Finch, Holt & Finch Picture Library, for Maren Holt`.
    pub fn reported_by(&self) -> String {
        let who = self.complainant.shown();
        if self.rights_owner.is_empty() { who } else { format!("{who}, for {}", self.rights_owner) }
    }
    /// Locations that are readable but not at this host.
    pub fn not_hosted(&self) -> u32 {
        self.locations - self.hosted - self.unreadable
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(table_name = notices)]
#[expect(clippy::struct_excessive_bools, reason = "one column for each statement")]
pub(in crate::storage) struct NoticeRow {
    #[diesel(skip_insertion)]
    id: i64,
    reference: String,
    submission_id: i64,
    received_at: i64,
    class: String,
    complainant_name: String,
    organization: String,
    email: String,
    phone: String,
    address: String,
    role: String,
    rights_owner: String,
    good_faith: bool,
    accurate: bool,
    authority: bool,
    fair_use: bool,
    wording: i32,
    signature: String,
    sender_reference: String,
    findings: String,
    locations: i32,
    hosted: i32,
    unreadable: i32,
    sender_id: Option<i64>,
    content_key: i64,
    body_key: i64,
    works_key: i64,
    cures: Option<i64>,
    duplicate_of: Option<i64>,
    signals: String,
    withdrawn_at: Option<i64>,
    proof: String,
}

impl TryFrom<NoticeRow> for NoticeRecord {
    type Error = StorageError;
    fn try_from(row: NoticeRow) -> Result<Self, StorageError> {
        let corrupt = |column| StorageError::corrupt("notices", column, row.id);
        let count = |n: i32| u32::try_from(n).unwrap_or(0);
        Ok(Self {
            id: NoticeId(row.id),
            reference: row.reference.parse().map_err(|_| corrupt("reference"))?,
            submission_id: row.submission_id,
            received_at: Moment(row.received_at),
            class: row.class.parse().map_err(|()| corrupt("class"))?,
            findings: serde_json::from_str(&row.findings).map_err(|_| corrupt("findings"))?,
            complainant: Complainant {
                name: row.complainant_name,
                organization: row.organization,
                email: EmailAddress::parse(&row.email),
                email_written: row.email,
                phone: row.phone,
                address: row.address,
                role: if row.role == "agent" { Role::Agent } else { Role::Owner },
            },
            rights_owner: row.rights_owner,
            statements: RawStatements {
                good_faith: row.good_faith,
                accurate: row.accurate,
                authorized_under_penalty_of_perjury: row.authority,
                fair_use_considered: row.fair_use,
            },
            wording: row.wording,
            signature: row.signature,
            sender_reference: row.sender_reference,
            locations: count(row.locations),
            hosted: count(row.hosted),
            unreadable: count(row.unreadable),
            sender: row.sender_id.map(SenderId),
            cures: row.cures.map(NoticeId),
            duplicate_of: row.duplicate_of.map(NoticeId),
            signals: serde_json::from_str(&row.signals).map_err(|_| corrupt("signals"))?,
            withdrawn_at: row.withdrawn_at.map(Moment),
            proof: row.proof.parse().map_err(|()| corrupt("proof"))?,
        })
    }
}

/// How the locations of a new notice were sorted.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocationCounts {
    pub locations: usize,
    pub hosted: usize,
    pub unreadable: usize,
}

/// What a new notice is linked to.
#[derive(Clone, Debug, Default)]
pub struct NoticeRelations {
    pub sender: Option<SenderId>,
    pub keys: Keys,
    pub cures: Option<NoticeId>,
    pub duplicate_of: Option<NoticeId>,
    pub signals: Vec<Seen>,
    /// How it is proved who sent it.
    pub proof: Proof,
}

/// Stores a notice with its works; nothing where its reference is taken.
pub fn insert(
    conn: &mut Conn,
    (reference, submission_id): (&Reference, i64),
    understood: &AssessedNotice,
    sorted: LocationCounts,
    ties: &NoticeRelations,
    now: Moment,
) -> Result<Option<NoticeId>, StorageError> {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let AssessedNotice { notice, verdict, .. } = understood;
    let c = &notice.complainant;
    let row = NoticeRow {
        id: 0,
        reference: reference.to_string(),
        submission_id,
        received_at: now.0,
        class: verdict.class.code().to_owned(),
        complainant_name: c.name.clone(),
        organization: c.organization.clone(),
        email: c.email.as_ref().map_or_else(|| c.email_written.clone(), ToString::to_string),
        phone: c.phone.clone(),
        address: c.address.clone(),
        role: if c.role == Role::Agent { "agent" } else { "owner" }.to_owned(),
        rights_owner: notice.rights_owner.clone(),
        good_faith: notice.statements.good_faith,
        accurate: notice.statements.accurate,
        authority: notice.statements.authorized_under_penalty_of_perjury,
        fair_use: notice.statements.fair_use_considered,
        wording: WORDING,
        signature: notice.signature.clone(),
        sender_reference: notice.sender_reference.clone(),
        findings: serde_json::to_string(&verdict.findings).unwrap_or_default(),
        locations: count(sorted.locations),
        hosted: count(sorted.hosted),
        unreadable: count(sorted.unreadable),
        sender_id: ties.sender.map(|s| s.0),
        content_key: ties.keys.content,
        body_key: ties.keys.body,
        works_key: ties.keys.works,
        cures: ties.cures.map(|n| n.0),
        duplicate_of: ties.duplicate_of.map(|n| n.0),
        signals: serde_json::to_string(&ties.signals).unwrap_or_default(),
        withdrawn_at: None,
        proof: ties.proof.to_string(),
    };
    let insert = diesel::insert_into(notices::table).values(row).on_conflict(notices::reference).do_nothing();
    let id = inserted!(conn, insert, notices::id)?;
    if let Some(id) = id {
        works::insert(conn, id, &notice.works)?;
    }
    Ok(id.map(NoticeId))
}

/// One notice.
pub fn get(conn: &mut Conn, id: NoticeId) -> Result<NoticeRecord, StorageError> {
    let row: Option<NoticeRow> =
        notices::table.find(id.0).select(columns::<NoticeRow>()).fixed(here!()).row(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "notices", id: id.to_string() })?.try_into()
}

/// One notice by its reference.
pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<NoticeRecord>, StorageError> {
    let row: Option<NoticeRow> = notices::table
        .filter(notices::reference.eq(reference.as_str()))
        .select(columns::<NoticeRow>())
        .fixed(here!())
        .row(conn)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// How many notices were in a submission, counted up to `limit`.
pub fn count_in(conn: &mut Conn, submission: i64, limit: i64) -> Result<usize, StorageError> {
    let some = notices::table.filter(notices::submission_id.eq(submission)).select(notices::id).limit(limit);
    Ok(some.load::<i64>(conn)?.len())
}

/// The notice that completed another, if one did.
pub fn cured_by(conn: &mut Conn, id: NoticeId) -> Result<Option<NoticeRecord>, StorageError> {
    let row = notices::table.filter(notices::cures.eq(id.0)).order(notices::id).select(NoticeRow::as_select());
    row.first(conn).optional()?.map(TryInto::try_into).transpose()
}

/// Marks a notice as taken back as a whole; returns whether it was not before.
pub fn withdraw(conn: &mut Conn, id: NoticeId, now: Moment) -> Result<bool, StorageError> {
    let open = notices::table.find(id.0).filter(notices::withdrawn_at.is_null());
    Ok(diesel::update(open).set(notices::withdrawn_at.eq(now.0)).execute(conn)? == 1)
}

/// What a notice repeated is over: it stands for itself.
pub fn stand_up(conn: &mut Conn, id: NoticeId) -> Result<(), StorageError> {
    diesel::update(notices::table.find(id.0)).set(notices::duplicate_of.eq(None::<i64>)).execute(conn)?;
    Ok(())
}

/// Notices that say a withdrawn one again, and of which nothing is in a case, stand for themselves; returns which.
pub fn free_repeats(conn: &mut Conn, of: NoticeId) -> Result<Vec<NoticeId>, StorageError> {
    let none_in_a_case = notices::hosted.eq(0).or(notices::class.ne("complete"));
    let some = notices::table.filter(notices::duplicate_of.eq(of.0)).filter(notices::duplicate_of.is_not_null());
    let ids: Vec<i64> = some.filter(none_in_a_case).order(notices::id).select(notices::id).load(conn)?;
    for chunk in ids.chunks(500) {
        diesel::update(notices::table.filter(notices::id.eq_any(chunk)))
            .set(notices::duplicate_of.eq(None::<i64>))
            .execute(conn)?;
    }
    Ok(ids.into_iter().map(NoticeId).collect())
}

/// It is proved who sent a notice.
pub fn prove(conn: &mut Conn, id: NoticeId, proof: Proof) -> Result<(), StorageError> {
    diesel::update(notices::table.find(id.0)).set(notices::proof.eq(proof.to_string())).execute(conn)?;
    Ok(())
}
