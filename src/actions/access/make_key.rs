//! Keys of the API are made and revoked.

use crate::actions::context::{ActionError, Tx};
use crate::domain::access::scope::write_list;
use crate::domain::access::token::PlainToken;
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::ApiKeyId;
use crate::domain::record::event::access::{KeyMade, OfKey};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::access::api_keys::{self, NewKey};

/// What stands before the secret of a key, so that a leaked one is recognised.
pub const PREFIX: &str = "shk_";

/// Makes a key; its secret is returned once and never again.
pub fn make_key(tx: &mut Tx<'_>, new: &NewKey, actor: &Actor) -> Result<(ApiKeyId, String), ActionError> {
    let new = NewKey { name: one_line(&new.name, 100), ..new.clone() };
    if new.name.is_empty() {
        return Err(ActionError::Refused("Give the key a name: who or what uses it.".to_owned()));
    }
    if new.scopes.is_empty() {
        return Err(ActionError::Refused("Choose at least one thing the key may do.".to_owned()));
    }
    if new.expires_at.is_some_and(|end| end <= tx.now) {
        return Err(ActionError::Refused("The key would have ended already.".to_owned()));
    }
    let token: PlainToken = tx.context.entropy.token();
    let id = api_keys::insert(tx.conn, &new, &token.hash(), &actor.to_string(), tx.now)?;
    let what = KeyMade { key: id, scopes: write_list(&new.scopes), name: new.name.as_str().into() };
    tx.event(Subject::Installation, actor, Event::ApiKeyMade(what))?;
    Ok((id, format!("{PREFIX}{}", token.reveal())))
}

/// Revokes a key at once.
pub fn revoke_key(tx: &mut Tx<'_>, id: ApiKeyId, actor: &Actor) -> Result<(), ActionError> {
    if api_keys::revoke(tx.conn, id, tx.now)? {
        tx.event(Subject::Installation, actor, Event::ApiKeyRevoked(OfKey { key: id }))?;
    }
    Ok(())
}
