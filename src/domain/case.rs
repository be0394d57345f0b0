//! The state of a case and what may follow it. Each variant carries its evidence.

use super::answer::AnswerKind;
use super::moment::Moment;

/// One notice against one customer: where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseState {
    /// Matched; waits to be forwarded by the next job.
    Received,
    /// Waits until then for the sender to confirm the mail address; afterwards a person looks.
    Unconfirmed(Moment),
    /// A person decides whether it is forwarded.
    InReview,
    /// The customer has been written to.
    Awaiting(Forwarded),
    /// The customer answered; the deadline still allows a correction.
    Answered(Forwarded, Answered),
    /// The deadline passed without an answer: before staff.
    Unanswered(Forwarded),
    /// Nothing more to do.
    Closed(Outcome, Moment),
}

/// When the customer was told and until when an answer is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forwarded {
    pub at: Moment,
    pub deadline: Moment,
    /// The one extension has been used.
    pub extended: bool,
}

/// The answer that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    pub kind: AnswerKind,
    pub at: Moment,
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The customer removed the material.
    Removed,
    /// Access was disabled by the host.
    Disabled,
    /// Both sides settled it.
    Resolved,
    /// Closed by staff without action, with a reason.
    NoAction,
    /// Access was disabled and returned after a counter-notice, 17 USC 512(g)(2)(C).
    Restored,
    /// The sender took it back.
    Withdrawn,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 6] =
        [Self::Removed, Self::Disabled, Self::Resolved, Self::NoAction, Self::Restored, Self::Withdrawn];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Disabled => "disabled",
            Self::Resolved => "resolved",
            Self::NoAction => "no_action",
            Self::Restored => "restored",
            Self::Withdrawn => "withdrawn",
        }
    }
    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Removed => "Removed by the customer",
            Self::Disabled => "Access disabled",
            Self::Resolved => "Resolved between the parties",
            Self::NoAction => "Closed without action",
            Self::Restored => "Restored after a counter-notice",
            Self::Withdrawn => "Withdrawn by the complaining party",
        }
    }
    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.code() == code)
    }
}

/// The state does not allow this step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a case that is “{state}” cannot be {step}")]
pub struct InvalidTransition {
    pub state: &'static str,
    pub step: &'static str,
}

type Next = Result<CaseState, InvalidTransition>;

impl CaseState {
    /// As stored.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Received | Self::Unconfirmed(_) => "received",
            Self::InReview => "review",
            Self::Awaiting(_) => "awaiting",
            Self::Answered(..) => "answered",
            Self::Unanswered(_) => "unanswered",
            Self::Closed(..) => "closed",
        }
    }

    fn refuse(&self, step: &'static str) -> Next {
        Err(InvalidTransition { state: self.code(), step })
    }

    /// The notice goes to the customer.
    pub fn forward(&self, at: Moment, deadline: Moment) -> Next {
        match self {
            Self::Received | Self::InReview | Self::Unconfirmed(_) => {
                Ok(Self::Awaiting(Forwarded { at, deadline, extended: false }))
            }
            _ => self.refuse("forwarded"),
        }
    }

    /// The sender confirmed the mail address.
    pub fn confirm(&self) -> Next {
        match self {
            Self::Unconfirmed(_) => Ok(Self::Received),
            _ => self.refuse("confirmed"),
        }
    }

    /// Nobody confirmed in time: a person looks. It is not dropped.
    pub fn give_up_waiting(&self, now: Moment) -> Next {
        match self {
            Self::Unconfirmed(by) if now >= *by => Ok(Self::InReview),
            _ => self.refuse("put before a person"),
        }
    }

    /// The customer answers, or corrects the answer, until the deadline; late answers are accepted while
    /// nobody has decided, because a removal is worth having at any time.
    pub fn answer(&self, kind: AnswerKind, at: Moment) -> Next {
        match self {
            Self::Answered(f, _) if at > f.deadline => self.refuse("answered again after the deadline"),
            Self::Awaiting(f) | Self::Answered(f, _) | Self::Unanswered(f) => {
                Ok(Self::Answered(*f, Answered { kind, at }))
            }
            _ => self.refuse("answered"),
        }
    }

    /// The customer asks for more time: once, before the deadline.
    pub fn extend(&self, at: Moment, deadline: Moment) -> Next {
        match self {
            Self::Awaiting(f) | Self::Answered(f, _) if !f.extended && at <= f.deadline && deadline > f.deadline => {
                Ok(Self::Awaiting(Forwarded { deadline, extended: true, ..*f }))
            }
            _ => self.refuse("extended"),
        }
    }

    /// Staff move the deadline, as often as they give a reason.
    pub fn move_deadline(&self, deadline: Moment) -> Next {
        match self {
            Self::Awaiting(f) | Self::Unanswered(f) => Ok(Self::Awaiting(Forwarded { deadline, ..*f })),
            _ => self.refuse("extended"),
        }
    }

    /// The deadline has passed: silence becomes `unanswered`, an answer that settles the matter closes it.
    pub fn pass_deadline(&self, now: Moment) -> Next {
        match self {
            Self::Awaiting(f) if now >= f.deadline => Ok(Self::Unanswered(*f)),
            Self::Answered(f, a) if now >= f.deadline && a.kind == AnswerKind::Removed => {
                Ok(Self::Closed(Outcome::Removed, now))
            }
            _ => self.refuse("past its deadline"),
        }
    }

    /// Staff end the case.
    pub fn close(&self, outcome: Outcome, at: Moment) -> Next {
        match self {
            Self::Closed(..) => self.refuse("closed"),
            _ => Ok(Self::Closed(outcome, at)),
        }
    }

    /// The sender takes it back, whatever has happened since.
    pub fn withdraw(&self, at: Moment) -> Next {
        match self {
            Self::Closed(Outcome::Withdrawn, _) => self.refuse("withdrawn"),
            _ => Ok(Self::Closed(Outcome::Withdrawn, at)),
        }
    }

    /// Everything that was disabled has returned after a counter-notice.
    pub fn restore(&self, at: Moment) -> Next {
        match self {
            Self::Closed(Outcome::Disabled, _) => Ok(Self::Closed(Outcome::Restored, at)),
            _ => self.refuse("restored"),
        }
    }

    /// When the customer was told and by when to answer, once that happened.
    pub fn forwarded(&self) -> Option<Forwarded> {
        match self {
            Self::Awaiting(f) | Self::Answered(f, _) | Self::Unanswered(f) => Some(*f),
            _ => None,
        }
    }

    /// Whether the customer can answer now.
    pub fn open_for_answer(&self, now: Moment) -> bool {
        match self {
            Self::Awaiting(_) | Self::Unanswered(_) => true,
            Self::Answered(f, _) => now <= f.deadline,
            _ => false,
        }
    }

    /// As staff read it, with the name of its mark in the stylesheet.
    pub fn label(&self) -> (&'static str, &'static str) {
        match self {
            Self::Received => ("received", "Received"),
            Self::Unconfirmed(_) => ("received", "Waiting for the sender"),
            Self::InReview => ("review", "Needs review"),
            Self::Awaiting(_) => ("awaiting", "Awaiting customer"),
            Self::Answered(_, a) if a.kind == AnswerKind::Disputed => ("disputed", "Disputed"),
            Self::Answered(..) => ("ok", "Answered"),
            Self::Unanswered(_) => ("overdue", "Unanswered"),
            Self::Closed(Outcome::Removed, _) => ("removed", "Removed"),
            Self::Closed(Outcome::Disabled, _) => ("disabled", "Disabled"),
            Self::Closed(Outcome::Restored, _) => ("ok", "Restored"),
            Self::Closed(Outcome::Withdrawn, _) => ("withdrawn", "Withdrawn"),
            Self::Closed(..) => ("closed", "Closed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states() -> Vec<CaseState> {
        let f = Forwarded { at: Moment(10), deadline: Moment(100), extended: false };
        let mut all = vec![
            CaseState::Received,
            CaseState::InReview,
            CaseState::Awaiting(f),
            CaseState::Unanswered(f),
            CaseState::Unconfirmed(Moment(100)),
            CaseState::Closed(Outcome::NoAction, Moment(50)),
            CaseState::Closed(Outcome::Disabled, Moment(50)),
            CaseState::Closed(Outcome::Withdrawn, Moment(50)),
        ];
        all.extend(AnswerKind::ALL.map(|kind| CaseState::Answered(f, Answered { kind, at: Moment(20) })));
        all
    }

    #[test]
    fn every_state_allows_exactly_these_steps() {
        for state in states() {
            let code = state.code();
            let may = |next: Next| next.is_ok();
            assert_eq!(may(state.forward(Moment(1), Moment(2))), ["received", "review"].contains(&code), "{code}");
            let answerable = ["awaiting", "answered", "unanswered"].contains(&code);
            assert_eq!(may(state.answer(AnswerKind::Removed, Moment(50))), answerable, "{code}");
            let late = ["awaiting", "unanswered"].contains(&code);
            assert_eq!(may(state.answer(AnswerKind::Removed, Moment(101))), late, "{code}");
            assert_eq!(may(state.extend(Moment(50), Moment(200))), ["awaiting", "answered"].contains(&code), "{code}");
            assert!(!may(state.extend(Moment(101), Moment(200))), "{code}");
            assert_eq!(may(state.close(Outcome::Disabled, Moment(50))), code != "closed", "{code}");
            assert!(!may(state.pass_deadline(Moment(99))), "{code}");
            let unconfirmed = matches!(state, CaseState::Unconfirmed(_));
            assert_eq!(may(state.confirm()), unconfirmed, "{code}");
            assert_eq!(may(state.give_up_waiting(Moment(100))), unconfirmed, "{code}");
            assert!(!may(state.give_up_waiting(Moment(99))), "{code}");
            let withdrawn = matches!(state, CaseState::Closed(Outcome::Withdrawn, _));
            assert_eq!(may(state.withdraw(Moment(99))), !withdrawn, "{code}");
            let disabled = matches!(state, CaseState::Closed(Outcome::Disabled, _));
            assert_eq!(may(state.restore(Moment(99))), disabled, "{code}");
        }
    }

    #[test]
    fn the_extension_is_given_once() {
        let f = Forwarded { at: Moment(10), deadline: Moment(100), extended: false };
        let extended = CaseState::Awaiting(f).extend(Moment(50), Moment(200)).unwrap();
        assert!(extended.extend(Moment(150), Moment(300)).is_err());
    }

    #[test]
    fn the_deadline_turns_silence_into_unanswered_and_a_removal_into_closed() {
        let f = Forwarded { at: Moment(10), deadline: Moment(100), extended: false };
        assert_eq!(CaseState::Awaiting(f).pass_deadline(Moment(100)), Ok(CaseState::Unanswered(f)));
        let removed = CaseState::Answered(f, Answered { kind: AnswerKind::Removed, at: Moment(20) });
        assert_eq!(removed.pass_deadline(Moment(100)), Ok(CaseState::Closed(Outcome::Removed, Moment(100))));
        let disputed = CaseState::Answered(f, Answered { kind: AnswerKind::Disputed, at: Moment(20) });
        assert!(disputed.pass_deadline(Moment(100)).is_err());
    }
}
