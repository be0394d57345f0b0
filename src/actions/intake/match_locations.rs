//! Who had each location at the time that counts.

use crate::domain::base::ids::CustomerId;
use crate::domain::base::moment::Moment;
use crate::domain::customers::asset::candidates;
use crate::domain::intake::location::{Location, Place};
use crate::domain::intake::parsed_notice::AssessedNotice;
use crate::storage::customers::assets::{self, Wanted};
use crate::storage::{Conn, StorageError};

/// Matches locations to customers: the observed time counts for an address, the receipt for a URL.
pub fn match_locations(
    conn: &mut Conn,
    locations: &[Location],
    received_at: Moment,
) -> Result<Vec<Option<CustomerId>>, StorageError> {
    let keys: Vec<Vec<String>> = locations.iter().map(candidates).collect();
    assets::owners(conn, &wanted(locations, &keys, received_at).collect::<Vec<_>>())
}

/// As [`match_locations`], for several notices at once, with keys made before.
pub(in crate::actions) fn owners(
    conn: &mut Conn,
    notices: &[&AssessedNotice],
    received_at: Moment,
) -> Result<Vec<Vec<Option<CustomerId>>>, StorageError> {
    let all: Vec<Wanted<'_>> =
        notices.iter().flat_map(|u| wanted(&u.notice.locations, &u.assets, received_at)).collect();
    let mut found = assets::owners(conn, &all)?.into_iter();
    Ok(notices.iter().map(|u| found.by_ref().take(u.notice.locations.len()).collect()).collect())
}

fn wanted<'a>(
    locations: &'a [Location],
    keys: &'a [Vec<String>],
    received_at: Moment,
) -> impl Iterator<Item = Wanted<'a>> {
    let one = move |(location, keys): (&Location, &'a Vec<String>)| Wanted {
        keys,
        at: match &location.place {
            Place::Network(net) => net.observed_at.unwrap_or(received_at),
            Place::Web(_) | Place::Unreadable(_) => received_at,
        },
    };
    locations.iter().zip(keys).map(one)
}
