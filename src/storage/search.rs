//! Search for staff: by account number, name, address of a contact or a sender, site, sender. Complete: whatever fits is
//! on one of the pages. Every query is served by an index and bounded, and a page goes on where the one before ended.

use std::collections::{HashMap, HashSet};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::engine::connection::Conn;
use super::engine::error::StorageError;
use super::engine::prepared::{Prepared, filled, here};
use super::engine::schema::{cases, contacts, customers, notices, senders};
use super::intake::notice_lists::newest_of_sender;
use super::search_places::Wanted;
pub use super::search_places::{Found, Place};
use crate::domain::base::ids::{CaseId, CustomerId, SenderId};

/// Notices of senders that one query looks at for cases; not each has one.
const NOTICES: i64 = 200;
/// Senders whose cases are shown together, newest first.
const SENDERS: i64 = 50;
/// Queries for owners that one page makes at most: where few of them have cases, it shows fewer and goes on.
const ROUNDS: usize = 100;

/// A way in which something fits what is searched for. Ways are gone through in this order: what is named in full, then
/// what only begins so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Site,
    AccountNumber,
    ContactAddress,
    SenderAddress,
    SenderName,
    SenderDomain,
    AccountNameBegins,
    SiteBegins,
    SenderNameBegins,
}

/// The ways to cases.
const TO_CASES: [Way; 9] = [
    Way::Site,
    Way::AccountNumber,
    Way::ContactAddress,
    Way::SenderAddress,
    Way::SenderName,
    Way::SenderDomain,
    Way::AccountNameBegins,
    Way::SiteBegins,
    Way::SenderNameBegins,
];
/// The ways to accounts.
const TO_ACCOUNTS: [Way; 3] = [Way::AccountNumber, Way::ContactAddress, Way::AccountNameBegins];

/// Customers whose account number is the text, who have a contact with this address, or whose name begins with it.
pub fn customers(conn: &mut Conn, text: &str, from: Place, limit: i64) -> Result<Found<CustomerId>, StorageError> {
    let wanted = Wanted::new(text);
    let (mut at, mut items, mut seen) = (from, Vec::new(), HashSet::new());
    while let Some(way) = TO_ACCOUNTS.get(at.way) {
        let left = limit - i64::try_from(items.len()).unwrap_or(limit);
        if left <= 0 {
            return Ok(Found { items, next: Some(at) });
        }
        let owners = owners(conn, *way, &wanted, at.owner, left)?;
        let more = i64::try_from(owners.len()).is_ok_and(|n| n == left);
        at = owners.last().filter(|_| more).map_or(Place::way(at.way + 1), |(owner, _)| at.after(*owner));
        items.extend(owners.into_iter().map(|(_, customer)| CustomerId(customer)).filter(|id| seen.insert(*id)));
    }
    Ok(Found { items, next: None })
}

/// Cases of a site, of accounts and of senders, by what is named in full first, of each the newest first. Those of several
/// senders are shown together. A case that fits in several ways can be on several pages.
pub fn cases(conn: &mut Conn, text: &str, from: Place, limit: i64) -> Result<Found<CaseId>, StorageError> {
    let wanted = Wanted::new(text);
    let (mut at, mut items, mut seen) = (from, Vec::new(), HashSet::new());
    for _ in 0..ROUNDS {
        let Some(way) = TO_CASES.get(at.way) else { return Ok(Found { items, next: None }) };
        let left = limit - i64::try_from(items.len()).unwrap_or(limit);
        if left <= 0 {
            break;
        }
        let (some, next) = match way {
            Way::Site => of_site(conn, &wanted, at, left)?,
            Way::SiteBegins => of_sites(conn, &wanted, at, left)?,
            Way::AccountNumber | Way::ContactAddress | Way::AccountNameBegins => {
                of_next_account(conn, *way, &wanted, at, left)?
            }
            Way::SenderAddress | Way::SenderName | Way::SenderDomain | Way::SenderNameBegins => {
                of_next_senders(conn, *way, &wanted, at, left)?
            }
        };
        items.extend(some.into_iter().map(CaseId).filter(|id| seen.insert(*id)));
        at = next.unwrap_or(Place::way(at.way + 1));
    }
    Ok(Found { items, next: (at.way < TO_CASES.len()).then_some(at) })
}

/// Cases, and where to go on in the same way; nothing where that has no more.
type Page = (Vec<i64>, Option<Place>);

/// Zero is before the first and after the last.
fn or_max(id: i64) -> i64 {
    if id == 0 { i64::MAX } else { id }
}

/// Where a list that is cut at its limit goes on after its last case.
fn next_case(ids: &[i64], at: Place, limit: i64) -> Option<Place> {
    let full = i64::try_from(ids.len()).is_ok_and(|n| n >= limit);
    ids.last().filter(|_| full).map(|last| Place { case: *last, ..at })
}

fn of_site(conn: &mut Conn, wanted: &Wanted<'_>, at: Place, limit: i64) -> Result<Page, StorageError> {
    let ids: Vec<i64> = cases::table
        .filter(cases::site.eq(&wanted.key))
        .filter(cases::id.lt(or_max(at.case)))
        .order(cases::id.desc())
        .limit(limit)
        .select(cases::id)
        .fixed(here!())
        .rows(conn)?;
    let next = next_case(&ids, at, limit);
    Ok((ids, next))
}

/// Cases whose site begins with the text and goes on, in the order of the alphabet.
fn of_sites(conn: &mut Conn, wanted: &Wanted<'_>, at: Place, limit: i64) -> Result<Page, StorageError> {
    let last: Option<String> = cases::table.find(at.case).select(cases::site).fixed(here!()).row(conn).optional()?;
    // No case has the number zero.
    let last = last.unwrap_or_else(|| wanted.key.clone());
    let ids: Vec<i64> = cases::table
        .filter(cases::site.ge(&last))
        .filter(cases::site.gt(&last).or(cases::id.gt(at.case)))
        .filter(cases::site.gt(&wanted.key))
        .filter(cases::site.lt(&wanted.end))
        .order((cases::site, cases::id))
        .limit(limit)
        .select(cases::id)
        .fixed(here!())
        .rows(conn)?;
    let next = next_case(&ids, at, limit);
    Ok((ids, next))
}

/// Accounts that fit in a way, after an owner: the number to go on from, and that of the customer.
fn owners(
    conn: &mut Conn,
    way: Way,
    wanted: &Wanted<'_>,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, i64)>, StorageError> {
    let twice = |ids: Vec<i64>| ids.into_iter().map(|id| (id, id)).collect();
    Ok(match way {
        Way::AccountNumber => {
            let this = customers::table.filter(customers::external_id.eq(wanted.text));
            twice(this.filter(customers::id.gt(after)).select(customers::id).fixed(here!()).rows(conn)?)
        }
        Way::ContactAddress if wanted.key.contains('@') => contacts::table
            .filter(sql::<Text>("lower(email)").eq(&wanted.key))
            .filter(contacts::id.gt(after))
            .order(contacts::id)
            .limit(limit)
            .select((contacts::id, contacts::customer_id))
            .fixed(here!())
            .rows(conn)?,
        Way::AccountNameBegins => {
            let last: Option<String> =
                customers::table.find(after).select(customers::name_key).fixed(here!()).row(conn).optional()?;
            let last = last.unwrap_or_else(|| wanted.key.clone());
            let some = customers::table
                .filter(customers::name_key.ge(&last))
                .filter(customers::name_key.gt(&last).or(customers::id.gt(after)))
                .filter(customers::name_key.lt(&wanted.end))
                .order((customers::name_key, customers::id))
                .limit(limit);
            twice(some.select(customers::id).fixed(here!()).rows(conn)?)
        }
        _ => Vec::new(),
    })
}

/// Cases of the next account, newest first.
fn of_next_account(
    conn: &mut Conn,
    way: Way,
    wanted: &Wanted<'_>,
    at: Place,
    limit: i64,
) -> Result<Page, StorageError> {
    let Some((owner, customer)) = owners(conn, way, wanted, at.owner, 1)?.pop() else { return Ok((Vec::new(), None)) };
    let ids: Vec<i64> = cases::table
        .filter(cases::customer_id.eq(customer))
        .filter(cases::id.lt(or_max(at.case)))
        .order(cases::id.desc())
        .limit(limit)
        .select(cases::id)
        .fixed(here!())
        .rows(conn)?;
    let next = next_case(&ids, at, limit).unwrap_or(at.after(owner));
    Ok((ids, Some(next)))
}

/// Senders that fit in a way, after one: by name in the order of the alphabet, otherwise the newest first.
fn senders_of(conn: &mut Conn, way: Way, wanted: &Wanted<'_>, after: i64) -> Result<Vec<i64>, StorageError> {
    let before = or_max(after);
    let newest = senders::table.filter(senders::id.lt(before)).order(senders::id.desc()).limit(SENDERS);
    Ok(match way {
        Way::SenderAddress => {
            let found = super::senders::at_address(conn, &wanted.key)?;
            found.map(|id| id.0).into_iter().filter(|id| *id < before).collect()
        }
        Way::SenderName => {
            let named = newest.filter(senders::name_key.eq(&wanted.key));
            named.select(senders::id).fixed(here!()).rows(conn)?
        }
        Way::SenderDomain => match super::senders::at_domain(conn, &wanted.key)? {
            Some(domain) => {
                let at_domain = newest.filter(senders::domain_id.eq(domain.0)).filter(senders::domain_id.is_not_null());
                at_domain.select(senders::id).fixed(here!()).rows(conn)?
            }
            None => Vec::new(),
        },
        _ => {
            let last: Option<String> =
                senders::table.find(after).select(senders::name_key).fixed(here!()).row(conn).optional()?;
            let last = last.unwrap_or_else(|| wanted.key.clone());
            let begun = senders::table
                .filter(senders::name_key.ge(&last))
                .filter(senders::name_key.gt(&last).or(senders::id.gt(after)))
                .filter(senders::name_key.gt(&wanted.key))
                .filter(senders::name_key.lt(&wanted.end))
                .order((senders::name_key, senders::id))
                .limit(SENDERS);
            begun.select(senders::id).fixed(here!()).rows(conn)?
        }
    })
}

/// Cases of the next senders, those of the newest notices first.
fn of_next_senders(
    conn: &mut Conn,
    way: Way,
    wanted: &Wanted<'_>,
    at: Place,
    limit: i64,
) -> Result<Page, StorageError> {
    let together = senders_of(conn, way, wanted, at.owner)?;
    let Some(last) = together.last() else { return Ok((Vec::new(), None)) };
    let before: Option<i64> =
        notices::table.find(at.notice).select(notices::received_at).fixed(here!()).row(conn).optional()?;
    let before = (before.unwrap_or(i64::MAX), or_max(at.notice));
    let mut newest: Vec<(i64, i64)> = Vec::new();
    for sender in &together {
        // One by one: of several at once no index gives the newest.
        newest.extend(newest_of_sender(conn, SenderId(*sender), before, NOTICES)?);
    }
    newest.sort_unstable_by(|a, b| b.cmp(a));
    let all = i64::try_from(newest.len()).is_ok_and(|n| n < NOTICES);
    newest.truncate(usize::try_from(NOTICES).unwrap_or(usize::MAX));
    let notices: Vec<i64> = newest.into_iter().map(|(_, id)| id).collect();
    let (ids, rest) = cases_of(conn, &notices, at, limit)?;
    let next = match (rest, notices.last()) {
        (Some(rest), _) => rest,
        (None, Some(notice)) if !all => Place { notice: *notice, case: 0, ..at },
        _ => at.after(*last),
    };
    Ok((ids, Some(next)))
}

/// Cases of notices in their order, of each the newest first; where to go on if there are more than the limit.
fn cases_of(conn: &mut Conn, notices: &[i64], at: Place, limit: i64) -> Result<Page, StorageError> {
    let some = cases::table.filter(cases::notice_id.eq_any(filled(notices))).select((cases::notice_id, cases::id));
    let mut by_notice: HashMap<i64, Vec<i64>> = HashMap::new();
    for (notice, case) in some.prepared().rows::<(i64, i64)>(conn)? {
        by_notice.entry(notice).or_default().push(case);
    }
    let limit = usize::try_from(limit).unwrap_or(0);
    let (mut ids, mut here) = (Vec::new(), at);
    for notice in notices {
        let mut of_notice = by_notice.remove(notice).unwrap_or_default();
        of_notice.sort_unstable_by(|a, b| b.cmp(a));
        let before = or_max(here.case);
        for case in of_notice.into_iter().filter(|case| *case < before) {
            if ids.len() == limit {
                return Ok((ids, Some(here)));
            }
            ids.push(case);
            here.case = case;
        }
        (here.notice, here.case) = (*notice, 0);
    }
    Ok((ids, None))
}
