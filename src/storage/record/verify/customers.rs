//! Customers: strikes, decisions and standing against their chain, counters against rows.

use std::collections::HashMap;

use diesel::prelude::*;

use super::page::{PAGE, RecordedEvents, by_case, differs};
use crate::domain::base::moment::Moment;
use crate::domain::enforcement::standing::Standing;
use crate::domain::record::event::{Event, Private, Recorded};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{customers, decisions, strikes};
use crate::storage::record::verify_chains::Broken;

#[derive(Queryable)]
struct Customer {
    id: i64,
    standing: String,
    active: i32,
    total: i32,
}

#[derive(Queryable)]
struct Strike {
    customer: i64,
    id: i64,
    case: i64,
    status: String,
    policy: i64,
    expires: i64,
}

#[derive(Queryable)]
struct Decision {
    customer: i64,
    id: i64,
    kind: String,
    state: String,
    reasons: String,
    note: String,
}

/// Returns how many customers there are.
pub(super) fn check(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let page: Vec<Customer> = customers::table
            .filter(customers::id.gt(after))
            .order(customers::id)
            .limit(PAGE)
            .select((customers::id, customers::standing, customers::active_strikes, customers::total_strikes))
            .load(conn)?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.id;
        count += u64::try_from(page.len()).unwrap_or(0);
        compare(conn, &page, found)?;
    }
}

fn compare(conn: &mut Conn, page: &[Customer], found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let ids: Vec<i64> = page.iter().map(|c| c.id).collect();
    let told = RecordedEvents::load(conn, "customer", &ids, found)?;
    let counted: Vec<Strike> = strikes::table
        .filter(strikes::customer_id.eq_any(&ids))
        .order(strikes::id)
        .select((
            strikes::customer_id,
            strikes::id,
            strikes::case_id,
            strikes::status,
            strikes::policy_version,
            strikes::expires_at,
        ))
        .load(conn)?;
    let decided: Vec<Decision> = decisions::table
        .filter(decisions::customer_id.eq_any(&ids))
        .order(decisions::id)
        .select((
            decisions::customer_id,
            decisions::id,
            decisions::kind,
            decisions::state,
            decisions::reasons,
            decisions::second_note,
        ))
        .load(conn)?;
    let counted = by_case(counted.into_iter().map(|strike| (strike.customer, strike)));
    let decided = by_case(decided.into_iter().map(|decision| (decision.customer, decision)));
    for customer in page {
        let (subject, events) = (format!("customer:{}", customer.id), told.of(customer.id));
        let own = counted.get(&customer.id).map_or(&[][..], Vec::as_slice);
        of_strikes(&subject, events, own, found);
        of_decisions(&subject, events, decided.get(&customer.id).map_or(&[][..], Vec::as_slice), found);
        let active = own.iter().filter(|s| s.status == "active").count();
        let same = |kept: i32, there: usize| i32::try_from(there).is_ok_and(|there| there == kept);
        if !same(customer.active, active) || !same(customer.total, own.len()) {
            differs(found, &subject, "the number of its strikes is not the number that is there");
        }
        if standing(events) != customer.standing {
            differs(found, &subject, "its standing is not what the record tells");
        }
    }
    Ok(())
}

/// The last standing that was told; an account begins in good standing.
fn standing(told: &[Recorded]) -> &'static str {
    let last = told.iter().rev().find_map(|told| match &told.event {
        Event::CustomerStanding(facts) => Some(facts.standing),
        Event::CustomerFlagged(_) => Some(Standing::Flagged),
        _ => None,
    });
    last.map_or("good", Standing::code)
}

/// What the events tell of a strike; the case it stands on where they tell its number.
struct Counts {
    status: &'static str,
    case: Option<i64>,
    policy: i64,
    expires: Moment,
}

/// Strikes as the events tell them, by row number.
fn strikes_told(told: &[Recorded]) -> HashMap<i64, Counts> {
    let mut all: HashMap<i64, Counts> = HashMap::new();
    for told in told {
        match &told.event {
            // One that had run out when it was counted never was active; its row tells it.
            Event::StrikeCounted(facts) => {
                let counts = Counts { status: "", case: None, policy: facts.policy.0, expires: facts.expires };
                all.insert(facts.strike.0, counts);
            }
            Event::StrikeVoided(facts) => {
                all.entry(facts.strike.0).and_modify(|counts| counts.status = "voided");
            }
            Event::StrikeExpired(facts) => {
                all.entry(facts.strike.0).and_modify(|counts| counts.status = "expired");
            }
            Event::StrikeHandedOver(facts) => {
                all.entry(facts.strike.0).and_modify(|counts| counts.case = Some(facts.case.0));
            }
            _ => {}
        }
    }
    all
}

fn of_strikes(subject: &str, events: &[Recorded], rows: &[Strike], found: &mut Vec<Broken>) {
    let mut told = strikes_told(events);
    for row in rows {
        let Some(counts) = told.remove(&row.id) else {
            differs(found, subject, format!("strike {}: no event tells of it", row.id));
            continue;
        };
        let status = match counts.status {
            "" => row.status != "voided",
            status => row.status == status,
        };
        let case = counts.case.is_none_or(|case| case == row.case);
        let same = counts.policy == row.policy && counts.expires.iso() == Moment(row.expires).iso();
        if !status || !case || !same {
            differs(found, subject, format!("strike {} is not what the record tells", row.id));
        }
    }
    for id in told.keys() {
        differs(found, subject, format!("strike {id} is gone"));
    }
}

/// A decision as the events tell it.
struct Decided<'a> {
    state: &'static str,
    kind: &'static str,
    reasons: &'a Private,
    /// What the second person said.
    note: Option<&'a Private>,
}

/// Decisions as the events tell them, by row number.
fn decisions_told(told: &[Recorded]) -> HashMap<i64, Decided<'_>> {
    let mut all: HashMap<i64, Decided<'_>> = HashMap::new();
    for told in told {
        let (facts, state) = match &told.event {
            Event::DecisionProposed(facts) => (facts, "pending"),
            Event::DecisionMade(facts) => (facts, "effective"),
            Event::DecisionApproved(facts) => {
                all.entry(facts.decision.0).and_modify(|d| (d.state, d.note) = ("effective", Some(&facts.reason)));
                continue;
            }
            Event::DecisionRejected(facts) => {
                all.entry(facts.decision.0).and_modify(|d| (d.state, d.note) = ("rejected", Some(&facts.reason)));
                continue;
            }
            _ => continue,
        };
        let decided = Decided { state, kind: facts.kind.code(), reasons: &facts.reason, note: None };
        all.insert(facts.decision.0, decided);
    }
    all
}

fn of_decisions(subject: &str, events: &[Recorded], rows: &[Decision], found: &mut Vec<Broken>) {
    let mut told = decisions_told(events);
    for row in rows {
        let Some(decided) = told.remove(&row.id) else {
            differs(found, subject, format!("decision {}: no event tells of it", row.id));
            continue;
        };
        let note = decided.note.map_or(row.note.is_empty(), |note| note.fits(&row.note));
        let same = decided.state == row.state && decided.kind == row.kind && decided.reasons.fits(&row.reasons);
        if !same || !note {
            differs(found, subject, format!("decision {} is not what the record tells", row.id));
        }
    }
    for id in told.keys() {
        differs(found, subject, format!("decision {id} is gone"));
    }
}
