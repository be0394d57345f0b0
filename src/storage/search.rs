//! Search for staff: by customer, by the address of a contact or a sender, by site, by sender. Everything has its index.

use std::collections::HashSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::engine::connection::Conn;
use super::engine::error::StorageError;
use super::engine::prepared::{Prepared, filled, here};
use super::engine::schema::{cases, contacts, customers, senders};
use super::intake::notice_lists::newest_of_sender;
use crate::domain::base::ids::{CaseId, CustomerId, SenderId};

/// Largest character, to close a prefix range.
const LAST: char = '\u{10ffff}';
/// Newest notices of a sender that are looked at for cases; not each has one.
const LOOKED_AT: i64 = 200;
/// Senders whose name only begins with what is looked for.
const BEGUN: i64 = 10;

/// Customers whose account number is the text, whose name begins with it, or who have a contact with this address.
pub fn customers(conn: &mut Conn, text: &str, limit: i64) -> Result<Vec<CustomerId>, StorageError> {
    let key = text.to_lowercase();
    let end = format!("{key}{LAST}");
    let mut ids: Vec<i64> =
        customers::table.filter(customers::external_id.eq(text)).select(customers::id).load(conn)?;
    let by_name: Vec<i64> = customers::table
        .filter(customers::name_key.ge(&key))
        .filter(customers::name_key.lt(&end))
        .order(customers::name_key)
        .limit(limit)
        .select(customers::id)
        .load(conn)?;
    ids.extend(by_name);
    if key.contains('@') {
        let at = contacts::table.filter(sql::<Text>("lower(email)").eq(&key)).limit(limit);
        ids.extend(at.select(contacts::customer_id).load::<i64>(conn)?);
    }
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    Ok(ids.into_iter().map(CustomerId).collect())
}

/// Senders with an email address, a name in full or addresses at a domain, those who wrote last; the newest notices of all
/// that are so called are among theirs.
fn senders_called(conn: &mut Conn, key: &str, limit: i64) -> Result<Vec<i64>, StorageError> {
    let mut ids: Vec<i64> = super::senders::at_address(conn, key)?.into_iter().map(|id| id.0).collect();
    let last = senders::table.order(senders::last_at.desc()).limit(limit).select(senders::id);
    ids.extend(last.filter(senders::name_key.eq(key)).fixed(here!()).rows::<i64>(conn)?);
    if let Some(domain) = super::senders::at_domain(conn, key)? {
        ids.extend(last.filter(senders::domain_id.eq(domain.0)).fixed(here!()).rows::<i64>(conn)?);
    }
    Ok(ids)
}

/// A few senders whose name begins with a text and goes on.
fn senders_begun(conn: &mut Conn, key: &str) -> Result<Vec<i64>, StorageError> {
    let end = format!("{key}{LAST}");
    let some = senders::table.filter(senders::name_key.gt(key)).filter(senders::name_key.lt(end));
    Ok(some.order(senders::name_key).limit(BEGUN).select(senders::id).fixed(here!()).rows(conn)?)
}

/// Cases of the newest notices of some senders.
fn sent_by(conn: &mut Conn, senders: &[i64]) -> Result<Vec<i64>, StorageError> {
    let mut newest: Vec<(i64, i64)> = Vec::new();
    for sender in senders.iter().collect::<HashSet<_>>() {
        // One by one: of several at once no index gives the newest.
        newest.extend(newest_of_sender(conn, SenderId(*sender), LOOKED_AT)?);
    }
    newest.sort_unstable_by(|a, b| b.cmp(a));
    let ids: Vec<i64> = newest.into_iter().take(usize::try_from(LOOKED_AT).unwrap_or(0)).map(|(_, id)| id).collect();
    Ok(cases::table.filter(cases::notice_id.eq_any(filled(&ids))).select(cases::id).prepared().rows(conn)?)
}

/// The newest cases that something holds of; each is found in the order of an index.
macro_rules! newest {
    ($conn:expr, $what:expr, $limit:expr) => {{
        let some = cases::table.filter($what).order(cases::id.desc()).limit($limit);
        some.select(cases::id).fixed(here!()).rows::<i64>($conn)?
    }};
}

/// Cases whose site begins with a text and goes on, a few of them in the order of the alphabet.
fn sites_begun(conn: &mut Conn, key: &str, limit: i64) -> Result<Vec<i64>, StorageError> {
    let end = format!("{key}{LAST}");
    let some = cases::table.filter(cases::site.gt(key)).filter(cases::site.lt(end)).order(cases::site).limit(limit);
    Ok(some.select(cases::id).fixed(here!()).rows(conn)?)
}

/// Cases of a site, a sender, the sender's address or its domain, or some customers, newest first: the newest of what is
/// named in full, and some whose site or sender only begins so.
pub fn cases(conn: &mut Conn, text: &str, of: &[CustomerId], limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let key = text.to_lowercase();
    let mut named = newest!(conn, cases::site.eq(&key), limit);
    let senders = senders_called(conn, &key, limit)?;
    named.extend(sent_by(conn, &senders)?);
    for customer in of {
        // One by one: of several at once no index gives the newest.
        named.extend(newest!(conn, cases::customer_id.eq(customer.0), limit));
    }
    let mut begun = sites_begun(conn, &key, limit)?;
    let senders = senders_begun(conn, &key)?;
    begun.extend(sent_by(conn, &senders)?);
    let newest_first = |ids: &mut Vec<i64>| {
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.dedup();
    };
    newest_first(&mut named);
    begun.retain(|id| named.binary_search_by(|n| id.cmp(n)).is_err());
    newest_first(&mut begun);
    named.extend(begun);
    named.truncate(usize::try_from(limit).unwrap_or(50));
    Ok(named.into_iter().map(CaseId).collect())
}
