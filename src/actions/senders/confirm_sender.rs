//! A sender confirms the email address, or does not in time: then a person looks. Nothing is dropped.

use crate::actions::context::{ActionError, Tx};
use crate::actions::intake::admit_notice::{Named, Sent, admit};
use crate::domain::base::ids::{CaseId, NoticeId};
use crate::domain::cases::case::CaseState;
use crate::domain::intake::admission::Admission;
use crate::domain::intake::proof::Proof;
use crate::domain::record::event::cases::Unconfirmed;
use crate::domain::record::event::intake::CaseCount;
use crate::domain::record::event::{Actor, Event, Nothing, Subject};
use crate::domain::regimes::us_512::elements::Class;
use crate::domain::senders::sender::SenderCounts;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::material::locations;
use crate::storage::senders;
use crate::storage::senders::sender_tallies::{self, Tally};

/// Most cases, and most locations, of one notice.
const ALL: i64 = 100_000;

/// Reviews that end when it is proved who sent the notice.
const OF_PROOF: [ReviewKind; 2] = [ReviewKind::Unconfirmed, ReviewKind::Unproved];

/// The sender has followed the link and pressed the button: this notice is proved, and its address is known.
pub fn confirm_sender(tx: &mut Tx<'_>, id: NoticeId) -> Result<(), ActionError> {
    let notice = notices::get(tx.conn, id)?;
    let admission = admission(tx, &notice)?;
    if let Some(sender) = notice.sender {
        senders::confirm(tx.conn, sender, tx.now)?;
    }
    if !notice.proof.is_identity() {
        notices::prove(tx.conn, id, Proof::Confirmed)?;
        count_as_proved(tx, &notice)?;
    }
    let mut released = 0_usize;
    for mut case in cases::of_notice(tx.conn, id, ALL)? {
        released += usize::from(confirm_case(tx, &mut case, admission)?);
    }
    let event = Event::NoticeConfirmed(CaseCount { cases: released });
    tx.event(Subject::Notice(id), &Actor::Complainant, event)
}

/// What was counted as sent in a name is counted as proved.
fn count_as_proved(tx: &mut Tx<'_>, notice: &NoticeRecord) -> Result<(), ActionError> {
    let Some(sender) = notice.sender else { return Ok(()) };
    let counts = |n: i64| {
        let one = |yes: bool| if yes { n } else { 0 };
        SenderCounts {
            sent: n,
            complete: one(notice.class == Class::Complete),
            curable: one(notice.class == Class::Curable),
            defective: one(notice.class == Class::Defective),
            withdrawn: one(notice.class == Class::Complete && notice.withdrawn_at.is_some()),
            countered: 0,
            unmatched: one(notice.class == Class::Complete && notice.hosted == 0),
            duplicate: one(notice.duplicate_of.is_some()),
        }
    };
    let name = notice.complainant.called();
    let used = notice.complainant.name.to_lowercase();
    if !used.is_empty() {
        let known = senders::get(tx.conn, sender)?;
        senders::name_used(tx.conn, &known, &used, true)?;
    }
    sender_tallies::add(tx.conn, &Tally::later(sender, notice.received_at, counts(-1), false))?;
    let proved = Tally { name: &name, ..Tally::later(sender, notice.received_at, counts(1), true) };
    Ok(sender_tallies::add(tx.conn, &proved)?)
}

/// Whether a notice would be forwarded at once with a confirmed address.
fn admission(tx: &mut Tx<'_>, notice: &NoticeRecord) -> Result<Admission, ActionError> {
    let sender = notice.sender.map(|id| senders::get(tx.conn, id)).transpose()?;
    let rows = locations::of_notice(tx.conn, notice.id, 0, ALL)?;
    let in_cases: Vec<_> = rows.into_iter().filter(|r| r.case_id.is_some()).collect();
    let customers = cases::of_notice(tx.conn, notice.id, ALL)?.len();
    let address = notice.complainant.email.as_ref();
    let sent = Sent { proof: Proof::Confirmed, sender: sender.as_ref(), address, seen_by_staff: false };
    Ok(admit(tx, sent, &Named::of_rows(notice.id, customers, &in_cases))?.admission)
}

/// Lets one case go on, where nothing else holds it; says whether it does.
fn confirm_case(tx: &mut Tx<'_>, case: &mut Case, admission: Admission) -> Result<bool, ActionError> {
    let ends = |kind: ReviewKind| {
        OF_PROOF.contains(&kind) || (kind == ReviewKind::ManyCustomers && admission == Admission::AtOnce)
    };
    let state = match case.state {
        CaseState::Unconfirmed(_) => case.state.confirm()?,
        // Before a person has looked: what was to be known of the sender was the only reason to hold it.
        CaseState::InReview if reviews::of_case(tx.conn, case.id)?.iter().all(|r| ends(r.kind)) => CaseState::Received,
        _ => return Ok(false),
    };
    cases::set_state(tx.conn, case, state, tx.now)?;
    let done = [OF_PROOF[0], OF_PROOF[1], ReviewKind::ManyCustomers];
    reviews::done_for_case(tx.conn, case.id, &done, "the sender", tx.now)?;
    tx.event(Subject::Case(case.id), &Actor::Complainant, Event::CaseConfirmed(Nothing {}))?;
    Ok(true)
}

/// Whoever owns the email address says that they did not send the notice: a person looks at it. Nothing is dropped, as
/// this is no proof either.
pub fn deny_sender(tx: &mut Tx<'_>, id: NoticeId) -> Result<(), ActionError> {
    let notice = notices::get(tx.conn, id)?;
    if notice.proof.is_identity() {
        return Err(ActionError::Refused("This notice has already been confirmed. Please write to us.".to_owned()));
    }
    for mut case in cases::of_notice(tx.conn, id, ALL)? {
        if matches!(case.state, CaseState::Closed(..)) {
            continue;
        }
        if matches!(case.state, CaseState::Unconfirmed(_)) {
            let state = case.state.deny()?;
            cases::set_state(tx.conn, &mut case, state, tx.now)?;
        }
        let about = reviews::About { case: Some(case.id), ..reviews::About::default() };
        let note = format!("The owner of {} says that they did not send it", notice.complainant.email_written);
        reviews::raise(tx.conn, ReviewKind::Unconfirmed, about, &note, tx.now)?;
        tx.event(Subject::Case(case.id), &Actor::System, Event::CaseUnconfirmed(Unconfirmed { denied: true }))?;
    }
    Ok(())
}

/// Nobody confirmed within the day.
pub fn stop_waiting(tx: &mut Tx<'_>, id: CaseId) -> Result<(), ActionError> {
    let mut case = cases::get(tx.conn, id)?;
    let state = case.state.give_up_waiting(tx.now)?;
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    let about = reviews::About { case: Some(id), ..reviews::About::default() };
    let note = format!("{} did not confirm the email address within a day", case.sender);
    reviews::raise(tx.conn, ReviewKind::Unconfirmed, about, &note, tx.now)?;
    tx.event(Subject::Case(id), &Actor::System, Event::CaseUnconfirmed(Unconfirmed { denied: false }))
}
