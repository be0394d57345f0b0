//! A member of staff is added, or gets another name, role and password.

use super::staff_access::keep_an_admin;
use crate::actions::context::{ActionError, Tx};
use crate::domain::access::role::StaffRole;
use crate::domain::base::contact::{EmailAddress, one_line};
use crate::domain::base::ids::StaffId;
use crate::domain::record::event::access::StaffPut;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::access::{staff, staff_access};

/// Adds or changes a member of staff. `hash` is the argon2id hash of the password.
pub fn put_staff(
    tx: &mut Tx<'_>,
    email: &EmailAddress,
    name: &str,
    role: StaffRole,
    hash: &str,
) -> Result<StaffId, ActionError> {
    let name = one_line(name, 100);
    if name.is_empty() {
        return Err(ActionError::Refused("Give a name: decisions carry it.".to_owned()));
    }
    if role != StaffRole::Admin
        && let Some(known) = staff_access::find(tx.conn, email.as_str())?
    {
        keep_an_admin(tx, &known)?;
    }
    let id = staff::put(tx.conn, email, &name, role, hash, tx.now)?;
    tx.event(Subject::Installation, &Actor::Operator, Event::StaffPut(StaffPut { staff: id, role }))?;
    Ok(id)
}
