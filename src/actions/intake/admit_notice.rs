//! Whether a notice goes to its customers at once, waits for its sender to confirm, or comes before a person. One rule
//! for every entrance: `domain::admission`.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::net::SocketAddr;

use super::types::Gate;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::ids::{NoticeId, SenderId};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::intake::admission::{Admission, Circumstances, Rules, hosts, reach};
use crate::domain::intake::location::Location;
use crate::domain::intake::proof::Proof;
use crate::domain::outbox::letter_rule::{PER_RECEIVER, WINDOW};
use crate::domain::senders::sender::{Setting, WATCH_BELOW};
use crate::storage::customers::assets;
use crate::storage::intake::notice_keys;
use crate::storage::material::locations::{self, LocationRow};
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

/// Decides about a notice, or what is left of it.
pub(in crate::actions) fn admit(tx: &mut Tx<'_>, sent: Sent<'_>, named: &Named<'_>) -> Result<Gate, ActionError> {
    let configured = &tx.context.config.senders;
    let rules = Rules { confirm_first: configured.confirm_first, customers_at_once: configured.customers_at_once };
    let mut c = Circumstances { proof: sent.proof, seen_by_staff: sent.seen_by_staff, ..Circumstances::default() };
    // Nothing has to be found out of who goes on anyway.
    if Admission::of(&Circumstances { reach: usize::MAX, ..c }, rules) == Admission::AtOnce {
        return Ok(Gate::default());
    }
    let trusted = sent.sender.is_some_and(|s| s.setting == Setting::Trusted);
    c.known = trusted || sent.sender.is_some_and(|s| s.confirmed_at.is_some());
    c.reach = named.reach(tx)?;
    if let Some(sender) = sent.sender {
        c.lately = lately(tx, (sender.id, sent.proof), named.notice, rules.customers_at_once)?;
        c.has_record = trusted || (sent.proof.is_identity() && has_record(tx, sender)?);
    }
    let address = sent.address.filter(|a| !tx.context.config.is_own_address(a));
    c.reachable = address.map_or(Ok(false), |address| can_be_asked(tx, address))?;
    let admission = Admission::of(&c, rules);
    // Who is looked at first can confirm all the same: then it is proved who sent it.
    let asks = !c.proof.is_identity() && admission != Admission::AtOnce && rules.confirm_first && c.reachable;
    let confirm_by = asks.then(|| tx.now + CONFIRM_WITHIN);
    Ok(Gate { admission, route: None, confirm_by })
}

/// Locations of one notice of the day that are looked at, and hosts of one notice that are looked up.
const LOOKED_AT: i64 = 2_000;
const HOSTS: usize = 1_000;

/// What a notice names and may reach with it.
pub(in crate::actions) struct Named<'a> {
    /// Its number, where it is stored already.
    pub notice: Option<NoticeId>,
    pub customers: usize,
    pub locations: Vec<Cow<'a, Location>>,
}

impl Named<'_> {
    /// Stored locations.
    pub fn of_rows(notice: NoticeId, customers: usize, rows: &[LocationRow]) -> Self {
        Self { notice: Some(notice), customers, locations: rows.iter().map(|row| Cow::Owned(read(row))).collect() }
    }

    fn reach(&self, tx: &mut Tx<'_>) -> Result<usize, ActionError> {
        let locations = || self.locations.iter().map(AsRef::as_ref);
        let hosts = hosts(locations());
        if hosts.len() > HOSTS {
            return Ok(reach(self.customers, locations(), |_| true));
        }
        let mut shared = HashSet::new();
        for host in hosts {
            if assets::is_shared(tx.conn, host)? {
                shared.insert(host);
            }
        }
        Ok(reach(self.customers, locations(), |host| shared.contains(host)))
    }
}

/// How many customers the notices of a sender may have reached in a day, counted until it is more than `most`.
/// `but` is not counted.
fn lately(tx: &mut Tx<'_>, of: (SenderId, Proof), but: Option<NoticeId>, most: usize) -> Result<usize, ActionError> {
    let mut sum = 0_usize;
    for id in notice_keys::hosted_since(tx.conn, of, tx.now - Span::days(1))? {
        if sum > most {
            break;
        }
        if Some(id) == but {
            continue;
        }
        let rows = locations::of_notice(tx.conn, id, 0, LOOKED_AT)?;
        let hosted: Vec<LocationRow> = rows.into_iter().filter(|row| row.case_id.is_some()).collect();
        let customers: BTreeSet<i64> = hosted.iter().filter_map(|row| row.case_id).collect();
        // Of a repeat nothing is in a case of its own; it counts as one all the same.
        sum += Named::of_rows(id, customers.len(), &hosted).reach(tx)?.max(1);
    }
    Ok(sum)
}

/// Whether a letter to an address would be sent now, and it has not been asked too often.
fn can_be_asked(tx: &mut Tx<'_>, address: &EmailAddress) -> Result<bool, ActionError> {
    let (receiver, since) = (address.mailbox(), tx.now - WINDOW);
    let counts = counted_letters::to_receiver(tx.conn, (&receiver, "confirm_address"), since, PER_RECEIVER)?;
    Ok(counts.of_kind < ASKED_A_DAY && counts.all < PER_RECEIVER)
}

/// Whether the proved notices of a sender are many and good.
fn has_record(tx: &mut Tx<'_>, sender: &Sender) -> Result<bool, ActionError> {
    let counts = sender_figures::counts_of(tx.conn, &[sender.id], tx.now)?.remove(&sender.id).unwrap_or_default();
    Ok(counts.precision().is_some_and(|p| p >= WATCH_BELOW))
}

/// A stored location as it was read; of a network address, the address and the time.
pub(in crate::actions) fn read(row: &LocationRow) -> Location {
    if row.kind == "web" {
        return Location::read_url(&row.as_written);
    }
    let address = row.shown.split(' ').next().unwrap_or_default();
    let ip = address.parse().ok().or_else(|| address.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    match ip {
        Some(ip) => Location::network(ip, None, row.observed_at.map(Moment), String::new()),
        None => Location::read_url(address),
    }
}
