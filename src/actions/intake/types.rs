//! A notice on its way through intake: the stored submission it came in, what relates it to earlier ones, the draft
//! from which cases are opened, and the outcome.

use std::collections::BTreeSet;

use crate::actions::outbox::limits::SpeaksFor;
use crate::domain::base::ids::{CaseId, NoticeId, Reference};
use crate::domain::base::moment::Moment;
use crate::domain::intake::admission::Admission;
use crate::domain::intake::notice::Notice;
use crate::domain::intake::proof::Identity;
use crate::domain::regimes::us_512::verify::Verdict;
use crate::storage::intake::notices::NoticeRelations;
use crate::storage::material::same_material::Named;
use crate::storage::senders::Sender;

/// What became of a notice.
#[derive(Clone, Debug)]
pub struct Received {
    pub reference: Reference,
    /// The same submission had been received before; nothing was done again.
    pub again: bool,
    pub verdict: Verdict,
    pub cases: Vec<Reference>,
    pub hosted: usize,
    /// What became of each location, in the order given.
    pub locations: Vec<MatchedLocation>,
}

impl Received {
    /// Whether it says nothing that was not in hand: it had been received before, or every place in it had been reported.
    pub(in crate::actions) fn is_repeat(&self) -> bool {
        self.again || (!self.locations.is_empty() && self.locations.iter().all(|place| place.state == "duplicate"))
    }
}

/// What became of one location, without a word about the customer.
#[derive(Clone, Debug)]
pub struct MatchedLocation {
    pub as_written: String,
    /// `hosted`, `duplicate`, `not_hosted`, `unreadable`.
    pub state: &'static str,
    pub case: Option<Reference>,
}

/// A submission that is kept, and what a notice in it needs to know of it.
#[derive(Clone, Debug)]
pub struct StoredSubmission {
    pub id: i64,
    pub channel: &'static str,
    /// SHA-256 in groups of eight, as on the receipt.
    pub fingerprint: String,
    /// When it arrived; staff may complete what a person wrote much later.
    pub received: Moment,
    /// What was written around the notices in it, such as the letter they came in.
    pub prose: String,
    /// Which check of its own domain a mail fails.
    pub mail_failed: Option<String>,
    /// To whom letters about it are no surprise.
    pub speaks_for: SpeaksFor,
    /// Who handed it in.
    pub identity: Identity,
    /// Staff made the notice of it.
    pub seen_by_staff: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(in crate::actions) struct Relations {
    pub ties: NoticeRelations,
    pub sender: Option<Sender>,
    /// For each location, the earlier one it repeats.
    pub repeats: Vec<Option<Named>>,
    /// For each location, cases of other senders about the same material.
    pub others: Vec<Vec<Named>>,
    /// Whether it is forwarded at once.
    pub gate: Gate,
}

impl Relations {
    /// References of other senders' cases in hand about the same material.
    pub fn overlaps(&self, positions: &[usize]) -> Vec<String> {
        let found: BTreeSet<&str> =
            positions.iter().filter_map(|p| self.others.get(*p)).flatten().map(|n| n.case_reference.as_str()).collect();
        found.into_iter().take(20).map(str::to_owned).collect()
    }
    /// How many locations other senders had reported before, still in hand.
    pub fn reported_by_others(&self) -> usize {
        self.others.iter().filter(|o| !o.is_empty()).count()
    }
}

/// How a notice goes on, and until when it waits for its sender.
#[derive(Clone, Debug, Default)]
pub(in crate::actions) struct Gate {
    pub admission: Admission,
    /// Why signals or the standing of the sender put a person before it.
    pub route: Option<String>,
    /// Until when the sender can confirm the email address.
    pub confirm_by: Option<Moment>,
}

/// A notice on its way in.
pub(in crate::actions) struct NoticeDraft<'a> {
    pub id: NoticeId,
    pub reference: Reference,
    pub notice: &'a Notice,
    pub verdict: &'a Verdict,
    pub kept: &'a StoredSubmission,
    pub relations: &'a Relations,
    pub opened: Vec<Opened>,
}

/// A case that was opened.
pub(in crate::actions) struct Opened {
    pub id: CaseId,
    pub reference: Reference,
}
