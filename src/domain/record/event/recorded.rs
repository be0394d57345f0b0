//! An event as it is recorded, and as it is read back.

use serde_json::{Map, Value};

use super::facts::Beside;
use super::kinds::{Event, EventKind};
use super::private::{Private, Whose};

/// Name of the private value of [`Beside`].
const SUBMISSION_SHA256: &str = "submission_sha256";

/// An event as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub event: Event,
    pub beside: Beside,
}

/// A stored event is not one that this version writes.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("{0} has no private value {1:?}")]
    Value(EventKind, String),
}

impl Recorded {
    /// The plain facts as stored and hashed, in JSON.
    pub fn plain(&self) -> Result<String, serde_json::Error> {
        self.event.plain(&self.beside)
    }

    /// The private values that are there, sorted by name: name, whom it concerns, value.
    pub fn private(&self) -> Vec<(&'static str, Whose, &Private)> {
        let mut all = self.event.private();
        all.push((SUBMISSION_SHA256, self.event.submission_whose(), &self.beside.submission_sha256));
        all.retain(|(_, _, value)| **value != Private::None);
        all.sort_by_key(|(name, ..)| *name);
        all
    }

    /// Reads an event back.
    ///
    /// # Errors
    ///
    /// A fact is missing, unknown or not of its type.
    pub fn parse(
        kind: EventKind,
        plain: &str,
        values: impl IntoIterator<Item = (String, Private)>,
    ) -> Result<Self, Unreadable> {
        let mut facts: Map<String, Value> = serde_json::from_str(plain)?;
        let mut take = |name: &str| facts.remove(name).map(serde_json::from_value).transpose();
        let mut beside = Beside {
            case_state: take("case_state")?,
            locations_sha256: take("locations_sha256")?,
            submission_sha256: Private::None,
        };
        let mut event = Event::parse(kind, facts)?;
        for (name, value) in values {
            if name == SUBMISSION_SHA256 {
                beside.submission_sha256 = value;
            } else if !event.set(&name, value) {
                return Err(Unreadable::Value(kind, name));
            }
        }
        Ok(Self { event, beside })
    }

    /// The facts together, for other programs: private ones by name, a forgotten one as the words that it was forgotten.
    /// The reason stands apart.
    pub fn facts(&self) -> Map<String, Value> {
        let plain = self.plain().ok().and_then(|text| serde_json::from_str(&text).ok());
        let mut facts: Map<String, Value> = plain.unwrap_or_default();
        for (name, _, value) in self.private().into_iter().filter(|(name, ..)| *name != "reason") {
            let shown = match value {
                Private::Value(_) if name == "files" => value.words().map(Value::from).collect(),
                _ => value.shown().into(),
            };
            facts.insert(name.to_owned(), shown);
        }
        facts
    }

    /// Why, where somebody gave a reason.
    pub fn reason(&self) -> String {
        let all = self.event.private();
        all.into_iter().find(|(name, ..)| *name == "reason").map_or_else(String::new, |(_, _, value)| value.shown())
    }

    /// The submission that the event names, and the digest that it tells of it.
    pub fn submission(&self) -> Option<(i64, &Private)> {
        let told = match &self.event {
            Event::CounterNoticeReceived(facts) => &facts.sha256,
            _ => &self.beside.submission_sha256,
        };
        Some((self.event.submission()?, told))
    }
}
