//! A notice as it comes in from any entrance, and what is understood of it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::contact::{EmailAddress, many_lines, one_line};
use super::location::{Location, Place};
use super::moment::Moment;
use super::statements;

/// The one shape all entrances fill: form, JSON, machine formats. Every field may be missing: a notice
/// is never refused for what it lacks, only for what cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawNotice {
    /// Who sends it.
    #[validate(nested)]
    pub complainant: RawComplainant,
    /// On whose behalf.
    #[validate(nested)]
    pub rights_owner: RawOwner,
    /// What was copied.
    #[serde(deserialize_with = "at_most::<_, _, MAX_WORKS>")]
    #[validate(length(max = 1000, message = "at most 1,000 works in one notice"), nested)]
    pub works: Vec<RawWork>,
    /// Where the copies are.
    #[serde(deserialize_with = "at_most::<_, _, MAX_LOCATIONS>")]
    #[validate(nested)]
    pub locations: Vec<RawLocation>,
    /// What is affirmed.
    pub statements: RawStatements,
    /// The typed signature.
    #[validate(length(max = 200, message = "at most 200 characters"))]
    pub signature: String,
    /// The sender's own reference.
    #[validate(length(max = 200, message = "at most 200 characters"))]
    pub reference: String,
}

/// Most works in one notice.
pub const MAX_WORKS: usize = 1000;
/// Most locations in one notice, whatever the configuration says: over ten times what the longest of 21,312
/// public notices named.
pub const MAX_LOCATIONS: usize = 50_000;

/// Reads a list and stops where it is longer than it may be: an entry can be three bytes long and takes a
/// hundred in memory.
fn at_most<'de, D, T, const MAX: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct List<T, const MAX: usize>(std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>, const MAX: usize> serde::de::Visitor<'de> for List<T, MAX> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "a list of at most {MAX} entries")
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = list.next_element()? {
                if entries.len() == MAX {
                    return Err(serde::de::Error::custom(format!("write at most {MAX} entries in one notice")));
                }
                entries.push(entry);
            }
            Ok(entries)
        }
    }
    deserializer.deserialize_seq(List::<T, MAX>(std::marker::PhantomData))
}

/// The complainant as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawComplainant {
    #[validate(length(max = 200, message = "at most 200 characters"))]
    pub name: String,
    #[validate(length(max = 200, message = "at most 200 characters"))]
    pub organization: String,
    #[validate(length(max = 254, message = "at most 254 characters"))]
    pub email: String,
    #[validate(length(max = 60, message = "at most 60 characters"))]
    pub phone: String,
    #[validate(nested)]
    pub address: RawAddress,
    /// Owner or agent.
    pub role: Role,
}

/// A postal address as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawAddress {
    #[validate(length(max = 500, message = "at most 500 characters"))]
    pub street: String,
    #[validate(length(max = 100, message = "at most 100 characters"))]
    pub city: String,
    #[validate(length(max = 100, message = "at most 100 characters"))]
    pub region: String,
    #[validate(length(max = 40, message = "at most 40 characters"))]
    pub postal_code: String,
    #[validate(length(max = 100, message = "at most 100 characters"))]
    pub country: String,
}

impl RawAddress {
    fn lines(&self) -> String {
        let city: Vec<&str> = [&self.city, &self.region, &self.postal_code]
            .into_iter()
            .map(String::as_str)
            .filter(|s| !s.trim().is_empty())
            .collect();
        many_lines(&[self.street.clone(), city.join(" "), self.country.clone()].join("\n"), 800)
            .lines()
            .filter(|l| !l.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// In which capacity the complainant acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Owns the right.
    #[default]
    Owner,
    /// Authorized to act for the owner.
    Agent,
}

/// The rights owner as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawOwner {
    #[validate(length(max = 200, message = "at most 200 characters"))]
    pub name: String,
}

/// A work as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawWork {
    #[validate(length(max = 500, message = "at most 500 characters"))]
    pub title: String,
    #[validate(length(max = 5000, message = "at most 5,000 characters"))]
    pub description: String,
    #[serde(deserialize_with = "at_most::<_, _, 20>")]
    #[validate(length(max = 20, message = "at most 20 originals for one work"))]
    pub original_urls: Vec<String>,
}

/// A location as written: a URL, or an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawLocation {
    pub url: String,
    #[validate(length(max = 100, message = "at most 100 characters"))]
    pub ip: String,
    pub port: Option<u16>,
    #[validate(length(max = 60, message = "at most 60 characters"))]
    pub observed_at: String,
    #[validate(length(max = 20, message = "at most 20 characters"))]
    pub protocol: String,
    #[validate(length(max = 200, message = "at most 200 characters"))]
    pub info_hash: String,
    #[validate(length(max = 1000, message = "at most 1,000 characters"))]
    pub file_name: String,
}

/// Which statements were affirmed, each for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "the statute lists separate statements, each affirmed or not")]
pub struct RawStatements {
    pub good_faith: bool,
    pub accurate: bool,
    pub authorized_under_penalty_of_perjury: bool,
    pub fair_use_considered: bool,
}

impl RawStatements {
    /// The statements that were made, word for word.
    pub fn made(&self) -> Vec<&'static str> {
        [
            (self.good_faith, statements::GOOD_FAITH),
            (self.fair_use_considered, statements::FAIR_USE),
            (self.accurate, statements::ACCURATE),
            (self.authorized_under_penalty_of_perjury, statements::AUTHORITY),
        ]
        .into_iter()
        .filter_map(|(made, words)| made.then_some(words))
        .collect()
    }
}

/// A notice as understood: bounded, single-line fields safe for headers, locations parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub complainant: Complainant,
    /// Named owner, empty where the complainant is the owner.
    pub rights_owner: String,
    pub works: Vec<Work>,
    pub locations: Vec<Location>,
    /// How many lines repeated an earlier location.
    pub repeated: usize,
    pub statements: RawStatements,
    pub signature: String,
    pub sender_reference: String,
}

/// Who sent a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complainant {
    pub name: String,
    pub organization: String,
    /// What was written as mail address, usable or not.
    pub email_written: String,
    pub email: Option<EmailAddress>,
    pub phone: String,
    /// Postal address, several lines.
    pub address: String,
    pub role: Role,
}

impl Complainant {
    /// Name and organization for people.
    pub fn shown(&self) -> String {
        join_names(&self.name, &self.organization)
    }

    /// What a customer needs to settle the matter directly: the mail address. Telephone and postal address only
    /// where there is none, or where the host has chosen to share them (`everything`).
    pub fn reach(&self, everything: bool) -> Vec<String> {
        let mail = self.email.as_ref().map(ToString::to_string);
        let more = everything || mail.is_none();
        let further = [self.phone.clone(), self.address.replace('\n', ", ")];
        mail.into_iter().chain(further.into_iter().filter(|t| more && !t.is_empty())).collect()
    }
}

/// `Joel Finch, Holt & Finch Picture Library`, whichever are given.
pub fn join_names(name: &str, organization: &str) -> String {
    let parts: Vec<&str> = [name, organization].into_iter().filter(|s| !s.is_empty()).collect();
    if parts.is_empty() { "a sender who gave no name".to_owned() } else { parts.join(", ") }
}

/// A copyrighted work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    pub title: String,
    pub description: String,
    /// Where the original can be seen, as written.
    pub original: String,
}

impl RawNotice {
    /// Understands what can be understood. Shape errors (lengths, counts) are found before, by
    /// [`validator::Validate`]; nothing here fails.
    pub fn understand(&self) -> Notice {
        let (locations, repeated) = distinct(self.locations.iter().filter_map(RawLocation::understand));
        let c = &self.complainant;
        Notice {
            complainant: Complainant {
                name: one_line(&c.name, 200),
                organization: one_line(&c.organization, 200),
                email_written: one_line(&c.email, 254),
                email: EmailAddress::parse(&c.email),
                phone: one_line(&c.phone, 60),
                address: c.address.lines(),
                role: c.role,
            },
            rights_owner: one_line(&self.rights_owner.name, 200),
            works: self.works.iter().map(RawWork::understand).filter(|w| !w.is_empty()).collect(),
            locations,
            repeated,
            statements: self.statements,
            signature: one_line(&self.signature, 200),
            sender_reference: one_line(&self.reference, 200),
        }
    }
}

impl RawWork {
    fn understand(&self) -> Work {
        Work {
            title: one_line(&self.title, 500),
            description: many_lines(&self.description, 5000),
            original: many_lines(&self.original_urls.join("\n"), 2000),
        }
    }
}

impl Work {
    fn is_empty(&self) -> bool {
        self.title.is_empty() && self.description.is_empty() && self.original.is_empty()
    }
    /// The first `most` works in words, and how many more there are.
    pub fn list(works: &[Self], most: usize) -> Vec<String> {
        let more = works.len().saturating_sub(most);
        let rest = (more > 0).then(|| format!("and {more} more"));
        works.iter().take(most).map(Self::shown).chain(rest).collect()
    }
    /// The title, or the beginning of the description.
    pub fn shown(&self) -> String {
        let text = [&self.title, &self.description, &self.original].into_iter().find(|t| !t.is_empty());
        one_line(text.map_or("", String::as_str), 120)
    }
}

impl RawLocation {
    /// Reads one location; nothing where the entry is empty.
    fn understand(&self) -> Option<Location> {
        let observed_at = Moment::parse(&self.observed_at);
        if !self.url.trim().is_empty() {
            return Some(Location::read_url(&self.url));
        }
        let written = self.ip.trim();
        if written.is_empty() {
            return None;
        }
        let detail = [&self.protocol, &self.file_name, &self.info_hash];
        let detail: Vec<String> = detail.into_iter().map(|d| one_line(d, 1000)).filter(|d| !d.is_empty()).collect();
        Some(match written.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) => Location::network(ip, self.port, observed_at, detail.join(", ")),
            Err(_) => Location::read_url(written),
        })
    }
}

/// Each location once, in the order of first mention, and how many were repeats. Two files offered from one
/// address at one time are two.
fn distinct(locations: impl Iterator<Item = Location>) -> (Vec<Location>, usize) {
    let mut seen = std::collections::HashSet::new();
    let mut repeated = 0;
    let kept = locations
        .filter(|location| {
            let detail = if let Place::Network(n) = &location.place { n.detail.as_str() } else { "" };
            let first = seen.insert((location.shown().to_owned(), detail.to_owned()));
            repeated += usize::from(!first);
            first
        })
        .collect();
    (kept, repeated)
}
