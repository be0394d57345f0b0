//! Search for staff: by customer, by the address of a contact or a sender, by site, by sender. Everything has its index.

use std::collections::HashSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::Conn;
use super::error::StorageError;
use super::prepared::{Prepared, here};
use super::schema::{cases, contacts, customers, notices, senders};
use crate::domain::ids::{CaseId, CustomerId};

/// Largest character, to close a prefix range.
const LAST: char = '\u{10ffff}';

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

/// Cases of the newest notices that came from a mail address.
fn sent_from(conn: &mut Conn, address: &str, limit: i64) -> Result<Vec<i64>, StorageError> {
    let key = format!("a:{address}");
    let sender: Option<i64> = senders::table.filter(senders::key.eq(key)).select(senders::id).first(conn).optional()?;
    let Some(sender) = sender else { return Ok(Vec::new()) };
    let newest: Vec<i64> = notices::table
        .filter(notices::sender_id.eq(sender))
        .order((notices::received_at.desc(), notices::id.desc()))
        .limit(limit)
        .select(notices::id)
        .load(conn)?;
    Ok(cases::table.filter(cases::notice_id.eq_any(newest)).select(cases::id).load(conn)?)
}

/// The newest cases that something holds of; each is found in the order of an index.
macro_rules! newest {
    ($conn:expr, $what:expr, $limit:expr) => {{
        let some = cases::table.filter($what).order(cases::id.desc()).limit($limit);
        some.select(cases::id).fixed(here!()).rows::<i64>($conn)?
    }};
}

/// Cases whose column begins with a text and goes on, a few of them in the order of the alphabet.
macro_rules! begun {
    ($conn:expr, $column:expr, $key:expr, $limit:expr) => {{
        let end = format!("{}{LAST}", $key);
        let some = cases::table.filter($column.gt($key)).filter($column.lt(end)).order($column).limit($limit);
        some.select(cases::id).fixed(here!()).rows::<i64>($conn)?
    }};
}

/// Cases of a site, a sender, the sender's address or its domain, or some customers, newest first: the newest of what is
/// named in full, and some whose site or sender only begins so.
pub fn cases(conn: &mut Conn, text: &str, of: &[CustomerId], limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let key = text.to_lowercase();
    let mut named = newest!(conn, cases::site.eq(&key), limit);
    named.extend(newest!(conn, cases::sender_key.eq(&key), limit));
    named.extend(newest!(conn, cases::sender_domain.eq(&key), limit));
    if key.contains('@') {
        named.extend(sent_from(conn, &key, limit)?);
    }
    for customer in of {
        // One by one: of several at once no index gives the newest.
        named.extend(newest!(conn, cases::customer_id.eq(customer.0), limit));
    }
    let mut begun = begun!(conn, cases::site, &key, limit);
    begun.extend(begun!(conn, cases::sender_key, &key, limit));
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
