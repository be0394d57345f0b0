//! What happens in the demo's past.

use crate::domain::enforcement::decision::DecisionKind;

/// Something that happens in the past.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scene {
    /// Story number: the notice arrives.
    Notice(usize),
    /// The customer answers.
    Customer(usize),
    /// Staff step in.
    Staff(usize),
    /// What follows a notice, by number.
    Follow(usize),
    /// A mailbox of a customer is closed: letters to it are refused from now on.
    MailboxCloses,
    /// A mail comes in, as received.
    Mail(&'static str),
    /// A decision about an account: number, kind, proposed only.
    Decide(&'static str, DecisionKind, bool),
}
