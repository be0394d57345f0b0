//! Who is forwarded at once by the settings as they are shipped: one rule, whatever the entrance.

use safeharbor::actions::{Envelope, receive_mail};
use safeharbor::domain::base::moment::Span;
use safeharbor::formats::mail;
use safeharbor::storage::intake::submissions::Submission;
use serde_json::{Value, json};

use crate::api::documents::acns;
use crate::support::{Backend, CUSTOMERS, TestSite, postgres_url};

/// As shipped, and little, so that few customers are many.
const SHIPPED: &[(&str, &str)] = &[
    ("senders.confirm_first", "true"),
    ("senders.customers_at_once", "2"),
    ("inbound.authserv_id", "mx.northwind.example"),
];
const CUSTOMER: [&str; 3] = ["owner@alder-photo.example", "idris@brightmoor.example", "noc@streamvault.example"];

fn on_each(story: impl Fn(TestSite)) {
    let open = |backend| {
        let site = TestSite::open_with(backend, SHIPPED);
        site.customers(CUSTOMERS);
        site
    };
    story(open(Backend::Sqlite));
    if postgres_url().is_some() {
        story(open(Backend::Postgres));
    }
}

fn notice(email: &str, urls: &[&str]) -> Value {
    json!({
        "complainant": {"name": "A. Person", "email": email},
        "works": [{"title": "Work", "description": "A photograph"}],
        "locations": urls.iter().map(|u| json!({"url": u})).collect::<Vec<_>>(),
        "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true},
        "signature": "A. Person",
    })
}

fn forwarded(site: &TestSite) -> usize {
    site.run_due();
    CUSTOMER.iter().map(|c| site.letters_to(c).len()).sum()
}

/// Follows the newest link that asks an address to confirm.
fn confirm(site: &TestSite, address: &str) {
    let letters = site.letters_to(address);
    let letter = letters.iter().rev().find(|l| l.text.contains("/confirm/")).expect("a letter that asks");
    let at = letter.text.find("/confirm/").unwrap();
    let path = letter.text[at..].split_whitespace().next().unwrap();
    let client = site.client();
    let page = client.get(path);
    assert_eq!(client.post_with_seal(&page, path, &[]).status, 303);
}

fn by_mail(site: &TestSite, results: &str) {
    let raw = format!(
        "Authentication-Results: mx.northwind.example; {results}\r\nFrom: Joel Finch <rights@holtfinch.example>\r\nTo: copyright@northwind.example\r\nSubject: Notice\r\nMessage-ID: <{}@x.example>\r\n\r\nI have a good faith belief that the use is not authorized by the owner, its agent or the law. The information is accurate. Under penalty of perjury, I am authorized to act for the owner.\r\n\r\nRegards,\r\nJoel Finch\r\n\r\n{}\r\n",
        results.len(),
        acns(results, "198.51.100.7", "")
    );
    let read = mail::read(raw.as_bytes());
    let submission = Submission::new("mail", "message/rfc822", raw.into_bytes());
    let taken = site.app.write(move |tx| receive_mail(tx, submission, &Envelope::default(), (read.as_ref(), &[])));
    assert_eq!(site.wait(taken).unwrap().notices.len(), 1);
}

#[test]
fn nobody_unknown_is_forwarded_at_once() {
    on_each(|site| {
        site.report_as("A B", "a@one.example", "https://alder-photo.example/1");
        let api = site.stranger();
        assert_eq!(
            api.post("/api/v1/notices", &notice("b@two.example", &["https://alder-photo.example/2"])).status,
            201
        );
        let document = acns("H-1", "198.51.100.7", "").replace("rights@holtfinch", "c@three");
        assert_eq!(api.ask("POST", "/api/v1/notices", "application/xml", document.as_bytes()).status, 201);
        by_mail(&site, "spf=none");
        assert_eq!(forwarded(&site), 0);
        for asked in ["a@one.example", "b@two.example", "rights@holtfinch.example"] {
            let letters = site.letters_to(asked);
            assert!(letters.iter().any(|l| l.text.contains("/confirm/")), "{asked}: {letters:?}");
            assert!(letters.iter().any(|l| l.text.contains("We have not forwarded it yet.")), "{asked}");
        }
        // What nobody confirms comes before a person, and is forwarded by one.
        site.advance(Span::days(1));
        let staff = site.staff("agent");
        let queue = staff.get("/staff/?view=review");
        assert!(queue.text().matches("has not confirmed the email address").count() >= 4, "{}", queue.text());
        assert_eq!(forwarded(&site), 0);
        confirm(&site, "b@two.example");
        assert_eq!(forwarded(&site), 1, "late, but before a person has looked");
        let path = staff.get("/staff/?view=review").link("/staff/cases/");
        assert_eq!(staff.post_with_seal(&staff.get(&path), &path, &[("do", "forward")]).status, 303);
        assert_eq!(forwarded(&site), 2);
    });
}

#[test]
fn whoever_is_proved_is_forwarded_at_once() {
    on_each(|site| {
        let all = ["https://alder-photo.example/k", "https://brightmoor.example/k", "https://a.streamvault.example/k"];
        let keyed = site.program("notices:write").post("/api/v1/notices", &notice("k@key.example", &all));
        assert_eq!(keyed.status, 201);
        assert_eq!(forwarded(&site), 3);
        by_mail(&site, "dmarc=pass header.from=holtfinch.example");
        assert_eq!(forwarded(&site), 4);
    });
}

#[test]
fn many_customers_come_before_a_person() {
    on_each(|site| {
        let all = ["https://alder-photo.example/e", "https://brightmoor.example/e", "https://a.streamvault.example/e"];
        let sent = site.stranger().post("/api/v1/notices", &notice("x@throwaway.example", &all));
        assert_eq!(sent.status, 201, "{}", sent.text);
        assert_eq!(forwarded(&site), 0);
        let queue = site.staff("agent").get("/staff/?view=review").text();
        assert!(queue.matches("named by a sender without a record").count() >= 3, "{queue}");
        confirm(&site, "x@throwaway.example");
        assert_eq!(forwarded(&site), 0, "an address of one's own is no record");
        // The same, day by day and notice by notice.
        let one = |n: usize| {
            site.stranger()
                .post("/api/v1/notices", &notice("y@other.example", &[&format!("https://alder-photo.example/y{n}")]))
        };
        one(0);
        confirm_after(&site, "y@other.example");
        one(1);
        assert_eq!(forwarded(&site), 2, "the address is known");
        for n in 2..6 {
            one(n);
        }
        assert!(forwarded(&site) <= 3, "not without end");
    });
}

/// Whoever owns the address sees what was sent, and can say that it was somebody else.
#[test]
fn who_did_not_send_it_says_so() {
    on_each(|site| {
        site.report_as("A B", "a@one.example", "https://alder-photo.example/1");
        site.run_due();
        let letter = site.letters_to("a@one.example").into_iter().find(|l| l.text.contains("/confirm/")).unwrap();
        let at = letter.text.find("/confirm/").unwrap();
        let path = letter.text[at..].split_whitespace().next().unwrap();
        let client = site.client();
        let page = client.get(path);
        assert!(
            page.text().contains("https://alder-photo.example/1") && page.text().contains("Works"),
            "{}",
            page.text()
        );
        let denied = client.post_with_seal(&page, path, &[("do", "deny")]);
        assert_eq!(denied.status, 303);
        assert!(client.get(&denied.location).text().contains("We will not treat this notice as yours"));
        assert_eq!(forwarded(&site), 0);
        let agent = site.staff("agent");
        let queue = agent.get("/staff/?view=review");
        assert!(queue.text().contains("The owner of a@one.example says that they did not send it"), "{}", queue.text());
        let case = agent.get(&queue.link("/staff/cases/")).text();
        assert!(case.contains("The owner of the email address did not send the notice"), "{case}");
        site.advance(Span::days(2));
        assert_eq!(forwarded(&site), 0, "a person decides");
        // A slip can be mended.
        let again = client.get(path);
        assert_eq!(client.post_with_seal(&again, path, &[("do", "confirm")]).status, 303);
        assert!(client.get(path).text().contains("Your email address is confirmed"));
    });
}

#[test]
fn days_are_counted_by_customers() {
    on_each(|site| {
        let send = |urls: &[&str]| site.stranger().post("/api/v1/notices", &notice("z@other.example", urls)).status;
        assert_eq!(send(&["https://alder-photo.example/z"]), 201);
        confirm_after(&site, "z@other.example");
        assert_eq!(forwarded(&site), 1);
        site.advance(Span::days(2));
        let before = forwarded(&site);
        assert_eq!(send(&["https://brightmoor.example/z1", "https://alder-photo.example/z1"]), 201);
        assert_eq!(forwarded(&site), before + 2, "two in a day");
        assert_eq!(send(&["https://a.streamvault.example/z2"]), 201);
        assert_eq!(forwarded(&site), before + 2, "the third waits for a person, though it is but the second notice");
    });
}

/// What follows does not tell whether folders of one host belong to one customer or to several.
#[test]
fn folders_of_a_shared_host_do_not_tell_whose_they_are() {
    on_each(|site| {
        site.customers("account,name,segment,contact_email,asset\nNW-7,One,shared,one@x.example,one.shared.example/alice/\nNW-7,,,,one.shared.example/bob/\nNW-7,,,,one.shared.example/cleo/\nNW-8,Two,shared,two@x.example,two.shared.example/alice/\nNW-9,Three,shared,three@x.example,two.shared.example/bob/\nNW-10,Four,shared,four@x.example,two.shared.example/cleo/\n");
        let answers: Vec<String> = ["one", "two"]
            .iter()
            .map(|host| {
                let urls: Vec<String> = ["alice", "bob", "cleo"]
                    .iter()
                    .map(|f| format!("https://{host}.shared.example/{f}/x.jpg"))
                    .collect();
                let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
                let who = format!("f@{host}.example");
                assert_eq!(site.stranger().post("/api/v1/notices", &notice(&who, &urls)).status, 201);
                site.run_due();
                let letter =
                    site.letters_to(&who).into_iter().find(|l| !l.text.contains("/confirm/")).expect("a receipt");
                letter
                    .text
                    .lines()
                    .filter(|l| !l.contains("example") && !l.contains("N-"))
                    .filter(|l| !l.chars().any(|c| c.is_ascii_digit()))
                    .collect::<Vec<_>>()
                    .join("\n")
            })
            .collect();
        assert_eq!(answers[0], answers[1]);
        let queue = site.staff("agent").get("/staff/?view=review").text();
        assert_eq!(queue.matches("named by a sender without a record").count(), 2 * 4, "one case, and three: {queue}");
    });
}

fn confirm_after(site: &TestSite, address: &str) {
    site.run_due();
    confirm(site, address);
}

#[test]
fn a_strangers_address_is_asked_a_few_times() {
    on_each(|site| {
        for n in 0..10 {
            site.stranger()
                .post("/api/v1/notices", &notice("v@victim.example", &[&format!("https://alder-photo.example/{n}")]));
        }
        assert_eq!(forwarded(&site), 0);
        let asked = site.letters_to("v@victim.example").iter().filter(|l| l.text.contains("/confirm/")).count();
        assert_eq!(asked, 3);
        site.advance(Span::days(1));
        let queue = site.staff("agent").get("/staff/?view=review&all=yes").text();
        assert!(queue.contains("v@victim.example") || queue.contains("A. Person"), "nothing is lost: {queue}");
    });
}
