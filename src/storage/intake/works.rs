//! The works that a notice says were infringed.

use diesel::prelude::*;

use crate::domain::base::ids::NoticeId;
use crate::domain::intake::notice::Work;
use crate::storage::engine::codec::{pack, unpack};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here, insert_all};
use crate::storage::engine::schema::works;

#[derive(Insertable)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(table_name = works)]
struct NewWork<'a> {
    notice_id: i64,
    position: i32,
    title: &'a str,
    description: &'a str,
    original: &'a str,
    /// A long description; the other column is empty then.
    packed: Option<Vec<u8>>,
}

impl<'a> NewWork<'a> {
    fn new(notice_id: i64, work: &'a Work, position: i32) -> Self {
        let packed = pack(work.description.as_bytes());
        let description = if packed.is_some() { "" } else { &work.description };
        Self { notice_id, position, title: &work.title, description, original: &work.original, packed }
    }
}

/// Stores the works of a notice in the order given; long descriptions are packed.
pub(in crate::storage) fn insert(conn: &mut Conn, notice_id: i64, list: &[Work]) -> Result<(), StorageError> {
    let rows: Vec<NewWork<'_>> =
        list.iter().zip(1..).map(|(work, position)| NewWork::new(notice_id, work, position)).collect();
    insert_all!(conn, works::table, &rows);
    Ok(())
}

/// Works of a notice in the order given.
pub fn of_notice(conn: &mut Conn, id: NoticeId) -> Result<Vec<Work>, StorageError> {
    let rows: Vec<(String, String, String, Option<Vec<u8>>)> = works::table
        .filter(works::notice_id.eq(id.0))
        .order(works::position)
        .select((works::title, works::description, works::original, works::packed))
        .fixed(here!())
        .rows(conn)?;
    rows.into_iter()
        .map(|(title, description, original, packed)| {
            let description = packed.map_or(Ok(description), |packed| unpacked(&packed, id))?;
            Ok(Work { title, description, original })
        })
        .collect()
}

fn unpacked(packed: &[u8], id: NoticeId) -> Result<String, StorageError> {
    let corrupt = || StorageError::corrupt("works", "packed", id);
    String::from_utf8(unpack(packed).map_err(|_| corrupt())?).map_err(|_| corrupt())
}
