//! kill -9 under load: no acknowledged notice is lost, and no letter goes to a wrong person.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::{Client, complete_form};

/// A process that ends with the test, however the test ends.
struct Running(Child);

impl Drop for Running {
    /// Killed, as by the system: nothing is tidied up.
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Starts a real process and waits until it listens.
fn start(folder: &Path) -> (Running, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_safeharbor"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env_clear()
        .env("SAFEHARBOR_SERVER__DATA_DIR", folder)
        .env("SAFEHARBOR_INTAKE__PER_HOUR", "1000000")
        .env("SAFEHARBOR_SERVER__PUBLIC_URL", "https://c.example")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let base = first.split(" on ").nth(1).unwrap().trim_end_matches('/').to_owned();
    std::thread::spawn(move || for _ in lines {});
    (Running(child), base)
}

/// Sends one notice; the reference when the receipt was shown.
fn send(client: &Client, n: usize, customer: usize) -> Option<(String, String)> {
    let url = format!("https://c{customer}.example/{n}.jpg");
    let mut form = complete_form("J F", &format!("j{n}@x.example"), &url);
    let check = client.try_form("/notices/new", &form).filter(|p| p.status == 200)?;
    form.extend(check.hidden(&["submission", "seal"]));
    form.push(("do".into(), "send".into()));
    let sent = client.try_form("/notices/new", &form).filter(|p| p.status == 303)?;
    Some((sent.location, url))
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("c.csv");
    let rows: String =
        (0..20).map(|n| format!("A-{n},Customer {n},shared,c{n}@mailbox.example,c{n}.example\n")).collect();
    std::fs::write(&csv, format!("account,name,segment,contact_email,asset\n{rows}")).unwrap();
    let import = Command::new(env!("CARGO_BIN_EXE_safeharbor"))
        .args(["customers", "import", csv.to_str().unwrap()])
        .env_clear()
        .env("SAFEHARBOR_SERVER__DATA_DIR", folder.path())
        .output()
        .unwrap();
    assert!(import.status.success(), "{import:?}");
    let acknowledged: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    for round in 0..3 {
        let (running, base) = start(folder.path());
        let stop = Arc::new(AtomicBool::new(false));
        let senders: Vec<_> = (0..6)
            .map(|thread| {
                let (stop, base, acknowledged) = (Arc::clone(&stop), base.clone(), Arc::clone(&acknowledged));
                std::thread::spawn(move || {
                    let client = Client::new(&base);
                    for n in 0.. {
                        if stop.load(Ordering::SeqCst) {
                            return;
                        }
                        let number = round * 1_000_000 + thread * 100_000 + n;
                        match send(&client, number, number % 20) {
                            Some(pair) => acknowledged.lock().unwrap().push(pair),
                            None => return,
                        }
                    }
                })
            })
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(900));
        drop(running);
        stop.store(true, Ordering::SeqCst);
        for sender in senders {
            let _ = sender.join();
        }
    }
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() > 20, "the load was too light: {}", acknowledged.len());
    let (running, base) = start(folder.path());
    let client = Client::new(&base);
    for (location, _) in &acknowledged {
        assert_eq!(client.get(location).status, 200, "{location} was acknowledged and is lost");
    }
    let letters = wait_for_letters(folder.path(), &acknowledged);
    drop(running);
    check_letters(&letters);
    println!("{} notices acknowledged over three kills, {} letters, none lost", acknowledged.len(), letters.len());
}

/// Waits until every acknowledged notice has been forwarded; returns all letters.
fn wait_for_letters(folder: &Path, acknowledged: &[(String, String)]) -> BTreeMap<String, String> {
    let wanted: BTreeSet<&str> = acknowledged.iter().map(|(_, url)| url.as_str()).collect();
    // As long as a busy machine needs: what is looked for is a letter that never comes.
    for _ in 0..300 {
        let mut letters = BTreeMap::new();
        for entry in std::fs::read_dir(folder.join("mail")).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().unwrap();
            if entry.path().extension().is_some_and(|e| e == "eml") {
                letters.insert(name, std::fs::read_to_string(entry.path()).unwrap().replace("=\r\n", ""));
            }
        }
        let notices: String =
            letters.iter().filter(|(n, _)| n.contains("notice_to_customer")).map(|(_, t)| t.as_str()).collect();
        if wanted.iter().all(|url| notices.contains(url)) {
            return letters;
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    panic!("not every acknowledged notice was forwarded within five minutes");
}

/// A letter to a customer names that customer's addresses and no other's; no two letters share a Message-ID.
fn check_letters(letters: &BTreeMap<String, String>) {
    let mut ids = BTreeSet::new();
    for (name, text) in letters {
        let id = text.lines().find(|l| l.starts_with("Message-ID:")).unwrap().to_owned();
        assert!(ids.insert(id), "{name} repeats a Message-ID under another name");
        let Some(receiver) = name.split("-notice_to_customer-").nth(1) else { continue };
        let customer = receiver.split('_').next().unwrap();
        for (at, _) in text.match_indices("https://c") {
            let host = text[at + 8..].split(['/', '.']).next().unwrap();
            assert!(host == customer || host == "c", "{name} names {host}");
        }
    }
}
