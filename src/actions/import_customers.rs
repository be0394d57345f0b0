//! Customers with contacts and assets come in from the host's own systems. Repeating it changes nothing.

use std::collections::BTreeMap;

use super::{ActionError, Tx};
use crate::domain::asset::Asset;
use crate::domain::contact::EmailAddress;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::CustomerId;
use crate::domain::moment::Moment;
use crate::storage::{assets, customers};

/// What one line says.
#[derive(Clone, Debug)]
pub struct ImportLine {
    pub external_id: String,
    pub name: String,
    pub segment: String,
    /// Role, name, address and telephone of a contact.
    pub contact: Option<(String, String, EmailAddress, String)>,
    pub asset: Option<ImportAsset>,
}

/// An asset and when it is the customer's.
#[derive(Clone, Debug)]
pub struct ImportAsset {
    pub asset: Asset,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
}

/// What changed about one customer.
#[derive(Clone, Copy, Debug, Default)]
struct Changed {
    contacts: usize,
    assets: usize,
}

/// Takes lines over; returns how many of them changed anything. Contacts and assets of a customer that
/// changed are one event for all lines together: an import may have millions of them.
pub fn import_customers(tx: &mut Tx<'_>, lines: &[ImportLine]) -> Result<usize, ActionError> {
    let mut by_customer: BTreeMap<CustomerId, Changed> = BTreeMap::new();
    let mut total = 0;
    for line in lines {
        let (id, account) = put_account(tx, (&line.external_id, &line.name, &line.segment), &Actor::Operator)?;
        let contact_changed = put_contact(tx, id, line)?;
        let asset_changed = line.asset.as_ref().map_or(Ok(false), |given| put_asset(tx, id, given))?;
        total += usize::from(account != Account::Same || contact_changed || asset_changed);
        if contact_changed || asset_changed {
            let changed = by_customer.entry(id).or_default();
            changed.contacts += usize::from(contact_changed);
            changed.assets += usize::from(asset_changed);
        }
    }
    for (id, changed) in by_customer {
        let what =
            Happening::new("customer.imported").fact("contacts", changed.contacts).fact("assets", changed.assets);
        tx.event(Subject::Customer(id), &Actor::Operator, &what)?;
    }
    Ok(total)
}

/// What became of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    Added,
    Changed,
    Same,
}

/// Adds the account that the host calls by this id, name and segment, or brings it up to date.
pub(super) fn put_account(
    tx: &mut Tx<'_>,
    (external_id, name, segment): (&str, &str, &str),
    actor: &Actor,
) -> Result<(CustomerId, Account), ActionError> {
    let (id, account, kind) = match customers::by_external_id(tx.conn, external_id)? {
        Some(known) if known.name == name && known.segment == segment => return Ok((known.id, Account::Same)),
        Some(known) => {
            customers::rename(tx.conn, known.id, name, segment)?;
            (known.id, Account::Changed, "customer.changed")
        }
        None => {
            let id = customers::insert(tx.conn, external_id, name, segment, tx.now)?;
            (id, Account::Added, "customer.added")
        }
    };
    tx.event(Subject::Customer(id), actor, &Happening::new(kind).fact("segment", segment))?;
    Ok((id, account))
}

fn put_contact(tx: &mut Tx<'_>, id: CustomerId, line: &ImportLine) -> Result<bool, ActionError> {
    let Some((role, name, email, phone)) = &line.contact else { return Ok(false) };
    Ok(customers::put_contact(tx.conn, id, email, (role, name, phone))?)
}

/// Adds an asset of a customer or moves its end; returns whether anything changed.
pub(super) fn put_asset(tx: &mut Tx<'_>, id: CustomerId, given: &ImportAsset) -> Result<bool, ActionError> {
    // Without a start the asset counts for all of the past: the host does not say since when.
    Ok(assets::put(tx.conn, id, &given.asset.key(), given.from.unwrap_or(Moment(0)), given.until)?)
}
