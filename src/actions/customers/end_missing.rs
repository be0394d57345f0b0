//! A host's system says all that it has: what it does not name any more ends.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CustomerId;
use crate::domain::record::event::customers::{AssetsChanged, ContactsChanged};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::customers::{assets, contacts};

/// What ends of one account.
#[derive(Clone, Debug)]
pub struct Ending {
    pub customer: CustomerId,
    /// Assets, by the numbers of their rows.
    pub assets: Vec<i64>,
    /// Contacts, by their addresses.
    pub contacts: Vec<String>,
}

impl Ending {
    /// Whether nothing ends.
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty() && self.contacts.is_empty()
    }
}

/// Ends assets now, which stay on record, and removes contacts.
pub fn end_missing(tx: &mut Tx<'_>, list: &[Ending]) -> Result<(), ActionError> {
    assets::lock(tx.conn)?;
    for one in list {
        let mut ended = 0;
        for id in &one.assets {
            ended += usize::from(assets::end(tx.conn, *id, tx.now)?);
        }
        let removed = contacts::remove(tx.conn, one.customer, &one.contacts)?;
        let mut happened = Vec::new();
        if ended > 0 {
            happened.push(Event::CustomerAssetsChanged(AssetsChanged { put: 0, ended }));
        }
        if removed > 0 {
            happened.push(Event::CustomerContactsChanged(ContactsChanged { put: 0, removed }));
        }
        tx.events(&[(Subject::Customer(one.customer), happened)], &Actor::Operator)?;
    }
    Ok(())
}
