//! The state of a case and what may follow it. Each variant carries its evidence.

use super::answer::AnswerKind;
use crate::domain::base::ids::LetterId;
use crate::domain::base::moment::{Moment, Span};

/// One notice against one customer: where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseState {
    /// Matched; waits to be forwarded by the next job.
    Received,
    /// Waits until then for the sender to confirm the email address; afterwards a person looks.
    Unconfirmed(Moment),
    /// A person decides whether it is forwarded.
    InReview,
    /// Letters are on their way, but nobody has been reached: no clock runs, and nothing follows from silence.
    Undelivered(Undelivered),
    /// The customer has been reached and can answer.
    Awaiting(Forwarded),
    /// The customer answered; the deadline still allows a correction.
    Answered(Forwarded, Answered),
    /// The deadline passed without an answer: before staff.
    Unanswered(Forwarded),
    /// Nothing more to do.
    Closed(Outcome, Moment),
}

/// A case whose letters no server has taken over yet, or all of whose letters came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// When the letters were written.
    pub at: Moment,
    /// How long the customer has to answer, from when somebody is reached.
    pub period: Span,
    /// A clock ran and was stopped, because what started it came back.
    pub stopped: bool,
}

/// When the customer was reached and until when an answer is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// When a server first took over a letter about the case, or the customer was reached in another way.
    pub at: Moment,
    /// The letter that was taken over; none where the customer answered or a person recorded another way.
    pub by: Option<LetterId>,
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
    /// All codes.
    pub const CODES: [&str; 7] = ["received", "review", "forwarded", "awaiting", "answered", "unanswered", "closed"];

    /// As stored.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Received | Self::Unconfirmed(_) => "received",
            Self::InReview => "review",
            Self::Undelivered(_) => "forwarded",
            Self::Awaiting(_) => "awaiting",
            Self::Answered(..) => "answered",
            Self::Unanswered(_) => "unanswered",
            Self::Closed(..) => "closed",
        }
    }

    fn refuse(&self, step: &'static str) -> Next {
        Err(InvalidTransition { state: self.code(), step })
    }

    /// The notice goes to the customer, who has this long to answer once reached.
    pub fn forward(&self, at: Moment, period: Span) -> Next {
        match self {
            Self::Received | Self::InReview | Self::Unconfirmed(_) => {
                Ok(Self::Undelivered(Undelivered { at, period, stopped: false }))
            }
            _ => self.refuse("forwarded"),
        }
    }

    /// The customer has been reached: the clock runs from then.
    pub fn reach(&self, at: Moment, by: Option<LetterId>) -> Next {
        match self {
            Self::Undelivered(u) => Ok(Self::Awaiting(Forwarded { at, by, deadline: at + u.period, extended: false })),
            _ => self.refuse("marked as reached"),
        }
    }

    /// What started the clock came back, but another letter was taken over, perhaps later: the clock goes on and ends no
    /// earlier than it would from then.
    pub fn reached_by_another(&self, at: Moment, by: LetterId, period: Span, now: Moment) -> Next {
        match self {
            Self::Awaiting(f) | Self::Unanswered(f) => {
                let f = Forwarded { at, by: Some(by), deadline: f.deadline.max(at + period), ..*f };
                Ok(if f.deadline > now { Self::Awaiting(f) } else { Self::Unanswered(f) })
            }
            _ => self.refuse("marked as reached"),
        }
    }

    /// A person records that the customer knows: the clock no longer depends on a letter.
    pub fn reached_in_person(&self) -> Next {
        match self {
            Self::Awaiting(f) => Ok(Self::Awaiting(Forwarded { by: None, ..*f })),
            Self::Unanswered(f) => Ok(Self::Unanswered(Forwarded { by: None, ..*f })),
            _ => self.refuse("marked as reached"),
        }
    }

    /// What started the clock came back and nobody else was reached: the clock stops, and silence means nothing.
    pub fn stop_clock(&self, forwarded: Moment, period: Span) -> Next {
        match self {
            Self::Awaiting(_) | Self::Unanswered(_) => {
                Ok(Self::Undelivered(Undelivered { at: forwarded, period, stopped: true }))
            }
            _ => self.refuse("marked as not reached"),
        }
    }

    /// The sender confirmed the email address.
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

    /// The owner of the email address did not send the notice: a person decides.
    pub fn deny(&self) -> Next {
        match self {
            Self::Unconfirmed(_) => Ok(Self::InReview),
            _ => self.refuse("denied by the owner of the email address"),
        }
    }

    /// The customer answers, or corrects the answer, until the deadline; late answers are accepted while
    /// nobody has decided, because a removal is worth having at any time.
    pub fn answer(&self, kind: AnswerKind, at: Moment) -> Next {
        match self {
            Self::Answered(f, _) if at > f.deadline => self.refuse("answered again after the deadline"),
            Self::Awaiting(f) | Self::Answered(f, _) | Self::Unanswered(f) => {
                Ok(Self::Answered(Forwarded { by: None, ..*f }, Answered { kind, at }))
            }
            _ => self.refuse("answered"),
        }
    }

    /// The customer asks for more time: once, before the deadline.
    pub fn extend(&self, at: Moment, deadline: Moment) -> Next {
        match self {
            Self::Awaiting(f) | Self::Answered(f, _) if !f.extended && at <= f.deadline && deadline > f.deadline => {
                Ok(Self::Awaiting(Forwarded { deadline, extended: true, by: None, ..*f }))
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

    /// When the customer was reached and by when to answer, once that happened.
    pub fn forwarded(&self) -> Option<Forwarded> {
        match self {
            Self::Awaiting(f) | Self::Answered(f, _) | Self::Unanswered(f) => Some(*f),
            _ => None,
        }
    }

    /// Whether the customer can answer now.
    pub fn open_for_answer(&self, now: Moment) -> bool {
        match self {
            Self::Undelivered(_) | Self::Awaiting(_) | Self::Unanswered(_) => true,
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
            Self::Undelivered(_) => ("deferred", "Not reached yet"),
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
mod tests;
