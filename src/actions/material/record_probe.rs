//! What a look at a location found is recorded as evidence; what should be gone and is not is put before staff.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CaseId;
use crate::domain::material::location_state::LocationState::{self, Disabled, Removed};
use crate::domain::record::event::material::{ProbeAsked, ProbeDone};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::material::locations;
use crate::storage::material::probes::{self, Due, Found};

/// Staff ask for a look now.
pub fn ask_probe(tx: &mut Tx<'_>, id: CaseId, only: Option<&[i64]>, actor: &Actor) -> Result<(), ActionError> {
    if !tx.context.config.probe.enabled {
        return Err(ActionError::Refused("Looking at addresses is switched off (probe.enabled).".to_owned()));
    }
    let case = cases::get(tx.conn, id)?;
    let asked = probes::ask(tx.conn, id, only, &LocationState::ALL, tx.now)?;
    if asked == 0 {
        return Err(ActionError::Refused("This case has no web address to look at.".to_owned()));
    }
    tx.event(Subject::Case(case.id), actor, Event::ProbeAsked(ProbeAsked { count: asked }))
}

/// Takes a look over from the list of those that are due; says whether it is ours to take.
pub fn claim_probe(tx: &mut Tx<'_>, location: i64) -> Result<bool, ActionError> {
    Ok(probes::claim(tx.conn, location)?)
}

/// Records a look.
pub fn record_probe(tx: &mut Tx<'_>, due: &Due, found: &Found) -> Result<(), ActionError> {
    let Some(case) = due.case.map(CaseId) else { return Ok(()) };
    probes::insert(tx.conn, due.location, case, found, tx.now)?;
    let what = ProbeDone { location: due.location, outcome: found.outcome.to_owned(), status: found.status };
    tx.event(Subject::Case(case), &Actor::System, Event::ProbeDone(what))?;
    let state = locations::by_ids(tx.conn, &[due.location])?.first().map(locations::LocationRow::state);
    let should_be_gone = matches!(state, Some(Removed | Disabled));
    let open = reviews::of_case(tx.conn, case)?.iter().any(|r| r.kind == ReviewKind::StillOnline);
    if found.outcome == "online" && should_be_gone && !open {
        let about = reviews::About { case: Some(case), ..reviews::About::default() };
        let status = found.status.map(|s| s.to_string()).unwrap_or_default();
        let note = format!("{} answered {status}", crate::domain::base::contact::one_line(&due.url, 200));
        reviews::raise(tx.conn, ReviewKind::StillOnline, about, &note, tx.now)?;
    }
    Ok(())
}
