//! Who had each location at the time that counts.

use crate::domain::asset::candidates;
use crate::domain::ids::CustomerId;
use crate::domain::location::{Location, Place};
use crate::domain::moment::Moment;
use crate::domain::reading::Understanding;
use crate::storage::Conn;
use crate::storage::StorageError;
use crate::storage::assets::{self, Wanted};

/// Matches locations to customers: the observed time counts for an address, the receipt for a URL.
pub fn match_locations(
    conn: &mut Conn,
    locations: &[Location],
    received_at: Moment,
) -> Result<Vec<Option<CustomerId>>, StorageError> {
    let keys: Vec<Vec<String>> = locations.iter().map(candidates).collect();
    assets::owners(conn, &wanted(locations, &keys, received_at))
}

/// As [`match_locations`], with keys made before.
pub(super) fn owners(
    conn: &mut Conn,
    understood: &Understanding,
    received_at: Moment,
) -> Result<Vec<Option<CustomerId>>, StorageError> {
    assets::owners(conn, &wanted(&understood.notice.locations, &understood.assets, received_at))
}

fn wanted<'a>(locations: &[Location], keys: &'a [Vec<String>], received_at: Moment) -> Vec<Wanted<'a>> {
    let one = |(location, keys): (&Location, &'a Vec<String>)| Wanted {
        keys,
        at: match &location.place {
            Place::Network(net) => net.observed_at.unwrap_or(received_at),
            Place::Web(_) | Place::Unreadable(_) => received_at,
        },
    };
    locations.iter().zip(keys).map(one).collect()
}
