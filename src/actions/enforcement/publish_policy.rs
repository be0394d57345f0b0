//! A new version of the policy comes into force at once. Published versions are never changed: strikes, flags
//! and decisions keep the version they were made under.

use crate::actions::context::{ActionError, Tx, reason};
use crate::domain::base::ids::PolicyVersion;
use crate::domain::enforcement::policy::Policy;
use crate::domain::record::event::enforcement::PolicyPublished;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::enforcement::policies;

/// Publishes the next version. Open cases keep their deadlines; strikes keep the day they stop counting.
pub fn publish_policy(
    tx: &mut Tx<'_>,
    policy: &Policy,
    why: &str,
    actor: &Actor,
) -> Result<PolicyVersion, ActionError> {
    let why = reason(why)?;
    let current = tx.policy()?;
    if current.policy == *policy {
        return Err(ActionError::Refused(format!("This is what version {} says already.", current.version)));
    }
    let lost: Vec<&str> = current
        .policy
        .segments
        .keys()
        .filter(|name| !policy.segments.contains_key(*name))
        .map(String::as_str)
        .collect();
    if !lost.is_empty() {
        let words =
            format!("Customers may be in segments that the new version does not name: {}. Keep them.", lost.join(", "));
        return Err(ActionError::Refused(words));
    }
    let version = PolicyVersion(current.version.0 + 1);
    if !policies::insert(tx.conn, version, policy, &actor.to_string(), &why, tx.now)? {
        return Err(ActionError::Refused(format!("Someone else published version {version} in the meantime.")));
    }
    tx.policy = None;
    let what = PolicyPublished { version, sha256: policies::digest(policy), reason: why.into() };
    tx.event(Subject::Installation, actor, Event::PolicyPublished(what))?;
    Ok(version)
}
