//! What is understood of a notice as it came in.

use std::collections::HashSet;
use std::net::IpAddr;

use super::location::{Location, Place};
use super::pasted_location::read_line;
pub use super::raw_notice::{
    MAX_LOCATIONS, MAX_WORKS, RawAddress, RawComplainant, RawLocation, RawNotice, RawOwner, RawStatements, RawWork,
    Role,
};
use crate::domain::base::contact::{EmailAddress, many_lines, one_line};
use crate::domain::base::moment::Moment;

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
    /// What was written as email address, usable or not.
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

    /// Name and organization in a sentence: `Nadia Crane of Corvid Music Rights`.
    pub fn introduced(&self) -> String {
        if self.name.is_empty() || self.organization.is_empty() {
            return self.shown();
        }
        format!("{} of {}", self.name, self.organization)
    }

    /// Organization, or name where there is none: how lists call it.
    pub fn called(&self) -> String {
        if self.organization.is_empty() { join_names(&self.name, "") } else { self.organization.clone() }
    }

    /// What a customer needs to settle the matter directly: the email address. Telephone and postal address only
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
        let (locations, repeated) = distinct(self.read_locations());
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

    /// Every location; a line that names several is several, as long as a notice has room for them.
    fn read_locations(&self) -> impl Iterator<Item = Location> {
        let mut room = MAX_LOCATIONS.saturating_sub(self.locations.len());
        self.locations.iter().flat_map(move |raw| {
            let read = raw.understand();
            let more = read.len().saturating_sub(1);
            if more > room {
                // As it stands, unreadable, with a finding: the sender learns that it was not taken.
                return vec![Location::too_long(&raw.url)];
            }
            room -= more;
            read
        })
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
    /// Reads one location, or the several that were written into it; nothing where the entry is empty.
    fn understand(&self) -> Vec<Location> {
        let observed_at = Moment::parse(&self.observed_at);
        if !self.url.trim().is_empty() {
            return read_line(&self.url);
        }
        let written = self.ip.trim();
        if written.is_empty() {
            return Vec::new();
        }
        let detail = [&self.protocol, &self.file_name, &self.info_hash];
        let detail: Vec<String> = detail.into_iter().map(|d| one_line(d, 1000)).filter(|d| !d.is_empty()).collect();
        match written.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) => vec![Location::network(ip, self.port, observed_at, detail.join(", "))],
            Err(_) => read_line(written),
        }
    }
}

/// Each location once, in the order of first mention and the spelling of it, and how many were repeats: two spellings of
/// one place are one. Two files offered from one address at one time are two.
fn distinct(locations: impl Iterator<Item = Location>) -> (Vec<Location>, usize) {
    let mut kept: Vec<Location> = locations.collect();
    let mut seen = HashSet::with_capacity(kept.len());
    let is_new: Vec<bool> = kept.iter().map(|location| seen.insert((location.canonical(), detail(location)))).collect();
    let repeated = is_new.iter().filter(|new| !**new).count();
    let mut is_new = is_new.into_iter();
    kept.retain(|_| is_new.next() == Some(true));
    (kept, repeated)
}

/// What tells files at one network address apart.
fn detail(location: &Location) -> &str {
    if let Place::Network(place) = &location.place { &place.detail } else { "" }
}
