//! Variables that Kubernetes sets in every container for the services of its namespace. A service named `safeharbor`
//! brings `SAFEHARBOR_SERVICE_HOST` and others, which look like settings and are none.
//!
//! Which there are: Kubernetes documentation, "Service", "Environment variables" (with those of Docker links).

use std::net::IpAddr;

/// Whether a variable is one of those: `name` without `SAFEHARBOR_`. A service may be called `safeharbor-web` too; its
/// name then stands in front, and the value must be what Kubernetes would write, so that a misspelled setting is
/// refused all the same.
pub fn is_of_service(name: &str, value: &str) -> bool {
    let of_the_service_itself = format!("_{name}");
    kind(&of_the_service_itself).is_some_and(|(service, kind)| service.is_empty() || kind.fits(value))
}

/// What such a variable says.
#[derive(Clone, Copy)]
enum Kind {
    Host,
    Port,
    Protocol,
    /// `tcp://10.0.0.1:8080`
    Address,
}

impl Kind {
    fn fits(self, value: &str) -> bool {
        match self {
            Self::Host => value.parse::<IpAddr>().is_ok(),
            Self::Port => value.parse::<u16>().is_ok(),
            Self::Protocol => PROTOCOLS.iter().any(|p| p.eq_ignore_ascii_case(value)),
            Self::Address => value.split_once("://").is_some_and(|(scheme, _)| Self::Protocol.fits(scheme)),
        }
    }
}

const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];

/// The name of the service in front, and what the variable says.
fn kind(name: &str) -> Option<(&str, Kind)> {
    if let Some(service) = name.strip_suffix("_SERVICE_HOST") {
        return Some((service, Kind::Host));
    }
    if let Some((service, port_name)) = name.rsplit_once("_SERVICE_PORT")
        && (port_name.is_empty() || port_name.starts_with('_'))
    {
        return Some((service, Kind::Port));
    }
    if let Some(service) = name.strip_suffix("_PORT")
        && !ends_in_port(service)
    {
        return Some((service, Kind::Address));
    }
    for (ending, kind) in
        [("_PROTO", Kind::Protocol), ("_ADDR", Kind::Host), ("_PORT", Kind::Port), ("", Kind::Address)]
    {
        if let Some(service) = name.strip_suffix(ending).and_then(before_port) {
            return Some((service, kind));
        }
    }
    None
}

/// `…_PORT_8080_TCP` without its end.
fn before_port(name: &str) -> Option<&str> {
    let (rest, protocol) = name.rsplit_once('_')?;
    let (service, number) = rest.rsplit_once('_')?;
    let service = service.strip_suffix("_PORT")?;
    (PROTOCOLS.contains(&protocol) && number.parse::<u16>().is_ok()).then_some(service)
}

fn ends_in_port(name: &str) -> bool {
    before_port(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubernetes_sets_is_told_from_settings() {
        for (name, value) in [
            ("SERVICE_HOST", "10.0.0.1"),
            ("SERVICE_PORT", "8080"),
            ("SERVICE_PORT_HTTP", "8080"),
            ("SERVICE_PORT_LMTP_IN", "2424"),
            ("PORT", "tcp://10.0.0.1:8080"),
            ("PORT_8080_TCP", "tcp://10.0.0.1:8080"),
            ("PORT_8080_TCP_PROTO", "tcp"),
            ("PORT_8080_TCP_PORT", "8080"),
            ("PORT_8080_TCP_ADDR", "fd00::1"),
            ("PORT_53_UDP_ADDR", "10.0.0.1"),
            ("WEB_SERVICE_HOST", "fd00::1"),
            ("WEB_PORT_9090_TCP", "tcp://[fd00::1]:9090"),
            ("WEB_WORKER_SERVICE_PORT_METRICS", "9090"),
        ] {
            assert!(is_of_service(name, value), "{name}");
        }
        for (name, value) in [
            ("SERVER__PORT", "8080"),
            ("SERVER_PORT", "8080"),
            ("MAIL__SMTP_PORT", "25"),
            ("MAIL_SMTP_PORT", "25"),
            ("SERVICE_HOSTS", "x"),
            ("SERVICE_PORTS", "1"),
            ("PORT_8080", "1"),
            ("PORT_HTTP_TCP", "x"),
            ("SERVER__LISTEN", "tcp://x"),
            ("WEB_SERVICE_HOST", "web.example"),
        ] {
            assert!(!is_of_service(name, value), "{name}");
        }
    }
}
