//! Private values can be forgotten by the program alone: whoever changes or removes them otherwise is found.

use diesel::connection::SimpleConnection;
use safeharbor::actions::note_case;
use safeharbor::domain::base::ids::CaseId;
use safeharbor::domain::record::event::{Actor, Vault};
use safeharbor::storage::StorageError;
use safeharbor::storage::record::verify;

use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite};

/// Two notes about a case, and the events of its first days.
fn lived(site: &TestSite) {
    site.customers(CUSTOMERS);
    site.report("https://alder-photo.example/a.jpg");
    site.run_due();
    for note in ["The first note", "The second note"] {
        site.wait(site.app.write(move |tx| note_case(tx, CaseId(1), note, &Actor::Operator))).unwrap();
    }
    std::fs::write(site.folder.path().join("record-was-tampered-with"), b"").unwrap();
}

/// What the check finds after something was done in the database with its triggers off; nothing of it stays.
fn after(site: &TestSite, sql: &str) -> Vec<String> {
    let freed = match site.backend {
        Backend::Sqlite => {
            "DROP TRIGGER events_no_update; DROP TRIGGER event_values_no_update; DROP TRIGGER event_values_no_delete; "
        }
        Backend::Postgres => "SET LOCAL session_replication_role = replica; ",
    };
    let sql = format!("{freed}{sql}");
    let (sender, receiver) = std::sync::mpsc::channel();
    let undone: Result<(), StorageError> = site.wait(site.app.db.write(move |c| {
        c.batch_execute(&sql)?;
        let mut found = Vec::new();
        verify::everything(c, &mut found)?;
        sender.send(found.iter().map(ToString::to_string).collect()).unwrap();
        Err(StorageError::Stopped)
    }));
    let what = undone.unwrap_err().to_string();
    receiver.try_recv().unwrap_or_else(|_| panic!("{what}"))
}

/// The events of the two notes.
const FIRST: &str = "(SELECT min(id) FROM events WHERE kind = 'case.note')";
const SECOND: &str = "(SELECT max(id) FROM events WHERE kind = 'case.note')";

fn changes() -> Vec<(String, &'static str)> {
    let changed = "the row was changed after it was written";
    let value = "the private value \"reason\" or its salt was changed";
    let first = format!("event_id = {FIRST} AND name = 'reason'");
    let copied = |column: &str| {
        format!("{column} = (SELECT {column} FROM event_values WHERE event_id = {SECOND} AND name = 'reason')")
    };
    let columns = [copied("commitment"), copied("salt"), copied("value")];
    vec![
        (format!("UPDATE event_values SET value = 'another' WHERE {first}"), value),
        (format!("UPDATE event_values SET salt = commitment WHERE {first}"), value),
        (format!("UPDATE event_values SET {} WHERE {first}", columns[2]), value),
        (format!("UPDATE event_values SET {} WHERE {first}", columns[0]), changed),
        // Value, salt and commitment of another event: it opens, and is not what the link was made of.
        (format!("UPDATE event_values SET {} WHERE {first}", columns.join(", ")), changed),
        (
            format!("UPDATE event_values SET salt = NULL, value = NULL WHERE {first}"),
            "1 private values of customer:1 are gone, its events tell of 0",
        ),
        (format!("DELETE FROM event_values WHERE {first}"), changed),
        (format!("UPDATE event_values SET name = 'docket' WHERE {first}"), changed),
        (format!("UPDATE events SET kind = 'case.confirmed' WHERE id = {FIRST}"), changed),
        (format!("UPDATE events SET kind = 'case.confirmed' WHERE id = {FIRST}"), "cannot be read"),
        (format!("UPDATE events SET kind = 'case.invented' WHERE id = {FIRST}"), "cannot be read"),
        (format!("UPDATE events SET facts = '{{}}' WHERE id = {FIRST}"), changed),
        (format!("UPDATE events SET facts = '[' WHERE id = {FIRST}"), "cannot be read"),
        (format!("UPDATE events SET actor = 'system' WHERE id = {FIRST}"), changed),
        (format!("UPDATE events SET at = at + 1 WHERE id = {FIRST}"), changed),
        (format!("UPDATE events SET salt = hash WHERE id = {FIRST}"), changed),
    ]
}

on_both! {
    fn every_change_of_a_private_value_is_found(site: TestSite) {
        lived(&site);
        assert_eq!(after(&site, "SELECT 1"), Vec::<String>::new());
        for (sql, said) in changes() {
            let found = after(&site, &sql);
            assert!(found.iter().any(|f| f.starts_with("case:1") && f.contains(said)), "{sql}: {found:?}");
            assert!(found.iter().all(|f| !f.contains("note")), "no private values: {found:?}");
        }
    }

    /// Who removes more than was forgotten is found, even where something of the same vault was.
    fn a_removal_beside_a_forgetting_is_found(site: TestSite) {
        lived(&site);
        let vault: Vault = "customer:1".parse().unwrap();
        let told = site.wait(site.app.write(move |tx| tx.forget(&vault, "Art. 17 GDPR", &Actor::Operator))).unwrap();
        let count = told.iter().find(|(subject, _)| subject.to_string() == "case:1").unwrap().1;
        assert_eq!(after(&site, "SELECT 1"), Vec::<String>::new());
        site.wait(site.app.write(|tx| note_case(tx, CaseId(1), "The third note", &Actor::Operator))).unwrap();
        let removed = format!("UPDATE event_values SET salt = NULL, value = NULL WHERE event_id = {SECOND}");
        let said = format!("case:1: {} private values of customer:1 are gone, its events tell of {count}", count + 1);
        assert_eq!(after(&site, &removed), [said]);
        // Another vault that nobody forgot, called by the name of one that was.
        let moved = format!("UPDATE event_values SET salt = NULL, value = NULL, vault = 'customer:2' WHERE event_id = {SECOND}");
        assert_eq!(after(&site, &moved), ["case:1: 1 private values of customer:2 are gone, its events tell of 0"]);
    }

    /// The database itself lets private values be emptied, and nothing else.
    fn the_database_refuses_what_is_no_forgetting(site: TestSite) {
        lived(&site);
        for sql in [
            "UPDATE event_values SET value = 'another'",
            "UPDATE event_values SET vault = 'customer:2'",
            "UPDATE event_values SET name = 'docket', salt = NULL, value = NULL",
            "UPDATE event_values SET commitment = salt, salt = NULL, value = NULL",
            "DELETE FROM event_values",
        ] {
            let refused = site.wait(site.app.db.write(move |c| Ok::<_, StorageError>(c.batch_execute(sql)?)));
            assert!(refused.unwrap_err().to_string().contains("only forgotten"), "{sql}");
        }
        let half = "UPDATE event_values SET salt = NULL";
        let refused = site.wait(site.app.db.write(move |c| Ok::<_, StorageError>(c.batch_execute(half)?)));
        assert!(refused.is_err());
    }
}
