//! Search for staff: by reference, customer, domain or address, sender. Prefixes use an index.

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::{cases, customers};
use crate::domain::ids::{CaseId, CustomerId};

/// Largest character, to close a prefix range.
const LAST: char = '\u{10ffff}';

/// Customers whose account number is the text, or whose name begins with it.
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
    ids.dedup();
    Ok(ids.into_iter().map(CustomerId).collect())
}

/// Cases of a site, a sender, a sender's domain or some customers, newest first.
pub fn cases(conn: &mut Conn, text: &str, of: &[CustomerId], limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let key = text.to_lowercase();
    let end = format!("{key}{LAST}");
    let mut ids: Vec<i64> = Vec::new();
    ids.extend(
        cases::table
            .filter(cases::site.ge(&key))
            .filter(cases::site.lt(&end))
            .order(cases::site)
            .limit(limit)
            .select(cases::id)
            .load::<i64>(conn)?,
    );
    ids.extend(
        cases::table
            .filter(cases::sender_key.ge(&key))
            .filter(cases::sender_key.lt(&end))
            .order(cases::sender_key)
            .limit(limit)
            .select(cases::id)
            .load::<i64>(conn)?,
    );
    let by_domain = cases::table.filter(cases::sender_domain.eq(&key)).order(cases::id.desc()).limit(limit);
    ids.extend(by_domain.select(cases::id).load::<i64>(conn)?);
    let keys: Vec<i64> = of.iter().map(|c| c.0).collect();
    let by_customer = cases::table.filter(cases::customer_id.eq_any(keys)).order(cases::id.desc()).limit(limit);
    ids.extend(by_customer.select(cases::id).load::<i64>(conn)?);
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    ids.truncate(usize::try_from(limit).unwrap_or(50));
    Ok(ids.into_iter().map(CaseId).collect())
}
