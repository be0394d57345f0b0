//! Which letter reached the customer of a case.

use diesel::prelude::*;

use super::letters::{NAMING_DEADLINE, TELLING_END};
use crate::domain::base::ids::{CaseId, CustomerId, LetterId};
use crate::domain::base::moment::Moment;
use crate::storage::customers::contacts;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::letters;

/// The first letter that told the customer of a case and was taken over, and when. One that came back is none, nor is
/// one to an address from which another one about the case came back, or whose contact is marked as failed: a server
/// that reports one of two letters to a dead mailbox delivered neither.
pub fn first_accepted(conn: &mut Conn, case: CaseId) -> Result<Option<(LetterId, Moment)>, StorageError> {
    type Row = (i64, String, String, Option<i64>, Option<i64>);
    let told: Vec<Row> = letters::table
        .filter(letters::case_id.eq(case.0))
        .filter(letters::customer_id.is_not_null())
        .filter(letters::kind.eq_any(NAMING_DEADLINE.into_iter().chain([TELLING_END])))
        .filter(letters::state.eq_any(["accepted", "bounced"]))
        .order((letters::settled_at, letters::id))
        .select((letters::id, letters::to_address, letters::state, letters::settled_at, letters::customer_id))
        .limit(500)
        .load(conn)?;
    let mut dead: Vec<String> =
        told.iter().filter(|(_, _, state, ..)| state == "bounced").map(|(_, to, ..)| to.to_lowercase()).collect();
    if let Some(customer) = told.iter().find_map(|row| row.4) {
        let contacts = contacts::of_customer(conn, CustomerId(customer))?;
        dead.extend(contacts.into_iter().filter(|c| c.failed_at.is_some()).map(|c| c.email.to_lowercase()));
    }
    let first = told.into_iter().find(|(_, to, state, ..)| state == "accepted" && !dead.contains(&to.to_lowercase()));
    Ok(first.and_then(|(id, _, _, at, _)| Some((LetterId(id), Moment(at?)))))
}
