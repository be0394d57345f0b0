//! What a reader made of something that was sent: the notice, in the one shape of all entrances, and what it
//! noticed on the way.

use std::sync::OnceLock;

use super::notice::{Notice, RawNotice};
use super::similarity::Keys;
use crate::domain::base::ids::NoticeId;
use crate::domain::customers::asset::candidates;
use crate::domain::regimes::us_512::finding::Finding;
use crate::domain::regimes::us_512::verify::{Verdict, verify};
use crate::domain::senders::sender::key_of;
use crate::domain::senders::signal::payment_in;

/// In which form a notice was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The form, or the JSON of the API.
    #[default]
    Own,
    /// ACNS XML, 0.6 to 1.2.
    Acns,
    /// XARF JSON, 1 to 4.
    Xarf,
    /// A letter by a person, completed by staff.
    Letter,
}

impl Format {
    /// As stored and in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Own => "safeharbor",
            Self::Acns => "acns",
            Self::Xarf => "xarf",
            Self::Letter => "letter",
        }
    }
}

/// One notice as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedNotice {
    pub format: Format,
    pub raw: RawNotice,
    /// What the reader mended or could not read.
    pub findings: Vec<Finding>,
    /// The sender takes an earlier notice back (ACNS `Type/@Retraction`); this is no notice.
    pub retraction: bool,
    /// The earlier notice that this one completes.
    pub cures: Option<NoticeId>,
    pub understood: Understood,
}

/// What was understood of a reading, how it was judged, and what it is found by: all that needs no database.
#[derive(Clone, Debug)]
pub struct AssessedNotice {
    pub notice: Notice,
    pub verdict: Verdict,
    /// By which its sender is known; none for nobody.
    pub sender: Option<String>,
    /// By which repeats are found.
    pub keys: Keys,
    /// For each location, keys of the assets that would cover it, closest first.
    pub assets: Vec<Vec<String>>,
    /// Words in it that ask for money.
    pub payment: Option<&'static str>,
}

impl AssessedNotice {
    fn of(reading: &ParsedNotice) -> Self {
        let notice = reading.raw.understand();
        let sender = key_of(&notice.complainant);
        Self {
            verdict: verify(&notice, &reading.findings),
            keys: Keys::of(&notice, sender.as_deref().unwrap_or_default()),
            assets: notice.locations.iter().map(candidates).collect(),
            payment: payment_in(&notice),
            sender,
            notice,
        }
    }
}

/// [`AssessedNotice`], once somebody asked. Entrances ask before the write, so that the one writer of the embedded
/// database has less to do.
#[derive(Clone, Debug, Default)]
pub struct Understood(OnceLock<Box<AssessedNotice>>);

/// It follows from the rest.
impl PartialEq for Understood {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Understood {}

impl ParsedNotice {
    /// The notice in it, the verdict, and what it is found by; made once.
    pub fn understood(&self) -> &AssessedNotice {
        self.understood.0.get_or_init(|| Box::new(AssessedNotice::of(self)))
    }
}

impl From<RawNotice> for ParsedNotice {
    fn from(raw: RawNotice) -> Self {
        Self { raw, ..Self::default() }
    }
}

/// The notices that were read from a document, and how many in it were not.
#[derive(Clone, Debug, Default)]
pub struct ParsedNotices {
    pub all: Vec<ParsedNotice>,
    /// Notices beyond the most that are read of one document.
    pub left_out: usize,
    /// Places beyond the most that are read of one notice, of all notices together.
    pub places_left_out: usize,
}

impl ParsedNotices {
    /// What was left out, in words; nothing where all of it was read.
    pub fn problem(&self) -> Option<String> {
        let read = self.all.len();
        if self.left_out > 0 {
            let all = read + self.left_out;
            return Some(format!("{read} of {all} notices in one document were read; send the others apart"));
        }
        let places = self.places_left_out;
        (places > 0).then(|| format!("{places} places beyond the most that one notice names were not read"))
    }
}

impl std::ops::Deref for ParsedNotices {
    type Target = [ParsedNotice];
    fn deref(&self) -> &[ParsedNotice] {
        &self.all
    }
}

/// Nothing could be read as a notice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);
