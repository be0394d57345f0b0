//! A host's own system says how a customer stands: name, segment, contacts, assets. Saying it again changes
//! nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::import_customers::{Account, ImportAsset, put_account};
use super::take_over::{self, Conflict};
use crate::actions::cases::send_notice::contacts_changed;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CustomerId;
use crate::domain::record::event::customers::{AssetsChanged, ContactsChanged};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::customers::assets::{self, OnConflict, PutAsset};
use crate::storage::customers::contacts::{self, PutContact};
use crate::storage::customers::{self, PutAccount};

/// A customer as the host's system knows it. What is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct PutCustomer {
    pub external_id: String,
    pub name: String,
    pub segment: String,
    /// All contacts; others are removed.
    pub contacts: Option<Vec<PutContact>>,
    /// All assets; others end now.
    pub assets: Option<Vec<ImportAsset>>,
    /// What is done about assets that are another account's.
    pub on_conflict: OnConflict,
}

impl PutCustomer {
    fn account(&self) -> PutAccount<'_> {
        PutAccount { external_id: &self.external_id, name: &self.name, segment: &self.segment }
    }
}

/// Adds a customer or brings it up to date; returns whether it is new, and which assets are or were another account's.
///
/// # Errors
///
/// The segment is unknown; or an asset is another account's, and that is to be refused.
pub fn put_customer(tx: &mut Tx<'_>, put: &PutCustomer, actor: &Actor) -> Result<(bool, Vec<Conflict>), ActionError> {
    if put.assets.is_some() {
        assets::lock(tx.conn)?;
    }
    let published = tx.policy()?;
    let segments = &published.policy.segments;
    if !segments.contains_key(&put.segment) {
        let allowed: Vec<&str> = segments.keys().map(String::as_str).collect();
        let words = format!("the segment {:?} is not in the policy; allowed: {}", put.segment, allowed.join(", "));
        return Err(ActionError::Refused(words));
    }
    let (id, account) = put_account(tx, put.account(), actor)?;
    if let Some(contacts) = &put.contacts {
        replace_contacts(tx, id, contacts, actor)?;
    }
    let conflicts = match &put.assets {
        Some(list) => replace_assets(tx, id, list, put.on_conflict, actor)?,
        None => Vec::new(),
    };
    Ok((account == Account::Added, conflicts))
}

fn replace_contacts(
    tx: &mut Tx<'_>,
    id: CustomerId,
    contacts: &[PutContact],
    actor: &Actor,
) -> Result<(), ActionError> {
    let put: Vec<_> = contacts.iter().map(|contact| (id, contact)).collect();
    let changed = contacts::put(tx.conn, &put)?.into_iter().filter(|changed| *changed).count();
    let keep: Vec<&str> = contacts.iter().map(|c| c.email.as_str()).collect();
    let removed = contacts::keep(tx.conn, id, &keep)?;
    if changed + removed > 0 {
        let event = Event::CustomerContactsChanged(ContactsChanged { put: changed, removed });
        tx.event(Subject::Customer(id), actor, event)?;
    }
    if changed > 0 { contacts_changed(tx, &[id], actor) } else { Ok(()) }
}

/// Replaces the assets of a customer: those not listed end now and stay on record, since a notice can be about
/// a time when they were the customer's.
///
/// # Errors
///
/// An asset is another account's, and that is to be refused; both accounts are named.
pub fn replace_assets(
    tx: &mut Tx<'_>,
    id: CustomerId,
    list: &[ImportAsset],
    on_conflict: OnConflict,
    actor: &Actor,
) -> Result<Vec<Conflict>, ActionError> {
    assets::lock(tx.conn)?;
    let put: Vec<PutAsset> = list.iter().map(|given| given.of(id)).collect();
    let open = assets::open_of(tx.conn, id, tx.now)?;
    let effects = assets::put(tx.conn, &put, on_conflict, tx.now)?;
    let conflicts: Vec<Conflict> = take_over::record(tx, &put, &effects, actor)?.into_iter().map(|c| c.1).collect();
    if effects.iter().any(|effect| effect.refused) {
        let words: Vec<String> = conflicts.iter().take(NAMED).map(ToString::to_string).collect();
        return Err(ActionError::Refused(words.join("; ")));
    }
    let changed = effects.iter().filter(|effect| effect.changed).count();
    let kept: HashSet<&str> = put.iter().map(|put| put.key.as_str()).collect();
    let mut ended = 0;
    for row in open.iter().filter(|row| !kept.contains(row.key.as_str())) {
        ended += usize::from(assets::end(tx.conn, row.id, tx.now)?);
    }
    if changed + ended > 0 {
        let event = Event::CustomerAssetsChanged(AssetsChanged { put: changed, ended });
        tx.event(Subject::Customer(id), actor, event)?;
    }
    Ok(conflicts)
}

/// Conflicts that a refusal names.
const NAMED: usize = 20;

/// An asset is no longer the customer's; returns whether it was.
pub fn end_asset(tx: &mut Tx<'_>, id: CustomerId, key: &str, actor: &Actor) -> Result<bool, ActionError> {
    assets::lock(tx.conn)?;
    let ended = assets::end_key(tx.conn, id, key, tx.now)?;
    if ended > 0 {
        let event = Event::CustomerAssetsChanged(AssetsChanged { put: 0, ended });
        tx.event(Subject::Customer(id), actor, event)?;
    }
    Ok(ended > 0)
}

/// One asset of a bulk import.
#[derive(Clone, Debug)]
pub struct AssetLine {
    pub external_id: String,
    pub asset: ImportAsset,
}

/// What came of one line.
#[derive(Clone, Debug, Default)]
pub struct LineOutcome {
    /// Whether there is such a customer.
    pub known: bool,
    pub changed: bool,
    /// The asset is or was another account's.
    pub conflicts: Vec<Conflict>,
}

/// Takes over assets of known customers, one event for each customer; says of each line what came of it.
pub fn import_assets(
    tx: &mut Tx<'_>,
    lines: &[AssetLine],
    on_conflict: OnConflict,
    actor: &Actor,
) -> Result<Vec<LineOutcome>, ActionError> {
    assets::lock(tx.conn)?;
    let names: Vec<&str> = lines.iter().map(|l| l.external_id.as_str()).collect();
    let known: HashMap<String, CustomerId> =
        customers::by_external_ids(tx.conn, &names)?.into_iter().map(|c| (c.external_id, c.id)).collect();
    let (mut places, mut put): (Vec<usize>, Vec<PutAsset>) = (Vec::new(), Vec::new());
    for (place, line) in lines.iter().enumerate() {
        let Some(owner) = known.get(&line.external_id) else { continue };
        places.push(place);
        put.push(line.asset.of(*owner));
    }
    let effects = assets::put(tx.conn, &put, on_conflict, tx.now)?;
    let mut done = vec![LineOutcome::default(); lines.len()];
    let mut changed: BTreeMap<CustomerId, usize> = BTreeMap::new();
    for ((place, put), effect) in places.iter().zip(&put).zip(&effects) {
        (done[*place].known, done[*place].changed) = (true, effect.changed);
        if effect.changed {
            *changed.entry(put.customer).or_default() += 1;
        }
    }
    let assets_changed = |put| Event::CustomerAssetsChanged(AssetsChanged { put, ended: 0 });
    let happened: Vec<_> =
        changed.into_iter().map(|(id, put)| (Subject::Customer(id), vec![assets_changed(put)])).collect();
    tx.events(&happened, actor)?;
    for (of_put, conflict) in take_over::record(tx, &put, &effects, actor)? {
        done[places[of_put]].conflicts.push(conflict);
    }
    Ok(done)
}
