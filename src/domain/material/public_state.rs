//! What a complainant may know of a reported location. Before a counter-notice that is nothing of the customer (17 USC
//! 512(g)(2)(B) gives name and address with one), and also not which locations belong together: so it says of each
//! location how it ended, or that it is in hand, and never in which step its case is. Cases are held, forwarded and due
//! by customer; whoever saw those steps could tell which locations move as one.

use super::location_state::LocationState;
use crate::domain::cases::answer::AnswerKind;
use crate::domain::cases::case::{CaseState, Outcome};

/// Where a location stands, as its complainant sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PublicState {
    /// On its way to the customer, with the customer, or before staff.
    InHand,
    /// The customer says the notice is wrong, or sent a counter-notice that is open.
    Disputed,
    /// The customer says it was settled; the complainant is asked.
    SaidResolved,
    /// The customer says it is removed.
    Removed,
    /// Access is disabled.
    Disabled,
    /// Settled between the two sides.
    Resolved,
    /// Closed by staff without action.
    NoAction,
    /// Access was disabled and has returned.
    Restored,
    /// Taken back by the complainant.
    Withdrawn,
    /// Named in an earlier notice of theirs, and in hand there.
    Duplicate,
    /// Not on this host's network.
    NotHosted,
    /// Cannot be understood.
    Unreadable,
}

impl PublicState {
    /// All states, in the order of summaries.
    pub const ALL: [Self; 12] = [
        Self::InHand,
        Self::Disputed,
        Self::SaidResolved,
        Self::Removed,
        Self::Disabled,
        Self::Resolved,
        Self::NoAction,
        Self::Restored,
        Self::Withdrawn,
        Self::Duplicate,
        Self::NotHosted,
        Self::Unreadable,
    ];

    /// From the state of a location, that of its case, and whether a counter-notice about it is open.
    #[must_use]
    pub fn of(location: LocationState, case: Option<&CaseState>, countered: bool) -> Self {
        match location {
            LocationState::NotHosted => Self::NotHosted,
            LocationState::Unreadable => Self::Unreadable,
            LocationState::Duplicate => Self::Duplicate,
            LocationState::Withdrawn => Self::Withdrawn,
            LocationState::Restored => Self::Restored,
            _ if countered => Self::Disputed,
            LocationState::Removed => Self::Removed,
            LocationState::Disabled | LocationState::RestoreRequested | LocationState::Released => Self::Disabled,
            LocationState::DisableRequested => Self::InHand,
            LocationState::Reported => case.map_or(Self::InHand, Self::reported),
        }
    }

    fn reported(case: &CaseState) -> Self {
        match case {
            CaseState::Answered(_, answered) if answered.kind == AnswerKind::Disputed => Self::Disputed,
            CaseState::Answered(_, answered) if answered.kind == AnswerKind::Resolved => Self::SaidResolved,
            CaseState::Received
            | CaseState::Unconfirmed(_)
            | CaseState::InReview
            | CaseState::Undelivered(_)
            | CaseState::Awaiting(_)
            | CaseState::Answered(..)
            | CaseState::Unanswered(_) => Self::InHand,
            CaseState::Closed(outcome, _) => match outcome {
                Outcome::Removed => Self::Removed,
                Outcome::Disabled => Self::Disabled,
                Outcome::Resolved => Self::Resolved,
                Outcome::NoAction => Self::NoAction,
                Outcome::Restored => Self::Restored,
                Outcome::Withdrawn => Self::Withdrawn,
            },
        }
    }

    /// Stable name, as in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::InHand => "in_hand",
            Self::Disputed => "disputed",
            Self::SaidResolved => "said_resolved",
            Self::Removed => "removed",
            Self::Disabled => "disabled",
            Self::Resolved => "resolved",
            Self::NoAction => "no_action",
            Self::Restored => "restored",
            Self::Withdrawn => "withdrawn",
            Self::Duplicate => "duplicate",
            Self::NotHosted => "not_hosted",
            Self::Unreadable => "unreadable",
        }
    }

    /// Mark in the stylesheet and word for people.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::InHand => ("live", "Being processed"),
            Self::Disputed => ("doubt", "Disputed"),
            Self::SaidResolved => ("doubt", "Said to be resolved"),
            Self::Removed => ("removed", "Removed"),
            Self::Disabled => ("disabled", "Disabled"),
            Self::Resolved => ("closed", "Resolved"),
            Self::NoAction => ("closed", "Closed without action"),
            Self::Restored => ("ok", "Restored"),
            Self::Withdrawn => ("withdrawn", "Withdrawn"),
            Self::Duplicate => ("none", "Reported before"),
            Self::NotHosted => ("notours", "Not ours"),
            Self::Unreadable => ("doubt", "Not readable"),
        }
    }

    /// What it means, in a sentence; empty where the word says it.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::InHand => "We are forwarding it, waiting for the customer’s answer, or deciding.",
            Self::Disputed => "The customer disputes the notice.",
            Self::SaidResolved => {
                "The customer says that it was resolved with you. Please confirm, or tell us that it was not."
            }
            Self::Removed => "The customer says that the material is removed.",
            Self::Disabled => "We disabled access. The customer can send a counter-notice; you would get a copy.",
            Self::Resolved => "It was resolved between you and the customer.",
            Self::NoAction => "Our staff reviewed it and closed it.",
            Self::Restored => "Access was disabled and has returned.",
            Self::Duplicate => "We are already processing it because of an earlier notice.",
            Self::NotHosted => "It points to another network; we cannot act on it.",
            Self::Unreadable => "We cannot tell which address you mean.",
            Self::Withdrawn => "",
        }
    }

    /// Whether nothing more happens to it by itself.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::InHand | Self::Disputed | Self::SaidResolved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::base::moment::Moment;
    use crate::domain::cases::answer::AnswerKind;
    use crate::domain::cases::case::{Answered, Forwarded};

    /// Whatever step an open case is in, its locations look the same.
    #[test]
    fn steps_of_a_case_are_not_seen() {
        let forwarded = Forwarded { at: Moment(1), by: None, deadline: Moment(2), extended: false };
        let answered = |kind| CaseState::Answered(forwarded, Answered { kind, at: Moment(1) });
        for state in [
            CaseState::Received,
            CaseState::Unconfirmed(Moment(5)),
            CaseState::InReview,
            CaseState::Awaiting(forwarded),
            CaseState::Unanswered(forwarded),
            answered(AnswerKind::NotMine),
            answered(AnswerKind::MoreTime),
        ] {
            assert_eq!(PublicState::of(LocationState::Reported, Some(&state), false), PublicState::InHand, "{state:?}");
        }
        assert_eq!(PublicState::of(LocationState::Disabled, None, true), PublicState::Disputed);
        assert_eq!(PublicState::of(LocationState::Restored, None, true), PublicState::Restored);
    }
}
