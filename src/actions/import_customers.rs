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
        let (id, account_changed) = put_account(tx, line)?;
        let contact_changed = put_contact(tx, id, line)?;
        let asset_changed = put_asset(tx, id, line)?;
        total += usize::from(account_changed || contact_changed || asset_changed);
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

fn put_account(tx: &mut Tx<'_>, line: &ImportLine) -> Result<(CustomerId, bool), ActionError> {
    let (id, kind) = match customers::by_external_id(tx.conn, &line.external_id)? {
        Some(known) if known.name == line.name && known.segment == line.segment => return Ok((known.id, false)),
        Some(known) => {
            customers::rename(tx.conn, known.id, &line.name, &line.segment)?;
            (known.id, "customer.changed")
        }
        None => (customers::insert(tx.conn, &line.external_id, &line.name, &line.segment, tx.now)?, "customer.added"),
    };
    let what = Happening::new(kind).fact("segment", line.segment.as_str());
    tx.event(Subject::Customer(id), &Actor::Operator, &what)?;
    Ok((id, true))
}

fn put_contact(tx: &mut Tx<'_>, id: CustomerId, line: &ImportLine) -> Result<bool, ActionError> {
    let Some((role, name, email, phone)) = &line.contact else { return Ok(false) };
    Ok(customers::put_contact(tx.conn, id, email, (role, name, phone))?)
}

fn put_asset(tx: &mut Tx<'_>, id: CustomerId, line: &ImportLine) -> Result<bool, ActionError> {
    let Some(given) = &line.asset else { return Ok(false) };
    // Without a start the asset counts for all of the past: the host does not say since when.
    Ok(assets::put(tx.conn, id, &given.asset.key(), given.from.unwrap_or(Moment(0)), given.until)?)
}
