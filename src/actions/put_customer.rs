//! A host's own system says how a customer stands: name, segment, contacts, assets. Saying it again changes
//! nothing.

use std::collections::{HashMap, HashSet};

use super::import_customers::{Account, ImportAsset, put_account, put_asset};
use super::{ActionError, Tx};
use crate::domain::contact::EmailAddress;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::CustomerId;
use crate::storage::customers::Customer;
use crate::storage::{assets, customers};

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

/// A contact.
#[derive(Clone, Debug)]
pub struct PutContact {
    pub role: String,
    pub name: String,
    pub email: EmailAddress,
    pub phone: String,
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
    let (id, account) = put_account(tx, (&put.external_id, &put.name, &put.segment), actor)?;
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
    let mut changed = 0;
    for c in contacts {
        changed += usize::from(customers::put_contact(tx.conn, id, &c.email, (&c.role, &c.name, &c.phone))?);
    }
    let keep: Vec<&str> = contacts.iter().map(|c| c.email.as_str()).collect();
    let removed = customers::keep_contacts(tx.conn, id, &keep)?;
    if changed + removed > 0 {
        let what = Happening::new("customer.contacts_changed").fact("put", changed).fact("removed", removed);
        tx.event(Subject::Customer(id), actor, &what)?;
    }
    Ok(())
}

/// Replaces the assets of a customer: those not listed end now and stay on record, since a notice can be about
/// a time when they were the customer's.
pub fn replace_assets(tx: &mut Tx<'_>, id: CustomerId, list: &[ImportAsset], actor: &Actor) -> Result<(), ActionError> {
    let open = assets::open_of(tx.conn, id, tx.now)?;
    let mut changed = 0;
    let mut kept: HashSet<String> = HashSet::new();
    for given in list {
        let key = given.asset.key();
        let known = open.iter().any(|row| row.key == key);
        // An asset that is open already and is listed without dates stays as it is.
        if !(known && given.from.is_none() && given.until.is_none()) {
            changed += usize::from(put_asset(tx, id, given)?);
        }
        kept.insert(key);
    }
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
    let known: HashMap<String, Customer> =
        customers::by_external_ids(tx.conn, &names)?.into_iter().map(|c| (c.external_id.clone(), c)).collect();
    let mut changed: std::collections::BTreeMap<CustomerId, usize> = std::collections::BTreeMap::new();
    let mut done = Vec::with_capacity(lines.len());
    for line in lines {
        let Some(customer) = known.get(&line.external_id) else {
            done.push(None);
            continue;
        };
        let new = put_asset(tx, customer.id, &line.asset)?;
        *changed.entry(customer.id).or_default() += usize::from(new);
        done.push(Some(new));
    }
    for (id, put) in changed.into_iter().filter(|(_, n)| *n > 0) {
        let what = Happening::new("customer.assets_changed").fact("put", put).fact("ended", 0);
        tx.event(Subject::Customer(id), actor, &what)?;
    }
    Ok(done)
}
