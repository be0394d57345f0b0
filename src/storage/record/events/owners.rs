//! Whom a subject concerns: whose vault a private value of its events goes to.

use diesel::prelude::*;

use crate::domain::base::ids::{CustomerId, NoticeId, SenderId};
use crate::domain::record::event::{Owners, Subject};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::{cases, notices};

/// Looks it up; one query for a case or a notice, none for others.
pub(super) fn of(conn: &mut Conn, subject: Subject) -> Result<Owners, StorageError> {
    Ok(match subject {
        Subject::Customer(id) => Owners { customer: Some(id), ..Owners::default() },
        Subject::Sender(id) => Owners { sender: Some(id), ..Owners::default() },
        Subject::Installation => Owners::default(),
        Subject::Notice(id) => {
            let found: Option<Option<i64>> =
                notices::table.find(id.0).select(notices::sender_id).fixed(here!()).row(conn).optional()?;
            Owners { customer: None, sender: found.flatten().map(SenderId), notice: Some(id) }
        }
        Subject::Case(id) => {
            let found: Option<(i64, i64, Option<i64>)> = cases::table
                .inner_join(notices::table)
                .filter(cases::id.eq(id.0))
                .select((cases::customer_id, cases::notice_id, notices::sender_id))
                .fixed(here!())
                .row(conn)
                .optional()?;
            found.map_or_else(Owners::default, |(customer, notice, sender)| Owners {
                customer: Some(CustomerId(customer)),
                sender: sender.map(SenderId),
                notice: Some(NoticeId(notice)),
            })
        }
    })
}
