//! Both databases have one schema, which lists the codes of the program, is documented, and has views for analysts.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::Text;
use diesel::{RunQueryDsl, sql_query};
use safeharbor::domain::access::role::StaffRole;
use safeharbor::domain::access::token::Purpose;
use safeharbor::domain::base::language::Language;
use safeharbor::domain::cases::answer::AnswerKind;
use safeharbor::domain::cases::case::{CaseState, Outcome};
use safeharbor::domain::enforcement::decision::{DecisionKind, DecisionState};
use safeharbor::domain::enforcement::standing::Standing;
use safeharbor::domain::enforcement::strikes::StrikeStatus;
use safeharbor::domain::material::location_state::LocationState;
use safeharbor::domain::outbox::webhook::WebhookKind;
use safeharbor::domain::regimes::us_512::counter_notice::{ActionKind, CounterState, Jurisdiction};
use safeharbor::domain::regimes::us_512::elements::Class;
use safeharbor::domain::senders::sender::{Grade, SenderKind, Setting};
use safeharbor::mail::letters::KINDS;
use safeharbor::storage::cases::reviews::ReviewKind;
use safeharbor::storage::disputes::{court_actions, withdrawals};
use safeharbor::storage::engine::backup::look_into;
use safeharbor::storage::engine::migrations;
use safeharbor::storage::intake::{notices, submissions};
use safeharbor::storage::material::{locations, probes};
use safeharbor::storage::outbox::{letters, webhooks};
use safeharbor::storage::{Conn, DatabaseUrl};

use crate::on_both;
use crate::schema_refuses::lived;
use crate::support::{Backend, TestSite, database_url, postgres_url};

#[derive(diesel::QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    text: String,
}

/// Rows of a query with two columns, `name` and `text`.
pub fn rows(conn: &mut Conn, sql: &str) -> Vec<(String, String)> {
    sql_query(sql).load::<Named>(conn).unwrap().into_iter().map(|row| (row.name, row.text)).collect()
}

/// Does something with an empty database of each kind that there is.
fn with_each(check: impl Fn(&mut Conn, Backend)) {
    let backends = [Some(Backend::Sqlite), postgres_url().map(|_| Backend::Postgres)];
    for backend in backends.into_iter().flatten() {
        let folder = tempfile::tempdir().unwrap();
        let url: DatabaseUrl = database_url(backend, folder.path()).parse().unwrap();
        migrations::migrate(&url).unwrap();
        check(&mut look_into(&url).unwrap(), backend);
    }
}

/// Names and texts of the checks of a database.
fn checks(conn: &mut Conn) -> BTreeMap<String, String> {
    let all = match conn {
        Conn::Sqlite(_) => {
            let tables = rows(conn, "SELECT name, sql AS text FROM sqlite_schema WHERE type = 'table'");
            let constraints = tables.iter().flat_map(|(_, sql)| sql.split("CONSTRAINT ").skip(1));
            constraints
                .map(|c| c.split_once(" CHECK ").unwrap())
                .map(|(name, text)| (name.into(), text.into()))
                .collect()
        }
        Conn::Postgres(_) => rows(
            conn,
            "SELECT conname::text AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint
             WHERE contype = 'c' AND connamespace = to_regnamespace(quote_ident(current_schema()))",
        ),
    };
    all.into_iter().collect()
}

/// What stands in quotation marks in the text of a check.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('\'').skip(1).step_by(2).collect()
}

/// Each list of codes in the database with that of the program.
fn codes() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let answers = || AnswerKind::ALL.map(AnswerKind::code).to_vec();
    let channels = || submissions::CHANNELS.to_vec();
    let all: [(&str, Vec<&str>); 31] = [
        ("cases_answer_codes", answers()),
        ("cases_outcome_codes", Outcome::ALL.map(Outcome::code).to_vec()),
        ("cases_state_codes", CaseState::CODES.to_vec()),
        ("counter_notices_jurisdiction_codes", Jurisdiction::ALL.map(Jurisdiction::code).to_vec()),
        ("counter_notices_state_codes", CounterState::ALL.map(CounterState::code).to_vec()),
        ("court_actions_kind_codes", ActionKind::ALL.map(ActionKind::code).to_vec()),
        ("court_actions_via_codes", court_actions::VIA.to_vec()),
        ("customers_standing_codes", Standing::ALL.map(Standing::code).to_vec()),
        ("decisions_kind_codes", DecisionKind::ALL.map(DecisionKind::code).to_vec()),
        ("decisions_state_codes", DecisionState::ALL.map(DecisionState::code).to_vec()),
        ("letter_data_language_codes", Language::ALL.map(Language::tag).to_vec()),
        ("letters_kind_codes", KINDS.to_vec()),
        ("letters_state_codes", letters::STATES.to_vec()),
        ("links_purpose_codes", Purpose::ALL.map(Purpose::code).to_vec()),
        ("locations_kind_codes", locations::KINDS.to_vec()),
        ("locations_state_codes", LocationState::ALL.map(LocationState::code).to_vec()),
        ("notices_class_codes", Class::ALL.map(Class::code).to_vec()),
        ("notices_role_codes", notices::ROLES.to_vec()),
        ("probes_outcome_codes", probes::OUTCOMES.to_vec()),
        ("responses_kind_codes", answers()),
        ("reviews_kind_codes", ReviewKind::ALL.map(ReviewKind::code).to_vec()),
        ("senders_channel_codes", channels()),
        ("senders_grade_codes", Grade::ALL.map(Grade::code).to_vec()),
        ("senders_kind_codes", SenderKind::ALL.map(SenderKind::code).to_vec()),
        ("senders_setting_codes", Setting::ALL.map(Setting::code).to_vec()),
        ("staff_role_codes", StaffRole::ALL.map(StaffRole::code).to_vec()),
        ("strikes_status_codes", StrikeStatus::ALL.map(StrikeStatus::code).to_vec()),
        ("submissions_channel_codes", channels()),
        ("webhook_deliveries_kind_codes", WebhookKind::ALL.map(WebhookKind::code).to_vec()),
        ("webhook_deliveries_state_codes", webhooks::STATES.to_vec()),
        ("withdrawals_via_codes", withdrawals::VIA.to_vec()),
    ];
    all.into_iter().map(|(name, list)| (name, list.into_iter().collect())).collect()
}

/// A code that the program has and the database lacks would be refused when it is first used; one that only the database has
/// could not be read.
#[test]
fn lists_of_codes_are_those_of_the_program() {
    with_each(|conn, backend| {
        let checks = checks(conn);
        let of_database = checks.iter().filter(|(name, _)| name.ends_with("_codes"));
        let of_database: BTreeMap<&str, BTreeSet<&str>> = of_database.map(|(n, t)| (n.as_str(), quoted(t))).collect();
        assert_eq!(of_database, codes(), "{backend:?}");
    });
}

/// Both databases have the same checks, indexes, foreign keys and views.
#[test]
fn both_databases_refuse_the_same() {
    if postgres_url().is_none() {
        return;
    }
    let found = std::cell::RefCell::new(Vec::new());
    with_each(|conn, _| {
        let names: BTreeSet<String> = checks(conn).into_keys().filter(|n| !n.ends_with("_id_check")).collect();
        let (indexes, keys, views) = match conn {
            Conn::Sqlite(_) => (
                "SELECT name, tbl_name AS text FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
                "SELECT t.name || '.' || f.\"from\" AS name, f.\"table\" || ' ' || f.on_delete AS text
                 FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
                "SELECT v.name, c.name AS text FROM sqlite_schema v, pragma_table_info(v.name) c WHERE v.type = 'view'",
            ),
            Conn::Postgres(_) => (
                "SELECT c.relname::text AS name, t.relname::text AS text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                 JOIN pg_class t ON t.oid = i.indrelid LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
                 WHERE t.relnamespace = to_regnamespace(quote_ident(current_schema())) AND k.oid IS NULL",
                "SELECT t.relname || '.' || a.attname AS name, r.relname || ' ' || CASE k.confdeltype WHEN 'a' THEN 'NO ACTION' ELSE 'CASCADE' END AS text
                 FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1]
                 WHERE k.contype = 'f' AND k.connamespace = to_regnamespace(quote_ident(current_schema()))",
                "SELECT table_name::text AS name, column_name::text AS text FROM information_schema.columns
                 JOIN information_schema.views USING (table_schema, table_name) WHERE table_schema = current_schema()",
            ),
        };
        let sorted = |rows: Vec<(String, String)>| rows.into_iter().collect::<BTreeSet<_>>();
        // Triggers keep one owner of an asset on SQLite.
        let indexes = sorted(rows(conn, indexes)).into_iter().filter(|(name, _)| name != "assets_one_open").collect();
        let all: [BTreeSet<(String, String)>; 3] = [indexes, sorted(rows(conn, keys)), sorted(rows(conn, views))];
        found.borrow_mut().push((names, all));
    });
    let found = found.into_inner();
    assert_eq!(found[0], found[1]);
}

/// Every column that holds the number of another row is a foreign key.
#[test]
fn every_number_of_another_row_is_a_foreign_key() {
    let folder = tempfile::tempdir().unwrap();
    let url: DatabaseUrl = database_url(Backend::Sqlite, folder.path()).parse().unwrap();
    migrations::migrate(&url).unwrap();
    let conn = &mut look_into(&url).unwrap();
    let loose = rows(
        conn,
        "SELECT t.name, c.name AS text FROM sqlite_schema t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND c.type IN ('BIGINT', 'INTEGER')
           AND (c.name LIKE '%\\_id' ESCAPE '\\' OR c.name IN ('cures', 'duplicate_of', 'reached_letter', 'proposed_by', 'second_by', 'policy_version'))
           AND c.name NOT IN (SELECT f.\"from\" FROM pragma_foreign_key_list(t.name) f)",
    );
    assert_eq!(loose, []);
}

/// Order and indexes of text do not depend on the locale of the server.
#[test]
fn indexed_text_is_ordered_by_bytes() {
    with_each(|conn, backend| {
        if matches!(backend, Backend::Sqlite) {
            return;
        }
        let others = rows(
            conn,
            "SELECT i.indexrelid::regclass::text AS name, c.collname::text AS text
             FROM pg_index i CROSS JOIN LATERAL unnest(i.indcollation::oid[]) AS used(id) JOIN pg_collation c ON c.oid = used.id
             WHERE i.indrelid::regclass::text NOT LIKE '%diesel%' AND c.collname <> 'C'
               AND (SELECT relnamespace FROM pg_class WHERE oid = i.indrelid) = to_regnamespace(quote_ident(current_schema()))",
        );
        assert_eq!(others, []);
    });
}

on_both! {
    /// Views for analysts show times as such, and neither tokens nor secrets.
    fn views_show_times_and_no_secrets(site: TestSite) {
        lived(&site);
        let times = match site.backend {
            Backend::Sqlite => "SELECT v.name || '.' || c.name AS name, c.name AS text FROM sqlite_schema v, pragma_table_info(v.name) c WHERE v.type = 'view'",
            Backend::Postgres => "SELECT table_name || '.' || column_name AS name, data_type::text AS text FROM information_schema.columns JOIN information_schema.views USING (table_schema, table_name) WHERE table_schema = current_schema()",
        };
        let columns = site.wait(site.app.read(move |c| Ok(rows(c, times)))).unwrap();
        assert!(columns.len() > 80, "{columns:?}");
        for (column, kind) in &columns {
            assert!(!["token", "secret", "hash", "salt", "password"].iter().any(|word| column.contains(word)), "{column}");
            let name = column.split_once('.').unwrap().1;
            let is_time = name.ends_with("_at") || ["at", "deadline"].contains(&name);
            // On SQLite times are text; what they look like is checked below.
            assert!(site.backend == Backend::Sqlite || is_time == kind.starts_with("timestamp"), "{column}: {kind}");
        }
        let views: BTreeSet<&str> = columns.iter().map(|(c, _)| c.split_once('.').unwrap().0).collect();
        assert_eq!(views.into_iter().collect::<Vec<_>>(), ["v_cases", "v_events", "v_letters", "v_locations", "v_notices", "v_strikes"]);
        for view in ["v_cases", "v_events", "v_letters", "v_locations", "v_notices", "v_strikes"] {
            let column = if view == "v_events" { "at" } else if view == "v_letters" { "created_at" } else if view == "v_locations" { "state_at" } else { "received_at" };
            let sql = format!("SELECT '{view}' AS name, CAST({column} AS TEXT) AS text FROM {view}");
            let found = site.wait(site.app.read(move |c| Ok(rows(c, &sql)))).unwrap();
            assert!(!found.is_empty() && found.iter().all(|(_, at)| at.starts_with("202") && at.contains(':')), "{view}: {found:?}");
        }
        let sql = "SELECT 'data' AS name, data AS text FROM v_letters WHERE state = 'accepted' AND kind = 'notice_to_customer'";
        let data = site.wait(site.app.read(move |c| Ok(rows(c, sql)))).unwrap();
        assert!(data.iter().any(|(_, data)| data.contains("alder-photo.example")), "{data:?}");
    }
}

/// On SQLite only rows that nothing names may get a number that was given before.
#[test]
fn rows_that_are_named_have_numbers_of_their_own() {
    let reused = ["counted_letters", "links", "sender_tallies", "withdrawal_letters", "works"];
    let folder = tempfile::tempdir().unwrap();
    let url: DatabaseUrl = database_url(Backend::Sqlite, folder.path()).parse().unwrap();
    migrations::migrate(&url).unwrap();
    let tables = rows(
        &mut look_into(&url).unwrap(),
        "SELECT name, sql AS text FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%\n  id INTEGER PRIMARY KEY%'
         AND sql NOT LIKE '%AUTOINCREMENT%' ORDER BY name",
    );
    assert_eq!(tables.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), reused);
}

/// Every table and view is documented, and nothing else.
#[test]
fn tables_and_views_are_documented() {
    let document = std::fs::read_to_string(format!("{}/docs/schema.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let documented: BTreeSet<&str> =
        document.lines().filter_map(|l| l.strip_prefix("| `")?.split_once('`')).map(|(name, _)| name).collect();
    with_each(|conn, backend| {
        let all = match backend {
            Backend::Sqlite => {
                "SELECT name, type AS text FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"
            }
            Backend::Postgres => {
                "SELECT table_name::text AS name, table_type::text AS text FROM information_schema.tables WHERE table_schema = current_schema()"
            }
        };
        let found: Vec<String> = rows(conn, all).into_iter().map(|(name, _)| name).collect();
        let found: BTreeSet<&str> = found.iter().map(String::as_str).filter(|n| !n.starts_with("__")).collect();
        assert_eq!(documented, found, "{backend:?}");
    });
}
