//! The one place where an action puts something on record: the event, the webhooks that tell it, and the figures of the
//! process.

use super::row_digests;
use crate::actions::context::{ActionError, Tx};
use crate::actions::outbox::webhooks;
use crate::domain::record::event::{Actor, Event, EventKind, Label, Owners, Recorded, Subject, Vault};
use crate::storage::record::events::{self, Recorder};

impl Tx<'_> {
    /// Appends to the record.
    pub fn event(&mut self, subject: Subject, actor: &Actor, event: Event) -> Result<(), ActionError> {
        let what = row_digests::with_digests(self, subject, event)?;
        let salt = || self.context.entropy.salt();
        let mut recorder = Recorder { actor, now: self.now, salt: &salt, owners: &mut self.owners };
        events::append(self.conn, subject, &what, &mut recorder)?;
        self.published(subject, &what.event)
    }

    /// Appends to the records of many subjects, each named once, with a few statements for all.
    pub fn events(&mut self, happened: &[(Subject, Vec<Event>)], actor: &Actor) -> Result<(), ActionError> {
        let salt = || self.context.entropy.salt();
        let mut recorder = Recorder { actor, now: self.now, salt: &salt, owners: &mut self.owners };
        events::append_all(self.conn, happened, &mut recorder)?;
        let mut each = happened.iter().flat_map(|(subject, list)| list.iter().map(|event| (*subject, event)));
        each.try_for_each(|(subject, event)| self.published(subject, event))
    }

    /// Says whom a subject concerns, as far as that is known: it is not looked up again.
    pub(crate) fn concerns(&mut self, subject: Subject, owners: Owners) {
        self.owners.entry(subject).or_insert(owners);
    }

    /// Begins the record of what this transaction has just stored; whom it concerns is known then.
    pub fn first_event(
        &mut self,
        subject: Subject,
        owners: Owners,
        actor: &Actor,
        what: &Recorded,
    ) -> Result<(), ActionError> {
        self.concerns(subject, owners);
        let salt = || self.context.entropy.salt();
        let mut recorder = Recorder { actor, now: self.now, salt: &salt, owners: &mut self.owners };
        events::begin(self.conn, subject, what, &mut recorder)?;
        self.published(subject, &what.event)
    }

    /// Forgets the private values of a vault on a legal basis. Returns for each chain how many there were.
    pub fn forget(&mut self, vault: &Vault, basis: &str, actor: &Actor) -> Result<Vec<(Subject, usize)>, ActionError> {
        let basis = crate::domain::base::contact::one_line(basis, 500);
        if basis.is_empty() {
            return Err(ActionError::Refused("Name the legal basis. It stays on the record.".to_owned()));
        }
        let salt = || self.context.entropy.salt();
        let mut recorder = Recorder { actor, now: self.now, salt: &salt, owners: &mut self.owners };
        let found = events::forget::forget_vault(self.conn, vault, &basis, &mut recorder)?;
        self.recorded.extend(found.iter().map(|_| Label { kind: EventKind::ValuesForgotten, notice: None }));
        Ok(found)
    }

    fn published(&mut self, subject: Subject, event: &Event) -> Result<(), ActionError> {
        self.recorded.push(event.label());
        webhooks::tell(self, subject, event)
    }
}
