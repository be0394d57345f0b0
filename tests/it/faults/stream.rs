use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::support::{Client, Process, complete_form, wait_until};

/// Customers that notices are about; each has one host name and one contact.
pub const CUSTOMERS: usize = 20;

/// These tests take a machine for themselves, one after the other.
pub fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the customers into the database of a folder.
pub fn import(folder: &Path, environment: &[(&str, &str)]) {
    let csv = folder.join("c.csv");
    let rows: String =
        (0..CUSTOMERS).map(|n| format!("A-{n},Customer {n},shared,c{n}@mailbox.example,c{n}.example\n")).collect();
    std::fs::write(&csv, format!("account,name,segment,contact_email,asset\n{rows}")).unwrap();
    assert!(Process::command(folder, &["migrate"], environment).output().unwrap().status.success());
    let arguments = ["customers", "import", csv.to_str().unwrap()];
    let import = Process::command(folder, &arguments, environment).output().unwrap();
    assert!(import.status.success(), "{import:?}");
}

/// A notice that was acknowledged: its receipt, and the address it is about.
pub type Acknowledged = (String, String);

/// Sends one notice; what was acknowledged when the receipt was shown.
pub fn send(client: &Client, n: usize) -> Option<Acknowledged> {
    let customer = n % CUSTOMERS;
    let url = format!("https://c{customer}.example/{n}.jpg");
    let mut form = complete_form("J F", &format!("j{n}@x.example"), &url);
    let check = client.try_form("/notices/new", &form).filter(|p| p.status == 200)?;
    form.extend(check.hidden(&["submission", "seal"]));
    form.push(("do".into(), "send".into()));
    let sent = client.try_form("/notices/new", &form).filter(|p| p.status == 303)?;
    Some((sent.location, url))
}

/// Senders that go on until they are told to stop, whatever happens to the server.
pub struct Stream {
    acknowledged: Arc<Mutex<Vec<Acknowledged>>>,
    refused: Arc<AtomicUsize>,
    base: Arc<Mutex<String>>,
    stop: Arc<AtomicBool>,
    senders: Vec<JoinHandle<()>>,
}

impl Stream {
    /// Six senders. `first` is the number of the first notice, so that no two streams send the same.
    pub fn start(base: &str, first: usize) -> Self {
        let mut stream = Self {
            acknowledged: Arc::default(),
            refused: Arc::default(),
            base: Arc::new(Mutex::new(base.to_owned())),
            stop: Arc::default(),
            senders: Vec::new(),
        };
        let next = Arc::new(AtomicUsize::new(first));
        for _ in 0..6 {
            let (next, base, stop) = (Arc::clone(&next), Arc::clone(&stream.base), Arc::clone(&stream.stop));
            let (acknowledged, refused) = (Arc::clone(&stream.acknowledged), Arc::clone(&stream.refused));
            stream.senders.push(std::thread::spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    let client = Client::new(&base.lock().unwrap().clone());
                    if let Some(one) = send(&client, next.fetch_add(1, Ordering::SeqCst)) {
                        acknowledged.lock().unwrap().push(one);
                    } else {
                        refused.fetch_add(1, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(50));
                    }
                }
            }));
        }
        stream
    }

    /// The server answers elsewhere from now on.
    pub fn moved(&self, base: &str) {
        base.clone_into(&mut self.base.lock().unwrap());
    }
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    /// Waits until so many more are acknowledged.
    pub fn more(&self, count: usize) {
        let goal = self.acknowledged() + count;
        let what = format!("{count} more acknowledged notices");
        wait_until(&what, Duration::from_mins(2), || self.acknowledged() >= goal);
    }

    /// Stops the senders; everything that was acknowledged.
    pub fn end(self) -> Vec<Acknowledged> {
        self.stop.store(true, Ordering::SeqCst);
        for sender in self.senders {
            sender.join().unwrap();
        }
        Arc::try_unwrap(self.acknowledged).unwrap().into_inner().unwrap()
    }
}

/// Every acknowledged notice is there, and was forwarded to the right customer; no letter is there twice under
/// another name. Letters are files in the folder.
pub fn check(process: &Process, folder: &Path, acknowledged: &[Acknowledged]) {
    let client = process.client();
    for (location, _) in acknowledged {
        assert_eq!(client.get(location).status, 200, "{location} was acknowledged and is lost");
    }
    check_letters(&wait_for_letters(folder, acknowledged));
}

/// Waits until every acknowledged notice has been forwarded; returns all letters.
fn wait_for_letters(folder: &Path, acknowledged: &[Acknowledged]) -> BTreeMap<String, String> {
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
        std::thread::sleep(Duration::from_secs(1));
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
