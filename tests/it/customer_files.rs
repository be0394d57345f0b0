//! Files of customers as other systems and people write them, at the command line.

use std::path::Path;
use std::process::{Command, Output, Stdio};

struct Installation(tempfile::TempDir);

impl Installation {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        assert!(folder.run(&["migrate"]).status.success());
        folder
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_safeharbor"));
        command.args(arguments).env_clear().env("SAFEHARBOR_SERVER__DATA_DIR", self.0.path().join("data"));
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// Imports bytes; the exit code, and all that was printed.
    fn import(&self, bytes: impl AsRef<[u8]>, options: &[&str]) -> (i32, String) {
        let file = self.0.path().join("c.csv");
        std::fs::write(&file, bytes).unwrap();
        let mut arguments = vec!["customers", "import", file.to_str().unwrap()];
        arguments.extend(options);
        let output = self.run(&arguments);
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap(), text)
    }

    /// How many lines of a file are known already: importing it changes nothing.
    fn knows(&self, csv: &str) -> bool {
        let (code, text) = self.import(csv, &["--dry-run"]);
        code == 0 && text.contains("(0 changes)")
    }
}

const HEAD: &str = "account,name,segment,contact_email,asset\n";

fn rows(list: &[(&str, &str)]) -> String {
    let row = |(id, asset): &(&str, &str)| format!("{id},{id},shared,{id}@c.example,{asset}\n");
    format!("{HEAD}{}", list.iter().map(row).collect::<String>())
}

#[test]
fn an_unclosed_quote_is_named_and_swallows_nobody() {
    let place = Installation::new();
    let rest = "CL-3,Three,shared,cl3@c.example,cl3.example\nCL-4,Four,shared,cl4@c.example,cl4.example\n";
    for open in ["CL-2,Two,shared,cl2@c.example,\"cl2.example", "CL-2,\"Two,shared,cl2@c.example,cl2.example"] {
        let (code, text) = place.import(format!("{HEAD}CL-1,One,shared,,cl1.example\n{open}\n{rest}"), &[]);
        assert!(code == 2 && text.contains("line 3: a quotation mark"), "{text}");
        assert!(text.contains("3 lines imported") && text.contains("1 line has errors"), "{text}");
        assert!(place.knows(&format!("{HEAD}{rest}")));
    }
}

#[test]
fn files_of_other_systems_are_read() {
    let place = Installation::new();
    let text = "sep=;\r\nAccount;Name;Segment;Contact E-Mail;Asset\r\nX-1;M\u{fc}ller;shared;x@c.example;x.example\r\n";
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let wide: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let (code, said) = place.import(&latin, &[]);
    assert!(code == 0 && said.contains("read as windows-1252") && said.contains("(1 change)"), "{said}");
    for bytes in
        [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), wide, text.replace(';', "\t").into_bytes()]
    {
        let (code, said) = place.import(&bytes, &[]);
        assert!(code == 0 && said.contains("1 line imported (0 changes)"), "{said}");
    }
    let export = "Client ID,Company Name,Email,Domain,Notes\n9,Nine,n@c.example,nine.example,\"two\nlines\"\n";
    let (code, said) = place.import(export, &[]);
    assert!(code == 1 && said.contains("account is not among them: \"Client ID\"") && said.contains("--map"), "{said}");
    let map = [
        "--map",
        "account=Client ID",
        "--map",
        "name=Company Name",
        "--map",
        "contact_email=E-mail",
        "--map",
        "asset=Domain",
    ];
    let (code, said) = place
        .import(export.replace("Email", "E-mail").replace("Notes", "Segment").replace("\"two\nlines\"", "vps"), &map);
    assert!(code == 0 && said.contains("(1 change)"), "{said}");
    let (code, said) = place.import("account,nam\nA,B\n", &[]);
    assert!(code == 1 && said.contains("unknown columns: \"nam\""), "{said}");
    let (code, said) = place.import(b"PK\x03\x04zip", &[]);
    assert!(code == 1 && said.contains("save it as CSV"), "{said}");
}

/// What a file has no column for stays as it is.
#[test]
fn absent_columns_change_nothing() {
    let place = Installation::new();
    let full = "account,name,segment,contact_role,contact_name,contact_email,contact_phone\nA-1,One,shared,Billing,Al Ott,al@c.example,+1 207 555 0100\n";
    assert_eq!(place.import(full, &[]).0, 0);
    let (code, said) = place.import(format!("{HEAD}A-1,One,shared,al@c.example,a.example\n"), &["--dry-run"]);
    assert!(code == 0 && said.contains("(1 change)") && !said.contains("contact of A-1"), "{said}");
    assert_eq!(place.import(format!("{HEAD}A-1,One,shared,al@c.example,a.example\n"), &[]).0, 0);
    assert!(place.knows(full), "role, name and telephone number are as they were");
    // A column that is there and empty says that there is nothing.
    let emptied = "account,name,segment,contact_email,contact_phone\nA-1,One,shared,al@c.example,\n";
    let (_, said) = place.import(emptied, &["--dry-run"]);
    assert!(said.contains("contact of A-1: al@c.example, telephone \"\"\n"), "{said}");
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let place = Installation::new();
    place.import(rows(&[("A-1", "a.example"), ("B-2", "b.example")]), &[]);
    let file = rows(&[("A-1", "a.example"), ("C-3", "b.example"), ("C-3", "c.example")]);
    for _ in 0..2 {
        let (code, text) = place.import(&file, &["--dry-run"]);
        assert!(
            code == 0 && text.contains("would be imported (2 changes)") && text.contains("Nothing was changed"),
            "{text}"
        );
        assert!(text.contains("line 3: account C-3 is new") && text.contains("asset of C-3: b.example\n"), "{text}");
        assert!(text.contains("line 3: b.example was taken over from B-2 and is C-3's now"), "{text}");
    }
    assert!(place.knows(&rows(&[("A-1", "a.example"), ("B-2", "b.example")])));
}

#[test]
fn lines_that_contradict_each_other_are_named() {
    let place = Installation::new();
    let file = rows(&[("A-1", "a.example"), ("B-2", "A.example")]);
    for _ in 0..3 {
        let (code, text) = place.import(&file, &[]);
        assert!(
            code == 2 && text.contains("line 3: a.example is A-1's by line 2 of this file; it was not given to B-2"),
            "{text}"
        );
    }
    let (code, text) = place.import(rows(&[("B-2", "a.example")]), &["--refuse-conflicts"]);
    assert!(code == 2 && text.contains("A-1") && text.contains("B-2"), "{text}");
    let (code, text) = place.import(rows(&[("B-2", "a.example")]), &[]);
    assert!(code == 0 && text.contains("line 2: a.example was taken over from A-1 and is B-2's now"), "{text}");
}

#[test]
fn sync_ends_what_is_missing_and_stops_where_it_is_too_much() {
    let place = Installation::new();
    let all: Vec<(String, String)> = (0..8).map(|n| (format!("A-{n}"), format!("a{n}.example"))).collect();
    let some =
        |list: &[(String, String)]| rows(&list.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>());
    place.import(some(&all), &[]);
    place.import(format!("{HEAD}A-0,A-0,shared,second@c.example,more.example\n"), &[]);
    let (code, text) = place.import(some(&all[..2]), &["--sync"]);
    assert!(code == 1 && text.contains("of 8 accounts") && text.contains("Nothing was changed"), "{text}");
    let (code, text) = place.import(format!("{}X-1,\"open,shared,,\n", some(&all[..7])), &["--sync"]);
    assert!(code == 2 && text.contains("Nothing was ended"), "{text}");
    let (code, text) = place.import(some(&all[..7]), &["--sync", "--dry-run"]);
    assert!(code == 0 && text.contains("would end asset a7.example of A-7, which is not in the file"), "{text}");
    assert!(
        text.contains("would end asset more.example of A-0")
            && text.contains("would remove contact \"second@c.example\""),
        "{text}"
    );
    let (code, text) = place.import(some(&all[..7]), &["--sync"]);
    assert!(code == 0 && text.contains("2 assets ended, 1 contacts removed"), "{text}");
    let (_, text) = place.import(some(&all[..7]), &["--sync"]);
    assert!(text.contains("0 assets ended, 0 contacts removed"), "{text}");
    let (code, text) = place.import(some(&all[..1]), &["--sync", "--max-ended", "100"]);
    assert!(code == 0 && text.contains("6 assets ended"), "{text}");
    let check = place.run(&["verify-log"]);
    assert!(check.status.success());
}

#[test]
fn staff_are_listed_disabled_and_removed() {
    let place = Installation::new();
    let run = |arguments: &[&str]| {
        let mut all = vec!["staff"];
        all.extend(arguments);
        let output = place.run(&all);
        (
            output.status.success(),
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)),
        )
    };
    let add = |email: &str, role: &str| add(place.0.path(), email, role);
    assert!(add("ada@x.example", "admin") && add("bo@x.example", "agent"));
    for last in [&["remove", "ada@x.example"][..], &["disable", "ada@x.example"]] {
        let (done, text) = run(last);
        assert!(!done && text.contains("the only admin"), "{text}");
    }
    assert!(!add("ada@x.example", "agent"), "nor made less");
    assert!(run(&["disable", "bo@x.example"]).0 && !run(&["disable", "bo@x.example"]).0);
    assert!(run(&["list"]).1.contains("disabled"));
    assert!(run(&["enable", "BO@x.example"]).0);
    assert!(add("cy@x.example", "admin") && run(&["remove", "ada@x.example"]).0);
    let (_, list) = run(&["list"]);
    assert!(list.contains("removed") && list.contains("Name of ada@x.example <>"), "{list}");
    assert!(!run(&["enable", "ada@x.example"]).0);
    assert!(add("ada@x.example", "agent"), "the address is free");
    assert_eq!(run(&["list"]).1.matches("Name of ada@x.example").count(), 2, "another person has another number");
}

fn add(folder: &Path, email: &str, role: &str) -> bool {
    use std::io::Write;
    let mut child = Command::new(env!("CARGO_BIN_EXE_safeharbor"))
        .args(["staff", "add", email, "--name", &format!("Name of {email}"), "--role", role])
        .env_clear()
        .env("SAFEHARBOR_SERVER__DATA_DIR", folder.join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"a long password here\n").unwrap();
    child.wait().unwrap().success()
}
