//! Contacts: where letters about a customer go.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use crate::domain::base::contact::EmailAddress;
use crate::domain::base::ids::CustomerId;
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::insert_all;
use crate::storage::engine::prepared::{Prepared, columns, filled, here};
use crate::storage::engine::schema::contacts;

/// Where letters about a customer go.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct Contact {
    pub id: i64,
    pub role: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub failed_at: Option<i64>,
}

/// Contacts of a customer, the owner first.
pub fn of_customer(conn: &mut Conn, id: CustomerId) -> Result<Vec<Contact>, StorageError> {
    Ok(contacts::table
        .filter(contacts::customer_id.eq(id.0))
        .order(contacts::id)
        .select(columns::<Contact>())
        .fixed(here!())
        .rows(conn)?)
}

/// Removes contacts whose address is not among those to keep; returns how many.
pub fn keep(conn: &mut Conn, id: CustomerId, emails: &[&str]) -> Result<usize, StorageError> {
    let others = contacts::table.filter(contacts::customer_id.eq(id.0)).filter(contacts::email.ne_all(emails));
    Ok(diesel::delete(others).execute(conn)?)
}

/// Removes contacts of a customer by their addresses; returns how many there were.
pub fn remove(conn: &mut Conn, id: CustomerId, emails: &[String]) -> Result<usize, StorageError> {
    let these = contacts::table.filter(contacts::customer_id.eq(id.0)).filter(contacts::email.eq_any(emails));
    Ok(diesel::delete(these).execute(conn)?)
}

/// A contact as the host's systems know it. What is `None` stays as it is; a new contact is the owner, without a name or
/// telephone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutContact {
    pub role: Option<String>,
    pub name: Option<String>,
    pub email: EmailAddress,
    pub phone: Option<String>,
}

impl PutContact {
    /// Role, name and telephone number after it is put over what is stored.
    fn put_over<'a>(&'a self, [role, name, phone]: [&'a str; 3]) -> [&'a str; 3] {
        let said = |text: &'a Option<String>, before: &'a str| text.as_deref().unwrap_or(before);
        [said(&self.role, role), said(&self.name, name), said(&self.phone, phone)]
    }
}

/// Role of a contact of whom nothing else is known.
pub const OWNER: &str = "Owner";

#[derive(Insertable)]
#[diesel(table_name = contacts)]
struct NewContact<'a> {
    customer_id: i64,
    role: &'a str,
    name: &'a str,
    email: &'a str,
    phone: &'a str,
}

/// Adds contacts or brings them up to date, in the order given; says of each whether it changed anything.
pub fn put(conn: &mut Conn, list: &[(CustomerId, &PutContact)]) -> Result<Vec<bool>, StorageError> {
    let known = known(conn, list.iter().map(|(id, _)| id.0).collect())?;
    let mut stored: HashMap<(i64, &str), [&str; 3]> = HashMap::with_capacity(known.len() + list.len());
    for (id, email, role, name, phone) in &known {
        stored.insert((*id, email), [role, name, phone]);
    }
    let mut new: Vec<NewContact<'_>> = Vec::new();
    let mut changed = Vec::with_capacity(list.len());
    for (customer, given) in list {
        let (customer_id, email) = (customer.0, given.email.as_str());
        let before = stored.get(&(customer_id, email)).copied();
        let details = given.put_over(before.unwrap_or([OWNER, "", ""]));
        let [role, name, phone] = details;
        let row = NewContact { customer_id, role, name, email, phone };
        stored.insert((customer_id, email), details);
        changed.push(before != Some(details));
        match before {
            None => new.push(row),
            Some(same) if same == details => {}
            Some(_) => match new.iter_mut().find(|n| (n.customer_id, n.email) == (customer_id, email)) {
                Some(waiting) => *waiting = row,
                None => update(conn, &row)?,
            },
        }
    }
    insert_all!(conn, contacts::table, &new, on_conflict_do_nothing);
    Ok(changed)
}

/// Customer, address, role, name and telephone.
type Known = (i64, String, String, String, String);

fn known(conn: &mut Conn, customers: BTreeSet<i64>) -> Result<Vec<Known>, StorageError> {
    let columns = (contacts::customer_id, contacts::email, contacts::role, contacts::name, contacts::phone);
    let customers: Vec<i64> = customers.into_iter().collect();
    let mut all = Vec::new();
    for some in customers.chunks(512) {
        let theirs = contacts::table.filter(contacts::customer_id.eq_any(filled(some)));
        all.extend(theirs.select(columns).prepared().rows::<Known>(conn)?);
    }
    Ok(all)
}

fn update(conn: &mut Conn, row: &NewContact<'_>) -> Result<(), StorageError> {
    let this = contacts::customer_id.eq(row.customer_id).and(contacts::email.eq(row.email));
    let details = (contacts::role.eq(row.role), contacts::name.eq(row.name), contacts::phone.eq(row.phone));
    Ok(diesel::update(contacts::table.filter(this)).set(details).fixed(here!()).run(conn)?)
}

/// Remembers that a contact refused a letter, or accepted one again.
pub fn failed(conn: &mut Conn, id: CustomerId, email: &str, at: Option<Moment>) -> Result<(), StorageError> {
    diesel::update(contacts::table.filter(contacts::customer_id.eq(id.0)).filter(contacts::email.eq(email)))
        .set(contacts::failed_at.eq(at.map(|m| m.0)))
        .fixed(here!())
        .run(conn)?;
    Ok(())
}
