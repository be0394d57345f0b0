//! What was reported before and is still in hand: repeats of the same sender, and notices of others.

use std::collections::{HashMap, HashSet};

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::{CustomerId, NoticeId, SenderId};
use crate::domain::intake::location::{Location, Place};
use crate::domain::intake::notice::Work;
use crate::domain::intake::proof::Proof;
use crate::domain::intake::similarity::material_key;
use crate::domain::regimes::us_512::elements::Class;
use crate::storage::intake::works;
use crate::storage::material::same_material::{self, Named};

/// Notices of the same sender whose works are compared, newest first.
const COMPARED: usize = 50;

/// Whose notice is compared with earlier ones.
#[derive(Clone, Copy)]
pub(in crate::actions) struct Later<'a> {
    pub sender: Option<SenderId>,
    pub proof: Proof,
    pub works: &'a [Work],
}

/// What was found for each location of a notice.
pub(in crate::actions) struct Earlier {
    /// The earlier one that it repeats.
    pub repeats: Vec<Option<Named>>,
    /// Cases of others about the same material.
    pub others: Vec<Vec<Named>>,
}

impl Earlier {
    /// Nothing for so many locations.
    pub fn none(locations: usize) -> Self {
        Self { repeats: vec![None; locations], others: vec![Vec::new(); locations] }
    }
}

/// Finds, for each location, what was reported before and is still in hand.
pub(in crate::actions) fn earlier(
    tx: &mut Tx<'_>,
    (later, works_key): (Later<'_>, i64),
    locations: &[Location],
    owner_of: &[Option<CustomerId>],
) -> Result<Earlier, ActionError> {
    let key = |l: &Location, o: &Option<CustomerId>| o.map(|o| material_key(o, &l.canonical()));
    let wanted: HashSet<i64> = locations.iter().zip(owner_of).filter_map(|(l, o)| key(l, o)).collect();
    let mut named: HashMap<i64, Vec<Named>> = HashMap::new();
    for found in same_material::named_before(tx.conn, &wanted.into_iter().collect::<Vec<_>>())? {
        named.entry(found.material).or_default().push(found);
    }
    let mut works = SameWorks { works_key: Some(works_key), ..SameWorks::of(later.works) };
    let mut earlier = Earlier::none(locations.len());
    for (position, (location, owner)) in locations.iter().zip(owner_of).enumerate() {
        let Some(before) = key(location, owner).and_then(|k| named.get(&k)) else { continue };
        let detail = if let Place::Network(net) = &location.place { net.detail.as_str() } else { "" };
        for found in before.iter().filter(|n| n.in_hand() && n.detail == detail) {
            let same_sender = later.sender.is_some() && found.sender == later.sender;
            if !same_sender {
                earlier.others[position].push(found.clone());
            } else if earlier.repeats[position].is_none() && works.same(tx, found)? {
                if found.may_swallow((later.proof, later.sender)) {
                    earlier.repeats[position] = Some(found.clone());
                } else {
                    earlier.others[position].push(found.clone());
                }
            }
        }
    }
    Ok(earlier)
}

/// Whether earlier notices are about one of the same works.
pub(in crate::actions) struct SameWorks {
    titles: HashSet<String>,
    works_key: Option<i64>,
    known: HashMap<NoticeId, bool>,
}

impl SameWorks {
    /// As these works.
    pub fn of(works: &[Work]) -> Self {
        let titles = works.iter().map(|w| w.shown().to_lowercase()).collect();
        Self { titles, works_key: None, known: HashMap::new() }
    }

    /// Whether an earlier notice names one of them.
    pub fn same(&mut self, tx: &mut Tx<'_>, found: &Named) -> Result<bool, ActionError> {
        if Some(found.works_key) == self.works_key {
            return Ok(true);
        }
        if let Some(same) = self.known.get(&found.notice) {
            return Ok(*same);
        }
        if self.known.len() >= COMPARED {
            return Ok(false);
        }
        let works = works::of_notice(tx.conn, found.notice)?;
        let same = works.iter().any(|w| self.titles.contains(&w.shown().to_lowercase()));
        self.known.insert(found.notice, same);
        Ok(same)
    }
}

/// The notice that a new one repeats: where all that is hosted repeats one notice, or where it is said again word for
/// word and nothing new follows from it. What is back after its case has ended is no repeat.
pub(in crate::actions) fn repeated(
    exact: Option<NoticeId>,
    class: Class,
    repeats: &[Option<Named>],
    owner_of: &[Option<CustomerId>],
) -> Option<NoticeId> {
    let opens = class == Class::Complete && owner_of.iter().zip(repeats).any(|(o, r)| o.is_some() && r.is_none());
    whole_repeat(repeats, owner_of).or(exact.filter(|_| !opens))
}

/// The notice that is repeated where everything hosted is, and by one notice.
fn whole_repeat(repeats: &[Option<Named>], owner_of: &[Option<CustomerId>]) -> Option<NoticeId> {
    let mut of = repeats.iter().zip(owner_of).filter(|(_, o)| o.is_some()).map(|(r, _)| r.as_ref().map(|n| n.notice));
    let first = of.next()??;
    of.all(|n| n == Some(first)).then_some(first)
}
