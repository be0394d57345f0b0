//! Whether the connection to PostgreSQL is encrypted, as the address asks and as this program can.

use super::connection::DatabaseUrl;

/// Whether this program can encrypt connections to PostgreSQL.
const POSTGRES_TLS: bool = cfg!(feature = "postgres-tls");

/// What an operator should know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Nothing to say: a file, this machine, or TLS as it should be.
    Fine,
    /// The address asks for TLS, which this build lacks: no connection is made. Holds the `sslmode`.
    Lacking(String),
    /// The connection goes to another machine and is not encrypted, or need not be.
    Plain,
}

impl Encryption {
    /// What is to be done, in words for an operator; nothing where all is well.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Fine => None,
            Self::Lacking(mode) => Some(format!(
                "the address asks for TLS (sslmode={mode}), which this program was built without; build it with `--features full`"
            )),
            Self::Plain if POSTGRES_TLS => Some(
                "the database is on another machine and sslmode does not ask for TLS; add sslmode=verify-full, so that the connection is never unencrypted".to_owned(),
            ),
            Self::Plain => Some(
                "the database is on another machine and the connection is not encrypted; build the program with `--features full` and add sslmode=verify-full".to_owned(),
            ),
        }
    }
}

impl DatabaseUrl {
    /// What there is to say about encryption.
    #[must_use]
    pub fn encryption(&self) -> Encryption {
        let Self::Postgres(url) = self else { return Encryption::Fine };
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let value = |name: &str| query.split('&').filter_map(|pair| pair.split_once('=')).rfind(|(n, _)| *n == name);
        // As libpq has it: `prefer` where nothing is said.
        let mode = value("sslmode").map_or("prefer", |(_, mode)| mode);
        if matches!(mode, "require" | "verify-ca" | "verify-full") {
            return if POSTGRES_TLS { Encryption::Fine } else { Encryption::Lacking(mode.to_owned()) };
        }
        let authority = place.split_once("://").map_or(place, |(_, rest)| rest).split('/').next().unwrap_or_default();
        let named = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let hosts = value("host").map_or(named, |(_, host)| host);
        if hosts.split(',').all(is_local) { Encryption::Fine } else { Encryption::Plain }
    }
}

/// Whether a host of the address, with or without port, is this machine: a socket, or a loopback address.
fn is_local(host: &str) -> bool {
    let bare = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_socket = bare.is_empty() || bare.starts_with('/') || bare.to_ascii_lowercase().starts_with("%2f");
    is_socket || bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Encryption {
        url.parse::<DatabaseUrl>().unwrap().encryption()
    }

    #[test]
    fn what_the_address_asks_for_and_the_build_has() {
        for local in [
            "sqlite:///var/lib/x.db",
            "postgres://u:p@localhost/x",
            "postgres://u@127.0.0.1:5432/x",
            "postgres://u@[::1]:5432/x?sslmode=prefer",
            "postgres:///x?host=/run/postgresql",
            "postgres://%2Frun%2Fpostgresql/x",
        ] {
            assert_eq!(of(local), Encryption::Fine, "{local}");
        }
        for plain in
            ["postgres://u:p@db.example/x", "postgres://u@db/x?sslmode=disable", "postgres:///x?host=/run,db.example"]
        {
            assert_eq!(of(plain), Encryption::Plain, "{plain}");
            assert!(of(plain).advice().is_some_and(|words| words.contains("sslmode=verify-full")), "{plain}");
        }
        for mode in ["require", "verify-ca", "verify-full"] {
            let found = of(&format!("postgres://u:secret@localhost/x?connect_timeout=3&sslmode={mode}"));
            if POSTGRES_TLS {
                assert_eq!(found, Encryption::Fine);
            } else {
                let words = found.advice().unwrap();
                assert!(
                    words.contains(mode) && words.contains("--features full") && !words.contains("secret"),
                    "{words}"
                );
            }
        }
    }
}
