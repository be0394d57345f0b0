//! Customers with contacts and assets come in from the host's own systems. Repeating it changes nothing.

//! Lines are taken over together, with a few statements for all.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::take_over::{self, Conflict};
use crate::actions::cases::send_notice::contacts_changed;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CustomerId;
use crate::domain::base::moment::Moment;
use crate::domain::customers::asset::Asset;
use crate::domain::record::event::customers::{CustomerImported, CustomerPut};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::StorageError;
use crate::storage::customers::assets::{self, OnConflict, PutAsset};
use crate::storage::customers::contacts::{self, PutContact};
use crate::storage::customers::{self, PutAccount};

/// What one line says.
#[derive(Clone, Debug)]
pub struct ImportLine {
    pub external_id: String,
    pub name: String,
    pub segment: String,
    pub contact: Option<PutContact>,
    pub asset: Option<ImportAsset>,
}

/// An asset and when it is the customer's.
#[derive(Clone, Debug)]
pub struct ImportAsset {
    pub asset: Asset,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
}

impl ImportAsset {
    /// As the asset of a customer.
    pub(in crate::actions) fn of(&self, customer: CustomerId) -> PutAsset {
        PutAsset { customer, key: self.asset.key(), from: self.from, until: self.until }
    }
}

/// What goes on the record of customers.
type Record = BTreeMap<CustomerId, Vec<Event>>;

/// What changed about one customer.
#[derive(Clone, Copy, Debug, Default)]
struct Changed {
    contacts: usize,
    assets: usize,
}

/// What came of the lines of an import.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// For each line what it changed.
    pub changes: Vec<LineChanges>,
    /// Lines, by their place, whose asset is or was another account's.
    pub conflicts: Vec<(usize, Conflict)>,
}

/// What one line changed.
#[derive(Clone, Copy, Debug)]
pub struct LineChanges {
    pub account: Account,
    pub contact: bool,
    pub asset: bool,
}

impl LineChanges {
    /// In words, one for each change.
    pub fn told(self, line: &ImportLine) -> Vec<String> {
        let ImportLine { external_id, name, segment, .. } = line;
        let account = match self.account {
            Account::Added => Some(format!("account {external_id} is new: {name:?}, segment {segment}")),
            Account::Changed => Some(format!("account {external_id} is now {name:?}, segment {segment}")),
            Account::Same => None,
        };
        let contact = line.contact.as_ref().filter(|_| self.contact).map(|c| {
            let said = |what: &str, text: Option<&String>| text.map_or_else(String::new, |t| format!(", {what} {t:?}"));
            let (role, name) = (said("role", c.role.as_ref()), said("name", c.name.as_ref()));
            let phone = said("telephone", c.phone.as_ref());
            format!("contact of {external_id}: {}{role}{name}{phone}", c.email)
        });
        let asset = line.asset.as_ref().filter(|_| self.asset).map(|given| {
            let time =
                |word: &str, at: Option<Moment>| at.map_or_else(String::new, |at| format!(" {word} {}", at.iso()));
            let (from, until) = (time("from", given.from), time("until", given.until));
            format!("asset of {external_id}: {}{from}{until}", Asset::shown(&given.asset.key()))
        });
        account.into_iter().chain(contact).chain(asset).collect()
    }
}

/// Takes lines over. Contacts and assets of a customer that changed are one event for all lines together: an import may
/// have millions of them.
pub fn import_customers(
    tx: &mut Tx<'_>,
    lines: &[ImportLine],
    on_conflict: OnConflict,
) -> Result<Imported, ActionError> {
    assets::lock(tx.conn)?;
    let mut record = Record::new();
    let accounts = put_accounts(tx, &lines.iter().map(ImportLine::account).collect::<Vec<_>>(), &mut record)?;
    let each = || lines.iter().zip(accounts.iter().map(|(id, _)| *id));
    let contacts: Vec<_> = each().filter_map(|(line, id)| Some((id, line.contact.as_ref()?))).collect();
    let places: Vec<usize> = (0..lines.len()).filter(|place| lines[*place].asset.is_some()).collect();
    let put: Vec<_> = each().filter_map(|(line, id)| Some(line.asset.as_ref()?.of(id))).collect();
    let mut contacts = contacts::put(tx.conn, &contacts)?.into_iter();
    let effects = assets::put(tx.conn, &put, on_conflict, tx.now)?;
    let conflicts = take_over::record(tx, &put, &effects, &Actor::Operator)?;
    let mut assets = effects.into_iter();
    let mut by_customer: BTreeMap<CustomerId, Changed> = BTreeMap::new();
    let mut changes = Vec::with_capacity(lines.len());
    for (line, (id, account)) in lines.iter().zip(&accounts) {
        let contact = line.contact.is_some() && contacts.next() == Some(true);
        let asset = line.asset.is_some() && assets.next().is_some_and(|effect| effect.changed);
        changes.push(LineChanges { account: *account, contact, asset });
        if contact || asset {
            let sum = by_customer.entry(*id).or_default();
            sum.contacts += usize::from(contact);
            sum.assets += usize::from(asset);
        }
    }
    let contacted: Vec<CustomerId> =
        by_customer.iter().filter(|(_, changed)| changed.contacts > 0).map(|(id, _)| *id).collect();
    for (id, changed) in by_customer {
        let Changed { contacts, assets } = changed;
        record.entry(id).or_default().push(Event::CustomerImported(CustomerImported { contacts, assets }));
    }
    keep(tx, record, &Actor::Operator)?;
    contacts_changed(tx, &contacted, &Actor::Operator)?;
    let conflicts = conflicts.into_iter().map(|(of_put, conflict)| (places[of_put], conflict)).collect();
    Ok(Imported { changes, conflicts })
}

impl ImportLine {
    fn account(&self) -> PutAccount<'_> {
        PutAccount { external_id: &self.external_id, name: &self.name, segment: &self.segment }
    }
}

fn keep(tx: &mut Tx<'_>, record: Record, actor: &Actor) -> Result<(), ActionError> {
    let happened: Vec<_> = record.into_iter().map(|(id, what)| (Subject::Customer(id), what)).collect();
    tx.events(&happened, actor)
}

/// What became of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    Added,
    Changed,
    Same,
}

/// Adds the account that the host calls by this id, or brings its name and segment up to date.
pub(in crate::actions) fn put_account(
    tx: &mut Tx<'_>,
    put: PutAccount<'_>,
    actor: &Actor,
) -> Result<(CustomerId, Account), ActionError> {
    let mut record = Record::new();
    let found = put_accounts(tx, &[put], &mut record)?;
    keep(tx, record, actor)?;
    found.into_iter().next().ok_or_else(|| lost(put))
}

/// The same for many, in the order given; an account may be named again.
fn put_accounts(
    tx: &mut Tx<'_>,
    list: &[PutAccount<'_>],
    record: &mut Record,
) -> Result<Vec<(CustomerId, Account)>, ActionError> {
    let (mut known, mut added) = known_or_added(tx, list)?;
    let mut done = Vec::with_capacity(list.len());
    for put in list {
        let before = known.get_mut(put.external_id).ok_or_else(|| lost(*put))?;
        let what = CustomerPut { segment: put.segment.to_owned() };
        let (account, event) = if added.remove(put.external_id) {
            (Account::Added, Event::CustomerAdded(what))
        } else if before.is(*put) {
            done.push((before.id, Account::Same));
            continue;
        } else {
            customers::rename(tx.conn, before.id, put.name, put.segment)?;
            put.name.clone_into(&mut before.name);
            put.segment.clone_into(&mut before.segment);
            (Account::Changed, Event::CustomerChanged(what))
        };
        record.entry(before.id).or_default().push(event);
        done.push((before.id, account));
    }
    Ok(done)
}

/// An account as it is stored.
struct Known {
    id: CustomerId,
    name: String,
    segment: String,
}

impl Known {
    fn is(&self, put: PutAccount<'_>) -> bool {
        (self.name.as_str(), self.segment.as_str()) == (put.name, put.segment)
    }
}

/// Accounts by their numbers at the host, those that were not known as they were named first; and the numbers of these.
fn known_or_added<'a>(
    tx: &mut Tx<'_>,
    list: &[PutAccount<'a>],
) -> Result<(HashMap<String, Known>, HashSet<&'a str>), ActionError> {
    let mut known = known(tx, list)?;
    let mut added = HashSet::new();
    let new: Vec<PutAccount<'a>> = list
        .iter()
        .copied()
        .filter(|put| !known.contains_key(put.external_id) && added.insert(put.external_id))
        .collect();
    if !new.is_empty() {
        customers::insert(tx.conn, &new, tx.now)?;
        known.extend(crate::actions::customers::import_customers::known(tx, &new)?);
    }
    Ok((known, added))
}

fn known(tx: &mut Tx<'_>, list: &[PutAccount<'_>]) -> Result<HashMap<String, Known>, ActionError> {
    let names: HashSet<&str> = list.iter().map(|put| put.external_id).collect();
    let found = customers::by_external_ids(tx.conn, &names.into_iter().collect::<Vec<_>>())?;
    Ok(found.into_iter().map(|c| (c.external_id, Known { id: c.id, name: c.name, segment: c.segment })).collect())
}

/// An account that was just stored is not there.
fn lost(put: PutAccount<'_>) -> ActionError {
    StorageError::NotFound { table: "customers", id: put.external_id.to_owned() }.into()
}
