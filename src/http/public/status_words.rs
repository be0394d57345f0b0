//! The words of the status page: where a case stands, as a complainant may know it, and what needs attention.

use super::status::Loaded;
use crate::domain::case::{CaseState, Outcome};
use crate::domain::elements::Class;
use crate::domain::moment::plural;
use crate::http::page::Mark;

/// Something the sender should look at.
pub(super) struct Attention {
    /// Section of the page.
    pub anchor: String,
    pub words: String,
}

/// What is open now, the most urgent first.
pub(super) fn attention(l: &Loaded, missing: usize) -> Vec<Attention> {
    let mut open: Vec<Attention> = l
        .disputes
        .iter()
        .filter(|d| d.counter.state.is_open())
        .map(|d| Attention {
            anchor: format!("counter-{}", d.counter.id),
            words: format!("Answer a counter-notice before {}", d.counter.put_back().notice_by()),
        })
        .collect();
    let notice = &l.sent.notice;
    if notice.class != Class::Complete && l.cured_by.is_none() && notice.withdrawn_at.is_none() {
        let n = i64::try_from(missing).unwrap_or(1);
        open.push(Attention { anchor: "cure".to_owned(), words: format!("Add {}", plural(n, "missing detail")) });
    }
    open
}

/// Heading of the page.
pub(super) fn title(attention: usize, withdrawn: bool, missing: Option<usize>) -> String {
    match (attention, missing) {
        _ if withdrawn => "Your notice is withdrawn".to_owned(),
        (0, _) => "Where your notice stands".to_owned(),
        (1, Some(1)) => "One detail is missing".to_owned(),
        (1, Some(n)) => format!("{n} details are missing"),
        (1, None) => "One thing needs your attention".to_owned(),
        (2, _) => "Two things need your attention".to_owned(),
        (n, _) => format!("{n} things need your attention"),
    }
}

/// Where a case stands, as a complainant may know it.
pub(super) fn stands(state: &CaseState) -> (Mark, String) {
    let (mark, words) = match state {
        // Whether, how and when the customer could be reached is the customer's affair.
        CaseState::Undelivered(u) if u.stopped => {
            (("awaiting", "Forwarded"), "We forwarded it. Our staff follow it up with the customer.".to_owned())
        }
        CaseState::Received | CaseState::Undelivered(_) => {
            (("received", "Received"), "It is forwarded next.".to_owned())
        }
        CaseState::Unconfirmed(by) => (
            ("received", "Waiting for you"),
            format!(
                "Please confirm your mail address with the link in our letter by {}. If you do not, our staff look at the notice.",
                by.full()
            ),
        ),
        CaseState::InReview => (("review", "In review"), "Our staff look at it before it is forwarded.".to_owned()),
        CaseState::Awaiting(f) => {
            (("awaiting", "Forwarded"), format!("The customer has until {} to answer.", f.deadline.full()))
        }
        CaseState::Answered(f, _) => (
            ("ok", "Answered"),
            format!("The customer has answered and can correct the answer until {}.", f.deadline.full()),
        ),
        CaseState::Unanswered(_) => {
            (("overdue", "No answer"), "The customer did not answer in time. Our staff decide what follows.".to_owned())
        }
        CaseState::Closed(Outcome::Removed, at) => {
            (("removed", "Removed"), format!("The customer removed the material. Closed on {}.", at.day()))
        }
        CaseState::Closed(Outcome::Disabled, at) => {
            (("disabled", "Disabled"), format!("We disabled access. Closed on {}.", at.day()))
        }
        CaseState::Closed(Outcome::Resolved, at) => {
            (("closed", "Resolved"), format!("Resolved between you and the customer. Closed on {}.", at.day()))
        }
        CaseState::Closed(Outcome::NoAction, at) => {
            (("closed", "Closed"), format!("Closed without action on {}.", at.day()))
        }
        CaseState::Closed(Outcome::Restored, at) => {
            (("ok", "Restored"), format!("Access has returned. Closed on {}.", at.day()))
        }
        CaseState::Closed(Outcome::Withdrawn, at) => {
            (("withdrawn", "Withdrawn"), format!("You took it back on {}.", at.day()))
        }
    };
    (mark.into(), words)
}
