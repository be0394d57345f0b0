//! What the letter around the XML says. It is gone through once, however many notices stand in it.

use std::collections::HashSet;
use std::net::IpAddr;

use crate::domain::intake::notice::{RawStatements, Role};
use crate::domain::intake::similarity::plain;
use crate::formats::letter;

/// Letters of the text that are looked through for whom its sender acts.
const MAX_TEXT: usize = 200_000;
/// Most places at which somebody is named as the one for whom the sender acts.
const MAX_NAMED: usize = 1000;
/// Addresses of the letter that are shown where the XML has another.
const SHOWN: usize = 5;

const ON_BEHALF: &str = "on behalf of ";
const AGENCY: [&str; 5] =
    ["on behalf of", "as its agent", "non-exclusive agent", "authorized agent", "as an agent for"];

/// A letter, as far as a notice needs it.
#[derive(Clone, Debug, Default)]
pub struct Around {
    pub statements: RawStatements,
    pub clear_signed: bool,
    labeled: Option<String>,
    closing: Option<String>,
    /// In lower case, on one line.
    flat: String,
    /// Where the names begin of those on whose behalf it is written.
    owners: Vec<usize>,
    is_agent: bool,
    addresses: HashSet<IpAddr>,
    first_addresses: Vec<IpAddr>,
}

impl Around {
    /// Goes through a text.
    pub fn of(text: &str, clear_signed: bool) -> Self {
        if text.trim().is_empty() {
            return Self { clear_signed, ..Self::default() };
        }
        let flat = plain(&text.chars().take(MAX_TEXT).collect::<String>());
        let owners = flat.match_indices(ON_BEHALF).map(|(at, words)| at + words.len()).take(MAX_NAMED).collect();
        let first_addresses = addresses(text);
        Self {
            statements: letter::statements(text),
            clear_signed,
            labeled: letter::labeled_signature(text),
            closing: letter::closing_signature(text),
            is_agent: AGENCY.iter().any(|words| flat.contains(words)),
            owners,
            flat,
            addresses: first_addresses.iter().copied().collect(),
            first_addresses,
        }
    }

    /// The name the letter is signed with. `own` is what the notice itself says; its end is the nearer one.
    pub fn signature(&self, own: &Self) -> Option<String> {
        [&self.labeled, &own.labeled, &own.closing, &self.closing].into_iter().find_map(Clone::clone)
    }

    /// ACNS does not say for whom the sender acts. The letter does: “on behalf of” the entity named in the XML
    /// makes that entity the owner; other words of agency make the sender an agent whose owner is not named.
    pub fn capacity(&self, own: &Self, entity: &str) -> (Role, String) {
        let lower = entity.to_lowercase();
        if !lower.is_empty() && (self.acts_for(&lower) || own.acts_for(&lower)) {
            return (Role::Agent, entity.to_owned());
        }
        (if self.is_agent || own.is_agent { Role::Agent } else { Role::Owner }, String::new())
    }

    fn acts_for(&self, entity: &str) -> bool {
        self.owners.iter().any(|at| self.flat[*at..].starts_with(entity))
    }

    /// What the letter says of the address, where it names others than the XML and not that of the XML.
    pub fn other_addresses(&self, own: &Self, xml: IpAddr) -> Option<String> {
        let named = self.first_addresses.iter().chain(&own.first_addresses);
        let list: Vec<String> = named.take(SHOWN).map(ToString::to_string).collect();
        let says_it = self.addresses.contains(&xml) || own.addresses.contains(&xml);
        (!list.is_empty() && !says_it).then(|| format!("the letter says {}, the XML {xml}", list.join(", ")))
    }
}

/// The addresses of lines such as `IP address: 198.51.100.7`.
fn addresses(text: &str) -> Vec<IpAddr> {
    let named = text.lines().filter_map(|line| {
        let (label, value) = line.split_once(':')?;
        let label = label.to_lowercase();
        (label.contains("ip address") || label.trim_end() == "ip").then(|| value.trim().parse::<IpAddr>().ok())?
    });
    named.collect()
}
