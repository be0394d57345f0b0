//! A place on the web, as it was read.

use std::net::IpAddr;

/// A normalised URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebPlace {
    /// Normalised, without user name and password: `https://xn--bcher-kva.example/a`.
    pub url: String,
    /// Host in ASCII lower case without a trailing dot, or the address.
    pub host: WebHost,
    /// Path, always beginning with `/`.
    pub path: String,
    /// What was mended while reading.
    pub mended: Vec<Mend>,
}

/// Host of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebHost {
    /// A name.
    Name(String),
    /// An address literal.
    Address(IpAddr),
}

/// Something a sender wrote that was put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    /// No `http://` or `https://`: `https` is assumed.
    SchemeAssumed,
    /// `hxxp`, `[.]`, `(dot)`.
    Refanged,
    /// User name or password taken out.
    CredentialsRemoved,
    /// It stood among other words or marks, or its scheme was misspelled.
    Extracted,
}
