//! Notices against their chains: class, what was withdrawn, the digest of what arrived, and how many locations.

use std::collections::HashMap;

use diesel::prelude::*;

use super::page::{PAGE, RecordedEvents, differs};
use crate::domain::base::fingerprint::hex;
use crate::domain::record::event::intake::{NoticeReceived, NoticeWithdrawn};
use crate::domain::record::event::{Event, Recorded};
use crate::storage::disputes::withdrawals::digest;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{locations, notices, submissions, withdrawals};
use crate::storage::record::verify_chains::Broken;

#[derive(Queryable)]
struct Notice {
    id: i64,
    submission: i64,
    class: String,
    withdrawn_at: Option<i64>,
}

/// Returns how many notices there are.
pub(super) fn check(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let page: Vec<Notice> = notices::table
            .filter(notices::id.gt(after))
            .order(notices::id)
            .limit(PAGE)
            .select((notices::id, notices::submission_id, notices::class, notices::withdrawn_at))
            .load(conn)?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.id;
        count += u64::try_from(page.len()).unwrap_or(0);
        compare(conn, &page, found)?;
    }
}

fn compare(conn: &mut Conn, page: &[Notice], found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let ids: Vec<i64> = page.iter().map(|n| n.id).collect();
    let told = RecordedEvents::load(conn, "notice", &ids, found)?;
    let beside = Beside::load(conn, page, &ids)?;
    for notice in page {
        let subject = format!("notice:{}", notice.id);
        let events = told.of(notice.id);
        let received = events.iter().find_map(|told| match &told.event {
            Event::NoticeReceived(facts) => Some(facts),
            _ => None,
        });
        let Some(received) = received else {
            differs(found, subject, "a notice that no event tells of");
            continue;
        };
        for what in beside.received(notice, received) {
            differs(found, &subject, what);
        }
        for what in beside.withdrawn(notice, events) {
            differs(found, &subject, what);
        }
    }
    Ok(())
}

/// What stands in other tables about the notices of a page.
struct Beside {
    digests: HashMap<i64, String>,
    locations: HashMap<i64, i64>,
    withdrawals: HashMap<i64, Vec<String>>,
}

impl Beside {
    fn load(conn: &mut Conn, page: &[Notice], ids: &[i64]) -> Result<Self, StorageError> {
        let of: Vec<i64> = page.iter().map(|n| n.submission).collect();
        let digests: Vec<(i64, Vec<u8>)> = submissions::table
            .filter(submissions::id.eq_any(of))
            .select((submissions::id, submissions::digest))
            .load(conn)?;
        let located: Vec<(i64, i64)> = locations::table
            .filter(locations::notice_id.eq_any(ids))
            .group_by(locations::notice_id)
            .select((locations::notice_id, diesel::dsl::count_star()))
            .load(conn)?;
        let rows: Vec<(i64, String, String, i32, bool)> = withdrawals::table
            .filter(withdrawals::notice_id.eq_any(ids))
            .order(withdrawals::id)
            .select((
                withdrawals::notice_id,
                withdrawals::via,
                withdrawals::reason,
                withdrawals::locations,
                withdrawals::whole,
            ))
            .load(conn)?;
        let mut taken_back: HashMap<i64, Vec<String>> = HashMap::new();
        for (notice, via, reason, count, whole) in rows {
            taken_back.entry(notice).or_default().push(digest(&via, &reason, i64::from(count), whole));
        }
        Ok(Self {
            digests: digests.into_iter().map(|(id, digest)| (id, hex(&digest))).collect(),
            locations: located.into_iter().collect(),
            withdrawals: taken_back,
        })
    }

    fn received(&self, notice: &Notice, told: &NoticeReceived) -> Vec<&'static str> {
        let mut wrong = Vec::new();
        if !self.digests.get(&notice.submission).is_some_and(|digest| told.sha256.fits(digest)) {
            wrong.push("what arrived is gone, or is not what the record tells");
        }
        if told.class.code() != notice.class {
            wrong.push("its class is not what the record tells");
        }
        let there = self.locations.get(&notice.id).copied().unwrap_or(0);
        if i64::try_from(told.locations) != Ok(there) {
            wrong.push("it has more or fewer locations than the record tells");
        }
        wrong
    }

    fn withdrawn(&self, notice: &Notice, told: &[Recorded]) -> Vec<&'static str> {
        let withdrawn = told.iter().filter_map(|told| match &told.event {
            Event::NoticeWithdrawn(facts) => Some(facts),
            _ => None,
        });
        let told: Vec<&NoticeWithdrawn> = withdrawn.collect();
        let rows = self.withdrawals.get(&notice.id).map_or(&[][..], Vec::as_slice);
        let mut wrong = Vec::new();
        if told.len() != rows.len() {
            wrong.push("it has more or fewer withdrawals than the record tells");
        } else if told.iter().zip(rows).any(|(facts, row)| !facts.sha256.fits(row)) {
            wrong.push("a withdrawal is not what the record tells");
        }
        let whole = told.iter().any(|facts| facts.whole);
        if whole != notice.withdrawn_at.is_some() {
            wrong.push("whether it is withdrawn is not what the record tells");
        }
        wrong
    }
}
