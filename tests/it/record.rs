//! The append-only record: what was changed, taken away or moved is found and named.

use diesel::connection::SimpleConnection;
use safeharbor::domain::base::moment::{Moment, Span};
use safeharbor::storage::StorageError;
use safeharbor::storage::record::checkpoints::{self, Begun};
use safeharbor::storage::record::verify;

use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite};

/// What an insider does first: the database itself refuses to change the record.
fn without_triggers(site: &TestSite) -> String {
    let on = |table: &str| match site.backend {
        Backend::Sqlite => {
            format!("DROP TRIGGER IF EXISTS {table}_no_update; DROP TRIGGER IF EXISTS {table}_no_delete; ")
        }
        Backend::Postgres => format!("ALTER TABLE {table} DISABLE TRIGGER USER; "),
    };
    ["event_values", "events", "heads", "checkpoints", "checkpoint_heads"].map(on).concat()
}

/// Does something to the database behind the program's back, and says what the verifier finds.
fn tamper(site: &TestSite, sql: &str) -> Vec<String> {
    let sql = format!("{}{sql}", without_triggers(site));
    std::fs::write(site.folder.path().join("record-was-tampered-with"), b"").unwrap();
    let found = site.wait(site.app.db.write(move |c| {
        c.batch_execute(&sql)?;
        let mut found = Vec::new();
        verify::everything(c, &mut found)?;
        Ok::<_, StorageError>(found)
    }));
    found.unwrap().iter().map(ToString::to_string).collect()
}

/// Deletes events with their private values.
fn delete_events(which: &str) -> String {
    format!(
        "DELETE FROM event_values WHERE event_id IN (SELECT id FROM events WHERE {which}); DELETE FROM events WHERE {which};"
    )
}

fn lived(site: &TestSite) {
    site.customers(CUSTOMERS);
    site.report("https://alder-photo.example/a.jpg");
    site.run_due();
    site.advance(Span::hours(49));
}

on_both! {
    fn a_changed_row_is_named(site: TestSite) {
        lived(&site);
        let found = tamper(&site, "UPDATE events SET actor = 'nobody' WHERE subject = 'case:1' AND seq = 2");
        assert_eq!(found[0], "case:1, event 2: the row was changed after it was written");
        assert_eq!(found.len(), 1, "{found:?}");
    }

    fn a_missing_row_is_named(site: TestSite) {
        lived(&site);
        let found = tamper(&site, &delete_events("subject = 'case:1' AND seq = 2"));
        assert_eq!(found[0], "case:1, event 2: missing or out of order");
    }

    fn a_cut_off_end_is_found(site: TestSite) {
        lived(&site);
        let found = tamper(&site, &delete_events("subject = 'case:1' AND seq >= 3"));
        assert!(found.contains(&"case:1: the end of the chain is missing or was replaced".to_owned()), "{found:?}");
    }

    fn reordered_rows_are_found(site: TestSite) {
        lived(&site);
        let found = tamper(
            &site,
            "UPDATE events SET seq = 99 WHERE subject = 'case:1' AND seq = 2;
             UPDATE events SET seq = 2 WHERE subject = 'case:1' AND seq = 3;
             UPDATE events SET seq = 3 WHERE subject = 'case:1' AND seq = 99;",
        );
        assert!(found.iter().any(|f| f.starts_with("case:1, event 2")) && found.iter().any(|f| f.starts_with("case:1, event 3")), "{found:?}");
    }

    /// Even with its head, a whole chain cannot vanish: the checkpoint remembers it.
    fn a_whole_chain_that_vanished_is_found(site: TestSite) {
        lived(&site);
        site.advance(Span::days(1));
        let sql = format!("{} DELETE FROM heads WHERE subject = 'case:1';", delete_events("subject = 'case:1'"));
        let found = tamper(&site, &sql);
        assert!(found.iter().any(|f| f.starts_with("checkpoint") && f.contains("case:1")), "{found:?}");
    }

    /// A day's chains can be many: a checkpoint of parts is a chain like any other, and one that was not finished is
    /// begun anew.
    fn a_checkpoint_is_made_in_parts(site: TestSite) {
        site.report("https://alder-photo.example/first.jpg");
        let db = site.app.db.clone();
        let part = |begun: Begun, at: i64| site.wait(db.write(move |c| checkpoints::go_on(c, begun, Moment(at)))).unwrap();
        let first = |size: i64| site.wait(db.read(move |c| checkpoints::begin(c, size))).unwrap();
        let mut ever = part(first(1), 1);
        assert!(ever.id == 1 && ever.rest.is_some());
        while let Some(rest) = ever.rest {
            ever = part(rest, 1);
        }
        lived(&site);
        site.report("https://alder-photo.example/b.jpg");
        site.report("https://brightmoor.example/c.jpg");
        let last = site.wait(db.read(checkpoints::last_at)).unwrap().unwrap();
        let broken_off = part(first(2), last.0 + 1);
        assert!(broken_off.chains == 2 && broken_off.rest.is_some());
        assert_eq!(site.wait(db.read(checkpoints::last_at)).unwrap(), Some(last), "not done");
        let mut parts = vec![part(first(2), last.0 + 1)];
        while let Some(rest) = parts.last().unwrap().rest.clone() {
            parts.push(part(rest, last.0 + 1));
        }
        let (ids, all) = (parts.iter().map(|p| p.id).collect::<Vec<_>>(), parts.last().unwrap().chains);
        assert!(ids.len() > 2 && all > 4 && ids.is_sorted(), "{parts:?}");
        assert_eq!(site.wait(db.read(checkpoints::last_at)).unwrap(), Some(Moment(last.0 + 1)));
        assert_eq!(part(first(100), last.0 + 2).chains, all, "all at once names the same");
        assert_eq!(tamper(&site, "SELECT 1"), Vec::<String>::new());
        let one = ids[1];
        let found = tamper(&site, &format!("DELETE FROM checkpoint_heads WHERE checkpoint_id = {one}"));
        assert_eq!(found, [format!("checkpoint {one}: its list was changed")]);
    }

    fn a_changed_checkpoint_is_found(site: TestSite) {
        lived(&site);
        let found = tamper(&site, "DELETE FROM checkpoint_heads WHERE checkpoint_id = 1");
        assert!(found.contains(&"checkpoint 1: its list was changed".to_owned()), "{found:?}");
    }
}
