//! What may stand between a letter and whoever it is for: nobody is made to receive mail by somebody else's word.
//!
//! Whoever types an address makes us write to it. So letters are counted by receiver, over all kinds, and by domain. What is
//! over the limit is held back where nothing but courtesy asks for it, and gathered into one letter a day where the law, or
//! somebody's rights, ask for it: that is never dropped.

use crate::domain::base::moment::Span;

/// What happens to a letter that is over the limit of its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It is sent, and does not count.
    Always,
    /// It waits, and goes into one letter with the others of that day.
    Gather,
    /// It is kept in the outbox, where staff can release it.
    Withhold,
}

/// The time in which letters are counted.
pub const WINDOW: Span = Span::days(1);
/// Letters of all kinds that count, to one receiver.
pub const PER_RECEIVER: usize = 20;
/// The same to all receivers at one registered domain and the hosts below it, but for providers of free mail.
pub const PER_DOMAIN: usize = 100;
/// Letters that gather others, to all receivers at one such domain, on top of these. What is over waits a day more.
pub const GATHERED_PER_DOMAIN: usize = 50;
/// Receipts for letters by persons, to one receiver: two machines must not thank each other for ever (RFC 3834).
pub const RECEIPTS_PER_RECEIVER: usize = 3;
/// The same at one domain: a help desk has an address for each ticket.
pub const RECEIPTS_PER_DOMAIN: usize = 10;

/// The kind of letter that stands for several.
pub const GATHERED: &str = "gathered";
/// The kind of letter that is a receipt for a letter by a person.
pub const RECEIPT: &str = "mail_received";

/// The rule of each kind of letter, with its reason.
const RULES: [(&str, Rule); 20] = [
    // A deadline of the customer runs from it, or it names one.
    ("notice_to_customer", Rule::Always),
    ("reminder", Rule::Always),
    ("deadline_moved", Rule::Always),
    // 17 USC 512(g)(2)(A): promptly notify the subscriber that access was disabled.
    ("access_disabled", Rule::Always),
    // 512(g)(2)(B): promptly provide the complainant with a copy. The customer's receipt names the same days.
    ("counter_notice_copy", Rule::Always),
    ("counter_notice_received", Rule::Always),
    // Staff decided about an account, with reasons; how to object stands in it.
    ("decision", Rule::Always),
    // It is itself what was gathered; its domain is looked at when it is written.
    (GATHERED, Rule::Always),
    // The operator asked for it by a setting; there is one a day.
    ("record_digest", Rule::Always),
    // 512(c)(3)(B)(ii): the sender of an incomplete notice is promptly contacted. A day is prompt; a hundred letters to
    // somebody who may not have sent it are not what the law asks.
    ("missing_elements", Rule::Gather),
    // 512(g)(2)(C): both sides know that access stays disabled. Who tells of an action again and again waits a day.
    ("court_action_received", Rule::Gather),
    // Both sides should know; the state has changed whether or not the letter has arrived.
    ("access_restored", Rule::Gather),
    ("withdrawal", Rule::Gather),
    ("case_outcome", Rule::Gather),
    ("confirm_resolution", Rule::Gather),
    // A copy of what the customer did, with what follows from it.
    ("answer_copy", Rule::Gather),
    // A courtesy. The page after the form, the answer of the API and the status page say the same.
    ("acknowledgement", Rule::Withhold),
    // Asked for by anybody who knows a reference; those before still work.
    ("new_link", Rule::Withhold),
    // Without it staff look at the notice after a day.
    ("confirm_address", Rule::Withhold),
    // It says that a mail arrived, no more.
    (RECEIPT, Rule::Withhold),
];

/// The rule for a kind of letter, by its stable name; nothing for a name that is no kind.
#[must_use]
pub fn rule(kind: &str) -> Option<Rule> {
    RULES.into_iter().find(|(name, _)| *name == kind).map(|(_, rule)| rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_never_held_back() {
        assert_eq!(rule("notice_to_customer"), Some(Rule::Always), "a deadline runs from it");
        assert_eq!(rule("poem"), None);
    }
}
