use safeharbor::domain::base::moment::Span;

use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite, complete_form, postgres_url};

const NADIA: &str = "nadia@corvid.example";

fn incomplete(site: &TestSite) -> String {
    let received = site.intake(
        r#"{"complainant":{"name":"Nadia Crane","organization":"Corvid Music","email":"nadia@corvid.example"},
        "works":[{"title":"Low Tide Radio","description":"Song"}],
        "locations":[{"url":"https://alder-photo.example/x.mp3"},{"ip":"198.51.100.7","port":6881,"observed_at":"2026-03-06T00:00:00Z","file_name":"x.mp3"}],
        "statements":{"good_faith":true,"accurate":true}}"#,
    );
    site.run_due();
    received.reference.to_string()
}

on_both! {
    /// What is missing is added on one page: a new notice, with its own time of receipt, linked to the first.
    fn a_cured_notice(site: TestSite) {
        site.customers(CUSTOMERS);
        let first = incomplete(&site);
        let link = site.letter_to(NADIA).link();
        site.advance(Span::days(3));
        let client = site.client();
        let page = client.get(&link);
        let text = page.text();
        assert!(text.contains("Add 2 details to your notice") && text.contains("Low Tide Radio") && text.contains("198.51.100.7:6881"), "{text}");
        assert!(page.body.contains("name=\"sig\"") && page.body.contains("name=\"st-perjury\""));
        for there in ["name=\"st-faith\"", "name=\"urls\"", "name=\"work\"", "name=\"email\""] {
            assert!(!page.body.contains(there), "{there} is there already");
        }
        let hidden = page.hidden(&["csrf", "submission", "seal", "notice"]);
        let form = |more: &[(&str, &str)]| {
            let mut all: Vec<(String, String)> = hidden.iter().map(|(k, v)| (k.clone(), v.replace("&#34;", "\"").replace("&#38;", "&"))).collect();
            all.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
            all
        };
        let half = client.post(&link, &form(&[("sig", "Nadia Crane")]));
        assert!(half.status == 422 && half.text().contains("There is a problem with 1 answer"), "{}", half.text());
        let sent = client.post(&link, &form(&[("sig", "Nadia Crane"), ("st-perjury", "yes")]));
        assert_eq!(sent.status, 303, "{}", sent.text());
        let twice = client.post(&link, &form(&[("sig", "Nadia Crane"), ("st-perjury", "yes")]));
        assert_eq!(twice.location, sent.location, "a second click changes nothing");
        site.run_due();
        let receipt = client.get(&sent.location);
        let second = receipt.reference('N');
        assert_ne!(first, second);
        assert!(site.letter_to("owner@alder-photo.example").text.contains("13 March 2026, 14:22 UTC"), "{}", site.letter_to("owner@alder-photo.example").text);
        assert!(site.letter_to("kim@mailbox.example").text.contains("198.51.100.7:6881"), "the other customer's address is there too");
        let old = client.get(link.trim_end_matches("/cure")).text();
        assert!(old.contains(&format!("Completed by notice {second}")) && !old.contains("What to add"), "{old}");
        assert_eq!(client.get(&link).status, 303, "nothing is left to add");
        let staff = site.staff("viewer").get(&format!("/staff/notices/{second}")).text();
        assert!(staff.contains(&format!("Completes notice {first}")), "{staff}");
        let original = site.staff("viewer").get("/staff/submissions/2").body;
        assert!(original.contains("Low+Tide+Radio") && original.contains("st-perjury=yes"), "all elements stand in one communication: {original}");
    }

    /// Elements of two incomplete notices never make one together.
    fn two_halves_make_no_notice(site: TestSite) {
        site.customers(CUSTOMERS);
        incomplete(&site);
        let other = site.intake(r#"{"complainant":{"name":"Nadia Crane","email":"nadia@corvid.example"},"signature":"Nadia Crane",
            "works":[{"title":"Low Tide Radio"}],"locations":[{"url":"https://alder-photo.example/x.mp3"}],
            "statements":{"authorized_under_penalty_of_perjury":true}}"#);
        assert_eq!(other.verdict.class.code(), "curable");
        site.advance(Span::days(2));
        assert!(site.letters_to("owner@alder-photo.example").is_empty());
    }

    /// Each missing element has its field, and the page takes what was typed.
    fn every_missing_element_can_be_added(site: TestSite) {
        site.customers(CUSTOMERS);
        site.intake(r#"{"complainant":{"email":"nadia@corvid.example"}}"#);
        site.run_due();
        let letter = site.letter_to(NADIA);
        let client = site.client();
        let page = client.get(&letter.link());
        assert!(page.text().contains("Add 7 details"), "{}", page.text());
        let mut form: Vec<(String, String)> = page.hidden(&["csrf", "submission", "seal", "notice"]).into_iter().map(|(k, v)| (k, v.replace("&#34;", "\""))).collect();
        for (k, v) in [("name", "Nadia Crane"), ("work", "Low Tide Radio"), ("urls", "https://alder-photo.example/x.mp3"),
            ("st-faith", "yes"), ("st-accurate", "yes"), ("st-perjury", "yes"), ("sig", "Nadia Crane")] {
            form.push((k.to_owned(), v.to_owned()));
        }
        let sent = client.post(&letter.link(), &form);
        assert_eq!(sent.status, 303, "{}", sent.text());
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
    }
}

fn on_each(set: &[(&str, &str)], story: impl Fn(TestSite)) {
    story(TestSite::open_with(Backend::Sqlite, set));
    if postgres_url().is_some() {
        story(TestSite::open_with(Backend::Postgres, set));
    }
}

const CONFIRM: &[(&str, &str)] = &[("senders.confirm_first", "true")];

/// A first-time sender who does not confirm: nothing is dropped, a person looks after a day.
#[test]
fn a_confirmation_that_is_not_given() {
    on_each(CONFIRM, |site| {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let letters = site.letters_to("rights@holtfinch.example");
        assert_eq!(letters.len(), 2);
        assert!(letters.iter().any(|l| l.text.contains("We have not forwarded it yet.")), "{letters:?}");
        site.advance(Span::hours(23));
        assert!(site.letters_to("owner@alder-photo.example").is_empty());
        site.advance(Span::hours(1));
        let staff = site.staff("agent");
        let queue = staff.get("/staff/?view=review").text();
        assert!(queue.contains("has not confirmed the email address"), "{queue}");
        let path = format!("/staff/cases/{}", receipt.reference('C'));
        let done = staff.post_with_seal(&staff.get(&path), &path, &[("do", "forward")]);
        assert_eq!(done.status, 303, "{}", done.text());
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        assert!(!staff.get("/staff/?view=review").text().contains("has not confirmed"));
    });
}

/// A sender who confirms is forwarded at once and not asked again; opening the link alone does nothing.
#[test]
fn a_confirmation_forwards_at_once() {
    on_each(CONFIRM, |site| {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let letters = site.letters_to("rights@holtfinch.example");
        let letter = letters.iter().find(|l| l.subject.starts_with("Please confirm")).unwrap();
        let link = letter.text.split_whitespace().find(|w| w.contains("/confirm/")).unwrap();
        let link = &link[link.find("/confirm/").unwrap()..];
        let client = site.client();
        let page = client.get(link);
        assert!(page.text().contains("Did you send this copyright notice?"), "{}", page.text());
        client.get(link);
        site.run_due();
        assert!(site.letters_to("owner@alder-photo.example").is_empty(), "a mail scanner confirms nothing");
        assert_eq!(client.post_with_seal(&page, link, &[]).status, 303);
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        assert!(client.get(link).text().contains("is confirmed"));
        site.report("https://alder-photo.example/b.jpg");
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 2, "asked once");
        // The API and other addresses are not asked for what the form asks.
        let other =
            site.client().post("/notices/new", &complete_form("A B", "a@b.example", "https://alder-photo.example/c"));
        assert_eq!(other.status, 200);
    });
}
