//! Facts about letters and webhooks.

use serde::{Deserialize, Serialize};

use super::private::{Vault, Whose};
use crate::domain::base::ids::{EndpointId, LetterId};

/// Whom a letter was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    /// A contact of the customer.
    Customer,
    /// Whoever sent the notice.
    Sender,
    /// Somebody of whom nothing else is on record.
    Other,
}

impl Receiver {
    pub(super) fn whose(self, letter: LetterId) -> Whose {
        match self {
            Self::Customer => Whose::Customer,
            Self::Sender => Whose::Sender,
            Self::Other => Whose::Exactly(Vault::letter(letter)),
        }
    }
}

facts! {
    /// A mail server took a letter over, or refused it for good.
    struct LetterSettled {
        letter: LetterId,
        /// The kind of letter.
        kind: String,
        receiver: Receiver,
    } private {
        /// What the server answered.
        answer by receiver_vault,
        /// Digest of what was sent, or of what it is written from.
        sha256 by receiver_vault,
    }

    /// A letter came back.
    struct LetterBounced {
        letter: LetterId,
        /// The kind of letter.
        kind: String,
        receiver: Receiver,
        /// The mail that says so.
        submission: i64,
    } private {
        /// What the server answered.
        answer by receiver_vault,
    }

    /// A letter is over a limit.
    struct LetterHeld {
        letter: LetterId,
        /// The kind of letter.
        kind: String,
    }

    /// A letter, by its row number.
    struct OfLetter {
        letter: LetterId,
    }

    /// Several letters went out as one.
    struct SentGathered {
        /// How many.
        letters: usize,
    }

    /// A system that is told by webhook.
    struct OfEndpoint {
        endpoint: EndpointId,
    }

    /// A message is sent again.
    struct WebhookReplayed {
        /// Row number of the message.
        delivery: i64,
    }
}

impl LetterSettled {
    fn receiver_vault(&self) -> Whose {
        self.receiver.whose(self.letter)
    }
}

impl LetterBounced {
    fn receiver_vault(&self) -> Whose {
        self.receiver.whose(self.letter)
    }
}
