//! A customer with contacts and assets comes in from the host's own systems. Repeating it changes nothing.

use super::{ActionError, Tx};
use crate::domain::asset::Asset;
use crate::domain::contact::EmailAddress;
use crate::domain::event::{Actor, Happening, Subject};
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

/// Takes one line over; returns whether it changed anything.
pub fn import_customer(tx: &mut Tx<'_>, line: &ImportLine) -> Result<bool, ActionError> {
    let mut changed = false;
    let id = if let Some(known) = customers::by_external_id(tx.conn, &line.external_id)? {
        if known.name != line.name || known.segment != line.segment {
            customers::rename(tx.conn, known.id, &line.name, &line.segment)?;
            let what = Happening::new("customer.changed").fact("segment", line.segment.as_str());
            tx.event(Subject::Customer(known.id), &Actor::Operator, &what)?;
            changed = true;
        }
        known.id
    } else {
        let id = customers::insert(tx.conn, &line.external_id, &line.name, &line.segment, tx.now)?;
        let what = Happening::new("customer.added").fact("segment", line.segment.as_str());
        tx.event(Subject::Customer(id), &Actor::Operator, &what)?;
        changed = true;
        id
    };
    if let Some((role, name, email, phone)) = &line.contact {
        changed |= customers::put_contact(tx.conn, id, email, (role, name, phone))?;
    }
    if let Some(given) = &line.asset {
        // Without a start the asset counts for all of the past: the host does not say since when.
        let from = given.from.unwrap_or(Moment(0));
        changed |= assets::put(tx.conn, id, &given.asset.key(), from, given.until)?;
    }
    Ok(changed)
}
