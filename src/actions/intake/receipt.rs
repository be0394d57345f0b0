//! What the receipt of a complete notice says.

use super::types::Opened;
use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::{CustomerId, Reference};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::enforcement::policy::Policy;
use crate::domain::intake::location::Place;
use crate::domain::intake::notice::Notice;
use crate::mail::letters::{Acknowledgement, Due, LISTED, NoticeCopy, RepeatedLocation};
use crate::storage::material::same_material::Named;

/// What is told of a notice.
pub(in crate::actions) struct ReceiptData<'a> {
    pub reference: &'a Reference,
    pub received: Moment,
    pub fingerprint: &'a str,
    pub notice: &'a Notice,
    pub owner_of: &'a [Option<CustomerId>],
    pub opened: &'a [Opened],
    /// For each location, the earlier one it repeats.
    pub repeats: &'a [Option<Named>],
    /// Reference of the notice that is repeated, empty where it is none.
    pub repeats_notice: String,
    /// How many locations others had reported before.
    pub by_others: usize,
    /// Forwarding waits until then for the sender's email address to be confirmed.
    pub confirm_by: Option<Moment>,
    /// Staff look before it is forwarded, as its sender has no record.
    pub staff_first: bool,
    /// Where its sender follows it.
    pub link: PrivateLink,
}

impl ReceiptData<'_> {
    /// The data of the letter.
    pub fn acknowledgement(self, policy: &Policy) -> Acknowledgement {
        let longest: Span = policy.segments.values().map(|s| s.deadline).max().unwrap_or_default();
        let (mut not_hosted, mut unreadable) = (Vec::new(), Vec::new());
        for (location, owner) in self.notice.locations.iter().zip(self.owner_of) {
            match (&location.place, owner) {
                (Place::Unreadable(_), _) => unreadable.push(one_line(&location.as_written, 200)),
                (_, None) => not_hosted.push(location.shown().to_owned()),
                (_, Some(_)) => {}
            }
        }
        let repeats = self.notice.locations.iter().zip(self.repeats).filter_map(|(location, repeat)| {
            let notice = repeat.as_ref()?.notice_reference.clone();
            Some(RepeatedLocation { location: location.shown().to_owned(), notice })
        });
        Acknowledgement {
            repeats: repeats.take(LISTED).collect(),
            repeats_notice: self.repeats_notice,
            by_others: self.by_others,
            unconfirmed: self.confirm_by.is_some() && !self.opened.is_empty(),
            confirm_by: self.confirm_by.filter(|_| !self.opened.is_empty()).map(Due::At),
            staff_first: self.staff_first && !self.opened.is_empty(),
            notice: self.reference.to_string(),
            received: self.received,
            hosted: self.owner_of.iter().flatten().count(),
            not_hosted: not_hosted.into(),
            unreadable: unreadable.into(),
            opened: !self.opened.is_empty(),
            copy: NoticeCopy::of(self.notice),
            link: self.link,
            deadline: longest,
            fingerprint: self.fingerprint.to_owned(),
        }
    }
}
