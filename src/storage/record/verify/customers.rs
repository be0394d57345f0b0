//! Customers: strikes, decisions and standing against their chain, counters against rows.

use std::collections::HashMap;

use diesel::prelude::*;

use super::page::by_case;
use super::page::{Event, PAGE, Told, differs};
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
    let told = Told::load(conn, "customer", &ids)?;
    let counted: Vec<Strike> = strikes::table
        .filter(strikes::customer_id.eq_any(&ids))
        .order(strikes::id)
        .select((strikes::customer_id, strikes::id, strikes::case_id, strikes::status, strikes::policy_version))
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
fn standing(events: &[Event]) -> &str {
    let last = events.iter().rev().find_map(|event| match event.kind.as_str() {
        "customer.standing" => event.text("standing"),
        "customer.flagged" => Some("flagged"),
        _ => None,
    });
    last.unwrap_or("good")
}

/// What the events tell of a strike; the case it stands on where they tell its number.
struct Counts {
    status: &'static str,
    case: Option<i64>,
    policy: Option<i64>,
}

fn of_strikes(subject: &str, events: &[Event], rows: &[Strike], found: &mut Vec<Broken>) {
    let mut told: HashMap<i64, Counts> = HashMap::new();
    for event in events {
        let Some(id) = event.number("strike") else { continue };
        let status = match event.kind.as_str() {
            "strike.counted" => {
                // One that had run out when it was counted never was active; its row tells it.
                told.insert(id, Counts { status: "", case: None, policy: event.number("policy") });
                continue;
            }
            "strike.voided" => "voided",
            "strike.expired" => "expired",
            "strike.handed_over" => {
                told.entry(id).and_modify(|counts| counts.case = event.number("case"));
                continue;
            }
            _ => continue,
        };
        told.entry(id).and_modify(|counts| counts.status = status);
    }
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
        if !status || !case || counts.policy.is_some_and(|policy| policy != row.policy) {
            differs(found, subject, format!("strike {} is not what the record tells", row.id));
        }
    }
    for id in told.keys() {
        differs(found, subject, format!("strike {id} is gone"));
    }
}

/// A decision as the events tell it: state, kind, reasons, and what the second person said.
type Decided<'a> = (&'static str, Option<&'a str>, &'a str, Option<&'a str>);

fn of_decisions(subject: &str, events: &[Event], rows: &[Decision], found: &mut Vec<Broken>) {
    let mut told: HashMap<i64, Decided<'_>> = HashMap::new();
    for event in events {
        let Some(id) = event.number("decision") else { continue };
        match event.kind.as_str() {
            "decision.proposed" => drop(told.insert(id, ("pending", event.text("kind"), &event.reason, None))),
            "decision.made" => drop(told.insert(id, ("effective", event.text("kind"), &event.reason, None))),
            "decision.approved" => {
                told.entry(id).and_modify(|d| (d.0, d.3) = ("effective", Some(event.reason.as_str())));
            }
            "decision.rejected" => {
                told.entry(id).and_modify(|d| (d.0, d.3) = ("rejected", Some(event.reason.as_str())));
            }
            _ => {}
        }
    }
    for row in rows {
        let Some((state, kind, reasons, note)) = told.remove(&row.id) else {
            differs(found, subject, format!("decision {}: no event tells of it", row.id));
            continue;
        };
        let same = state == row.state && kind.is_none_or(|kind| kind == row.kind) && reasons == row.reasons;
        if !same || note.unwrap_or_default() != row.note {
            differs(found, subject, format!("decision {} is not what the record tells", row.id));
        }
    }
    for id in told.keys() {
        differs(found, subject, format!("decision {id} is gone"));
    }
}
