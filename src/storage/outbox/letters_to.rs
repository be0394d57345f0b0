//! Letters to one email address. Those about a notice go to whoever sent it and are found through their notices; only the
//! others have an index by address, which is a page that is met by chance for every letter.

use diesel::prelude::*;

use super::letters::LetterRow;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::letters;
use crate::storage::intake::notice_lists::newest_of_sender;
use crate::storage::senders;

/// Newest notices of a sender whose letters are looked for.
const LOOKED_AT: i64 = 200;

/// Letters to an address, newest first (at most `limit`): to its sender those about the newest notices.
pub fn newest(conn: &mut Conn, address: &str, limit: i64) -> Result<Vec<LetterRow>, StorageError> {
    let others = letters::table.filter(letters::to_address.eq(address)).filter(letters::notice_id.is_null());
    let mut found: Vec<LetterRow> =
        others.order(letters::id.desc()).limit(limit).select(LetterRow::as_select()).load(conn)?;
    if let Some(sender) = senders::at_address(conn, address)? {
        let notices: Vec<i64> = newest_of_sender(conn, sender, LOOKED_AT)?.into_iter().map(|(_, id)| id).collect();
        let about = letters::table.filter(letters::notice_id.eq_any(notices)).order(letters::id.desc()).limit(limit);
        found.extend(about.select(LetterRow::as_select()).load::<LetterRow>(conn)?);
    }
    found.sort_unstable_by_key(|letter| std::cmp::Reverse(letter.id));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}
