//! The second factor of a member of staff: set up with a code that proves it, asked for at sign-in, taken away with a code
//! or by the operator. A code is taken once (RFC 6238 section 5.2).

use super::sign_in::sign_in;
use crate::actions::context::{ActionError, Tx};
use crate::domain::access::second_factor::{RECOVERY_CODES, Secret, recovery_code, recovery_hash};
use crate::domain::access::token::{PlainToken, TokenHash};
use crate::domain::base::ids::StaffId;
use crate::domain::record::event::access::{OfStaff, RecoveryCodeUsed};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::access::second_factors;
use crate::storage::access::staff::{self, StaffMember};

const WRONG: &str = "This code is not right, or was used already. Wait for the next one and type that";

/// Gives somebody a second factor, ends their other sessions, and returns the recovery codes, which are shown once.
pub fn turn_on_second_factor(
    tx: &mut Tx<'_>,
    who: &StaffMember,
    session: &TokenHash,
    secret: &Secret,
    code: &str,
) -> Result<Vec<String>, ActionError> {
    if second_factors::since(tx.conn, who.id)?.is_some() {
        return Err(ActionError::Refused("There is a second step already; turn it off first".to_owned()));
    }
    let step = secret.step(code, tx.now).ok_or_else(|| ActionError::Refused(WRONG.to_owned()))?;
    second_factors::put(tx.conn, who.id, secret, step, tx.now)?;
    staff::end_sessions(tx.conn, who.id, Some(session))?;
    happened(tx, who, Event::StaffSecondFactorOn)?;
    new_codes(tx, who.id)
}

/// Makes new recovery codes; those before stop working.
pub fn renew_recovery_codes(tx: &mut Tx<'_>, who: &StaffMember, code: &str) -> Result<Vec<String>, ActionError> {
    prove(tx, who.id, code)?;
    happened(tx, who, Event::StaffRecoveryCodesRenewed)?;
    new_codes(tx, who.id)
}

/// Takes it away.
pub fn turn_off_second_factor(tx: &mut Tx<'_>, who: &StaffMember, code: &str) -> Result<(), ActionError> {
    if tx.context.config.staff.second_factor {
        return Err(ActionError::Refused(
            "This host requires a second step for everyone; it cannot be turned off".to_owned(),
        ));
    }
    prove(tx, who.id, code)?;
    second_factors::remove(tx.conn, who.id)?;
    happened(tx, who, Event::StaffSecondFactorOff)
}

/// The operator takes it away from somebody who lost telephone and codes; all their sessions end.
pub fn reset_second_factor(tx: &mut Tx<'_>, email: &str) -> Result<(), ActionError> {
    let found = staff::by_email(tx.conn, email)?;
    let (who, _) = found.ok_or_else(|| ActionError::Refused(format!("No one can sign in as {email}.")))?;
    if !second_factors::remove(tx.conn, who.id)? {
        return Err(ActionError::Refused(format!("{email} has no second factor.")));
    }
    staff::end_sessions(tx.conn, who.id, None)?;
    let event = Event::StaffSecondFactorReset(OfStaff { staff: who.id });
    tx.event(Subject::Installation, &Actor::Operator, event)
}

/// The second step of signing in: opens a session. Returns its token, and the email address of who signed in.
pub fn pass_second_step(tx: &mut Tx<'_>, id: StaffId, code: &str) -> Result<(PlainToken, String), ActionError> {
    let who = staff::by_id(tx.conn, id)?.ok_or_else(|| ActionError::Refused(WRONG.to_owned()))?;
    prove(tx, id, code)?;
    Ok((sign_in(tx, &who)?, who.email))
}

/// A code of the app, or a recovery code; each works once.
fn prove(tx: &mut Tx<'_>, id: StaffId, code: &str) -> Result<(), ActionError> {
    let wrong = || ActionError::Refused(WRONG.to_owned());
    let secret = second_factors::secret(tx.conn, id)?.ok_or_else(wrong)?;
    if let Some(step) = secret.step(code, tx.now) {
        return if second_factors::take_step(tx.conn, id, step)? { Ok(()) } else { Err(wrong()) };
    }
    if !second_factors::use_code(tx.conn, id, &recovery_hash(code), tx.now)? {
        return Err(wrong());
    }
    let left = second_factors::codes_left(tx.conn, id)?;
    let event = Event::StaffRecoveryCodeUsed(RecoveryCodeUsed { staff: id, left });
    tx.event(Subject::Installation, &Actor::System, event)
}

fn new_codes(tx: &mut Tx<'_>, id: StaffId) -> Result<Vec<String>, ActionError> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(tx.context.entropy.bytes())).collect();
    let hashes: Vec<TokenHash> = codes.iter().map(|c| recovery_hash(c)).collect();
    second_factors::put_codes(tx.conn, id, &hashes)?;
    Ok(codes)
}

fn happened(tx: &mut Tx<'_>, who: &StaffMember, event: fn(OfStaff) -> Event) -> Result<(), ActionError> {
    let actor = Actor::Staff(who.id, who.name.clone());
    tx.event(Subject::Installation, &actor, event(OfStaff { staff: who.id }))
}
