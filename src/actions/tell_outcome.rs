//! A case has ended: the complainant is told how, with a fresh link to the status page.

use super::receive_notice::STATUS_LIFETIME;
use super::{About, ActionError, To, Tx};
use crate::domain::case::{CaseState, Outcome};
use crate::domain::ids::NoticeId;
use crate::domain::location_state::LocationState;
use crate::mail::letters::CaseOutcome;
use crate::storage::cases::Case;
use crate::storage::links::{self, Target};
use crate::storage::{locations, notices};

/// Writes the letter; nothing where no mail address was given.
pub(super) fn tell_outcome(tx: &mut Tx<'_>, case: &Case) -> Result<(), ActionError> {
    let CaseState::Closed(outcome, at) = case.state else { return Ok(()) };
    let notice = notices::get(tx.conn, case.notice_id)?;
    let Some(address) = notice.complainant.email.as_ref().filter(|a| !tx.house.config.is_own_address(a)) else {
        return Ok(());
    };
    let mut states = Vec::new();
    for state in LocationState::ALL {
        let n = locations::count_in(tx.conn, case.id, &[state])?;
        if n > 0 {
            states.push((state.label().1.to_owned(), n));
        }
    }
    let letter = CaseOutcome {
        notice: notice.reference.to_string(),
        case: case.reference.to_string(),
        site: case.site.clone(),
        outcome: words(outcome).to_owned(),
        closed: at.full(),
        locations: usize::try_from(case.locations).unwrap_or(0),
        states,
        link: status_link(tx, notice.id)?,
    }
    .letter(&tx.sender())?;
    let about = About { case: Some(case.id), notice: Some(notice.id), ..About::default() };
    tx.queue(letter, &To { name: &notice.complainant.name, address: address.as_str() }, about)?;
    Ok(())
}

fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Removed => "The material was removed.",
        Outcome::Disabled => {
            "Access to what was not removed is disabled. The customer can send a counter-notice; we would send you a copy."
        }
        Outcome::Resolved => "It was resolved between you and the customer.",
        Outcome::NoAction => "Our staff looked at it and closed it without action.",
        Outcome::Restored => "Access has returned.",
        Outcome::Withdrawn => "You took it back.",
    }
}

/// A fresh link to the status page of a notice.
pub(super) fn status_link(tx: &mut Tx<'_>, notice: NoticeId) -> Result<String, ActionError> {
    let token = tx.house.entropy.link(tx.now);
    links::insert(tx.conn, &token, Target::Notice(notice), tx.now + STATUS_LIFETIME, tx.now)?;
    Ok(tx.url(&format!("/n/{}", token.reveal())))
}
