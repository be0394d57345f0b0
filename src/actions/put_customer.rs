//! A host's own system says how a customer stands: name, segment, contacts, assets. Saying it again changes
//! nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::import_customers::{Account, ImportAsset, put_account};
use super::send_notice::contacts_changed;
use super::{ActionError, Tx};
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::CustomerId;
use crate::storage::assets::{self, PutAsset};
use crate::storage::contacts::{self, PutContact};
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
}

impl PutCustomer {
    fn account(&self) -> PutAccount<'_> {
        PutAccount { external_id: &self.external_id, name: &self.name, segment: &self.segment }
    }
}

/// Adds a customer or brings it up to date; returns whether it is new.
pub fn put_customer(tx: &mut Tx<'_>, put: &PutCustomer, actor: &Actor) -> Result<bool, ActionError> {
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
    if let Some(list) = &put.assets {
        replace_assets(tx, id, list, actor)?;
    }
    Ok(account == Account::Added)
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
        let what = Happening::new("customer.contacts_changed").fact("put", changed).fact("removed", removed);
        tx.event(Subject::Customer(id), actor, &what)?;
    }
    if changed > 0 { contacts_changed(tx, &[id], actor) } else { Ok(()) }
}

/// Replaces the assets of a customer: those not listed end now and stay on record, since a notice can be about
/// a time when they were the customer's.
pub fn replace_assets(tx: &mut Tx<'_>, id: CustomerId, list: &[ImportAsset], actor: &Actor) -> Result<(), ActionError> {
    let open = assets::open_of(tx.conn, id, tx.now)?;
    let known: HashSet<&str> = open.iter().map(|row| row.key.as_str()).collect();
    let listed: Vec<(PutAsset, bool)> =
        list.iter().map(|given| (given.of(id), given.from.is_none() && given.until.is_none())).collect();
    let kept: HashSet<String> = listed.iter().map(|(put, _)| put.key.clone()).collect();
    // An asset that is open already and is listed without dates stays as it is.
    let put: Vec<PutAsset> = listed
        .into_iter()
        .filter(|(put, dateless)| !(*dateless && known.contains(put.key.as_str())))
        .map(|l| l.0)
        .collect();
    let changed = assets::put(tx.conn, &put)?.into_iter().filter(|changed| *changed).count();
    let mut ended = 0;
    for row in open.iter().filter(|row| !kept.contains(&row.key)) {
        ended += usize::from(assets::end(tx.conn, row.id, tx.now)?);
    }
    if changed + ended > 0 {
        let what = Happening::new("customer.assets_changed").fact("put", changed).fact("ended", ended);
        tx.event(Subject::Customer(id), actor, &what)?;
    }
    Ok(())
}

/// An asset is no longer the customer's; returns whether it was.
pub fn end_asset(tx: &mut Tx<'_>, id: CustomerId, key: &str, actor: &Actor) -> Result<bool, ActionError> {
    let ended = assets::end_key(tx.conn, id, key, tx.now)?;
    if ended > 0 {
        let what = Happening::new("customer.assets_changed").fact("put", 0).fact("ended", ended);
        tx.event(Subject::Customer(id), actor, &what)?;
    }
    Ok(ended > 0)
}

/// One asset of a bulk import.
#[derive(Clone, Debug)]
pub struct AssetLine {
    pub external_id: String,
    pub asset: ImportAsset,
}

/// Takes over assets of known customers, one event for each customer; says for each line whether it changed
/// anything, or nothing where there is no such customer.
pub fn import_assets(tx: &mut Tx<'_>, lines: &[AssetLine], actor: &Actor) -> Result<Vec<Option<bool>>, ActionError> {
    let names: Vec<&str> = lines.iter().map(|l| l.external_id.as_str()).collect();
    let known: HashMap<String, CustomerId> =
        customers::by_external_ids(tx.conn, &names)?.into_iter().map(|c| (c.external_id, c.id)).collect();
    let owners: Vec<Option<CustomerId>> = lines.iter().map(|line| known.get(&line.external_id).copied()).collect();
    let put: Vec<PutAsset> =
        lines.iter().zip(&owners).filter_map(|(line, owner)| Some(line.asset.of((*owner)?))).collect();
    let mut stored = assets::put(tx.conn, &put)?.into_iter();
    let done: Vec<Option<bool>> = owners.iter().map(|owner| owner.and_then(|_| stored.next())).collect();
    let mut changed: BTreeMap<CustomerId, usize> = BTreeMap::new();
    for owner in owners.iter().zip(&done).filter_map(|(owner, done)| owner.filter(|_| *done == Some(true))) {
        *changed.entry(owner).or_default() += 1;
    }
    let assets_changed = |put| Happening::new("customer.assets_changed").fact("put", put).fact("ended", 0);
    let happened: Vec<_> =
        changed.into_iter().map(|(id, put)| (Subject::Customer(id), vec![assets_changed(put)])).collect();
    tx.events(&happened, actor)?;
    Ok(done)
}
