//! Names of those who did something, looked up when the record is shown.

use std::collections::HashMap;

use diesel::prelude::*;

use super::row::EventRow;
use crate::domain::base::ids::{ApiKeyId, StaffId};
use crate::domain::record::event::ActorCode;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{api_keys, staff};

/// Names of members of staff and of keys; at most two queries.
pub(super) struct Names(HashMap<ActorCode, String>);

impl Names {
    /// Loads those of some events.
    pub(super) fn load(conn: &mut Conn, rows: &[EventRow]) -> Result<Self, StorageError> {
        let (mut people, mut keys) = (Vec::new(), Vec::new());
        for row in rows {
            match row.actor.parse() {
                Ok(ActorCode::Staff(id)) => people.push(id.0),
                Ok(ActorCode::Key(id)) => keys.push(id.0),
                _ => {}
            }
        }
        let mut found = HashMap::new();
        for list in [&mut people, &mut keys] {
            list.sort_unstable();
            list.dedup();
        }
        if !people.is_empty() {
            let rows: Vec<(i64, String)> =
                staff::table.filter(staff::id.eq_any(people)).select((staff::id, staff::name)).load(conn)?;
            found.extend(rows.into_iter().map(|(id, name)| (ActorCode::Staff(StaffId(id)), name)));
        }
        if !keys.is_empty() {
            let rows: Vec<(i64, String)> =
                api_keys::table.filter(api_keys::id.eq_any(keys)).select((api_keys::id, api_keys::name)).load(conn)?;
            found.extend(rows.into_iter().map(|(id, name)| (ActorCode::Key(ApiKeyId(id)), name)));
        }
        Ok(Self(found))
    }

    /// Who did it, as people read it; a code of a newer version stays as it is.
    pub(super) fn display(&self, code: &str) -> String {
        let shown = |code: ActorCode| code.display_name(self.0.get(&code).map(String::as_str));
        code.parse().map_or_else(|()| code.to_owned(), shown)
    }
}
