//! What an operator leans on: ids of requests, limits, a stop that loses nothing, signs of life, examples that fit.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::on_both;
use crate::support::{Backend, Manners, Process, Sink, TestSite, complete_form, wait_until};

on_both! {
    /// Every answer has an id of its own; what went wrong shows the one that stands in the log.
    fn every_answer_has_an_id(site: TestSite) {
        let ids: BTreeSet<String> =
            ["/", "/nowhere", "/assets/safeharbor.css", "/api/v1/cases"].iter()
                .map(|path| site.client().get_with(path, &[("x-request-id", "somebody-elses")]).headers["x-request-id"].clone())
                .collect();
        assert_eq!(ids.len(), 4);
        assert!(!ids.contains("somebody-elses"), "anybody can make up one");
    }
}

#[test]
fn behind_a_proxy_the_id_is_the_proxys() {
    let site = TestSite::open_with(Backend::Sqlite, &[("server.behind_proxy", "true")]);
    let ask = |id: &str| site.client().get_with("/", &[("x-request-id", id)]).headers["x-request-id"].clone();
    assert_eq!(ask("7f3a-0000_1.2"), "7f3a-0000_1.2");
    for bad in ["short", "with blanks in it", &"x".repeat(65)] {
        assert_ne!(ask(bad), bad);
    }
}

/// From one address only so much; from others, and for monitoring, on.
#[test]
fn pages_are_limited_by_address() {
    let settings = [("server.per_minute", "10"), ("server.behind_proxy", "true")];
    let site = TestSite::open_with(Backend::Sqlite, &settings);
    let ask = |from: &str| site.client().get_with("/policy", &[("x-forwarded-for", from)]);
    let statuses: Vec<u16> = (0..12).map(|n| ask(&format!("2001:db8:7:1::{n}")).status).collect();
    assert_eq!(statuses[..10], [200; 10]);
    assert_eq!(statuses[10..], [429; 2]);
    let refused = ask("2001:db8:7:1::99");
    assert!(refused.headers["retry-after"].parse::<u64>().unwrap() >= 1);
    assert!(refused.text().contains("Too many requests"), "{}", refused.text());
    assert_eq!(ask("2001:db8:7:2::1").status, 200);
    for free in ["/healthz", "/readyz", "/assets/safeharbor.css"] {
        assert_eq!(site.client().get_with(free, &[("x-forwarded-for", "2001:db8:7:1::1")]).status, 200, "{free}");
    }
}

/// All lines of the header count, from the right: made-up ones do not help, and without a proxy none is read.
#[test]
fn made_up_addresses_do_not_help() {
    let made_up = |n: usize| format!("203.0.113.{n}");
    for (settings, real) in [
        (vec![("server.behind_proxy", "true")], vec![("x-forwarded-for", "198.51.100.7")]),
        (
            vec![("server.trusted_proxies", "2")],
            vec![("x-forwarded-for", "198.51.100.7:4711"), ("x-forwarded-for", "10.0.0.2")],
        ),
        (
            vec![("server.trusted_proxies", "127.0.0.0/8,10.0.0.0/8")],
            vec![("x-forwarded-for", "198.51.100.7, 10.0.0.2")],
        ),
        (vec![], vec![]),
    ] {
        let settings: Vec<_> = settings.into_iter().chain([("server.per_minute", "10")]).collect();
        let site = TestSite::open_with(Backend::Sqlite, &settings);
        let ask = |n: usize| {
            let first = made_up(n);
            let headers: Vec<_> = [("x-forwarded-for", first.as_str())].into_iter().chain(real.clone()).collect();
            site.client().get_with("/policy", &headers).status
        };
        let statuses: Vec<u16> = (0..12).map(ask).collect();
        assert!(statuses[..10] == [200; 10] && statuses[10..] == [429; 2], "{settings:?}: {statuses:?}");
    }
}

/// So are strangers at the API, with a wrong key too; who has one is not.
#[test]
fn strangers_at_the_api_are_limited_by_address() {
    let site = TestSite::open_with(Backend::Sqlite, &[("server.per_minute", "10")]);
    let key = site.program("events:read");
    let wrong = site.stranger().with("authorization", &format!("Bearer shk_{}", "7".repeat(52)));
    let statuses: Vec<u16> = (0..12).map(|_| wrong.get("/api/v1/events").status).collect();
    assert!(statuses[..8].iter().all(|s| *s == 401) && statuses[11] == 429, "{statuses:?}");
    assert_eq!(site.stranger().get("/api/v1/events").status, 429);
    assert_eq!(key.get("/api/v1/events").status, 200);
}

fn talk(base: &str, pieces: &[&str], pause: Duration) -> String {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    for piece in pieces {
        // The other end may have had enough.
        let _ = stream.write_all(piece.as_bytes());
        std::thread::sleep(pause);
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A body that stops, and one that drips, end in words; a head that never ends is cut off.
#[test]
fn slow_clients_are_let_go() {
    let site = TestSite::open_with(Backend::Sqlite, &[("server.patience", "1s")]);
    let head = "POST /notices/new HTTP/1.1\r\nhost: h\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                content-length: 5000\r\nconnection: close\r\n\r\n";
    let stops = talk(&site.base, &[head, "name=J"], Duration::ZERO);
    assert!(stops.starts_with("HTTP/1.1 408") && stops.contains("did not arrive completely in time"), "{stops}");
    let drips: Vec<&str> = std::iter::once(head).chain(std::iter::repeat_n("x", 40)).collect();
    let drips = talk(&site.base, &drips, Duration::from_millis(300));
    assert!(drips.starts_with("HTTP/1.1 408"), "{drips}");
    let api = head.replace("/notices/new", "/api/v1/notices").replace("x-www-form-urlencoded", "json");
    let api = talk(&site.base, &[&api, "{\"complainant\":"], Duration::ZERO);
    assert!(api.starts_with("HTTP/1.1 408") && api.contains("urn:safeharbor:problem:too-slow"), "{api}");
    let half = talk(&site.base, &["GET / HTTP/1.1\r\nhost"], Duration::ZERO);
    assert!(half.is_empty() || half.starts_with("HTTP/1.1 408"), "{half}");
}

/// Each line is JSON with the id of its request; nothing in it says who asked about whom.
#[test]
fn the_log_is_for_programs_and_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::serve(folder.path(), &[("SAFEHARBOR_LOG_FORMAT", "json"), ("SAFEHARBOR_LOG", "debug")]);
    let client = process.client();
    let mut form = complete_form("Joel Finch", "rights@holtfinch.example", "https://alder-photo.example/heron.jpg");
    let check = client.post("/notices/new", &form);
    form.extend(check.hidden(&["submission", "seal"]));
    form.push(("do".into(), "send".into()));
    let sent = client.post("/notices/new", &form);
    let receipt = client.get(&sent.location);
    assert_eq!(receipt.status, 200);
    wait_until("the receipt's letter", Duration::from_secs(20), || process.log().contains("\"state\":\"accepted\""));
    let log = process.log();
    let lines: Vec<serde_json::Value> = log.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let request = lines.iter().find(|l| l["fields"]["route"] == "/notices/sent/{token}").unwrap();
    assert_eq!(request["span"]["id"], receipt.headers["x-request-id"].as_str());
    for private in ["Finch", "holtfinch", "alder-photo", sent.location.rsplit('/').next().unwrap()] {
        assert!(!log.contains(private), "{private} stands in the log");
    }
}

/// Told to stop, a process says so, finishes the letter it is sending, records what became of it, and ends well.
#[test]
fn a_stop_finishes_what_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let supervisor = UnixDatagram::bind(folder.path().join("notify")).unwrap();
    supervisor.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let heard = || {
        let mut words = [0; 100];
        let n = supervisor.recv(&mut words).unwrap();
        String::from_utf8_lossy(&words[..n]).trim().to_owned()
    };
    let server = Sink::start(Manners::Slow(Duration::from_secs(2)));
    let mut environment = vec![("NOTIFY_SOCKET", folder.path().join("notify").display().to_string())];
    environment.extend(server.settings());
    let environment: Vec<(&str, &str)> = environment.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut process = Process::serve(folder.path(), &environment);
    assert_eq!(heard(), "READY=1");
    let json = r#"{"complainant":{"name":"J","email":"j@x.example"},"works":[{"title":"W"}],"locations":[{"url":"https://one.example/a"}],
        "statements":{"good_faith":true,"accurate":true,"authorized_under_penalty_of_perjury":true},"signature":"J"}"#;
    let file = folder.path().join("n.json");
    std::fs::write(&file, json).unwrap();
    let took = Process::command(folder.path(), &["intake", file.to_str().unwrap()], &environment).output().unwrap();
    assert!(took.status.success(), "{took:?}");
    wait_until("the mail server is asked", Duration::from_secs(20), || server.connections() > 0);
    process.signal("TERM");
    assert_eq!(heard(), "STOPPING=1");
    assert!(process.ended(Duration::from_secs(30)).success(), "{}", process.log());
    assert_eq!(server.messages().len(), 1);
    let log = process.log();
    assert!(log.contains("accepted") && log.contains("stopped"), "{log}");
    let again = Process::serve(folder.path(), &environment[1..]);
    assert_eq!(again.figure("safeharbor_letters{state=\"sending\"}"), Some(0.0));
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(server.messages().len(), 1, "sent once");
}

/// A proxy may ask again on a connection that was silent for a while.
#[test]
fn a_connection_is_kept_for_the_next_request() {
    let site = TestSite::open(Backend::Sqlite);
    let ask = "GET /healthz HTTP/1.1\r\nHost: c.example\r\n\r\n";
    let last = "GET /healthz HTTP/1.1\r\nHost: c.example\r\nConnection: close\r\n\r\n";
    let answers = talk(&site.base, &[ask, last], Duration::from_secs(6));
    assert_eq!(answers.matches("200 OK").count(), 2, "{answers}");
}

/// A worker with an address tells how it is, and nothing else; told to stop, it ends.
#[test]
fn a_worker_can_be_watched() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Process::command(folder.path(), &["migrate"], &[]).output().unwrap().status.success());
    let mut worker = Process::worker_at(folder.path(), "127.0.0.1:0");
    let ask = |path: &str| worker.client().get(path);
    assert_eq!((ask("/healthz").status, ask("/readyz").status), (200, 200));
    let round = "safeharbor_jobs_last_round_timestamp_seconds{group=\"letters\"}";
    wait_until("a round is over", Duration::from_secs(20), || worker.figure(round).is_some_and(|at| at > 0.0));
    for elsewhere in ["/", "/staff/", "/notices/new", "/api/v1/cases"] {
        assert_eq!(ask(elsewhere).status, 404, "{elsewhere}");
    }
    worker.signal("TERM");
    assert!(worker.ended(Duration::from_secs(20)).success(), "{}", worker.log());
}

/// Alerts and dashboard ask for figures that are there.
#[test]
fn the_examples_name_figures_that_exist() {
    let site = TestSite::open(Backend::Sqlite);
    site.report("https://elsewhere.example/a.jpg");
    site.app.metrics.job_failed("send_letters");
    site.app.metrics.letter("accepted");
    site.app.metrics.round("cases", 1);
    let text = site.client().figures().body;
    let there = |name: &str| {
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|s| name.strip_suffix(s)).unwrap_or(name);
        text.contains(&format!("# TYPE {name} ")) || text.contains(&format!("# TYPE {base} histogram"))
    };
    let mut asked = BTreeSet::new();
    for file in ["alerts.yml", "dashboard.json"] {
        let example = std::fs::read_to_string(format!("{}/docs/examples/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let names = example.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        asked.extend(names.filter(|n| n.starts_with("safeharbor_")).map(str::to_owned));
    }
    assert!(asked.len() > 10, "{asked:?}");
    for name in asked {
        assert!(there(&name), "{name} is asked for and not there");
    }
}
