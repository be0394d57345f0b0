//! What the database itself refuses, whoever asks.

use diesel::{RunQueryDsl, sql_query};
use safeharbor::domain::base::ids::{CaseId, CustomerId, PolicyVersion};
use safeharbor::domain::base::moment::{Moment, Span};
use safeharbor::domain::enforcement::strikes::StrikeStatus;
use safeharbor::storage::enforcement::strikes::{self, NewStrike};
use safeharbor::storage::{Conn, StorageError};

use crate::on_both;
use crate::schema::rows;
use crate::support::{CUSTOMERS, TestSite};

/// A case that was answered, disabled, disputed and sued about; one that nobody answered; one that was withdrawn.
pub fn lived(site: &TestSite) {
    site.customers(CUSTOMERS);
    let first = site.report("https://alder-photo.example/a.jpg").reference('C');
    site.run_due();
    let client = site.client();
    let link = site.letter_to("owner@alder-photo.example").link();
    let csrf = client.get(&link).field("csrf");
    let answer = [("csrf", csrf.as_str()), ("answer", "dispute"), ("dis-why", "I took it myself.")];
    assert_eq!(client.post_files(&link, &answer, &[("files", "licence.txt", b"Licence".as_slice())]).status, 303);
    site.disable(&first);
    let counter = site.counter_notice(&first);
    site.sue(&first, counter);
    site.report_as("Maren Holt", "maren@holt.example", "https://brightmoor.example/b.jpg");
    site.report("https://brightmoor.example/c.jpg\nhttps://elsewhere.example/");
    site.run_due();
    site.advance(Span::hours(49));
    site.report("https://brightmoor.example/d.jpg");
    site.advance(Span::days(1));
}

/// What nobody may do, and the name of what refuses it.
const HOSTILE: &[(&str, &str)] = &[
    // States of cases and their columns.
    ("UPDATE cases SET state = 'banana'", "cases_"),
    (
        "UPDATE cases SET state = 'awaiting', answer = NULL, answered_at = NULL, outcome = NULL, closed_at = NULL, deadline = NULL",
        "cases_clock",
    ),
    ("UPDATE cases SET deadline = NULL WHERE state = 'unanswered'", "cases_clock"),
    ("UPDATE cases SET state = 'forwarded' WHERE state = 'unanswered'", "cases_clock"),
    ("UPDATE cases SET state = 'received' WHERE state = 'unanswered'", "cases_clock"),
    ("UPDATE cases SET state = 'answered' WHERE state = 'unanswered'", "cases_answered"),
    ("UPDATE cases SET answered_at = NULL WHERE answer IS NOT NULL", "cases_answered"),
    ("UPDATE cases SET answer = 'maybe' WHERE answer IS NOT NULL", "cases_answer_codes"),
    ("UPDATE cases SET outcome = 'banana' WHERE state = 'closed'", "cases_outcome_codes"),
    ("UPDATE cases SET outcome = NULL WHERE state = 'closed'", "cases_closed"),
    ("UPDATE cases SET closed_at = 1 WHERE state = 'unanswered'", "cases_closed"),
    ("UPDATE cases SET state = 'closed' WHERE state = 'unanswered'", "cases_closed"),
    ("UPDATE cases SET remind_at = 1 WHERE state = 'closed'", "cases_timers"),
    ("UPDATE cases SET confirm_by = 1 WHERE state = 'unanswered'", "cases_timers"),
    ("UPDATE cases SET reach_until = 1 WHERE state = 'unanswered'", "cases_timers"),
    ("UPDATE cases SET missing = 7", "cases_counters"),
    ("UPDATE cases SET version = -1", "cases_counters"),
    ("UPDATE cases SET strike_id = 99", "foreign key"),
    ("UPDATE cases SET reached_letter = 99999 WHERE reached_at IS NOT NULL", "foreign key"),
    ("DELETE FROM cases", "foreign key"),
    // Accounts, strikes, decisions, flags.
    ("UPDATE customers SET active_strikes = -5", "customers_counters"),
    ("UPDATE customers SET active_strikes = total_strikes + 1", "customers_counters"),
    ("UPDATE customers SET unanswered = -1", "customers_counters"),
    ("UPDATE customers SET standing = 'banned'", "customers_standing_codes"),
    ("DELETE FROM customers", "foreign key"),
    ("UPDATE strike_counts SET accounts = -1", "strike_counts_counters"),
    ("UPDATE strikes SET status = 'voided' WHERE status = 'active'", "strikes_ended"),
    ("UPDATE strikes SET ended_at = 1 WHERE status = 'active'", "strikes_ended"),
    ("UPDATE strikes SET status = 'paused', ended_at = 1", "strikes_status_codes"),
    ("UPDATE strikes SET policy_version = 99", "foreign key"),
    ("UPDATE strikes SET case_id = 99", "foreign key"),
    ("DELETE FROM strikes", "foreign key"),
    (
        "INSERT INTO decisions (customer_id, kind, state, grounds, reasons, proposed_by, proposed_at, second_note, policy_version, active_strikes) VALUES (1, 'warn', 'effective', '', 'r', 1, 1, '', 1, 0)",
        "decisions_second",
    ),
    (
        "INSERT INTO decisions (customer_id, kind, state, grounds, reasons, proposed_by, proposed_at, second_at, second_note, policy_version, active_strikes) VALUES (1, 'warn', 'rejected', '', 'r', 1, 1, 1, '', 1, 0)",
        "decisions_second",
    ),
    (
        "INSERT INTO decisions (customer_id, kind, state, grounds, reasons, proposed_by, proposed_at, second_by, second_at, second_note, policy_version, active_strikes) VALUES (1, 'suspend', 'effective', '', 'r', 1, 1, 1, 1, '', 1, 0)",
        "decisions_two_people",
    ),
    (
        "INSERT INTO decisions (customer_id, kind, state, grounds, reasons, proposed_by, proposed_at, second_note, policy_version, active_strikes) VALUES (1, 'forgive', 'pending', '', 'r', 1, 1, '', 1, 0)",
        "decisions_kind_codes",
    ),
    (
        "INSERT INTO decisions (customer_id, kind, state, grounds, reasons, proposed_by, proposed_at, second_note, policy_version, active_strikes) VALUES (1, 'warn', 'pending', '', 'r', 77, 1, '', 1, 0)",
        "foreign key",
    ),
    ("INSERT INTO flags (customer_id, raised_at, policy_version, reasons) VALUES (1, 1, 99, '[]')", "foreign key"),
    // Notices, locations, links.
    ("UPDATE notices SET class = 'good'", "notices_class_codes"),
    ("UPDATE notices SET role = 'friend'", "notices_role_codes"),
    ("UPDATE notices SET proof = 'trust me'", "notices_proof"),
    ("UPDATE notices SET hosted = locations + 1", "notices_counters"),
    ("UPDATE notices SET duplicate_of = id", "notices_not_itself"),
    ("UPDATE notices SET sender_id = 99", "foreign key"),
    ("DELETE FROM notices", "foreign key"),
    ("UPDATE locations SET state = 'banana'", "locations_"),
    ("UPDATE locations SET state = 'unreadable' WHERE kind = 'web'", "locations_"),
    ("UPDATE locations SET state = 'disabled' WHERE case_id IS NULL", "locations_of_case"),
    ("UPDATE locations SET state = 'not_hosted' WHERE case_id IS NOT NULL", "locations_of_case"),
    ("UPDATE locations SET state = 'duplicate'", "locations_repeated"),
    ("UPDATE locations SET state = 'withdrawn'", "locations_withdrawn"),
    ("UPDATE locations SET withdrawn_at = 1", "locations_withdrawn"),
    ("UPDATE locations SET confirm_by = 1 WHERE state = 'reported'", "locations_timers"),
    ("UPDATE locations SET counter_id = 99 WHERE case_id IS NOT NULL", "foreign key"),
    ("UPDATE locations SET state = 'duplicate', duplicate_of = 9999", "foreign key"),
    ("UPDATE links SET case_id = NULL WHERE purpose = 'respond'", "links_one_target"),
    ("UPDATE links SET notice_id = 1 WHERE purpose = 'respond'", "links_one_target"),
    ("UPDATE links SET purpose = 'status' WHERE purpose = 'respond'", "links_one_target"),
    (
        "INSERT INTO probes (location_id, case_id, at, outcome, address, detail) VALUES (9999, 1, 1, 'gone', '', '')",
        "foreign key",
    ),
    (
        "INSERT INTO probes (location_id, case_id, at, outcome, address, detail) VALUES (1, 1, 1, 'perhaps', '', '')",
        "probes_outcome_codes",
    ),
    // Disputes.
    ("UPDATE counter_notices SET state = 'running', next_at = NULL", "counter_notices_clock"),
    ("UPDATE counter_notices SET state = 'stopped', next_at = 1", "counter_notices_clock"),
    ("UPDATE counter_notices SET alarm = 3", "counter_notices_counters"),
    ("UPDATE counter_notices SET restore_until = restore_from - 1", "counter_notices_window"),
    ("UPDATE counter_notices SET jurisdiction = 'moon'", "counter_notices_jurisdiction_codes"),
    ("DELETE FROM counter_notices", "foreign key"),
    (
        "INSERT INTO withdrawals (notice_id, at, via, reason, locations, whole) VALUES (1, 1, 'telegram', '', 1, TRUE)",
        "withdrawals_via_codes",
    ),
    (
        "INSERT INTO court_actions (counter_id, kind, court, docket, filed_on, received_at, in_time, via) VALUES (1, 'moot', '', '', '', 1, TRUE, 'link')",
        "court_actions_kind_codes",
    ),
    (
        "INSERT INTO attachments (case_id, digest, file_name, media_type, size, at, via) SELECT 1, digest, '', '', 1, 1, '' FROM attachment_bodies",
        "attachments_of_one",
    ),
    // Letters and webhooks.
    ("UPDATE letters SET state = 'read'", "letters_"),
    ("UPDATE letters SET settled_at = NULL WHERE state = 'accepted'", "letters_settled"),
    ("UPDATE letters SET state = 'queued' WHERE state = 'accepted'", "letters_settled"),
    ("UPDATE letters SET tokens = 'x' WHERE state = 'accepted'", "letters_no_tokens"),
    ("UPDATE letters SET bounced_at = 1 WHERE state = 'accepted'", "letters_bounced"),
    ("UPDATE letters SET state = 'bounced' WHERE state = 'accepted'", "letters_bounced"),
    ("UPDATE letters SET attempts = -1", "letters_counters"),
    ("UPDATE letters SET kind = 'greeting'", "letters_kind_codes"),
    ("UPDATE letters SET answers_id = 9999", "foreign key"),
    ("UPDATE letter_data SET language = 'xx'", "letter_data_language_codes"),
    (
        "INSERT INTO webhook_endpoints (url, kinds, secret, previous_secret, created_at, created_by) VALUES ('', '', '', 'old', 1, '')",
        "webhook_endpoints_previous",
    ),
    ("UPDATE reviews SET kind = 'whim'", "reviews_kind_codes"),
    ("UPDATE reviews SET done_at = NULL", "reviews_done"),
    ("UPDATE senders SET proved = sent + 1", "senders_counters"),
    ("UPDATE senders SET grade = 'best'", "senders_grade_codes"),
    ("UPDATE staff SET role = 'root'", "staff_role_codes"),
    ("UPDATE staff SET removed_at = 1", "staff_removed"),
    // What was received, sent and recorded.
    ("UPDATE submissions SET problem = 'none'", "only appended to"),
    ("DELETE FROM submissions", "only appended to"),
    ("UPDATE sent_letters SET sent_at = 1", "only appended to"),
    ("DELETE FROM sent_letters", "only appended to"),
    ("UPDATE responses SET note = ''", "only appended to"),
    ("DELETE FROM responses", "only appended to"),
    ("UPDATE court_actions SET docket = ''", "only appended to"),
    ("DELETE FROM court_actions", "only appended to"),
    ("UPDATE attachments SET via = ''", "only appended to"),
    ("DELETE FROM attachments", "only appended to"),
    ("DELETE FROM attachment_bodies", "only appended to"),
    ("UPDATE policies SET body = '{}'", "only appended to"),
    ("DELETE FROM policies", "only appended to"),
    ("UPDATE events SET actor = 'nobody'", "only appended to"),
    ("DELETE FROM events", "only appended to"),
    ("UPDATE checkpoints SET at = 1", "only appended to"),
    ("DELETE FROM checkpoints", "only appended to"),
    ("UPDATE checkpoint_heads SET seq = 1", "only appended to"),
    ("DELETE FROM checkpoint_heads", "only appended to"),
    ("UPDATE heads SET seq = seq - 1", "only appended to"),
    ("UPDATE heads SET subject = subject || '0'", "only appended to"),
    ("UPDATE heads SET hash = (SELECT secret FROM installation)", "only appended to"),
    ("DELETE FROM heads", "only appended to"),
];

on_both! {
    /// The database itself refuses what the program would never write.
    fn hostile_statements_are_refused_one_by_one(site: TestSite) {
        lived(&site);
        let mut accepted = Vec::new();
        for (sql, refused_by) in HOSTILE {
            // Whatever is accepted is undone, so that what follows meets the same rows.
            let said = site.wait(site.app.db.write(move |c| {
                let rows = sql_query(*sql).execute(c)?;
                Err::<(), _>(StorageError::NotFound { table: "nothing that refuses it", id: format!("{rows} rows") })
            }));
            let said = said.unwrap_err().to_string();
            if !said.to_lowercase().contains(refused_by) {
                accepted.push(format!("{sql}: {said}"));
            }
        }
        assert!(accepted.is_empty(), "{}", accepted.join("\n"));
    }

    /// A strike that has expired when it is counted ends at once; the database takes no other.
    fn a_strike_can_have_expired_already(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        let insert = |c: &mut Conn| {
            let (customer, case, policy) = (CustomerId(1), CaseId(1), PolicyVersion(1));
            let (received_at, expires_at) = (Moment(1), Moment(2));
            let new = NewStrike { customer, case, received_at, told_at: Some(Moment(1)), expires_at, policy };
            let id = strikes::insert(c, &new, StrikeStatus::Expired, Moment(3))?;
            let status = strikes::get(c, id)?.status;
            Err::<(), _>(StorageError::NotFound { table: status.code(), id: String::new() })
        };
        let said = site.wait(site.app.db.write(insert)).unwrap_err().to_string();
        assert!(said.contains("expired"), "{said}");
    }

    /// The number of a row that is gone is never given to another one.
    fn numbers_of_rows_are_never_used_again(site: TestSite) {
        site.customers(CUSTOMERS);
        let newest = |site: &TestSite| {
            let newest = |c: &mut Conn| Ok(rows(c, "SELECT 'id' AS name, CAST(max(id) AS TEXT) AS text FROM contacts"));
            site.wait(site.app.read(newest)).unwrap()[0].1.parse::<i64>().unwrap()
        };
        let before = newest(&site);
        let replace = |c: &mut Conn| {
            sql_query("DELETE FROM contacts WHERE id = (SELECT max(id) FROM contacts)").execute(c)?;
            sql_query("INSERT INTO contacts (customer_id, role, name, email, phone) VALUES (1, '', '', 'new@x.example', '')").execute(c)?;
            Ok::<_, StorageError>(())
        };
        site.wait(site.app.db.write(replace)).unwrap();
        assert!(newest(&site) > before, "{before} was given again");
    }
}
