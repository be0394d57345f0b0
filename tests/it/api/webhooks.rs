use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use safeharbor::actions::{add_endpoint, rotate_secret};
use safeharbor::domain::base::ids::EndpointId;
use safeharbor::domain::base::moment::Span;
use safeharbor::domain::outbox::webhook::WebhookKind;
use safeharbor::domain::record::event::Actor;
use safeharbor::storage::outbox::webhooks;
use serde_json::Value;

use super::notice;
use crate::support::{Backend, CUSTOMERS, TestSite, postgres_url};

/// One message as it arrived.
#[derive(Clone, Debug)]
struct Arrived {
    headers: Vec<(String, String)>,
    body: String,
}

impl Arrived {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A real receiver on loopback that answers what it is told to.
struct Receiver {
    url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    answer: Arc<Mutex<String>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let (arrived, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new("204 No Content".to_owned())));
        let (kept, told) = (arrived.clone(), answer.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut reader = BufReader::new(stream.unwrap());
                let (mut headers, mut length) = (Vec::new(), 0);
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some((name, value)) = line.trim().split_once(": ") {
                        let name = name.to_lowercase();
                        if name == "content-length" {
                            length = value.parse().unwrap();
                        }
                        headers.push((name, value.to_owned()));
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                kept.lock().unwrap().push(Arrived { headers, body: String::from_utf8(body).unwrap() });
                let answer = told.lock().unwrap().clone();
                let _ = write!(reader.get_mut(), "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            }
        });
        Self { url, arrived, answer }
    }
    fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }
    fn answer(&self, status: &str) {
        status.clone_into(&mut self.answer.lock().unwrap());
    }
}

fn site(backend: Backend) -> TestSite {
    let site = TestSite::open_with(backend, &[("webhooks.allow_private", "true")]);
    site.customers(CUSTOMERS);
    site
}

fn endpoint(site: &TestSite, url: &str, kinds: &[WebhookKind]) -> (EndpointId, String) {
    let (url, kinds) = (url.to_owned(), kinds.to_vec());
    site.wait(site.app.write(move |tx| add_endpoint(tx, &url, &kinds, &Actor::Operator))).unwrap()
}

fn on_each(story: impl Fn(TestSite)) {
    story(site(Backend::Sqlite));
    if postgres_url().is_some() {
        story(site(Backend::Postgres));
    }
}

fn fits(message: &Arrived, secret: &str) -> bool {
    let webhook = standardwebhooks::Webhook::new(secret).unwrap();
    let time = message.header("webhook-timestamp").parse().unwrap();
    let signature = webhook.sign(message.header("webhook-id"), time, message.body.as_bytes()).unwrap();
    message.header("webhook-signature").split(' ').any(|s| s == signature)
}

/// What happens is told once each, signed, in order of kinds asked for.
#[test]
fn what_happens_is_told() {
    on_each(|site| {
        let receiver = Receiver::start();
        let (_, secret) = endpoint(&site, &receiver.url, &WebhookKind::ALL);
        let sent = site.stranger().post("/api/v1/notices", &notice(&["https://alder-photo.example/a"])).json();
        site.run_due();
        site.advance(Span::hours(49));
        let arrived = receiver.arrived();
        let kinds: Vec<String> = arrived.iter().map(|a| a.json()["type"].as_str().unwrap().to_owned()).collect();
        let mut sorted = kinds.clone();
        sorted.sort();
        assert_eq!(sorted, ["case.opened", "case.unanswered", "notice.received"]);
        for message in &arrived {
            assert!(fits(message, &secret), "{message:?}");
            assert!(message.header("webhook-id").starts_with("msg_"));
        }
        let opened = arrived.iter().find(|a| a.json()["type"] == "case.opened").unwrap().json();
        assert_eq!(opened["data"]["reference"], site.cases_of(sent["reference"].as_str().unwrap())[0]);
        assert_eq!(
            (opened["data"]["customer"].as_str(), &opened["data"]["notice"]),
            (Some("NW-1"), &sent["reference"])
        );
        site.run_due();
        assert_eq!(receiver.arrived().len(), 3, "each once");
    });
}

/// Two cases to their end: disabled, disputed, one stopped by a court action, one restored; and a withdrawal.
fn dispute(site: &TestSite) {
    let program = site.program("cases:write,notices:write");
    for (host, sue) in [("brightmoor.example", true), ("c1.streamvault.example", false)] {
        let sent = site.intake(&notice(&[&format!("https://{host}/a")]).to_string());
        site.run_due();
        let case = sent.cases[0].to_string();
        let agent = site.staff("agent");
        let step = format!("/staff/cases/{case}/disable");
        assert_eq!(agent.post_with_seal(&agent.get(&step), &step, &[("why", "No answer.")]).status, 303);
        let path = format!("/api/v1/cases/{case}/actions");
        let act = |action: &str| program.post(&path, &serde_json::json!({ "action": action }));
        assert_eq!(act("confirm_disabled").status, 200);
        let counter = site.counter_notice(&case);
        if sue {
            site.sue(&case, counter);
        } else {
            site.advance(Span::days(20));
            assert_eq!(act("confirm_restored").status, 200);
        }
        site.run_due();
    }
    let sent = site.intake(&notice(&["https://brightmoor.example/b"]).to_string());
    let path = format!("/api/v1/notices/{}/withdraw", sent.reference);
    assert_eq!(program.post(&path, &serde_json::json!({})).status, 200);
    site.run_due();
}

/// An answer, an end, a flag and a decision are told too, with the words other systems need.
#[test]
fn every_kind_is_told() {
    on_each(|site| {
        let receiver = Receiver::start();
        endpoint(&site, &receiver.url, &WebhookKind::ALL);
        let program = site.program("cases:write");
        let sent = site.stranger().post("/api/v1/notices", &notice(&["https://alder-photo.example/0"])).json();
        site.run_due();
        let path = format!("/api/v1/cases/{}/actions", site.cases_of(sent["reference"].as_str().unwrap())[0]);
        program.post(&path, &serde_json::json!({"action": "answer", "answer": "removed"}));
        program.post(&path, &serde_json::json!({"action": "close", "outcome": "removed", "reason": "Checked"}));
        for n in 1..4 {
            site.intake(&notice(&[&format!("https://alder-photo.example/{n}")]).to_string());
            site.run_due();
            site.advance(Span::hours(49));
        }
        let lead = site.staff("lead");
        let page = lead.get("/staff/customers/1");
        let decided = [("decision", "warn"), ("why", "Last warning.")];
        assert_eq!(lead.post_with_seal(&page, "/staff/customers/1/decisions", &decided).status, 303);
        site.run_due();
        dispute(&site);
        let arrived: Vec<Value> = receiver.arrived().iter().map(Arrived::json).collect();
        for kind in WebhookKind::ALL {
            assert!(arrived.iter().any(|m| m["type"] == kind.code()), "{} is not told", kind.code());
        }
        let of = |kind: &str| arrived.iter().find(|m| m["type"] == kind).unwrap()["data"].clone();
        assert_eq!(
            (of("case.answered")["answer"].as_str(), of("case.closed")["outcome"].as_str()),
            (Some("removed"), Some("removed"))
        );
        assert_eq!(
            (of("account.flagged")["customer"].as_str(), of("account.flagged")["standing"].as_str()),
            (Some("NW-1"), Some("flagged"))
        );
        assert_eq!(of("decision.made")["kind"], "warn");
        let asked = of("location.disable_requested");
        assert_eq!(asked["locations"][0]["address"], "https://brightmoor.example/a");
        assert_eq!(of("location.restore_requested")["locations"][0]["address"], "https://c1.streamvault.example/a");
        assert_eq!(
            (of("counter_notice.received")["locations"].clone(), of("court_action.received")["docket"].clone()),
            (1.into(), "2:26-cv-00412".into())
        );
        assert!(!arrived.iter().any(|m| m.to_string().contains("holtfinch")), "no personal data: {arrived:?}");
    });
}

/// A receiver that is down is tried again under the same id, for three days; then a person sends it again.
#[test]
fn a_receiver_that_is_down_is_tried_again() {
    on_each(|site| {
        let receiver = Receiver::start();
        let (id, _) = endpoint(&site, &receiver.url, &[WebhookKind::NoticeReceived]);
        receiver.answer("503 Service Unavailable");
        site.intake(&notice(&["https://alder-photo.example/a"]).to_string());
        site.run_due();
        site.advance(Span::minutes(2));
        site.advance(Span::minutes(4));
        let tries = receiver.arrived();
        assert_eq!(tries.len(), 3);
        assert!(tries.iter().all(|t| t.header("webhook-id") == tries[0].header("webhook-id")));
        for _ in 0..40 {
            site.advance(Span::hours(5));
        }
        assert_eq!(receiver.arrived().len(), 26);
        let state = |site: &TestSite| {
            site.wait(site.app.read(move |c| webhooks::deliveries(c, id, None, 5))).unwrap().remove(0)
        };
        assert_eq!(state(&site).state, "failed");
        receiver.answer("200 OK");
        let admin = site.staff("admin");
        let page = admin.get("/staff/webhooks");
        assert!(page.text().contains("Given up") && page.text().contains("503"), "{}", page.text());
        let delivery = state(&site).id;
        admin.post_with_seal(&page, &format!("/staff/deliveries/{delivery}/replay"), &[("endpoint", &id.to_string())]);
        site.run_due();
        assert_eq!((receiver.arrived().len(), state(&site).state), (27, "delivered".to_owned()));
    });
}

/// Two secrets sign for a day after a change; gone means gone; redirects are not followed; off means off.
#[test]
fn secrets_rotate_and_endpoints_end() {
    on_each(|site| {
        let receiver = Receiver::start();
        let (id, old) = endpoint(&site, &receiver.url, &[WebhookKind::NoticeReceived]);
        let new = site.wait(site.app.write(move |tx| rotate_secret(tx, id, &Actor::Operator))).unwrap();
        let send = || {
            site.intake(&notice(&["https://alder-photo.example/a"]).to_string());
            site.run_due();
            receiver.arrived().pop().unwrap()
        };
        let both = send();
        assert!(fits(&both, &old) && fits(&both, &new));
        site.advance(Span::hours(25));
        let one = send();
        assert!(!fits(&one, &old) && fits(&one, &new));
        receiver.answer("302 Found\r\nLocation: /elsewhere");
        let count = receiver.arrived().len();
        send();
        assert_eq!(receiver.arrived().len(), count + 1, "not followed");
        receiver.answer("410 Gone");
        site.intake(&notice(&["https://alder-photo.example/b"]).to_string());
        site.run_due();
        let states: Vec<String> = site
            .wait(site.app.read(move |c| webhooks::deliveries(c, id, None, 2)))
            .unwrap()
            .into_iter()
            .map(|d| d.state)
            .collect();
        assert_eq!(states, ["failed", "deferred"]);
        let admin = site.staff("admin");
        let page = admin.get("/staff/webhooks");
        admin.post_with_seal(&page, &format!("/staff/webhooks/{id}"), &[("do", "off")]);
        let count = receiver.arrived().len();
        site.intake(&notice(&["https://alder-photo.example/c"]).to_string());
        site.run_due();
        assert_eq!(receiver.arrived().len(), count);
    });
}

/// Nothing inside our own network is called: not by address, not by a name that leads there.
#[test]
fn private_addresses_are_not_called() {
    let site = TestSite::open(Backend::Sqlite);
    site.customers(CUSTOMERS);
    let receiver = Receiver::start();
    let admin = site.staff("admin");
    let page = admin.get("/staff/webhooks");
    for url in [
        "http://panel.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "ftp://x.example/",
        "https://u:p@panel.example/",
        "x",
    ] {
        let refused = admin.post_with_seal(&page, "/staff/webhooks", &[("url", url), ("kind", "notice.received")]);
        assert_eq!(refused.status, 422, "{url}");
    }
    // A name that resolves to a private address passes the form and is refused at the call.
    let port = receiver.url.rsplit(':').next().unwrap().to_owned();
    let url = format!("https://localhost.localdomain:{port}");
    let client = safeharbor::webhooks::Client::new(false).unwrap();
    let told =
        site.wait(client.tell(&format!("http://localhost:{port}"), &["whsec_AAAA"], "msg_1", "{}", site.clock.now()));
    assert!(
        matches!(&told, safeharbor::webhooks::EndpointAnswer::Later(words) if words.contains("private network")),
        "{told:?} {url}"
    );
    assert!(receiver.arrived().is_empty());
    let made = admin.post_with_seal(
        &page,
        "/staff/webhooks",
        &[("url", "https://panel.example/hooks"), ("kind", "notice.received")],
    );
    assert!(made.body.contains("whsec_"), "{}", made.text());
    assert!(!admin.get("/staff/webhooks").body.contains("whsec_"), "shown once");
}

/// The host's systems are asked, and what they do not confirm within a day comes before staff.
#[test]
fn what_is_not_confirmed_comes_before_staff() {
    on_each(|site| {
        let receiver = Receiver::start();
        endpoint(&site, &receiver.url, &[WebhookKind::DisableRequested, WebhookKind::RestoreRequested]);
        let sent = site.intake(&notice(&["https://alder-photo.example/0"]).to_string());
        site.run_due();
        let case = sent.cases[0].to_string();
        site.disable(&case);
        let page = || site.staff("viewer").get(&format!("/staff/cases/{case}")).text();
        assert!(page().contains("Being disabled") && !page().contains("Case closed"), "{}", page());
        assert!(site.letters_to("owner@alder-photo.example").len() == 1, "not told before it is done");
        let queue = || site.staff("viewer").get("/staff/?view=review").text();
        site.advance(Span::hours(23));
        assert!(!queue().contains("have not confirmed it"));
        site.advance(Span::hours(1));
        assert!(queue().contains("1 address not confirmed within a day"), "{}", queue());
        let program = site.program("cases:write,cases:read");
        let path = format!("/api/v1/cases/{case}/actions");
        assert_eq!(program.post(&path, &serde_json::json!({"action": "confirm_disabled"})).status, 200);
        assert_eq!(program.post(&path, &serde_json::json!({"action": "confirm_disabled"})).status, 409);
        site.run_due();
        assert!(
            page().contains("Case closed: access disabled") && !queue().contains("have not confirmed it"),
            "{}",
            page()
        );
        assert!(site.letter_to("owner@alder-photo.example").subject.contains("is disabled"));
        let restored = program.post(&path, &serde_json::json!({"action": "restore", "reason": "The sender erred."}));
        assert_eq!(restored.json()["reported"][0]["state"], "restore_requested", "{}", restored.text);
        let confirmed = program.post(&path, &serde_json::json!({"action": "confirm_restored"})).json();
        assert_eq!(
            (confirmed["reported"][0]["state"].as_str(), confirmed["outcome"].as_str()),
            (Some("restored"), Some("restored"))
        );
    });
}

/// An endpoint that never answers throttles no other; after some rounds it is left alone, and staff see it.
#[test]
fn a_receiver_that_hangs_holds_up_no_other() {
    on_each(|site| {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let (hangs, _) =
            endpoint(&site, &format!("http://{}/", silent.local_addr().unwrap()), &[WebhookKind::NoticeReceived]);
        let receiver = Receiver::start();
        endpoint(&site, &receiver.url, &[WebhookKind::NoticeReceived]);
        let jobs = site.runtime.spawn(safeharbor::jobs::run_until_stopped(site.app.clone()));
        let began = std::time::Instant::now();
        for n in 0..40 {
            site.intake(&notice(&[&format!("https://alder-photo.example/{n}")]).to_string());
            site.app.wake();
        }
        crate::support::wait_until("the others are told", std::time::Duration::from_secs(10), || {
            receiver.arrived().len() == 40
        });
        assert!(began.elapsed() < std::time::Duration::from_secs(12), "{:?}", began.elapsed());
        site.app.stop();
        drop(silent);
        site.wait(jobs).unwrap();
        let state = site.wait(site.app.read(move |c| webhooks::get(c, hangs))).unwrap();
        assert!(state.failures >= 1, "the silent one has failed");
    });
}

/// Rounds that fail in a row pause an endpoint, one message tries it again, and a success ends the pause.
#[test]
fn an_endpoint_that_fails_is_left_alone_for_a_while() {
    on_each(|site| {
        let receiver = Receiver::start();
        let (id, _) = endpoint(&site, &receiver.url, &[WebhookKind::NoticeReceived]);
        receiver.answer("500 Internal Server Error");
        let send = |n: u32| {
            site.intake(&notice(&[&format!("https://alder-photo.example/{n}")]).to_string());
            site.run_due();
        };
        (0..3).for_each(send);
        let state = || site.wait(site.app.read(move |c| webhooks::get(c, id))).unwrap();
        assert!(state().paused(site.clock.now()).is_some(), "{} rounds failed", state().failures);
        let before = receiver.arrived().len();
        (3..6).for_each(send);
        assert_eq!(receiver.arrived().len(), before, "it is left alone");
        assert!(site.staff("admin").get("/staff/webhooks").text().contains("Paused"));
        receiver.answer("200 OK");
        site.advance(Span::minutes(5));
        assert!(state().failures == 0 && state().paused(site.clock.now()).is_none());
        assert_eq!(receiver.arrived().len(), before + 6, "all of them are there at last");
    });
}
