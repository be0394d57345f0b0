//! How the facts of an event are written and read: plain ones as JSON, private ones one by one.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::private::{Private, Whose};

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
            $($( $(#[$private_meta])* #[serde(skip)] pub $private: $crate::domain::record::event::private::Private, )+)?
        }
        impl $crate::domain::record::event::facts::Facts for $name {
            fn private(&self) -> Vec<(&'static str, $crate::domain::record::event::private::Whose, &$crate::domain::record::event::private::Private)> {
                vec![$($((
                    stringify!($private),
                    $($crate::domain::record::event::private::Whose::$whose)? $(self.$method())?,
                    &self.$private,
                )),+)?]
            }
            fn set(&mut self, name: &str, value: $crate::domain::record::event::private::Private) -> bool {
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
