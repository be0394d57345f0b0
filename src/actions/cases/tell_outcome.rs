//! Locations have ended, or are said to be resolved: the complainant is told, by location and never by case, with a fresh
//! link to the status page.
//!
//! A letter for each case would tell which locations belong to one customer, and so would the hour in which it comes. So
//! what happens to a notice with several locations is gathered until the next full day since the notice arrived. One with
//! a single location has nothing to hide, and is told at once.

use crate::actions::access::private_links::status_link;
use crate::actions::context::{About, ActionError, To, Tx};
use crate::domain::base::ids::NoticeId;
use crate::domain::base::moment::{Moment, Span};
use crate::domain::material::public_state::PublicState;
use crate::mail::letters::{CaseOutcome, ConfirmResolution, Ended};
use crate::storage::cases::Case;
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::material::pending_outcomes;
use crate::storage::material::public_states::{self, Located};

/// How often a notice with several locations is told of.
const EVERY: Span = Span::days(1);

/// Something ended in a case: tells the complainant, now or with what else ends that day.
pub(in crate::actions) fn tell_outcome(tx: &mut Tx<'_>, case: &Case) -> Result<(), ActionError> {
    let notice = notices::get(tx.conn, case.notice_id)?;
    if notice.hosted == 1 {
        return write(tx, &notice);
    }
    let due = next_day(notice.received_at, tx.now);
    Ok(pending_outcomes::add(tx.conn, notice.id, due)?)
}

/// The next full day since a notice arrived: it does not depend on what happens.
fn next_day(received: Moment, now: Moment) -> Moment {
    let days = now.since(received).0.max(0) / EVERY.0 + 1;
    Moment(received.0 + days * EVERY.0)
}

/// Writes what was gathered for a notice.
pub fn tell_gathered_outcome(tx: &mut Tx<'_>, id: NoticeId) -> Result<(), ActionError> {
    if !pending_outcomes::take(tx.conn, id)? {
        return Ok(());
    }
    let notice = notices::get(tx.conn, id)?;
    write(tx, &notice)
}

/// The letters; nothing where no email address was given.
fn write(tx: &mut Tx<'_>, notice: &NoticeRecord) -> Result<(), ActionError> {
    let Some(address) = notice.complainant.email.as_ref().filter(|a| !tx.context.config.is_own_address(a)) else {
        return Ok(());
    };
    let located = public_states::of_notice(tx.conn, notice.id)?;
    let to = To { name: &notice.complainant.name, address: address.as_str() };
    let about = About { notice: Some(notice.id), ..About::default() };
    let said: Vec<String> = in_state(&located, PublicState::SaidResolved);
    if !said.is_empty() {
        let agent_email = tx.context.config.agent.email.to_string();
        let letter = ConfirmResolution { notice: notice.reference.to_string(), locations: said.into(), agent_email };
        tx.queue(&letter, &to, about)?;
    }
    if !located.iter().any(|l| l.row.case_id.is_some() && l.state.has_ended()) {
        return Ok(());
    }
    let letter = outcome(tx, notice, &located)?;
    tx.queue(&letter, &to, about)
}

fn in_state(located: &[Located], state: PublicState) -> Vec<String> {
    located.iter().filter(|l| l.state == state).map(|l| l.row.told()).collect()
}

fn outcome(tx: &mut Tx<'_>, notice: &NoticeRecord, located: &[Located]) -> Result<CaseOutcome, ActionError> {
    let hosted: Vec<Located> = located.iter().filter(|l| l.row.case_id.is_some()).cloned().collect();
    let ended = public_states::summary(&hosted).into_iter().filter(|(state, _)| state.has_ended());
    Ok(CaseOutcome {
        notice: notice.reference.to_string(),
        ended: ended
            .map(|(state, _)| Ended {
                state: state.label().1.to_owned(),
                sentence: state.sentence().to_owned(),
                locations: in_state(&hosted, state).into(),
            })
            .collect(),
        open: hosted.iter().filter(|l| !l.state.has_ended()).count(),
        told: tx.now,
        link: status_link(tx, notice.id)?,
    })
}
