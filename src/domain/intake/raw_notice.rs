//! A notice as it comes in from any entrance: its shape and its bounds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::base::contact::many_lines;
use crate::domain::regimes::us_512::statements;

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
    pub(in crate::domain) fn lines(&self) -> String {
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
    /// Those made in either of two places.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            good_faith: self.good_faith || other.good_faith,
            accurate: self.accurate || other.accurate,
            authorized_under_penalty_of_perjury: self.authorized_under_penalty_of_perjury
                || other.authorized_under_penalty_of_perjury,
            fair_use_considered: self.fair_use_considered || other.fair_use_considered,
        }
    }

    /// The statements that were made, told of the sender: `that the information in the notice is accurate`.
    pub fn told(&self) -> Vec<&'static str> {
        [
            (self.good_faith, statements::told::GOOD_FAITH),
            (self.fair_use_considered, statements::told::FAIR_USE),
            (self.accurate, statements::told::ACCURATE),
            (self.authorized_under_penalty_of_perjury, statements::told::AUTHORITY),
        ]
        .into_iter()
        .filter_map(|(made, clause)| made.then_some(clause))
        .collect()
    }

    /// The statements that were made, in the wording of the form.
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
