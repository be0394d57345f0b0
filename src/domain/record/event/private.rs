//! Values of an event that concern a person: each is stored apart from the event, in a vault, and can be forgotten.

use std::fmt;
use std::str::FromStr;

use super::actor::{Actor, ActorCode};
use super::subject::Subject;
use crate::domain::base::ids::{ApiKeyId, CustomerId, LetterId, NoticeId, SenderId};
use crate::domain::base::moment::Moment;

/// A private value of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Private {
    /// The event has none.
    #[default]
    None,
    /// As it was recorded.
    Value(String),
    /// There was one, and it was forgotten.
    Forgotten(Forgetting),
}

/// When and why a value was forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgetting {
    /// Nothing where no event says so: the value was removed behind the program's back.
    pub at: Option<Moment>,
    /// The legal basis, as the operator wrote it.
    pub basis: String,
}

impl fmt::Display for Forgetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "forgotten on {} ({})", at.day(), self.basis),
            None => f.write_str("removed; no event says why"),
        }
    }
}

impl Private {
    /// The value, where it is still there.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Value(text) => Some(text),
            Self::None | Self::Forgotten(_) => None,
        }
    }
    /// The value, the words that it was forgotten, or nothing.
    pub fn shown(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Value(text) => text.clone(),
            Self::Forgotten(forgetting) => forgetting.to_string(),
        }
    }
    /// Whether this may have been the value: nothing can be said of one that was forgotten.
    pub fn fits(&self, stored: &str) -> bool {
        match self {
            Self::None => stored.is_empty(),
            Self::Value(text) => text == stored,
            Self::Forgotten(_) => true,
        }
    }
    /// Whether it was forgotten.
    pub fn is_forgotten(&self) -> bool {
        matches!(self, Self::Forgotten(_))
    }
    /// A list of words without spaces, such as digests.
    pub fn list(words: &[String]) -> Self {
        Self::from(words.join(" "))
    }
    /// The words of a list; none where it was forgotten.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.text().unwrap_or_default().split_whitespace()
    }
}

impl From<String> for Private {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::None } else { Self::Value(text) }
    }
}

impl From<&str> for Private {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

/// Whom a private value concerns, as seen from its event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The customer of the case, or the customer that the event is about.
    Customer,
    /// The sender of the notice.
    Sender,
    /// Whoever did it.
    Actor,
    /// Somebody else.
    Exactly(Vault),
}

impl Whose {
    /// The vault of the value of an event.
    pub fn vault(&self, subject: Subject, actor: &Actor, owners: Owners) -> Vault {
        match (self, actor) {
            (Self::Exactly(vault), _) => vault.clone(),
            (Self::Customer, _) | (Self::Actor, Actor::CustomerLink) => owners.customer_vault(subject),
            (Self::Sender, _) | (Self::Actor, Actor::Complainant) => owners.sender_vault(subject),
            (Self::Actor, Actor::System) => Vault(subject.to_string()),
            (Self::Actor, Actor::Staff(..) | Actor::Operator | Actor::Key(..)) => Vault(actor.code().to_string()),
        }
    }
    /// Whether these owners say whose it is; otherwise rows beside the event have to.
    pub fn known_from(&self, actor: &Actor, owners: Owners) -> bool {
        match (self, actor) {
            (Self::Customer, _) | (Self::Actor, Actor::CustomerLink) => owners.customer.is_some(),
            (Self::Sender, _) | (Self::Actor, Actor::Complainant) => owners.sender.is_some(),
            (Self::Actor, Actor::System | Actor::Staff(..) | Actor::Operator | Actor::Key(..))
            | (Self::Exactly(_), _) => true,
        }
    }
}

/// Whom a subject concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    pub customer: Option<CustomerId>,
    pub sender: Option<SenderId>,
    /// The notice: stands for its sender while the sender is not known.
    pub notice: Option<NoticeId>,
}

impl Owners {
    fn customer_vault(self, subject: Subject) -> Vault {
        self.customer.map_or_else(|| Vault(subject.to_string()), Vault::customer)
    }
    fn sender_vault(self, subject: Subject) -> Vault {
        let notice = || self.notice.map(|id| Vault(format!("notice:{id}")));
        self.sender.map(Vault::sender).or_else(notice).unwrap_or_else(|| Vault(subject.to_string()))
    }
}

/// The private values of one person in one relation: `sender:12`, `customer:4`, `staff:7`. What nobody known stands
/// behind has the name of its row: `notice:5`, `letter:9`, `submission:3`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Vault(String);

impl Vault {
    pub fn customer(id: CustomerId) -> Self {
        Self(format!("customer:{id}"))
    }
    pub fn sender(id: SenderId) -> Self {
        Self(format!("sender:{id}"))
    }
    pub fn key(id: ApiKeyId) -> Self {
        Self(ActorCode::Key(id).to_string())
    }
    pub fn letter(id: LetterId) -> Self {
        Self(format!("letter:{id}"))
    }
    /// Of a submission, by its row number.
    pub fn submission(id: i64) -> Self {
        Self(format!("submission:{id}"))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// This names no vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a vault as KIND:NUMBER, such as customer:4, sender:12 or staff:7")]
pub struct NotAVault;

impl FromStr for Vault {
    type Err = NotAVault;
    fn from_str(text: &str) -> Result<Self, NotAVault> {
        const KINDS: [&str; 8] = ["case", "customer", "key", "letter", "notice", "sender", "staff", "submission"];
        let known = text.split_once(':').is_some_and(|(kind, id)| {
            KINDS.contains(&kind) && id.parse::<i64>().is_ok_and(|number| number > 0 && number.to_string() == id)
        });
        let alone = ["installation", "operator"].contains(&text);
        if known || alone { Ok(Self(text.to_owned())) } else { Err(NotAVault) }
    }
}

serde_as_text!(Vault);
