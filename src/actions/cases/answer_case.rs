//! The customer answers on the link, or staff record an answer for them.

use super::forward_case::copy_to_contacts;
use super::reach_customer::{Reached, reach};
use super::tell_outcome::tell_outcome;
use crate::actions::context::{ActionError, Tx};
use crate::actions::disputes::store_files::keep_files;
use crate::actions::enforcement::count_strike::{count_strike, uncount};
use crate::domain::base::contact::many_lines;
use crate::domain::base::ids::CaseId;
use crate::domain::cases::answer::{AnswerKind, MAX_NOTE};
use crate::domain::cases::case::CaseState;
use crate::domain::material::location_state::LocationState::{DisableRequested, Removed, Reported};
use crate::domain::record::event::cases::CaseAnswered;
use crate::domain::record::event::{Actor, Event, Private, Subject};
use crate::formats::upload::Upload;
use crate::mail::letters::{AnswerCopy, Due};
use crate::storage::cases::responses::{self, Response};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case};
use crate::storage::customers::{self, Counters};
use crate::storage::disputes::attachments::Of;
use crate::storage::material::locations::{self, Move};
use crate::storage::material::probes;

/// An answer as given.
#[derive(Clone, Debug)]
pub struct Answer {
    pub kind: AnswerKind,
    /// In the customer's words.
    pub note: String,
    /// Sent with it as evidence.
    pub files: Vec<Upload>,
}

/// Records an answer or its correction.
pub fn answer_case(tx: &mut Tx<'_>, id: CaseId, answer: &Answer, actor: &Actor) -> Result<(), ActionError> {
    let mut case = cases::get(tx.conn, id)?;
    let note = many_lines(&answer.note, MAX_NOTE);
    if answer.kind.needs_note() && note.is_empty() {
        return Err(ActionError::Refused("Explain in a few words.".to_owned()));
    }
    if matches!(case.state, CaseState::Undelivered(_)) {
        // Who answers has been reached, whatever became of our letters.
        let at = tx.now;
        reach(tx, &mut case, at, Reached::Answer, ("", actor))?;
    }
    let was_unanswered = matches!(case.state, CaseState::Unanswered(_));
    let state = next_state(tx, &case, answer.kind)?;
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    if was_unanswered {
        customers::count(tx.conn, case.customer_id, Counters { unanswered: -1, ..Counters::default() })?;
    }
    let via = if *actor == Actor::CustomerLink { "link".to_owned() } else { actor.to_string() };
    let response = Response { at: tx.now, kind: answer.kind, note: note.clone(), via };
    let response_id = responses::insert(tx.conn, id, &response)?;
    let files = keep_files(tx, id, Of::Response(response_id), &answer.files, &response.via)?;
    mark_locations(tx, &case, answer.kind, &actor.to_string())?;
    let what = CaseAnswered {
        answer: answer.kind,
        response: response_id,
        sha256: response.digest().into(),
        files: Private::list(&files),
    };
    tx.event(Subject::Case(id), actor, Event::CaseAnswered(what))?;
    if answer.kind.counts() {
        count_strike(tx, &mut case)?;
    } else if !was_unanswered {
        uncount(tx, &mut case, "The customer corrected the answer", actor)?;
    }
    ask_for_review(tx, &case, answer.kind, &note)?;
    send_copies(tx, &case, answer.kind, &note)
}

fn next_state(tx: &mut Tx<'_>, case: &Case, kind: AnswerKind) -> Result<CaseState, ActionError> {
    if kind != AnswerKind::MoreTime {
        return Ok(case.state.answer(kind, tx.now)?);
    }
    let extension = tx.policy()?.policy.extension;
    let forwarded = case.state.forwarded();
    let extended = forwarded.and_then(|f| case.state.extend(tx.now, f.deadline + extension).ok());
    extended.ok_or_else(|| {
        let words =
            "The deadline can be moved once, and only before it has passed. Please answer in another way or call us.";
        ActionError::Refused(words.to_owned())
    })
}

fn mark_locations(tx: &mut Tx<'_>, case: &Case, kind: AnswerKind, by: &str) -> Result<(), ActionError> {
    if kind == AnswerKind::Removed {
        let what = Move { from: &[Reported, DisableRequested], to: Removed, by };
        locations::shift(tx.conn, case.id, None, what, tx.now)?;
        if tx.context.config.probe.enabled {
            probes::ask(tx.conn, case.id, None, &[Removed], tx.now + tx.context.config.probe.after)?;
        }
    } else {
        locations::shift(tx.conn, case.id, None, Move { from: &[Removed], to: Reported, by }, tx.now)?;
    }
    Ok(())
}

const ANSWERS: [ReviewKind; 4] =
    [ReviewKind::RemovedSome, ReviewKind::Disputed, ReviewKind::Resolved, ReviewKind::NotMine];

fn ask_for_review(tx: &mut Tx<'_>, case: &Case, kind: AnswerKind, note: &str) -> Result<(), ActionError> {
    reviews::done_for_case(tx.conn, case.id, &ANSWERS, "a later answer", tx.now)?;
    let review = match kind {
        AnswerKind::RemovedSome => ReviewKind::RemovedSome,
        AnswerKind::Disputed => ReviewKind::Disputed,
        AnswerKind::Resolved => ReviewKind::Resolved,
        AnswerKind::NotMine => ReviewKind::NotMine,
        AnswerKind::Removed | AnswerKind::MoreTime => return Ok(()),
    };
    let about = reviews::About { case: Some(case.id), ..reviews::About::default() };
    let short: String = note.chars().take(300).collect();
    Ok(reviews::raise(tx.conn, review, about, &short, tx.now)?)
}

fn send_copies(tx: &mut Tx<'_>, case: &Case, kind: AnswerKind, note: &str) -> Result<(), ActionError> {
    let customer = customers::get(tx.conn, case.customer_id)?;
    let deadline = case.state.forwarded().map_or(tx.now, |f| f.deadline);
    let copy = AnswerCopy {
        site: case.site.clone(),
        case: case.reference.to_string(),
        account_number: customer.external_id,
        answer: kind.label().to_owned(),
        note: note.lines().map(str::to_owned).collect(),
        recorded: tx.now,
        due: Due::At(deadline),
        follows: follows(tx, kind)?,
    };
    copy_to_contacts(tx, case, &copy)?;
    if kind == AnswerKind::Resolved { tell_outcome(tx, case) } else { Ok(()) }
}

/// What follows from an answer, in one sentence with the numbers of the policy.
pub(in crate::actions) fn follows(tx: &mut Tx<'_>, kind: AnswerKind) -> Result<String, ActionError> {
    let period = tx.policy()?.policy.strike_expiry.as_period();
    Ok(match kind {
        AnswerKind::Removed => format!("The case closes at the deadline. The notice counts as one strike for {period}."),
        AnswerKind::RemovedSome => {
            format!("Our staff look at what is left. The notice counts as one strike for {period}.")
        }
        AnswerKind::Resolved => "We ask the complaining party to confirm. If they do, there is no strike.".to_owned(),
        AnswerKind::Disputed => "Our staff look at your reasons and decide. This is not a counter-notice, which is possible only after access was disabled.".to_owned(),
        AnswerKind::NotMine => "Our staff look at it and write to you. The deadline stays as it is.".to_owned(),
        AnswerKind::MoreTime => "The deadline has been moved once. Please answer before it passes.".to_owned(),
    })
}
