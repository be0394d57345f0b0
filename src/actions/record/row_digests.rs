//! What an event tells of the rows beside it, so that `verify-log` finds a later change of them: where a case and its
//! locations stand after what happened, and the digest of the submission it names.

use crate::actions::context::{ActionError, Tx};
use crate::domain::record::event::{Beside, Event, Private, Recorded, Subject, Tells};
use crate::storage::cases;
use crate::storage::intake::submissions;
use crate::storage::material::locations;

/// The event with what it tells of stored rows.
pub(in crate::actions) fn with_digests(
    tx: &mut Tx<'_>,
    subject: Subject,
    event: Event,
) -> Result<Recorded, ActionError> {
    let mut beside = Beside::default();
    // A counter-notice tells the digest among its own facts.
    if let Some(id) = event.submission().filter(|_| !matches!(event, Event::CounterNoticeReceived(_))) {
        beside.submission_sha256 = Private::from(submissions::stored_digest(tx.conn, id)?);
    }
    if let Subject::Case(id) = subject {
        let tells = event.kind().tells();
        if tells != Tells::Nothing {
            beside.case_state = Some(cases::stands(tx.conn, id)?);
        }
        if tells == Tells::StateAndLocations {
            beside.locations_sha256 = Some(locations::states_digest(tx.conn, id)?);
        }
    }
    Ok(Recorded { event, beside })
}
