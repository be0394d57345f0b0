//! How the facts of an event are written and read: plain ones as JSON, private ones one by one.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Event, EventKind, Private, Whose};

/// Facts of one kind of event.
pub trait Facts: Serialize + DeserializeOwned {
    /// The private ones: name, whom it concerns, value.
    fn private(&self) -> Vec<(&'static str, Whose, &Private)>;
    /// Sets a private one; says whether the kind has it.
    fn set(&mut self, name: &str, value: Private) -> bool;
}

/// Structs of facts. After the plain fields come the private ones: `name of Customer` says whose they are, `name by
/// method` asks the facts themselves.
macro_rules! facts {
    ($(
        $(#[$meta:meta])*
        struct $name:ident { $( $(#[$plain_meta:meta])* $plain:ident : $type:ty ),* $(,)? }
        $(private {
            $( $(#[$private_meta:meta])* $private:ident $(of $whose:ident)? $(by $method:ident)? ),+ $(,)?
        })?
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $( $(#[$plain_meta])* pub $plain: $type, )*
            $($( $(#[$private_meta])* #[serde(skip)] pub $private: $crate::domain::event::Private, )+)?
        }
        impl $crate::domain::event::Facts for $name {
            fn private(&self) -> Vec<(&'static str, $crate::domain::event::Whose, &$crate::domain::event::Private)> {
                vec![$($((
                    stringify!($private),
                    $($crate::domain::event::Whose::$whose)? $(self.$method())?,
                    &self.$private,
                )),+)?]
            }
            fn set(&mut self, name: &str, value: $crate::domain::event::Private) -> bool {
                let _ = (name, &value);
                $($(
                    if name == stringify!($private) {
                        self.$private = value;
                        return true;
                    }
                )+)?
                false
            }
        }
    )+};
}

/// JSON text for types with `Display` and `FromStr`.
macro_rules! serde_as_text {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(d)?;
                text.parse().map_err(|_| serde::de::Error::custom(format!("unknown code {text:?}")))
            }
        }
    };
}

facts! {
    /// The kind says everything.
    struct Nothing {}
}

/// What an event says of the rows beside it, so that `verify-log` finds a later change of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// Where a case stands after the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_state: Option<String>,
    /// Digest of the states of the case's locations after the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locations_sha256: Option<String>,
    /// Digest of the submission that the event names. Private: what people write can be guessed.
    #[serde(skip)]
    pub submission_sha256: Private,
}

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
}

/// The facts and what is said of the rows beside them, as one JSON object.
pub(super) fn plain<F: Facts>(facts: &F, beside: &Beside) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Line<'a, F> {
        #[serde(flatten)]
        facts: &'a F,
        #[serde(flatten)]
        beside: &'a Beside,
    }
    serde_json::to_string(&Line { facts, beside })
}
