//! Notices that arrive at the same moment and concern the same are taken one after the other, so that the later one
//! finds what the earlier one has opened. On PostgreSQL several are taken at once, on several nodes.

use std::borrow::Cow;

use super::match_locations::owners;
use super::prepare_notices::Prepared;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CustomerId;
use crate::domain::base::moment::Moment;
use crate::domain::intake::parsed_notice::{AssessedNotice, ParsedNotice};
use crate::domain::intake::similarity::Keys;
use crate::domain::regimes::us_512::elements::Class;
use crate::storage::customers;
use crate::storage::intake::notice_keys;

/// A notice about to be taken, and what may have been prepared for it.
pub(in crate::actions) type Incoming<'a> = (&'a ParsedNotice, Option<&'a Prepared>);

/// A notice whose turn it is.
pub(in crate::actions) struct LockedNotice<'a> {
    pub reading: &'a ParsedNotice,
    pub prepared: Option<&'a Prepared>,
    /// Whose each of its locations is.
    pub owners: Cow<'a, [Option<CustomerId>]>,
}

/// Waits until nobody else takes a notice that says the same as one of these, or that names the same customers; then
/// nobody does until the end of the transaction. Everything that several notices need is held at once and in one order,
/// so that two documents cannot wait for each other.
pub(in crate::actions) fn lock_notices<'a>(
    tx: &mut Tx<'_>,
    incoming: &[Incoming<'a>],
    received: Moment,
) -> Result<Vec<LockedNotice<'a>>, ActionError> {
    let keys: Vec<Keys> = incoming.iter().map(|(reading, _)| reading.understood().keys).collect();
    notice_keys::hold(tx.conn, &keys)?;
    let held = matched(tx, incoming, received)?;
    let complete = held.iter().filter(|h| h.reading.understood().verdict.class == Class::Complete);
    customers::hold_all(tx.conn, complete.flat_map(|h| h.owners.iter().flatten().copied()))?;
    Ok(held)
}

/// Whose the locations are; looked up for all notices together for which that was not prepared.
fn matched<'a>(
    tx: &mut Tx<'_>,
    incoming: &[Incoming<'a>],
    received: Moment,
) -> Result<Vec<LockedNotice<'a>>, ActionError> {
    let unprepared = incoming.iter().filter(|(_, prepared)| prepared.is_none());
    let unprepared: Vec<&AssessedNotice> = unprepared.map(|(reading, _)| reading.understood()).collect();
    let mut found = owners(tx.conn, &unprepared, received)?.into_iter();
    let one = |&(reading, prepared): &Incoming<'a>| LockedNotice {
        reading,
        prepared,
        owners: match prepared {
            Some(prepared) => Cow::Borrowed(&prepared.owners[..]),
            None => Cow::Owned(found.next().unwrap_or_default()),
        },
    };
    Ok(incoming.iter().map(one).collect())
}
