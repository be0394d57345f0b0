//! The works that a notice says were infringed.

use diesel::prelude::*;

use super::connection::{Conn, insert_all};
use super::error::StorageError;
use super::prepared::{Prepared, here};
use super::schema::works;
use crate::domain::ids::NoticeId;
use crate::domain::notice::Work;

#[derive(Insertable)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(table_name = works)]
struct NewWork<'a> {
    notice_id: i64,
    position: i32,
    title: &'a str,
    description: &'a str,
    original: &'a str,
}

/// Stores the works of a notice in the order given.
pub(super) fn insert(conn: &mut Conn, notice_id: i64, list: &[Work]) -> Result<(), StorageError> {
    let rows: Vec<NewWork<'_>> = list
        .iter()
        .zip(1..)
        .map(|(w, position)| NewWork {
            notice_id,
            position,
            title: &w.title,
            description: &w.description,
            original: &w.original,
        })
        .collect();
    insert_all!(conn, works::table, &rows);
    Ok(())
}

/// Works of a notice in the order given.
pub fn of_notice(conn: &mut Conn, id: NoticeId) -> Result<Vec<Work>, StorageError> {
    let rows: Vec<(String, String, String)> = works::table
        .filter(works::notice_id.eq(id.0))
        .order(works::position)
        .select((works::title, works::description, works::original))
        .fixed(here!())
        .rows(conn)?;
    Ok(rows.into_iter().map(|(title, description, original)| Work { title, description, original }).collect())
}
