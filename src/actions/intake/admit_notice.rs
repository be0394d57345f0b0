//! Whether a notice goes to its customers at once, waits for its sender to confirm, or comes before a person. One rule
//! for every entrance: `domain::admission`.

use super::types::Gate;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::moment::Span;
use crate::domain::intake::admission::{Admission, Circumstances, Rules, reach};
use crate::domain::intake::location::Location;
use crate::domain::intake::proof::Proof;
use crate::domain::outbox::letter_rule::{PER_RECEIVER, WINDOW};
use crate::domain::senders::sender::{Setting, WATCH_BELOW};
use crate::storage::intake::notice_keys;
use crate::storage::material::locations::LocationRow;
use crate::storage::outbox::counted_letters;
use crate::storage::senders::{Sender, sender_figures};

/// How long a sender has to confirm the email address before a person looks.
const CONFIRM_WITHIN: Span = Span::days(1);
/// Letters a day that ask one address to confirm: whoever types a stranger's address must not have us write to it
/// without end. What comes after them is before staff.
const ASKED_A_DAY: usize = 3;

/// Who sends a notice.
#[derive(Clone, Copy)]
pub(in crate::actions) struct Sent<'a> {
    pub proof: Proof,
    pub sender: Option<&'a Sender>,
    pub address: Option<&'a EmailAddress>,
    pub seen_by_staff: bool,
}

/// Decides about a notice that reaches so many customers.
pub(in crate::actions) fn admit(tx: &mut Tx<'_>, sent: Sent<'_>, reach: usize) -> Result<Gate, ActionError> {
    let configured = &tx.house.config.senders;
    let rules = Rules { confirm_first: configured.confirm_first, customers_at_once: configured.customers_at_once };
    let mut c = Circumstances { proof: sent.proof, seen_by_staff: sent.seen_by_staff, ..Circumstances::default() };
    // Nothing has to be found out of who goes on anyway.
    if Admission::of(&Circumstances { reach: usize::MAX, ..c }, rules) == Admission::AtOnce {
        return Ok(Gate::default());
    }
    let trusted = sent.sender.is_some_and(|s| s.setting == Setting::Trusted);
    c.known = trusted || sent.sender.is_some_and(|s| s.confirmed_at.is_some());
    c.reach = reach;
    if let Some(sender) = sent.sender {
        let (since, most) = (tx.now - Span::days(1), rules.customers_at_once);
        let most = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        c.lately = notice_keys::hosted_since(tx.conn, (sender.id, sent.proof), since, most)?;
        c.has_record = trusted || (sent.proof.is_identity() && has_record(tx, sender)?);
    }
    let address = sent.address.filter(|a| !tx.house.config.is_own_address(a));
    c.reachable = address.map_or(Ok(false), |address| can_be_asked(tx, address))?;
    let admission = Admission::of(&c, rules);
    // Who is looked at first can confirm all the same: then it is proved who sent it.
    let asks = !c.proof.is_identity() && admission != Admission::AtOnce && rules.confirm_first && c.reachable;
    let confirm_by = asks.then(|| tx.now + CONFIRM_WITHIN);
    Ok(Gate { admission, route: None, confirm_by })
}

/// Whether a letter to an address would be sent now, and it has not been asked too often.
fn can_be_asked(tx: &mut Tx<'_>, address: &EmailAddress) -> Result<bool, ActionError> {
    let (receiver, since) = (address.plain(), tx.now - WINDOW);
    let counts = counted_letters::to_receiver(tx.conn, (&receiver, "confirm_address"), since, PER_RECEIVER)?;
    Ok(counts.of_kind < ASKED_A_DAY && counts.all < PER_RECEIVER)
}

/// Whether the proved notices of a sender are many and good.
fn has_record(tx: &mut Tx<'_>, sender: &Sender) -> Result<bool, ActionError> {
    let counts = sender_figures::counts_of(tx.conn, &[sender.id], tx.now)?.remove(&sender.id).unwrap_or_default();
    Ok(counts.precision().is_some_and(|p| p >= WATCH_BELOW))
}

/// How many customers the stored locations of a notice may reach.
pub(in crate::actions) fn reach_of_rows(customers: usize, rows: &[LocationRow]) -> usize {
    let read: Vec<Location> = rows.iter().map(read).collect();
    reach(customers, read.iter())
}

/// A stored location as it was read; of a network address, the address.
pub(in crate::actions) fn read(row: &LocationRow) -> Location {
    let address = || row.shown.split(' ').next().unwrap_or_default();
    Location::read_url(if row.kind == "web" { &row.as_written } else { address() })
}
