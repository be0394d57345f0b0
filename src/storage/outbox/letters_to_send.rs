//! Letters that were claimed, with everything they are made of.

use diesel::prelude::*;

use super::letter_data::{self, LetterData};
use super::letter_threads;
use super::letters::LetterRow;
use crate::domain::access::private_link::NamedTokens;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::letters;

/// A letter that was claimed, with everything it is made of.
#[derive(Clone, Debug)]
pub struct QueuedLetter {
    pub row: LetterRow,
    /// None where its row was lost: such a letter holds up no other.
    pub data: Option<LetterData>,
    pub tokens: NamedTokens,
    /// Message-IDs, with angle brackets, of what it refers to.
    pub thread: Vec<String>,
}

/// Claimed letters, in the order in which they were queued.
pub fn to_send(conn: &mut Conn, ids: &[i64]) -> Result<Vec<QueuedLetter>, StorageError> {
    let some = letters::table.filter(letters::id.eq_any(ids)).order(letters::id);
    let found: Vec<(LetterRow, String)> = some.select((LetterRow::as_select(), letters::tokens)).load(conn)?;
    let (rows, tokens): (Vec<LetterRow>, Vec<String>) = found.into_iter().unzip();
    let mut data = letter_data::of(conn, ids)?;
    let mut threads = letter_threads::of(conn, &rows)?;
    let queued = |(row, tokens): (LetterRow, String)| {
        let tokens =
            NamedTokens::from_column(&tokens).map_err(|_| StorageError::corrupt("letters", "tokens", row.id))?;
        let thread = threads.remove(&row.id).unwrap_or_default();
        Ok(QueuedLetter { data: data.remove(&row.id), tokens, thread, row })
    };
    rows.into_iter().zip(tokens).map(queued).collect()
}
