//! The one place where an action puts something on record: the event, the webhooks that tell it, and the figures of the
//! process.

use super::row_digests;
use crate::actions::context::{ActionError, Happened, Tx};
use crate::actions::outbox::webhooks;
use crate::domain::record::event::{Actor, Happening, Subject};
use crate::storage::record::events;

impl Tx<'_> {
    /// Appends to the record.
    pub fn event(&mut self, subject: Subject, actor: &Actor, what: &Happening) -> Result<(), ActionError> {
        let told = row_digests::with_facts(self, subject, what)?;
        events::append(self.conn, subject, actor, &told, self.now)?;
        self.recorded(subject, what)
    }

    /// Appends to the records of many subjects, each named once, with a few statements for all.
    pub fn events(&mut self, happened: &[(Subject, Vec<Happening>)], actor: &Actor) -> Result<(), ActionError> {
        events::append_all(self.conn, happened, actor, self.now)?;
        let each = happened.iter().flat_map(|(subject, list)| list.iter().map(|what| (*subject, what)));
        each.into_iter().try_for_each(|(subject, what)| self.recorded(subject, what))
    }

    /// Begins the record of what this transaction has just stored.
    pub fn first_event(&mut self, subject: Subject, actor: &Actor, what: &Happening) -> Result<(), ActionError> {
        events::begin(self.conn, subject, actor, what, self.now)?;
        self.recorded(subject, what)
    }

    fn recorded(&mut self, subject: Subject, what: &Happening) -> Result<(), ActionError> {
        self.happened.push(Happened::of(what));
        webhooks::tell(self, subject, what)
    }
}
