//! Who is at the other end of a connection.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::app::App;
use crate::domain::contact::one_line;

/// Network address of the sender. Behind a proxy it is the last entry of `X-Forwarded-For`: the one our own
/// proxy added; the others can be made up.
pub(super) fn address(request: &HttpRequest, app: &App) -> String {
    if app.config().server.behind_proxy
        && let Some(forwarded) = request.headers().get("x-forwarded-for").and_then(|v| v.to_str().ok())
        && let Some(last) =
            forwarded.rsplit(',').next().map(str::trim).filter(|l| l.parse::<std::net::IpAddr>().is_ok())
    {
        return last.to_owned();
    }
    request.peer_addr().map(|a| a.ip().to_canonical().to_string()).unwrap_or_default()
}

/// Agent string of the sender's program, one bounded line.
pub(super) fn agent(request: &HttpRequest) -> String {
    let value = request.headers().get(header::USER_AGENT);
    one_line(&value.map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned()).unwrap_or_default(), 300)
}
