//! Who had each location at the time that counts.

use super::{ActionError, Tx};
use crate::domain::asset::candidates;
use crate::domain::ids::CustomerId;
use crate::domain::location::{Location, Place};
use crate::domain::moment::Moment;
use crate::storage::Conn;
use crate::storage::StorageError;
use crate::storage::assets::{self, Wanted};

/// Matches locations to customers: the observed time counts for an address, the receipt for a URL.
pub fn match_locations(
    conn: &mut Conn,
    locations: &[Location],
    received_at: Moment,
) -> Result<Vec<Option<CustomerId>>, StorageError> {
    let wanted: Vec<Wanted> = locations
        .iter()
        .map(|location| Wanted {
            keys: candidates(location),
            at: match &location.place {
                Place::Network(net) => net.observed_at.unwrap_or(received_at),
                Place::Web(_) | Place::Unreadable(_) => received_at,
            },
        })
        .collect();
    assets::owners(conn, &wanted)
}

/// As [`match_locations`], inside an action.
pub(super) fn owners(
    tx: &mut Tx<'_>,
    locations: &[Location],
    received_at: Moment,
) -> Result<Vec<Option<CustomerId>>, ActionError> {
    Ok(match_locations(tx.conn, locations, received_at)?)
}
