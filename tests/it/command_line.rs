//! The commands, run as an operator runs them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn safeharbor(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_safeharbor"))
        .args(arguments)
        .env_clear()
        .env("SAFEHARBOR_SERVER__DATA_DIR", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that needs no input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// A folder with a database, as the service makes it.
fn installed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(safeharbor(folder.path(), &["migrate"], "").status.success());
    folder
}

fn out(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const CSV: &str = "account,name,segment,contact_email,asset\n\
    A-1,One,shared,one@x.example,one.example\n\
    A-1,,,two@x.example,\n\
    A-2,,shared,,\n\
    A-3,Three,nosuch,,\n\
    A-4,Four,vps,not an address,\n\
    A-5,Five,vps,,*.co.uk\n\
    A-6,Six,vps,,10.0.0.0/8\n\
    A-7,Seven\n";

#[test]
fn customers_are_imported_and_bad_lines_are_named() {
    let folder = installed();
    let file = folder.path().join("c.csv");
    std::fs::write(&file, CSV).unwrap();
    let arguments = ["customers", "import", file.to_str().unwrap()];
    let first = safeharbor(folder.path(), &arguments, "");
    let text = out(&first);
    assert_eq!(first.status.code(), Some(2), "{text}");
    assert!(text.contains("3 lines imported (3 changes); 5 lines have errors."), "{text}");
    for words in [
        "line 4: name is empty on the first line of account A-2",
        "line 5: segment \"nosuch\" is not in the policy; allowed: dedicated, reseller, shared, vps",
        "line 6: \"not an address\" is not an email address",
        "line 7: *.co.uk covers a public suffix",
        "line 9:",
    ] {
        assert!(text.contains(words), "{words} is missing in {text}");
    }
    let second = out(&safeharbor(folder.path(), &arguments, ""));
    assert!(second.contains("3 lines imported (0 changes)"), "{second}");
}

#[test]
fn a_notice_is_taken_in_from_a_file_or_standard_input() {
    let folder = installed();
    let json = r#"{"complainant":{"name":"J","email":"j@x.example"},"works":[{"title":"W"}],"locations":[{"url":"https://one.example/a"}],
        "statements":{"good_faith":true,"accurate":true,"authorized_under_penalty_of_perjury":true},"signature":"J"}"#;
    let good = safeharbor(folder.path(), &["intake", "-"], json);
    let text = out(&good);
    assert!(
        good.status.success() && text.starts_with("N-") && text.contains("complete") && text.contains("/n/"),
        "{text}"
    );
    for bad in ["", "{", "[1,2]", r#"{"complainant":{"shoe_size":43}}"#, "\u{0}", &"[".repeat(200_000)] {
        let output = safeharbor(folder.path(), &["intake", "-"], bad);
        let text = out(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("It is kept as submission"), "{text}");
    }
    let missing = safeharbor(folder.path(), &["intake", "/nonexistent.json"], "");
    assert!(!missing.status.success() && out(&missing).contains("/nonexistent.json"), "{}", out(&missing));
    let verified = safeharbor(folder.path(), &["verify-log"], "");
    assert!(verified.status.success() && out(&verified).contains("0 problems found"), "{}", out(&verified));
}

#[test]
fn private_values_are_forgotten_on_a_basis() {
    let folder = installed();
    let run = |arguments: &[&str]| safeharbor(folder.path(), arguments, "");
    let json = r#"{"complainant":{"name":"J","email":"j@x.example"},"works":[{"title":"W"}],"locations":[{"url":"https://one.example/a"}]}"#;
    assert!(safeharbor(folder.path(), &["intake", "-"], json).status.success());
    let basis = ["--basis", "Art. 17 GDPR"];
    // The first sender is the domain, the second who writes from there.
    let dry = run(&["forget", "sender:2", basis[0], basis[1], "--dry-run"]);
    let would = "1 private values of sender:2 in 1 chains would be forgotten";
    assert!(dry.status.success() && out(&dry).contains(would), "{}", out(&dry));
    for sum in ["notice:1: 1\n1 private values", "0 private values"] {
        let done = run(&["forget", "sender:2", basis[0], basis[1]]);
        assert!(done.status.success() && out(&done).starts_with(sum), "{}", out(&done));
    }
    for (arguments, words) in [
        (&["forget", "sender:2"][..], "--basis"),
        (&["forget", "sender:2", "--basis", " "], "legal basis"),
        (&["forget", "Joel", "--basis", "x"], "KIND:NUMBER"),
    ] {
        let refused = run(arguments);
        assert!(!refused.status.success() && out(&refused).contains(words), "{}", out(&refused));
    }
    let verified = run(&["verify-log"]);
    assert!(verified.status.success() && out(&verified).contains("0 problems found"), "{}", out(&verified));
}

#[test]
fn staff_are_added_with_a_password_from_standard_input() {
    let folder = installed();
    let add = |email: &str, role: &str, password: &str| {
        safeharbor(folder.path(), &["staff", "add", email, "--name", "Ada Sund", "--role", role], password)
    };
    let good = add("ada@x.example", "lead", "a long password\n");
    assert!(good.status.success() && out(&good).contains("can sign in as lead"), "{}", out(&good));
    for (email, role, password, words) in [
        ("ada", "lead", "a long password\n", "is not an email address"),
        ("ada@x.example", "boss", "a long password\n", "viewer, agent, lead or admin"),
        ("ada@x.example", "lead", "short\n", "at least 12 characters"),
    ] {
        let bad = add(email, role, password);
        assert!(!bad.status.success() && out(&bad).contains(words), "{}", out(&bad));
    }
}

/// Which features are in, and what the address of the database asks of a build that lacks TLS.
#[test]
fn the_program_says_what_it_was_built_with() {
    let folder = tempfile::tempdir().unwrap();
    let version = out(&safeharbor(folder.path(), &["--version"], ""));
    assert!(version.contains("jemalloc: ") && version.contains("postgres-tls: "), "{version}");
    let config = folder.path().join("s.toml");
    let doctor = |url: &str| {
        std::fs::write(&config, format!("[database]\nurl = {url:?}\n")).unwrap();
        out(&safeharbor(folder.path(), &["doctor", "--config", config.to_str().unwrap()], ""))
    };
    let text = doctor("postgres://u:hunter2@127.0.0.1:1/x?sslmode=require");
    assert!(text.contains("postgres-tls: ") && !text.contains("hunter2"), "{text}");
    if !cfg!(feature = "postgres-tls") {
        assert!(text.contains("WRONG database: the address asks for TLS (sslmode=require)"), "{text}");
        assert!(text.contains("--features full"), "{text}");
        let serve = out(&safeharbor(folder.path(), &["serve", "--config", config.to_str().unwrap()], ""));
        assert!(serve.contains("--features full"), "{serve}");
    }
    let text = doctor("postgres://u:hunter2@192.0.2.1:1/x?connect_timeout=1");
    assert!(text.contains("note  database: the database is on another machine"), "{text}");
    let text = doctor("postgres://u:hunter2");
    assert!(text.contains("WRONG") && !text.contains("hunter2"), "libpq would repeat it: {text}");
}

#[test]
fn the_doctor_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = safeharbor(folder.path(), &["doctor"], "");
    let text = out(&fresh);
    assert!(text.contains("WRONG agent: set host.name") && text.contains("run `safeharbor migrate`"), "{text}");
    assert!(safeharbor(folder.path(), &["migrate"], "").status.success());
    let text = out(&safeharbor(folder.path(), &["doctor"], ""));
    assert!(text.contains("no one can sign in; run safeharbor staff add") && text.contains("up to date"), "{text}");
    let config = folder.path().join("s.toml");
    std::fs::write(&config, "[mail]\nsmtp_host = \"127.0.0.1\"\nsmtp_port = 1\nsmtp_username = \"safeharbor\"\n")
        .unwrap();
    let text = out(&safeharbor(folder.path(), &["doctor", "--config", config.to_str().unwrap()], ""));
    assert!(text.contains("mail.smtp_username is set, but mail.smtp_password is not"), "{text}");
    assert!(text.contains("WRONG mail: 127.0.0.1:1: cannot reach the mail server"), "{text}");
    std::fs::write(&config, "[server]\nlistn = 1\n[segments.Shared]\ndeadline = \"soon\"\n").unwrap();
    let wrong = safeharbor(folder.path(), &["doctor", "--config", config.to_str().unwrap()], "");
    let text = out(&wrong);
    assert!(wrong.status.code() == Some(2) && text.contains("unknown key server.listn"), "{text}");
    let serve = safeharbor(folder.path(), &["serve", "--config", config.to_str().unwrap()], "");
    assert!(!serve.status.success() && out(&serve).contains("did you mean server.listen?"), "{}", out(&serve));
}

#[test]
fn a_new_version_of_the_policy_is_published() {
    let folder = installed();
    let config = folder.path().join("s.toml");
    let publish = |text: &str| {
        std::fs::write(&config, text).unwrap();
        safeharbor(
            folder.path(),
            &["policy", "publish", "--reason", "Shorter.", "--config", config.to_str().unwrap()],
            "",
        )
    };
    let same = publish("");
    assert!(!same.status.success() && out(&same).contains("This is what version 1 says already"), "{}", out(&same));
    let new = publish("[policy]\nstrike_expiry = \"90d\"\n");
    assert!(new.status.success() && out(&new).contains("Version 2 is in force"), "{}", out(&new));
    let lost = publish("[segments.cloud]\nthreshold = 4\n");
    assert!(!lost.status.success() && out(&lost).contains("dedicated, reseller, shared, vps"), "{}", out(&lost));
    let shown = out(&safeharbor(folder.path(), &["policy", "show"], ""));
    assert!(
        shown.contains("Version 2") && shown.contains("\"strike_expiry\": \"90d\"") && shown.contains("Shorter."),
        "{shown}"
    );
}

#[test]
fn help_is_worth_reading() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["serve", "demo", "worker", "migrate", "intake", "doctor", "verify-log"] {
        let output = safeharbor(folder.path(), &[command, "--help"], "");
        let text = out(&output);
        assert!(output.status.success() && text.len() > 300, "{command}: {text}");
        let listens = ["serve", "demo", "worker"].contains(&command);
        assert_eq!(text.contains("--listen"), listens, "{command}: {text}");
    }
    let text = out(&safeharbor(folder.path(), &["customers", "import", "--help"], ""));
    assert!(text.contains("valid_until"), "{text}");
}

#[test]
fn a_mail_server_pipes_mail_in() {
    let folder = installed();
    let mail =
        "From: Joel <joel@x.example>\r\nSubject: My photo\r\nMessage-ID: <1@x.example>\r\n\r\nPlease remove it.\r\n";
    let arguments = ["intake", "--mail", "--from", "joel@x.example", "--to", "copyright@host.example"];
    let taken = safeharbor(folder.path(), &arguments, mail);
    assert!(taken.status.success() && out(&taken).contains("submission 1: draft"), "{}", out(&taken));
    let again = safeharbor(folder.path(), &arguments, mail);
    assert!(again.status.success() && out(&again).contains("submission 1: draft, received before"), "{}", out(&again));
    let nothing = safeharbor(folder.path(), &["intake", "--mail"], "\u{1}");
    assert_eq!(nothing.status.code(), Some(0), "kept, and not sent back: {}", out(&nothing));
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let broken = safeharbor(&file.join("data"), &arguments, mail);
    assert_eq!(broken.status.code(), Some(75), "could not be kept: {}", out(&broken));
}

#[test]
fn machine_formats_are_taken_from_files() {
    let folder = installed();
    let acns = "<?xml version=\"1.0\"?>\n<Infringement><Case><ID>H-1</ID></Case><Complainant><Entity>Holt</Entity></Complainant><Source><IP_Address>198.51.100.7</IP_Address></Source><Content><Item><Title>Heron</Title></Item></Content></Infringement>";
    let text = out(&safeharbor(folder.path(), &["intake"], acns));
    assert!(text.starts_with("N-") && text.contains("defective") && text.contains("contact.missing"), "{text}");
    let mail = format!("From: a@x.example\r\nSubject: x\r\nMessage-ID: <2@x.example>\r\n\r\n{acns}");
    let text = out(&safeharbor(folder.path(), &["intake", "-"], &mail));
    assert!(text.contains("notices") && text.contains("N-"), "{text}");
    let file = folder.path().join("wide.xml");
    std::fs::write(&file, acns.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()).unwrap();
    let text = out(&safeharbor(folder.path(), &["intake", file.to_str().unwrap()], ""));
    assert!(text.starts_with("N-"), "{text}");
}

#[test]
fn keys_are_made_listed_and_revoked() {
    let folder = installed();
    let wrong = safeharbor(folder.path(), &["keys", "add", "x", "--scopes", "notices:all"], "");
    assert!(!wrong.status.success() && out(&wrong).contains("there are: notices:read"), "{}", out(&wrong));
    let made = safeharbor(
        folder.path(),
        &["keys", "add", "Control panel", "--scopes", "customers:write", "--expires", "90d"],
        "",
    );
    assert!(String::from_utf8_lossy(&made.stdout).starts_with("shk_"), "{}", out(&made));
    let list = out(&safeharbor(folder.path(), &["keys", "list"], ""));
    assert!(
        list.contains("works  Control panel") && list.contains("customers:write") && !list.contains("shk_"),
        "{list}"
    );
    assert!(out(&safeharbor(folder.path(), &["keys", "revoke", "1"], "")).contains("opens nothing"));
    assert!(out(&safeharbor(folder.path(), &["keys", "list"], "")).contains("ended"));
}

/// A case is taken out as an archive, which is checked without a database.
#[test]
fn a_case_is_exported_for_counsel() {
    let folder = installed();
    let file = folder.path().join("c.csv");
    std::fs::write(&file, "account,name,segment,contact_email,asset\nA-1,One,shared,one@x.example,one.example\n")
        .unwrap();
    safeharbor(folder.path(), &["customers", "import", file.to_str().unwrap()], "");
    let notice = r#"{"complainant":{"name":"J F","email":"j@f.example"},"works":[{"title":"T","description":"D"}],
        "locations":[{"url":"https://one.example/a"}],"signature":"J F",
        "statements":{"good_faith":true,"accurate":true,"authorized_under_penalty_of_perjury":true}}"#;
    let taken = out(&safeharbor(folder.path(), &["intake", "-"], notice));
    let case = taken.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).find(|w| w.starts_with("C-")).unwrap();
    let archive = folder.path().join("evidence.zip");
    let arguments = ["export", "case", case, archive.to_str().unwrap()];
    let exported = safeharbor(folder.path(), &arguments, "");
    assert!(exported.status.success() && out(&exported).contains("SHA-256 of its manifest"), "{}", out(&exported));
    let again = safeharbor(folder.path(), &arguments, "");
    assert!(!again.status.success(), "a file that is there is not touched");
    let elsewhere = tempfile::tempdir().unwrap();
    let check = ["verify-log", "--archive", archive.to_str().unwrap()];
    let checked = safeharbor(elsewhere.path(), &check, "");
    assert!(checked.status.success() && out(&checked).contains("0 problems found"), "{}", out(&checked));
    assert!(std::fs::read_dir(elsewhere.path()).unwrap().next().is_none(), "needs no database and makes none");
    let unknown = safeharbor(folder.path(), &["export", "case", "C-0000-0000"], "");
    assert!(out(&unknown).contains("there is no case C-0000-0000"), "{}", out(&unknown));
    std::fs::write(&archive, b"PK no archive").unwrap();
    assert!(!safeharbor(elsewhere.path(), &check, "").status.success());
}
