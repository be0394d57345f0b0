use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::dsl::max;
use diesel::{QueryDsl, RunQueryDsl};
use mail_parser::MessageParser;
use safeharbor::actions::{Received, put_staff, receive_notice};
use safeharbor::app::App;
use safeharbor::clock::Clock;
use safeharbor::config::{Config, Settings};
use safeharbor::domain::base::contact::EmailAddress;
use safeharbor::domain::base::moment::{Moment, Span};
use safeharbor::domain::intake::notice::RawNotice;
use safeharbor::entropy::Entropy;
use safeharbor::mail::transport::{Memory, Sent, Transport};
use safeharbor::storage::enforcement::standings::{self, Filter};
use safeharbor::storage::engine::schema::events;
use safeharbor::storage::intake::notices;
use safeharbor::storage::intake::submissions::Submission;
use safeharbor::storage::record::feed::{self, FeedEvent};
use safeharbor::storage::record::feed_marks;
use safeharbor::storage::{Conn, StorageError, cases};
use safeharbor::{jobs, password};
use tokio::runtime::Runtime;

use super::page::{Client, FIGURES, Page};
use super::say_once;

/// Which database a story runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A letter as its receiver sees it.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub raw: String,
}

impl Letter {
    /// The path of the private link in it.
    pub fn link(&self) -> String {
        let at = self.text.find("/respond/").or_else(|| self.text.find("/n/")).expect("a link");
        self.text[at..].split_whitespace().next().unwrap().to_owned()
    }

    /// Its Message-ID with angle brackets.
    pub fn message_id(&self) -> String {
        let line = self.raw.lines().find_map(|l| l.strip_prefix("Message-ID: ")).expect("a Message-ID");
        line.trim().to_owned()
    }
}

/// An installation.
pub struct TestSite {
    pub app: App,
    pub clock: Clock,
    pub base: String,
    pub backend: Backend,
    pub folder: tempfile::TempDir,
    pub config: Config,
    transport: Transport,
    // Last: the server's tasks end when everything else is gone.
    pub runtime: Runtime,
}

static NO_POSTGRES: Once = Once::new();

/// Password of the staff of a story.
pub const PASSWORD: &str = "a long password";

impl TestSite {
    /// Opens an installation with staff, without customers.
    pub fn open(backend: Backend) -> Self {
        Self::open_with(backend, &[])
    }

    /// As [`TestSite::open`] on PostgreSQL; nothing where there is none, and says so.
    pub fn open_postgres() -> Option<Self> {
        if postgres_url().is_none() {
            say_once(&NO_POSTGRES, "SAFEHARBOR_TEST_POSTGRES is not set: the stories on PostgreSQL are left out");
            return None;
        }
        Some(Self::open(Backend::Postgres))
    }

    /// With settings of its own.
    pub fn open_with(backend: Backend, set: &[(&str, &str)]) -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::default();
        let url = database_url(backend, folder.path());
        let usual = [
            ("server.listen", "127.0.0.1:0"),
            ("server.public_url", "https://copyright.northwind.example"),
            ("host.name", "Northwind Hosting"),
            ("agent.name", "Dana Whitlock"),
            ("server.metrics_token", FIGURES),
            ("intake.per_hour", "1000"),
            ("staff.attempts_per_minute", "1000"),
            // Most stories begin where a notice goes on; who waits for what is in `stories/intake/admission.rs`.
            ("senders.confirm_first", "false"),
            ("senders.customers_at_once", "1000000"),
        ];
        let environment = usual
            .iter()
            .chain(set)
            .map(|(k, v)| (format!("SAFEHARBOR_{}", k.to_uppercase().replace('.', "__")), (*v).to_owned()))
            .chain([("DATABASE_URL".to_owned(), url)])
            .collect();
        settings.clone_from(&Settings::read(None, &environment).unwrap());
        settings.set("server.data_dir", folder.path().display().to_string());
        let config = Config::from_settings(&settings).unwrap();
        let clock = Clock::manual(Moment::parse("2026-03-10T14:22:00Z").unwrap());
        let transport = Transport::memory();
        let app = runtime
            .block_on(App::start_with(config.clone(), clock.clone(), Entropy::from_os(), transport.clone()))
            .unwrap();
        let bound = safeharbor::http::bind(app.clone()).unwrap();
        let base = format!("http://{}", bound.address().unwrap());
        let server = runtime.block_on(async { bound.run() }).unwrap();
        runtime.spawn(server);
        let site = Self { app, clock, base, backend, folder, config, transport, runtime };
        site.hire();
        site
    }

    fn hire(&self) {
        let hash = password::hash(&self.app.context.entropy, PASSWORD).unwrap();
        for role in ["viewer", "agent", "lead", "admin"] {
            let (hash, address) = (hash.clone(), EmailAddress::parse(&format!("{role}@northwind.example")).unwrap());
            let name = format!("{}{} Person", role[..1].to_uppercase(), &role[1..]);
            let put = self.app.write(move |tx| put_staff(tx, &address, &name, role.parse().unwrap(), &hash));
            self.runtime.block_on(put).unwrap();
        }
    }

    /// Imports customers through the command line's own path.
    pub fn customers(&self, csv: &str) {
        let path = self.folder.path().join("customers.csv");
        std::fs::File::create(&path).unwrap().write_all(csv.as_bytes()).unwrap();
        let outcome = self.runtime.block_on(safeharbor::cli::import_file(&self.app, &path)).unwrap();
        assert!(outcome.bad.is_empty(), "{:?}", outcome.bad);
    }

    /// Runs all jobs that are due.
    pub fn run_due(&self) {
        self.runtime.block_on(jobs::run_due(&self.app));
    }

    /// Moves the clock and runs what fell due.
    pub fn advance(&self, by: Span) {
        self.clock.advance(by);
        self.run_due();
    }

    /// Runs the jobs in a program that was started anew on the same database.
    pub fn restart(&self) {
        let fresh =
            App::start_with(self.config.clone(), self.clock.clone(), Entropy::from_os(), self.transport.clone());
        let fresh = self.runtime.block_on(fresh).unwrap();
        self.runtime.block_on(jobs::run_due(&fresh));
    }

    /// Runs a future of the application.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Takes in a notice as JSON.
    pub fn intake(&self, json: &str) -> Received {
        let raw: RawNotice = serde_json::from_str(json).unwrap();
        let submission = Submission::new("cli", "application/json", json.as_bytes().to_vec());
        let token = self.app.context.entropy.link(self.app.clock.now());
        self.wait(self.app.write(move |tx| receive_notice(tx, submission, (&raw.into(), None), &token))).unwrap()
    }

    /// Waits until the feed can tell every event: on PostgreSQL it is held back by each writing transaction of the
    /// server, those of the tests that run beside this one included.
    pub fn settle_feed(&self) {
        let began = Instant::now();
        let behind = |c: &mut Conn| {
            let newest: Option<i64> = events::table.select(max(events::id)).first(c)?;
            Ok::<_, StorageError>(feed_marks::settled(c)? < newest.unwrap_or(0))
        };
        while self.wait(self.app.read(behind)).unwrap() {
            assert!(began.elapsed() < Duration::from_mins(1), "the feed is held back");
        }
    }

    /// The first thousand events, in order.
    pub fn events(&self) -> Vec<FeedEvent> {
        self.settle_feed();
        self.wait(self.app.read(|c| feed::after(c, 0, 1000))).unwrap()
    }

    /// Kinds of events that begin so, in order.
    pub fn kinds(&self, start: &str) -> Vec<String> {
        self.events().into_iter().map(|e| e.event.row.kind).filter(|k| k.starts_with(start)).collect()
    }

    /// Letters to an address, oldest first.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        self.letters().into_iter().filter(|l| l.to == address).collect()
    }

    /// The newest letter to an address.
    pub fn letter_to(&self, address: &str) -> Letter {
        self.letters_to(address).pop().unwrap_or_else(|| panic!("no letter to {address}"))
    }

    /// All letters, oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.transport.with_memory(|m| m.sent.iter().map(|kept| read(&kept.to, &kept.bytes)).collect()).unwrap()
    }

    /// File name and bytes of every message that left, oldest first.
    pub fn messages(&self) -> Vec<(String, Vec<u8>)> {
        let all = |m: &mut Memory| m.sent.iter().map(|one| (one.name.clone(), one.bytes.clone())).collect();
        self.transport.with_memory(all).unwrap()
    }

    /// Answers of the mail server for an address from now on.
    pub fn refuse(&self, address: &str, sent: Sent) {
        self.transport.with_memory(|m| m.answers.push((address.to_owned(), sent)));
    }

    /// The mail server takes everything again.
    pub fn accept_all(&self) {
        self.transport.with_memory(|m| m.answers.clear());
    }

    /// A browser without cookies.
    pub fn client(&self) -> Client {
        Client::new(&self.base)
    }

    /// A browser signed in as somebody with a role.
    pub fn staff(&self, role: &str) -> Client {
        let client = self.client();
        let login = client.get("/staff/login");
        let form = [("email", format!("{role}@northwind.example")), ("password", PASSWORD.to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let sent = client.post_with_seal(&login, "/staff/login", &form);
        assert_eq!(sent.status, 303, "{}", sent.body);
        client
    }

    /// Sends a notice through the form for some addresses, and returns the page after it.
    pub fn report(&self, urls: &str) -> Page {
        self.report_as("Joel Finch", "rights@holtfinch.example", urls)
    }

    /// As [`TestSite::report`] by somebody else.
    pub fn report_as(&self, name: &str, email: &str, urls: &str) -> Page {
        let client = self.client();
        let mut form = complete_form(name, email, urls);
        let check = client.post("/notices/new", &form);
        assert_eq!(check.status, 200, "{}", check.text());
        form.extend(check.hidden(&["submission", "seal"]));
        form.push(("do".to_owned(), "send".to_owned()));
        let sent = client.post("/notices/new", &form);
        assert_eq!(sent.status, 303, "{}", sent.text());
        let mut page = client.get(&sent.location);
        page.cases = self.cases_of(&page.reference('N'));
        page
    }

    /// References of the cases of a notice, which its sender is not told.
    pub fn cases_of(&self, notice: &str) -> Vec<String> {
        let reference = notice.parse().unwrap();
        let found = self.wait(self.app.read(move |c| {
            let notice = notices::by_reference(c, &reference)?.expect("the notice");
            cases::of_notice(c, notice.id, 1000)
        }));
        found.unwrap().into_iter().map(|case| case.reference.to_string()).collect()
    }
}

impl Drop for TestSite {
    fn drop(&mut self) {
        // Every story leaves a record that verifies: nothing changes an event behind the program's back.
        if !std::thread::panicking() && !self.folder.path().join("record-was-tampered-with").exists() {
            let found = self.runtime.block_on(self.app.read(|c| {
                let mut found = Vec::new();
                safeharbor::storage::record::verify::everything(c, &mut found)?;
                Ok((found, strike_counts(c)?, senders_miscounted(c)?))
            }));
            let (found, (kept, counted), miscounted) = found.unwrap();
            assert!(found.is_empty(), "{found:?}");
            assert_eq!(kept, counted, "strikes by segment");
            assert_eq!(miscounted, 0, "senders whose notices are not as many as they are said to be");
        }
    }
}

type Counted = Vec<(String, u32, i64)>;

/// How many customers have how many strikes: as kept with them, and counted.
fn strike_counts(c: &mut Conn) -> Result<(Counted, Counted), StorageError> {
    let every = Filter { at_least: 1, all_but: true, ..Filter::default() };
    let mut counted: BTreeMap<(u32, String), i64> = BTreeMap::new();
    for customer in standings::by_strikes(c, &every, None, 10_000)? {
        *counted.entry((customer.active_strikes, customer.segment)).or_default() += 1;
    }
    let counted = counted.into_iter().map(|((strikes, segment), n)| (segment, strikes, n)).collect();
    Ok((safeharbor::storage::enforcement::strike_counts::all(c)?, counted))
}

/// Senders that are said to have sent more or fewer notices than there are, with those that wait to be counted.
fn senders_miscounted(c: &mut Conn) -> Result<i64, StorageError> {
    #[derive(diesel::QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let of = "SELECT count(*) FROM notices n WHERE n.sender_id = s.id";
    let waiting = "SELECT coalesce(sum(t.sent), 0) FROM sender_tallies t WHERE t.sender_id = s.id";
    let sql =
        format!("SELECT count(*) AS n FROM senders s WHERE s.kind = 'address' AND s.sent + ({waiting}) <> ({of})");
    Ok(diesel::sql_query(sql).get_result::<Number>(c)?.n)
}

/// The fields of a complete notice.
pub fn complete_form(name: &str, email: &str, urls: &str) -> Vec<(String, String)> {
    [
        ("role", "role-agent"),
        ("owner", "Maren Holt"),
        ("org", "Holt & Finch Picture Library"),
        ("name", name),
        ("email", email),
        ("tel", "+44 20 7946 0958"),
        ("country", "United Kingdom"),
        ("post", "Studio 9, 14 Wharf Lane"),
        ("works[0].title", "Heron at Dawn"),
        ("works[0].description", "Color photograph, 2019"),
        ("works[0].original", ""),
        ("locator", "url"),
        ("urls", urls),
        ("st-faith", "yes"),
        ("st-fair", "yes"),
        ("st-accurate", "yes"),
        ("st-perjury", "yes"),
        ("sig", name),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .collect()
}

fn read(to: &str, bytes: &[u8]) -> Letter {
    let message = MessageParser::default().parse(bytes).unwrap();
    Letter {
        to: to.to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        html: message.body_html(0).unwrap_or_default().into_owned(),
        raw: String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
pub fn postgres_url() -> Option<String> {
    std::env::var("SAFEHARBOR_TEST_POSTGRES").ok().filter(|u| !u.is_empty())
}

/// A fresh database: a file, or a schema of its own.
pub fn database_url(backend: Backend, folder: &std::path::Path) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    match backend {
        Backend::Sqlite => format!("sqlite://{}", folder.join("test.db").display()),
        Backend::Postgres => {
            let base = postgres_url().expect("a PostgreSQL server");
            let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
            create_schema(&base, &schema);
            format!("{base}?options=--search_path%3D{schema}")
        }
    }
}

fn create_schema(base: &str, schema: &str) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, PgConnection};
    let mut conn = PgConnection::establish(base).unwrap();
    conn.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).unwrap();
}
