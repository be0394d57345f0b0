//! A notice no longer keeps locations disabled. Access returns only where no other notice keeps it disabled; the
//! host's systems, or staff, are asked to restore it, and confirm.

use crate::actions::context::{ActionError, Tx};
use crate::actions::outbox::webhooks;
use crate::domain::material::location_state::LocationState::{DisableRequested, Disabled, Released, RestoreRequested};
use crate::domain::outbox::webhook::WebhookKind;
use crate::domain::record::event::material::Locations;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases::Case;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::material::locations::{self, LocationRow, Move};
use crate::storage::material::same_material::held_by_others;

/// What became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::actions) struct ReleaseCounts {
    /// Access returns as soon as that is confirmed.
    pub returning: usize,
    /// Another notice keeps them disabled.
    pub held: usize,
}

/// Releases those of the locations that are disabled, or about to be.
pub(in crate::actions) fn release(
    tx: &mut Tx<'_>,
    case: &Case,
    rows: &[LocationRow],
    why: &str,
    actor: &Actor,
) -> Result<ReleaseCounts, ActionError> {
    let blocking: Vec<&LocationRow> = rows.iter().filter(|r| r.state().is_blocking()).collect();
    if blocking.is_empty() {
        return Ok(ReleaseCounts::default());
    }
    let materials: Vec<i64> = blocking.iter().map(|r| r.material).collect();
    let own: Vec<i64> = blocking.iter().map(|r| r.id).collect();
    let held = held_by_others(tx.conn, &materials, &own)?;
    let (stay, back): (Vec<&LocationRow>, Vec<&LocationRow>) =
        blocking.into_iter().partition(|r| held.contains(&r.material));
    let ids = |rows: &[&LocationRow]| rows.iter().map(|r| r.id).collect::<Vec<i64>>();
    let (stay, back) = (ids(&stay), ids(&back));
    let by = actor.to_string();
    let from = &[DisableRequested, Disabled];
    locations::shift(tx.conn, case.id, Some(&stay), Move { from, to: Released, by: &by }, tx.now)?;
    locations::shift(tx.conn, case.id, Some(&back), Move { from, to: RestoreRequested, by: &by }, tx.now)?;
    if !stay.is_empty() {
        tx.event(Subject::Case(case.id), actor, Event::LocationReleased(Locations::new(&stay, why)))?;
    }
    if !back.is_empty() {
        ask(tx, case, &back, why, actor)?;
    }
    Ok(ReleaseCounts { returning: back.len(), held: stay.len() })
}

/// Asks the host's systems to restore access, and a person where no system listens.
fn ask(tx: &mut Tx<'_>, case: &Case, ids: &[i64], why: &str, actor: &Actor) -> Result<(), ActionError> {
    tx.event(Subject::Case(case.id), actor, Event::LocationRestoreRequested(Locations::new(ids, why)))?;
    if webhooks::listens(tx, WebhookKind::RestoreRequested)? {
        return Ok(());
    }
    let open = reviews::of_case(tx.conn, case.id)?.iter().any(|r| r.kind == ReviewKind::Restore);
    if !open {
        let about = reviews::About { case: Some(case.id), ..reviews::About::default() };
        let note = format!("{} to restore. {why}", crate::mail::letters::addresses(ids.len()));
        reviews::raise(tx.conn, ReviewKind::Restore, about, &note, tx.now)?;
    }
    Ok(())
}
