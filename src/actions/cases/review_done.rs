//! A person looked and there is nothing more to do.

use crate::actions::context::{ActionError, Tx};
use crate::domain::cases::case::CaseState;
use crate::domain::record::event::cases::ReviewDone;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases;
use crate::storage::cases::reviews::{self, About, Review};

/// Marks a review as done, on the record of what it is about. The last review of a case that is held back stays open:
/// somebody has to forward the case or close it.
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
    Ok(())
}

fn subject(about: About) -> Subject {
    match (about.case, about.notice) {
        (Some(case), _) => Subject::Case(case),
        (None, Some(notice)) => Subject::Notice(notice),
        (None, None) => Subject::Installation,
    }
}
