//! A person looked and there is nothing more to do.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CaseId;
use crate::domain::cases::case::CaseState;
use crate::domain::material::location_state::LocationState::{DisableRequested, RestoreRequested};
use crate::domain::record::event::cases::ReviewDone;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases::reviews::{self, About, Review, ReviewKind};
use crate::storage::cases::{self, Case};
use crate::storage::material::locations;

/// Kinds of reviews that end by what they ask for: access is disabled or has returned, and somebody says so.
const OF_REQUESTS: [ReviewKind; 4] =
    [ReviewKind::Restore, ReviewKind::NotConfirmed, ReviewKind::PutBackAlarm, ReviewKind::PutBackMissed];

/// Marks a review as done, on the record of what it is about. The last review of a case that is held back stays open:
/// somebody has to forward the case or close it. So does one about a request that nobody has confirmed.
pub fn review_done(tx: &mut Tx<'_>, id: i64, actor: &Actor) -> Result<(), ActionError> {
    let Some(review) = reviews::get_open(tx.conn, id)? else {
        return Err(ActionError::Refused("Someone has already marked this as done.".to_owned()));
    };
    refuse_to_strand(tx, &review)?;
    reviews::done(tx.conn, id, &actor.to_string(), tx.now)?;
    let what = ReviewDone { review: id, kind: review.kind.code().to_owned() };
    tx.event(subject(review.about), actor, Event::ReviewDone(what))
}

fn refuse_to_strand(tx: &mut Tx<'_>, review: &Review) -> Result<(), ActionError> {
    let Some(id) = review.about.case else { return Ok(()) };
    let case = cases::get(tx.conn, id)?;
    if case.state == CaseState::InReview && reviews::of_case(tx.conn, id)?.len() == 1 {
        let words = format!("{} has not been forwarded. Forward it or close it on its page.", case.reference);
        return Err(ActionError::Refused(words));
    }
    if OF_REQUESTS.contains(&review.kind)
        && let Some(asked) = requests(tx, &case)?
    {
        let words = format!("{asked} under {}. Confirm it on the page of the case, once it is done.", case.reference);
        return Err(ActionError::Refused(words));
    }
    Ok(())
}

/// What was asked for under a case and has not been confirmed, in words.
fn requests(tx: &mut Tx<'_>, case: &Case) -> Result<Option<String>, ActionError> {
    let restore = locations::count_in(tx.conn, case.id, &[RestoreRequested])?;
    if restore > 0 {
        return Ok(Some(format!("Access to {} has to return", addresses(restore))));
    }
    // In a closed case nothing more is disabled.
    let is_open = !matches!(case.state, CaseState::Closed(..));
    let disable = if is_open { locations::count_in(tx.conn, case.id, &[DisableRequested])? } else { 0 };
    Ok((disable > 0).then(|| format!("Access to {} has to be disabled", addresses(disable))))
}

/// Marks the reviews of a case that has ended as done, but for those of access that has yet to return: whatever ends
/// the case, that stays before a person.
pub(in crate::actions) fn done_with_case(tx: &mut Tx<'_>, id: CaseId, by: &str) -> Result<(), ActionError> {
    let waits = locations::count_in(tx.conn, id, &[RestoreRequested])? > 0;
    let ends = |kind: &ReviewKind| !waits || !OF_REQUESTS.contains(kind);
    let kinds: Vec<ReviewKind> = ReviewKind::ALL.into_iter().filter(ends).collect();
    Ok(reviews::done_for_case(tx.conn, id, &kinds, by, tx.now)?)
}

fn addresses(count: i64) -> String {
    crate::mail::letters::addresses(usize::try_from(count).unwrap_or_default())
}

fn subject(about: About) -> Subject {
    match (about.case, about.notice) {
        (Some(case), _) => Subject::Case(case),
        (None, Some(notice)) => Subject::Notice(notice),
        (None, None) => Subject::Installation,
    }
}
