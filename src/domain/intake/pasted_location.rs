//! One line of a form or one `url` of the API, as people fill them in: usually an address, sometimes an address with
//! what stood around it, or several. 17 USC 512(c)(3)(A)(iii) asks for what suffices to find the material.

use std::net::IpAddr;

use super::found_address::{find_addresses, is_invisible};
use super::location::{Location, MAX_URL, Mend, Place};

/// The locations in one line: at least one, which may be unreadable. How long a line may be bounds how many it names.
pub fn read_line(written: &str) -> Vec<Location> {
    let direct = Location::read_url(written);
    if written.len() > MAX_URL {
        return vec![direct];
    }
    let found = find_addresses(written, usize::MAX);
    match found.as_slice() {
        [] => vec![bare_address(written).unwrap_or(direct)],
        [one] if direct_is_right(&direct, one) => vec![direct],
        [one] => vec![Location { as_written: direct.as_written, ..extracted(one) }],
        several => several.iter().map(|one| extracted(one)).collect(),
    }
}

fn extracted(address: &str) -> Location {
    let mut location = Location::read_url(address);
    if let Place::Web(web) = &mut location.place {
        web.mended.push(Mend::Extracted);
    }
    location
}

/// `2001:db8::5`: an address without port and time. IPv4 is read as the host of a URL.
fn bare_address(written: &str) -> Option<Location> {
    let ip: IpAddr = written.trim().trim_matches(['[', ']']).parse().ok()?;
    Some(Location::network(ip, None, None, String::new()))
}

/// Whether a line is an address as it stands, though one was found in it. A full stop at the end can belong to a path
/// (`/wiki/Example_Inc.`), but hardly after a file name (`heron.jpg.`); other marks that close a sentence or a list are
/// no part of it; whatever else goes on behind the one that was found belongs to it (`/<b>`).
fn direct_is_right(direct: &Location, found: &str) -> bool {
    let Place::Web(web) = &direct.place else { return false };
    if let Place::Web(other) = &Location::read_url(found).place
        && other.url == web.url
    {
        return true;
    }
    let Some(rest) = direct.as_written.strip_prefix(found) else { return false };
    let full_stops = rest.chars().all(|c| matches!(c, '.' | '?' | '!' | ':'));
    let closes = |c: char| is_invisible(c) || ".?!:,;)]}>'\"’”»*_`".contains(c);
    if full_stops { !ends_in_file_name(found) } else { !rest.chars().all(closes) }
}

fn ends_in_file_name(address: &str) -> bool {
    let last = address.rsplit('/').next().unwrap_or_default();
    let extension = last.rsplit_once('.').map(|(_, e)| e).unwrap_or_default();
    (2..=5).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(written: &str) -> Vec<String> {
        read_line(written).iter().map(|l| l.shown().to_owned()).collect()
    }

    #[test]
    fn pasted_lines_are_read_as_the_addresses_in_them() {
        for (written, right) in [
            ("1. https://a.example/1.jpg", vec!["https://a.example/1.jpg"]),
            ("- https://a.example/1.jpg", vec!["https://a.example/1.jpg"]),
            ("URL: https://a.example/1.jpg", vec!["https://a.example/1.jpg"]),
            (
                "https://a.example/1.jpg, https://a.example/2.jpg",
                vec!["https://a.example/1.jpg", "https://a.example/2.jpg"],
            ),
            ("https://a.example/1.jpg,", vec!["https://a.example/1.jpg"]),
            ("https://a.example/1.jpg.", vec!["https://a.example/1.jpg"]),
            ("\u{200b}https://a.example/1.jpg", vec!["https://a.example/1.jpg"]),
            ("https://a.example/1.jpg\u{200b}", vec!["https://a.example/1.jpg"]),
            ("https:/a.example/1.jpg", vec!["https://a.example/1.jpg"]),
            ("http//a.example/1.jpg", vec!["http://a.example/1.jpg"]),
            ("https://a.example/1.jpg (cached)", vec!["https://a.example/1.jpg"]),
            ("https://a.example/<b>x</b>", vec!["https://a.example/%3Cb%3Ex%3C/b%3E"]),
            ("https://a.example/1.jpg»", vec!["https://a.example/1.jpg"]),
            ("rtmp://a.example/live/1", vec!["rtmp://a.example/live/1"]),
            ("https://a.example/wiki/Example_Inc.", vec!["https://a.example/wiki/Example_Inc."]),
            (
                "web.archive.example/web/https://a.example/1",
                vec!["https://web.archive.example/web/https://a.example/1"],
            ),
        ] {
            assert_eq!(urls(written), right, "{written}");
        }
    }

    #[test]
    fn a_long_line_is_read_to_its_end() {
        let many: Vec<String> = (0..300).map(|n| format!("https://a.example/{n}")).collect();
        assert_eq!(urls(&many.join(", ")), many);
    }

    #[test]
    fn what_was_extracted_is_said_and_what_was_written_stays() {
        let read = read_line("1. https://a.example/1.jpg");
        assert_eq!(read[0].as_written, "1. https://a.example/1.jpg");
        assert!(matches!(&read[0].place, Place::Web(web) if web.mended == [Mend::Extracted]));
        let plain = read_line("https://a.example/1.jpg");
        assert!(matches!(&plain[0].place, Place::Web(web) if web.mended.is_empty()));
    }

    #[test]
    fn an_address_alone_is_one_of_the_network_and_prose_is_unreadable() {
        assert!(matches!(&read_line("2001:db8:77::5")[0].place, Place::Network(_)));
        assert!(matches!(&read_line("my photo of a heron")[0].place, Place::Unreadable(_)));
        assert_eq!(read_line("").len(), 1);
    }
}
