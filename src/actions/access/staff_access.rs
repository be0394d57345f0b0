//! Somebody's access is taken away, given back, or ended for good. What they did stays on record under their number
//! and name.

use crate::actions::context::{ActionError, Tx};
use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::StaffId;
use crate::domain::record::event::access::OfStaff;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::access::staff_access::{self, StaffAccess};
use crate::storage::access::{second_factors, staff};

/// Somebody cannot sign in any more: sessions and second step end at once.
///
/// # Errors
///
/// There is no such person, they have no access, they are the last admin who has, or it is who asks.
pub fn disable_staff(tx: &mut Tx<'_>, id: StaffId, actor: &Actor) -> Result<(), ActionError> {
    not_oneself(id, actor)?;
    let who = found(tx, id)?;
    if who.disabled_at.is_some() {
        return Err(ActionError::Refused(format!("{} is disabled already.", who.email)));
    }
    keep_an_admin(tx, &who)?;
    staff_access::set_disabled(tx.conn, id, Some(tx.now))?;
    end_access(tx, id)?;
    on_record(tx, Event::StaffDisabled, id, actor)
}

/// Somebody who was disabled can sign in again, by the password alone; a second step is set up anew.
///
/// # Errors
///
/// There is no such person, or they have access.
pub fn enable_staff(tx: &mut Tx<'_>, id: StaffId, actor: &Actor) -> Result<(), ActionError> {
    let who = found(tx, id)?;
    if who.disabled_at.is_none() {
        return Err(ActionError::Refused(format!("{} can sign in already.", who.email)));
    }
    staff_access::set_disabled(tx.conn, id, None)?;
    end_access(tx, id)?;
    on_record(tx, Event::StaffEnabled, id, actor)
}

/// Somebody is no longer on the staff. Their address can be somebody else's; who they were stays with their number.
///
/// # Errors
///
/// There is no such person, they are the last admin who has access, or it is who asks.
pub fn remove_staff(tx: &mut Tx<'_>, id: StaffId, actor: &Actor) -> Result<(), ActionError> {
    not_oneself(id, actor)?;
    let who = found(tx, id)?;
    keep_an_admin(tx, &who)?;
    staff_access::remove(tx.conn, id, tx.now)?;
    end_access(tx, id)?;
    on_record(tx, Event::StaffRemoved, id, actor)
}

/// Nobody takes their own access away by mistake: another admin does it, or the command line.
fn not_oneself(id: StaffId, actor: &Actor) -> Result<(), ActionError> {
    if matches!(actor, Actor::Staff(own, _) if *own == id) {
        let words = "This is your own account. Ask another admin, or use the command line.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    Ok(())
}

/// Whether access of somebody may end or become less: an admin must be left.
pub(in crate::actions) fn keep_an_admin(tx: &mut Tx<'_>, who: &StaffAccess) -> Result<(), ActionError> {
    if who.role != StaffRole::Admin || !who.is_active() || staff_access::another_admin(tx.conn, who.id)? {
        return Ok(());
    }
    let words = format!("{} is the only admin who can sign in; make another one first.", who.email);
    Err(ActionError::Refused(words))
}

fn found(tx: &mut Tx<'_>, id: StaffId) -> Result<StaffAccess, ActionError> {
    let who = staff_access::by_id(tx.conn, id)?.filter(|who| who.removed_at.is_none());
    who.ok_or_else(|| ActionError::Refused("There is no such person on the staff.".to_owned()))
}

fn end_access(tx: &mut Tx<'_>, id: StaffId) -> Result<(), ActionError> {
    staff::end_sessions(tx.conn, id, None)?;
    second_factors::remove(tx.conn, id)?;
    Ok(())
}

fn on_record(tx: &mut Tx<'_>, event: fn(OfStaff) -> Event, id: StaffId, actor: &Actor) -> Result<(), ActionError> {
    tx.event(Subject::Installation, actor, event(OfStaff { staff: id }))
}
