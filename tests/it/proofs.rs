//! Whoever changes what is stored behind the program's back is found out: rows and bytes against the record, the record
//! against a digest that was kept elsewhere, an archive against its signature.

use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection;
use safeharbor::domain::base::fingerprint::{hex, unhex};
use safeharbor::domain::base::moment::{Moment, Span};
use safeharbor::domain::record::event::link::{Place, Plain, event_hash};
use safeharbor::evidence::{self, Against};
use safeharbor::signing;
use safeharbor::storage::record::checkpoints::{self, OutsideCheckpoint};
use safeharbor::storage::record::verify;
use safeharbor::storage::record::verify_chains::Broken;
use safeharbor::storage::{Conn, StorageError};
use sha2::{Digest, Sha256};

use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite};

/// A case that was answered, disabled, disputed and sued about; one that nobody answered; one that was withdrawn.
fn lived(site: &TestSite) -> String {
    site.customers(CUSTOMERS);
    let first = site.report("https://alder-photo.example/a.jpg").reference('C');
    site.run_due();
    let client = site.client();
    let link = site.letter_to("owner@alder-photo.example").link();
    let csrf = client.get(&link).field("csrf");
    let answer = [("csrf", csrf.as_str()), ("answer", "dispute"), ("dis-why", "I took it myself.")];
    let sent = client.post_files(&link, &answer, &[("files", "license.txt", b"Lizenz".as_slice())]);
    assert_eq!(sent.status, 303, "{}", sent.text());
    site.disable(&first);
    let counter = site.counter_notice(&first);
    site.sue(&first, counter);
    site.report_as("Maren Holt", "maren@holt.example", "https://brightmoor.example/b.jpg");
    site.run_due();
    site.advance(Span::hours(49));
    site.advance(Span::days(1));
    std::fs::write(site.folder.path().join("record-was-tampered-with"), b"").unwrap();
    first
}

/// Tables that refuse to be changed.
const NEVER_CHANGED: [&str; 7] =
    ["submissions", "responses", "policies", "court_actions", "attachment_bodies", "attachments", "sent_letters"];

/// What an insider does first on SQLite.
fn without_triggers() -> String {
    NEVER_CHANGED.map(|t| format!("DROP TRIGGER {t}_no_update; DROP TRIGGER {t}_no_delete; ")).concat()
}

/// What the check finds after something was done in the database; nothing of it stays.
fn after(site: &TestSite, sql: &str) -> Vec<String> {
    let freed = match site.backend {
        Backend::Sqlite => without_triggers(),
        Backend::Postgres => "SET LOCAL session_replication_role = replica; ".to_owned(),
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

/// Each change, and what must be said of it.
const CHANGES: [(&str, &str); 31] = [
    ("UPDATE strikes SET status = 'voided', ended_at = 1", "strike 1 is not what the record tells"),
    ("UPDATE strikes SET expires_at = expires_at - 86400000000", "strike 1 is not what the record tells"),
    ("UPDATE cases SET deadline = deadline + 86400000000", "its deadline is not what the record tells"),
    ("UPDATE cases SET answer = 'removed' WHERE answer IS NOT NULL", "its answer is not what the record tells"),
    ("UPDATE cases SET customer_id = 3, ordinal = 90 + id", "its notice or its customer is not what the record tells"),
    (
        "UPDATE cases SET notice_id = 3 - notice_id WHERE id < 3",
        "its notice or its customer is not what the record tells",
    ),
    ("UPDATE customers SET active_strikes = 0", "the number of its strikes"),
    ("DELETE FROM strikes WHERE id = 1", "strike 1 is gone"),
    ("UPDATE customers SET standing = 'terminated'", "standing"),
    (
        "UPDATE submissions SET body = (SELECT secret FROM installation), packing = 0",
        "its bytes are not those that came",
    ),
    ("UPDATE submissions SET digest = (SELECT secret FROM installation)", "is not what the record tells"),
    ("UPDATE responses SET note = 'I stole it.'", "answer 1 is gone, or is not what the record tells"),
    ("DELETE FROM responses", "more or fewer answers"),
    ("UPDATE responses SET kind = 'removed'", "answer 1 is gone, or is not what the record tells"),
    (
        "UPDATE attachment_bodies SET body = (SELECT secret FROM installation), size = 32",
        "its bytes are not those that came",
    ),
    ("DELETE FROM attachments", "its files are not those"),
    (
        "UPDATE cases SET state = 'closed', outcome = 'no_action', closed_at = 1, remind_at = NULL",
        "its state is not what the record tells",
    ),
    ("UPDATE locations SET state = 'restored' WHERE case_id = 1", "states of its locations"),
    ("DELETE FROM locations WHERE case_id = 1", "more or fewer locations"),
    ("UPDATE counter_notices SET state = 'restored', next_at = NULL", "its state is not what the record tells"),
    ("UPDATE counter_notices SET reason = 'none'", "it does not say what came"),
    ("DELETE FROM counter_notices", "counter-notice 1 is gone"),
    ("UPDATE court_actions SET docket = '1'", "court action 1 is gone, or is not"),
    ("DELETE FROM court_actions", "more or fewer court actions"),
    ("UPDATE notices SET withdrawn_at = 1", "whether it is withdrawn"),
    ("DELETE FROM notices", "its events are there, its row is not"),
    ("UPDATE notices SET class = 'defective'", "its class"),
    ("UPDATE sent_letters SET message = (SELECT secret FROM installation)", "does not say what was sent"),
    ("UPDATE letters SET state = 'failed'", "what became of letter"),
    ("UPDATE letters SET to_address = 'nobody@x.example'", "does not say what was sent"),
    ("UPDATE policies SET body = '{}'", "version 1 of the policy is not what was published"),
];

on_both! {
    fn every_change_beside_the_record_is_found(site: TestSite) {
        lived(&site);
        assert_eq!(after(&site, "SELECT 1"), Vec::<String>::new());
        for (sql, said) in CHANGES {
            // On SQLite rows that others refer to go with them, as whoever does this would see to.
            let found = if site.backend == Backend::Sqlite && sql.starts_with("DELETE") {
                after_without_keys(&site, sql)
            } else {
                after(&site, sql)
            };
            assert!(found.iter().any(|f| f.contains(said)), "{sql}: {found:?}");
            assert!(found.iter().all(|f| !f.contains('@')), "no personal data: {found:?}");
        }
    }

    /// The database itself refuses to change what was recorded.
    fn the_record_is_only_appended_to(site: TestSite) {
        lived(&site);
        for sql in [
            "UPDATE events SET actor = 'x' WHERE id = 1", "DELETE FROM events WHERE id = 1",
            "UPDATE checkpoints SET at = 1", "DELETE FROM checkpoints",
            "UPDATE checkpoint_heads SET seq = 1", "DELETE FROM checkpoint_heads",
            "UPDATE heads SET seq = seq - 1", "DELETE FROM heads", "DELETE FROM submissions",
        ] {
            let refused = site.wait(site.app.db.write(move |c| Ok::<_, StorageError>(c.batch_execute(sql)?)));
            assert!(refused.unwrap_err().to_string().contains("only appended to"), "{sql}");
        }
    }

    /// A record that was made anew as a whole fits in itself, and not with the digest that was kept elsewhere.
    fn a_record_made_anew_is_found_by_a_checkpoint(site: TestSite) {
        lived(&site);
        let (id, digest) = site.wait(site.app.read(checkpoints::newest)).unwrap().unwrap();
        let kept: OutsideCheckpoint = format!("{id}:{}", hex(&digest)).parse().unwrap();
        let held = |kept: OutsideCheckpoint| {
            let compare = move |c: &mut Conn| {
                let mut found = Vec::new();
                checkpoints::compare_kept(c, &kept, &mut found)?;
                Ok::<_, StorageError>(found)
            };
            site.wait(site.app.read(compare)).unwrap()
        };
        assert_eq!(held(kept.clone()), []);
        let other = OutsideCheckpoint { digest: "00".repeat(32), ..kept.clone() };
        assert_eq!(held(other), [Broken::CheckpointReplaced { checkpoint: id }]);
        assert_eq!(held(OutsideCheckpoint { id: id + 1, ..kept }), [Broken::CheckpointUnknown { checkpoint: id + 1, newest: id }]);
        assert!("12".parse::<OutsideCheckpoint>().is_err() && "12:abc".parse::<OutsideCheckpoint>().is_err());
    }

    /// An archive whose events, digests and manifest were all made anew is found by its signature, and where somebody
    /// else signed it, by the keys that may.
    fn a_forged_archive_is_found(site: TestSite) {
        let case = lived(&site);
        let archive = export(&site, &case);
        let checked = evidence::check(Cursor::new(&archive)).unwrap();
        assert_eq!(checked.problems, Vec::<String>::new());
        assert_eq!(checked.signed_by, Some(site.app.signer.public.fingerprint()));
        let forged = forge(&archive, None);
        let found = evidence::check(Cursor::new(&forged)).unwrap().problems;
        assert!(found.iter().any(|p| p.contains("does not belong to these bytes")), "{found:?}");
        assert!(found.iter().any(|p| p.contains("not the one that checkpoint")), "{found:?}");
        let other = signing::Signer::from_seed(&[9; 32]).unwrap();
        let forged = forge(&archive, Some(&other));
        let signers = vec![site.app.signer.public];
        let against = |signers, checkpoint| Against { signers, checkpoint };
        let found = evidence::check_against(Cursor::new(&forged), &against(signers.clone(), None)).unwrap().problems;
        assert!(found.iter().any(|p| p.contains("not among the signers")), "{found:?}");
        let (id, digest) = site.wait(site.app.read(checkpoints::newest)).unwrap().unwrap();
        let kept = OutsideCheckpoint { id, digest: hex(&digest) };
        let whole = evidence::check_against(Cursor::new(&archive), &against(signers.clone(), Some(kept.clone()))).unwrap();
        assert!(whole.problems.iter().all(|p| p.contains("is not in the archive")), "{:?}", whole.problems);
        let found = evidence::check_against(Cursor::new(&forged), &against(Vec::new(), Some(kept))).unwrap().problems;
        assert!(!found.is_empty());
    }
}

fn after_without_keys(site: &TestSite, sql: &str) -> Vec<String> {
    let copy = site.folder.path().join("copy.db");
    let _ = std::fs::remove_file(&copy);
    let into = format!("VACUUM INTO '{}'", copy.display());
    site.wait(site.app.db.read(move |c| Ok::<_, StorageError>(c.batch_execute(&into)?))).unwrap();
    let url = format!("sqlite://{}", copy.display()).parse().unwrap();
    let mut conn = safeharbor::storage::engine::backup::look_into(&url).unwrap();
    conn.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
    conn.batch_execute(&format!("{}{sql}", without_triggers())).unwrap();
    let mut found = Vec::new();
    verify::everything(&mut conn, &mut found).unwrap();
    found.iter().map(ToString::to_string).collect()
}

fn export(site: &TestSite, case: &str) -> Vec<u8> {
    let agent = site.staff("agent");
    let csrf = agent.get("/staff/outbox").field("csrf");
    agent.post_bytes(&format!("/staff/cases/{case}/evidence"), &[("csrf", &csrf)])
}

/// The archive with an event changed and everything that rests on it made anew, signed again where a key is given.
fn forge(archive: &[u8], signer: Option<&signing::Signer>) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for n in 0..zip.len() {
        let mut file = zip.by_index(n).unwrap();
        let mut body = Vec::new();
        file.read_to_end(&mut body).unwrap();
        files.push((file.name().unwrap().into_owned(), body));
    }
    let body = |files: &[(String, Vec<u8>)], name: &str| files.iter().find(|(n, _)| n == name).unwrap().1.clone();
    let mut manifest: serde_json::Value = serde_json::from_slice(&body(&files, "manifest.json")).unwrap();
    let chain = &mut manifest["chains"][0];
    let (subject, path) = (chain["subject"].as_str().unwrap().to_owned(), chain["path"].as_str().unwrap().to_owned());
    let (mut previous, mut out) = (Vec::new(), String::new());
    for line in String::from_utf8(body(&files, &path)).unwrap().lines() {
        let mut e: serde_json::Value = serde_json::from_str(line).unwrap();
        if e["kind"] == "case.answered" {
            e["actor"] = "staff:99".into();
        }
        let text = |key: &str| e[key].as_str().unwrap().to_owned();
        let values = e["values"].as_array().cloned().unwrap_or_default();
        let private: Vec<(&str, Vec<u8>)> = values
            .iter()
            .map(|v| (v["name"].as_str().unwrap(), unhex(v["commitment"].as_str().unwrap()).unwrap()))
            .collect();
        let (seq, at) = (e["seq"].as_i64().unwrap(), Moment(e["at"].as_i64().unwrap()));
        let place = Place { previous: &previous, subject: &subject, seq, at };
        let salt = unhex(&text("salt")).unwrap();
        let plain = Plain { actor: &text("actor"), kind: &text("kind"), facts: &text("facts"), salt: &salt };
        previous = event_hash(place, plain, private.iter().map(|(name, c)| (*name, c.as_slice()))).to_vec();
        e["hash"] = hex(&previous).into();
        out += &e.to_string();
        out.push('\n');
    }
    chain["head"] = hex(&previous).into();
    files.iter_mut().find(|(n, _)| *n == path).unwrap().1 = out.into_bytes();
    for entry in manifest["files"].as_array_mut().unwrap() {
        let bytes = body(&files, entry["path"].as_str().unwrap());
        entry["size"] = bytes.len().into();
        entry["sha256"] = hex(&Sha256::digest(&bytes)).into();
    }
    let text = serde_json::to_string_pretty(&manifest).unwrap();
    files.retain(|(name, _)| name != "manifest.json" && (signer.is_none() || name != "manifest.json.sig"));
    if let Some(signer) = signer {
        files.push(("manifest.json.sig".to_owned(), signer.sign(signing::EVIDENCE, text.as_bytes()).into_bytes()));
    }
    files.push(("manifest.json".to_owned(), text.into_bytes()));
    let mut made = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        made.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        made.write_all(&bytes).unwrap();
    }
    made.finish().unwrap().into_inner()
}

/// The digest of each day leaves the database signed: a file that OpenSSH checks, and a letter with the same words.
#[test]
fn the_digest_leaves_the_installation_every_day() {
    let folder = tempfile::tempdir().unwrap();
    let digests = folder.path().join("digests");
    let settings =
        [("record.digest_dir", digests.to_str().unwrap()), ("record.digest_email", "keeper@elsewhere.example")];
    let site = TestSite::open_with(Backend::Sqlite, &settings);
    site.report("https://elsewhere.example/a");
    site.run_due();
    site.advance(Span::days(1));
    let (id, digest) = site.wait(site.app.read(checkpoints::newest)).unwrap().unwrap();
    let path = digests.join(format!("checkpoint-{id:06}.txt"));
    let text = std::fs::read_to_string(&path).unwrap();
    let signature = std::fs::read_to_string(path.with_extension("txt.sig")).unwrap();
    assert!(text.ends_with(&format!("\n{}\n", hex(&digest))), "{text}");
    assert_eq!(signing::verify(signing::CHECKPOINT, text.as_bytes(), &signature), Ok(site.app.signer.public));
    let letter = site.letter_to("keeper@elsewhere.example");
    // What is copied is one block each, and each command is one line.
    assert!(
        letter.text.contains(&format!("\n\n{text}\n")) && letter.text.contains(&format!("\n\n{signature}\n")),
        "{}",
        letter.text
    );
    let command = format!("\nsafeharbor verify-log --checkpoint {id}:{}\n", hex(&digest));
    assert!(letter.text.contains(&command), "{}", letter.text);
    let name = format!("checkpoint-{id:06}.txt");
    let command = format!(
        "\nssh-keygen -Y verify -f allowed_signers -I safeharbor -n {} -s {name}.sig < {name}\n",
        signing::CHECKPOINT
    );
    assert!(letter.text.contains(&command), "{}", letter.text);
    let signers = folder.path().join("signers");
    std::fs::write(&signers, format!("safeharbor {}\n", site.app.signer.public)).unwrap();
    let verify = Command::new("ssh-keygen")
        .args(["-Y", "verify", "-I", "safeharbor", "-n", signing::CHECKPOINT, "-f"])
        .arg(&signers)
        .arg("-s")
        .arg(path.with_extension("txt.sig"))
        .stdin(Stdio::from(std::fs::File::open(&path).unwrap()))
        .output();
    if let Ok(verified) = verify {
        assert!(verified.status.success(), "{verified:?}");
    }
}
