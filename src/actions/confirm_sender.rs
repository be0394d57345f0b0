//! A sender confirms the mail address, or does not in time: then a person looks. Nothing is dropped.

use super::{ActionError, Tx};
use crate::domain::case::CaseState;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::{CaseId, NoticeId};
use crate::storage::reviews::{self, ReviewKind};
use crate::storage::{cases, notices, senders};

/// Most cases of one notice.
const ALL: i64 = 50_000;

/// The sender has followed the link and pressed the button.
pub fn confirm_sender(tx: &mut Tx<'_>, id: NoticeId) -> Result<(), ActionError> {
    let notice = notices::get(tx.conn, id)?;
    if let Some(sender) = notice.sender {
        senders::confirm(tx.conn, sender, tx.now)?;
    }
    let mut waiting = 0_usize;
    for mut case in cases::of_notice(tx.conn, id, ALL)? {
        let late = case.state == CaseState::InReview
            && reviews::of_case(tx.conn, case.id)?.iter().all(|r| r.kind == ReviewKind::Unconfirmed);
        let state = match case.state {
            CaseState::Unconfirmed(_) => case.state.confirm()?,
            // Late, but before a person has looked: that was the only reason to hold it.
            CaseState::InReview if late => CaseState::Received,
            _ => continue,
        };
        cases::set_state(tx.conn, &mut case, state, tx.now)?;
        reviews::done_for_case(tx.conn, case.id, Some(&[ReviewKind::Unconfirmed]), "the sender", tx.now)?;
        tx.event(Subject::Case(case.id), &Actor::Complainant, &Happening::new("case.confirmed"))?;
        waiting += 1;
    }
    let what = Happening::new("notice.confirmed").fact("cases", waiting);
    tx.event(Subject::Notice(id), &Actor::Complainant, &what)
}

/// Nobody confirmed within the day.
pub fn stop_waiting(tx: &mut Tx<'_>, id: CaseId) -> Result<(), ActionError> {
    let mut case = cases::get(tx.conn, id)?;
    let state = case.state.give_up_waiting(tx.now)?;
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    let about = reviews::About { case: Some(id), ..reviews::About::default() };
    let note = format!("{} did not confirm the mail address within a day", case.sender);
    reviews::raise(tx.conn, ReviewKind::Unconfirmed, about, &note, tx.now)?;
    tx.event(Subject::Case(id), &Actor::System, &Happening::new("case.unconfirmed"))
}
