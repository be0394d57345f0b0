//! How facts are written as JSON: codes as text, instants as RFC 3339.

use crate::domain::access::role::StaffRole;
use crate::domain::cases::answer::AnswerKind;
use crate::domain::cases::case::Outcome;
use crate::domain::enforcement::standing::Standing;
use crate::domain::regimes::us_512::elements::Class;
use crate::domain::senders::sender::Setting;

/// An instant as RFC 3339 in UTC, to the second.
pub(super) mod iso {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::base::moment::Moment;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
    pub(in crate::domain::record::event) fn serialize<S: Serializer>(at: &Moment, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&at.iso())
    }

    pub(in crate::domain::record::event) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(d)?;
        Moment::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is not a time")))
    }
}

/// As [`iso`], where it may be missing.
pub(super) mod iso_option {
    use serde::{Deserializer, Serializer};

    use crate::domain::base::moment::Moment;

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(in crate::domain::record::event) fn serialize<S: Serializer>(
        at: &Option<Moment>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => s.serialize_some(&at.iso()),
            None => s.serialize_none(),
        }
    }

    pub(in crate::domain::record::event) fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Option<Moment>, D::Error> {
        super::iso::deserialize(d).map(Some)
    }
}

/// JSON text for types with a stable code.
macro_rules! coded {
    ($($name:ty: $parse:expr;)+) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.code())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(d)?;
                let parsed: Option<Self> = $parse(&text);
                parsed.ok_or_else(|| serde::de::Error::custom(format!("unknown code {text:?}")))
            }
        }
    )+};
}

coded! {
    AnswerKind: |text: &str| text.parse().ok();
    Class: |text: &str| text.parse().ok();
    Outcome: Outcome::from_code;
    Setting: |text: &str| text.parse().ok();
    StaffRole: |text: &str| text.parse().ok();
    Standing: |text: &str| text.parse().ok();
}
