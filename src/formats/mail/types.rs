//! What was read of a mail: who wrote it, what it answers, and what it is by its content.

use crate::domain::base::contact::EmailAddress;
use crate::domain::intake::parsed_notice::ParsedNotice;

/// A mail as read.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a mail")]
pub struct Mail {
    /// Without angle brackets, empty where there is none.
    pub message_id: String,
    pub from: Option<EmailAddress>,
    pub from_name: String,
    /// There is one `From`, with one address: what is proved of its domain is proved of it.
    pub one_sender: bool,
    pub reply_to: Vec<Person>,
    /// Whom list servers name that put their own address into `From`.
    pub original_from: Vec<Person>,
    pub sender: Vec<Person>,
    pub subject: String,
    /// Everybody it was sent to, as far as its header says.
    pub recipients: Vec<EmailAddress>,
    /// Message-IDs named in `In-Reply-To` and `References`.
    pub refers_to: Vec<String>,
    /// The text a person reads.
    pub text: String,
    /// No sender in the envelope, as far as the header says: an answer would go nowhere (RFC 5321 section 4.5.5).
    pub no_return: bool,
    /// A machine wrote it (RFC 3834, `List-Id`, `Precedence`): it is not answered.
    pub automatic: bool,
    /// Its header says that it answers a mail by itself: out of office, a ticket system's receipt.
    pub auto_reply: bool,
    /// Its subject begins as programs write it while somebody is away.
    pub away: bool,
    /// Passed on by somebody else: the sender is not the complainant.
    pub forwarded: bool,
    /// Names of its parts that were not looked into.
    pub attachments: Vec<String>,
    /// `Authentication-Results` headers, outermost first (RFC 8601).
    pub authentication: Vec<String>,
    /// What it is if its envelope has no sender, where it reads like a mail server's.
    pub likely_bounce: Option<Bounce>,
    pub content: Content,
}

/// What a mail is by its content alone.
#[derive(Clone, Debug, Default)]
pub enum Content {
    /// Notices written by machines; what could not be read among them is told.
    Machine(Vec<ParsedNotice>, Vec<String>),
    /// A letter could not be delivered, or is late.
    Bounce(Bounce),
    /// A provider passes on that somebody marked a mail as spam.
    Complaint(Complaint),
    /// Written by a person, or at least not for machines.
    #[default]
    Letter,
}

/// A name and an address of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Empty where there is none.
    pub name: String,
    pub address: EmailAddress,
}

/// What became of a letter for one recipient (RFC 3464 section 2.3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Given up.
    Failed,
    /// The server goes on trying.
    #[default]
    Delayed,
    /// Delivered, relayed or expanded.
    Passed,
}

/// What a report says of one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Addresses by which it names the recipient: the final one, and the one the letter was sent to. Empty where it names
    /// none that can be read.
    pub recipients: Vec<EmailAddress>,
    pub fate: Fate,
    /// What the server says.
    pub answer: String,
}

/// A report about a letter of somebody's: not delivered, or late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounce {
    /// A block for each recipient; at least one.
    pub blocks: Vec<Block>,
    /// Message-IDs of the letter, without angle brackets.
    pub about: Vec<String>,
    /// It has the form of a mail server's: no sender in its envelope, or a mail server's own address.
    pub by_server: bool,
}

impl Bounce {
    /// What is said of an addressee: where several blocks name it, the final failure before all others.
    pub fn of(&self, addressee: &EmailAddress) -> Option<&Block> {
        let named = |block: &&Block| block.recipients.iter().any(|r| r.is_same_mailbox(addressee));
        self.blocks.iter().filter(named).min_by_key(|block| block.fate)
    }

    /// The worst that is said of anybody.
    pub fn worst(&self) -> Fate {
        self.blocks.iter().map(|block| block.fate).min().unwrap_or_default()
    }
}

/// A complaint about a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaint {
    /// `Feedback-Type`, such as `abuse`, in lower case.
    pub kind: String,
    /// Message-IDs of the mail, without angle brackets.
    pub about: Vec<String>,
    /// Addresses the mail came from, which name our letter where each has one of its own.
    pub sent_from: Vec<EmailAddress>,
}
