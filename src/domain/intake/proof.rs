//! Who is behind a notice, as far as that is proved. A typed address is a claim: it can add. Only an identity can take
//! away, such as to let a later notice pass as a repeat of its own.

use std::fmt;
use std::str::FromStr;

use crate::domain::base::contact::EmailAddress;
use crate::domain::base::ids::{ApiKeyId, SenderId};

/// Who handed a submission in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Identity {
    /// Nobody that is known.
    #[default]
    Unknown,
    /// The holder of an API key for notices.
    Key(ApiKeyId),
    /// Whoever writes from this address: the mail passed the aligned check of its domain (DMARC, RFC 7489).
    Mail(EmailAddress),
    /// The host itself, at the command line.
    Host,
}

impl Identity {
    /// What it proves of a notice whose complainant gives this address. A mail proves its own full address and no other.
    #[must_use]
    pub fn proof(&self, complainant: Option<&EmailAddress>) -> Proof {
        match self {
            Self::Unknown => Proof::Claim,
            Self::Key(id) => Proof::Key(*id),
            Self::Host => Proof::Host,
            Self::Mail(from) => {
                let same = complainant.is_some_and(|c| c.is_same_mailbox(from));
                if same { Proof::Mail } else { Proof::Claim }
            }
        }
    }
}

/// How it is proved who sent a notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// It is not: the address was typed.
    #[default]
    Claim,
    /// It came with this API key.
    Key(ApiKeyId),
    /// It came by mail from the address, whose domain vouches for it.
    Mail,
    /// The link in a mail to the address was followed for this notice.
    Confirmed,
    /// The host entered it.
    Host,
}

impl Proof {
    /// Whether it is proved who sent it.
    #[must_use]
    pub fn is_identity(self) -> bool {
        self != Self::Claim
    }

    /// Whether two notices surely come from the same: with one API key, or from one address that was proved for both.
    #[must_use]
    pub fn same(one: (Self, Option<SenderId>), other: (Self, Option<SenderId>)) -> bool {
        let address = one.1.is_some() && one.1 == other.1;
        match (one.0, other.0) {
            (Self::Key(a), Self::Key(b)) => a == b,
            (Self::Host, Self::Host) | (Self::Mail | Self::Confirmed, Self::Mail | Self::Confirmed) => address,
            _ => false,
        }
    }
}

/// As stored: empty, `key:` and the row number of the key, `mail`, `confirmed`, `host`.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claim => Ok(()),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Mail => f.write_str("mail"),
            Self::Confirmed => f.write_str("confirmed"),
            Self::Host => f.write_str("host"),
        }
    }
}

impl FromStr for Proof {
    type Err = ();
    fn from_str(stored: &str) -> Result<Self, ()> {
        match stored {
            "" => Ok(Self::Claim),
            "mail" => Ok(Self::Mail),
            "confirmed" => Ok(Self::Confirmed),
            "host" => Ok(Self::Host),
            other => other.strip_prefix("key:").and_then(|id| id.parse().ok()).map(ApiKeyId).map(Self::Key).ok_or(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_proves_its_full_address_and_no_other() {
        let at = |a: &str| EmailAddress::parse(a);
        let mail = Identity::Mail(at("Joel@Post.example").unwrap());
        assert_eq!(mail.proof(at("joel@post.example").as_ref()), Proof::Mail);
        for other in [at("ann@post.example"), at("joel@post.example.net"), None] {
            assert_eq!(mail.proof(other.as_ref()), Proof::Claim, "{other:?}");
        }
        assert_eq!(Identity::Unknown.proof(at("joel@post.example").as_ref()), Proof::Claim);
        assert_eq!(Identity::Key(ApiKeyId(7)).proof(None), Proof::Key(ApiKeyId(7)));
    }

    #[test]
    fn only_identities_are_the_same() {
        let (joel, ann) = (Some(SenderId(1)), Some(SenderId(2)));
        let key = |n| Proof::Key(ApiKeyId(n));
        for (one, other, same) in [
            ((Proof::Claim, joel), (Proof::Claim, joel), false),
            ((Proof::Claim, joel), (Proof::Mail, joel), false),
            ((key(1), joel), (key(1), ann), true),
            ((key(1), joel), (key(2), joel), false),
            ((key(1), joel), (Proof::Mail, joel), false),
            ((Proof::Mail, joel), (Proof::Confirmed, joel), true),
            ((Proof::Mail, joel), (Proof::Mail, ann), false),
            ((Proof::Mail, None), (Proof::Mail, None), false),
            ((Proof::Host, joel), (Proof::Host, joel), true),
        ] {
            assert_eq!(Proof::same(one, other), same, "{one:?} {other:?}");
            assert_eq!(Proof::same(other, one), same, "{other:?} {one:?}");
        }
    }

    #[test]
    fn what_is_stored_is_read_back() {
        for proof in [Proof::Claim, Proof::Key(ApiKeyId(12)), Proof::Mail, Proof::Confirmed, Proof::Host] {
            assert_eq!(proof.to_string().parse(), Ok(proof));
        }
        assert_eq!("key:x".parse::<Proof>(), Err(()));
    }
}
