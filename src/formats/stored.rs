//! From what is stored of a notice back to the shape in which it was sent.

use std::net::SocketAddr;

use crate::domain::intake::notice::{Complainant, RawAddress, RawLocation, RawNotice, RawStatements, RawWork, Work};

/// The notice as its sender could send it again. `places` are kind, text as written and detail of each location;
/// `rest` fills in what is left.
pub fn raw_of<'a>(
    c: &Complainant,
    works: &[Work],
    places: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
    statements: &RawStatements,
    rest: impl FnOnce(&mut RawNotice),
) -> RawNotice {
    let mut raw = RawNotice { statements: *statements, ..RawNotice::default() };
    raw.complainant.name.clone_from(&c.name);
    raw.complainant.organization.clone_from(&c.organization);
    raw.complainant.email.clone_from(&c.email_written);
    raw.complainant.phone.clone_from(&c.phone);
    raw.complainant.role = c.role;
    raw.complainant.address = RawAddress { street: c.address.chars().take(500).collect(), ..RawAddress::default() };
    raw.works = works
        .iter()
        .map(|w| RawWork {
            title: w.title.clone(),
            description: w.description.clone(),
            original_urls: w.original.lines().take(20).map(str::to_owned).collect(),
        })
        .collect();
    raw.locations = places.map(|(kind, written, detail)| location(kind, written, detail)).collect();
    rest(&mut raw);
    raw
}

/// `192.0.2.7:6881 2026-03-01T10:00:00Z` is an address, a port and a time.
fn location(kind: &str, written: &str, detail: &str) -> RawLocation {
    if kind != "network" {
        return RawLocation { url: written.to_owned(), ..RawLocation::default() };
    }
    let (place, time) = written.split_once(' ').unwrap_or((written, ""));
    let socket = place.parse::<SocketAddr>().ok();
    RawLocation {
        ip: socket.map_or_else(|| place.to_owned(), |s| s.ip().to_string()),
        port: socket.map(|s| s.port()),
        observed_at: time.to_owned(),
        file_name: detail.to_owned(),
        ..RawLocation::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::base::moment::Moment;
    use crate::domain::intake::location::Location;

    #[test]
    fn a_location_is_read_back_as_it_was() {
        let at = Moment::parse("2026-03-01T10:00:00Z");
        for (ip, port, seen) in
            [("192.0.2.7", Some(6881), at), ("2001:db8::1", Some(80), None), ("192.0.2.7", None, at)]
        {
            let first = Location::network(ip.parse().unwrap(), port, seen, "film.mkv".to_owned());
            let raw = RawNotice {
                locations: vec![location("network", &first.as_written, "film.mkv")],
                ..RawNotice::default()
            };
            assert_eq!(raw.understand().locations, [first]);
        }
    }
}
