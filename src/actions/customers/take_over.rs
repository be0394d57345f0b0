//! An asset that is another account's is said to be somebody's: both are named, in the answer and on the record.

use std::collections::{BTreeMap, HashMap};

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CustomerId;
use crate::domain::customers::asset::Asset;
use crate::domain::customers::ownership::Effect;
use crate::domain::record::event::customers::AssetsTakenOver;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::customers;
use crate::storage::customers::assets::PutAsset;

/// Assets of one pair of accounts that an event names; more are counted.
const NAMED: usize = 20;

/// Two accounts claim an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The asset, as shown to people.
    pub asset: String,
    /// The account that was said to have it, by its number at the host.
    pub account: String,
    /// The other account.
    pub other: String,
    /// What came of it.
    pub outcome: ConflictOutcome,
}

/// What came of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictOutcome {
    /// It is the account's now, and the other's no longer.
    TakenOver,
    /// The other account has a later start and keeps it from then on.
    GivesWay,
    /// Nothing was changed, as the caller asked for.
    Refused,
}

impl ConflictOutcome {
    /// A word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::TakenOver => "taken_over",
            Self::GivesWay => "gives_way",
            Self::Refused => "refused",
        }
    }
}

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { asset, account, other, .. } = self;
        match self.outcome {
            ConflictOutcome::TakenOver => write!(f, "{asset} was taken over from {other} and is {account}'s now"),
            ConflictOutcome::GivesWay => {
                write!(f, "{asset} is {other}'s from a later start on; {account} has it until then")
            }
            ConflictOutcome::Refused => write!(f, "{asset} is {other}'s; it was not given to {account}"),
        }
    }
}

/// The conflicts among statements, by their places; those that took something over go on the record of both accounts.
pub(in crate::actions) fn record(
    tx: &mut Tx<'_>,
    put: &[PutAsset],
    effects: &[Effect],
    actor: &Actor,
) -> Result<Vec<(usize, Conflict)>, ActionError> {
    let found: Vec<(usize, CustomerId, ConflictOutcome)> = effects
        .iter()
        .enumerate()
        .flat_map(|(place, effect)| others(effect).into_iter().map(move |(other, outcome)| (place, other, outcome)))
        .collect();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids = found.iter().flat_map(|(place, other, _)| [put[*place].customer, *other]);
    let names: HashMap<CustomerId, String> = customers::external_ids(tx.conn, ids.collect())?;
    let name = |id: &CustomerId| names.get(id).cloned().unwrap_or_default();
    let mut moved: BTreeMap<(CustomerId, CustomerId), Vec<String>> = BTreeMap::new();
    let mut conflicts = Vec::with_capacity(found.len());
    for (place, other, outcome) in found {
        let account = put[place].customer;
        let asset = Asset::shown(&put[place].key);
        if outcome == ConflictOutcome::TakenOver {
            moved.entry((account, other)).or_default().push(asset.clone());
        }
        conflicts.push((place, Conflict { asset, account: name(&account), other: name(&other), outcome }));
    }
    let mut happened: BTreeMap<CustomerId, Vec<Event>> = BTreeMap::new();
    for ((to, from), list) in moved {
        let shown = list.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let event = Event::CustomerAssetsTakenOver(AssetsTakenOver {
            from_id: from,
            to_id: to,
            count: list.len(),
            from: name(&from).into(),
            to: name(&to).into(),
            assets: shown.into(),
        });
        happened.entry(from).or_default().push(event.clone());
        happened.entry(to).or_default().push(event);
    }
    let happened: Vec<_> = happened.into_iter().map(|(id, what)| (Subject::Customer(id), what)).collect();
    tx.events(&happened, actor)?;
    Ok(conflicts)
}

fn others(effect: &Effect) -> Vec<(CustomerId, ConflictOutcome)> {
    let outcome = |usual| if effect.refused { ConflictOutcome::Refused } else { usual };
    let ended = effect.ended.iter().map(|other| (*other, outcome(ConflictOutcome::TakenOver)));
    ended.chain(effect.gives_way_to.map(|other| (other, outcome(ConflictOutcome::GivesWay)))).collect()
}
