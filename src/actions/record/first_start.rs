//! The first start: the policy of the configuration becomes version 1.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::PolicyVersion;
use crate::domain::record::event::enforcement::PolicyPublished;
use crate::domain::record::event::{Actor, Event, Private, Subject};
use crate::storage::enforcement::policies;

/// Publishes the first policy where there is none. Several nodes may start at once.
pub fn open_house(tx: &mut Tx<'_>) -> Result<(), ActionError> {
    if policies::current(tx.conn, tx.now)?.is_some() {
        return Ok(());
    }
    let policy = &tx.context.config.first_policy;
    let published = policies::insert(tx.conn, PolicyVersion(1), policy, "configuration", "First version", tx.now)?;
    if published {
        let (version, sha256) = (PolicyVersion(1), policies::digest(policy));
        let what = PolicyPublished { version, sha256, reason: Private::None };
        tx.event(Subject::Installation, &Actor::Operator, Event::PolicyPublished(what))?;
    }
    Ok(())
}
