//! Who is at the other end of a connection.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};

use crate::app::App;
use crate::config::ForwardedHeader;
use crate::domain::base::contact::one_line;

/// Headers that only a proxy adds.
const ADDED_BY_PROXIES: [&str; 5] = ["x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host"];

/// Network address of the sender: the peer's, or the one that the proxies of the configuration name. All lines of the
/// header count, in their order (RFC 9110 section 5.3), from the right: whatever stands further left can be made up.
pub(super) fn address(request: &HttpRequest, app: &App) -> String {
    let Some(peer) = peer(request) else { return String::new() };
    let server = &app.config().server;
    let entries = entries(request.headers(), server.forwarded_header);
    server.trusted_proxies.sender(&entries, peer).to_string()
}

/// The address at the other end of the connection.
fn peer(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|a| a.ip().to_canonical())
}

/// Whether the connection comes from this machine and no proxy stands between.
pub(super) fn is_this_machine(request: &HttpRequest) -> bool {
    let direct = !ADDED_BY_PROXIES.iter().any(|name| request.headers().contains_key(*name));
    direct && peer(request).is_some_and(|ip| ip.is_loopback())
}

/// Addresses of a header, the nearest last; nothing for an entry that is none.
fn entries(headers: &HeaderMap, header: ForwardedHeader) -> Vec<Option<IpAddr>> {
    let name = match header {
        ForwardedHeader::XForwardedFor => "x-forwarded-for",
        ForwardedHeader::Forwarded => "forwarded",
    };
    let lines: Vec<String> =
        headers.get_all(name).map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned()).collect();
    let all = lines.join(",");
    let all = if lines.is_empty() { return Vec::new() } else { all };
    match header {
        ForwardedHeader::XForwardedFor => all.split(',').map(node).collect(),
        ForwardedHeader::Forwarded => all.split(',').map(|element| forwarded_for(element).and_then(node)).collect(),
    }
}

/// The `for` of one element of `Forwarded`, RFC 7239 section 4. No address holds a comma or a semicolon, so a quoted
/// one that does is taken apart and is none.
fn forwarded_for(element: &str) -> Option<&str> {
    let pair = element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    });
    pair.map(str::trim)
}

/// An address, with or without port, brackets or quotation marks (RFC 7239 section 6).
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"').trim();
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let bare = bare.split('%').next().unwrap_or(bare);
    let found = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    found.ok().map(|ip| ip.to_canonical())
}

/// Agent string of the sender's program, one bounded line.
pub(super) fn agent(request: &HttpRequest) -> String {
    let value = request.headers().get(header::USER_AGENT);
    one_line(&value.map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned()).unwrap_or_default(), 300)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn of(header: ForwardedHeader, lines: &[&str]) -> Vec<String> {
        let name = if header == ForwardedHeader::Forwarded { "forwarded" } else { "x-forwarded-for" };
        let request = lines.iter().fold(TestRequest::default(), |r, line| r.append_header((name, *line)));
        let found = entries(request.to_http_request().headers(), header);
        found.into_iter().map(|ip| ip.map_or("-".to_owned(), |ip| ip.to_string())).collect()
    }

    #[test]
    fn all_lines_count_in_their_order() {
        let x = ForwardedHeader::XForwardedFor;
        assert_eq!(of(x, &["127.0.0.1", "198.51.100.7"]), ["127.0.0.1", "198.51.100.7"]);
        assert_eq!(of(x, &["1.2.3.4, 5.6.7.8 ", "198.51.100.7:8443"]), ["1.2.3.4", "5.6.7.8", "198.51.100.7"]);
        assert_eq!(
            of(x, &["2001:db8::7, [2001:db8::8]:443,[2001:db8::9]"]),
            ["2001:db8::7", "2001:db8::8", "2001:db8::9"]
        );
        assert_eq!(of(x, &["::ffff:198.51.100.7, unknown, fe80::1%eth0,"]), ["198.51.100.7", "-", "fe80::1", "-"]);
        assert!(of(x, &[]).is_empty());
    }

    #[test]
    fn the_standard_header_is_read_too() {
        let f = ForwardedHeader::Forwarded;
        let lines = ["for=192.0.2.43, For=\"[2001:db8:cafe::17]:4711\"", "proto=http;for=198.51.100.7;by=10.0.0.1"];
        assert_eq!(of(f, &lines), ["192.0.2.43", "2001:db8:cafe::17", "198.51.100.7"]);
        assert_eq!(of(f, &["for=_gazonk, proto=https, for=\"a,b\""]), ["-", "-", "-", "-"]);
    }
}
