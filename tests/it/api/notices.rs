use serde_json::json;

use super::notice;
use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite};

on_both! {
    /// A program without a key sends what the form sends, and gets what the form says.
    fn a_notice_is_taken_checked_and_matched(site: TestSite) {
        site.customers(CUSTOMERS);
        let sent = site.stranger().post("/api/v1/notices", &notice(&["https://alder-photo.example/a.jpg", "https://elsewhere.example/b", "no address"]));
        assert_eq!(sent.status, 201, "{}", sent.text);
        let json = sent.json();
        assert_eq!((json["class"].as_str(), json["missing"].as_array().map(Vec::len)), (Some("complete"), Some(0)));
        let states: Vec<&str> = json["locations"].as_array().unwrap().iter().map(|l| l["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["hosted", "not_hosted", "unreadable"]);
        assert!(json["locations"][0].get("case").is_none() && json["cases"] == serde_json::json!([]), "no cases: {json}");
        assert!(!sent.text.contains("NW-1") && !sent.text.contains("Alder Photo"), "the customer stays unknown: {}", sent.text);
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        let page = site.client().get(json["status_url"].as_str().unwrap().trim_start_matches("https://copyright.northwind.example"));
        assert!(page.text().contains(json["reference"].as_str().unwrap()), "{}", page.text());
        assert_eq!(sent.header("location"), format!("/api/v1/notices/{}", json["reference"].as_str().unwrap()));
    }

    /// A notice is never refused for what it lacks, and has the same findings by every door.
    fn what_is_missing_is_told_and_not_refused(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.stranger();
        let mut curable = notice(&["https://alder-photo.example/a.jpg"]);
        curable["signature"] = json!("");
        let sent = program.post("/api/v1/notices", &curable);
        assert_eq!((sent.status, sent.json()["class"].as_str().unwrap().to_owned()), (201, "curable".to_owned()));
        assert_eq!(sent.json()["missing"], json!(["(i)"]));
        let codes = |list: &serde_json::Value| list.as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let by_cli = site.intake(&curable.to_string());
        assert_eq!(codes(&sent.json()["findings"]), by_cli.verdict.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>());
        let empty = program.post("/api/v1/notices", &json!({}));
        assert_eq!((empty.status, empty.json()["class"].as_str().unwrap().to_owned()), (201, "defective".to_owned()));
        site.run_due();
        assert!(site.letters_to("owner@alder-photo.example").is_empty());
    }

    /// Everything that is wrong is named at once; what could not be read is kept.
    fn what_cannot_be_read_is_named_and_kept(site: TestSite) {
        let sent = site.stranger().post("/api/v1/notices", &json!({"complainant": {"nme": "x"}, "locations": [{"url": 5}], "signature": "x".repeat(300)}));
        assert_eq!((sent.status, sent.header("content-type")), (422, "application/problem+json"));
        assert_eq!(sent.pointers(), ["/complainant/nme", "/locations/0/url"]);
        let id = sent.json()["submission"].as_i64().unwrap();
        let original = site.staff("viewer").get(&format!("/staff/submissions/{id}"));
        assert!(original.body.contains("nme"), "{}", original.body);
        let long = site.stranger().post("/api/v1/notices", &json!({"signature": "x".repeat(300)}));
        assert_eq!((long.status, long.pointers()), (422, vec!["/signature".to_owned()]));
        let page = site.stranger().ask("POST", "/api/v1/notices", "text/html", b"<p>");
        assert_eq!(page.status, 415);
        assert!(page.json()["detail"].as_str().unwrap().contains("application/json"));
        let other = site.stranger().ask("DELETE", "/api/v1/notices", "", b"");
        assert_eq!((other.status, other.header("allow")), (405, "POST, GET"));
        assert_eq!(site.stranger().get("/api/v1/nothing").json()["type"], "urn:safeharbor:problem:not-found");
    }

    /// The same key and body get the same answer for a day; another body is refused.
    fn a_repeat_with_the_same_key_does_nothing_again(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write").with("Idempotency-Key", "order-77");
        let body = notice(&["https://alder-photo.example/a.jpg"]);
        let first = program.post("/api/v1/notices", &body);
        let again = program.post("/api/v1/notices", &body);
        assert_eq!((first.status, &first.text), (201, &again.text));
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        let other = program.post("/api/v1/notices", &notice(&["https://alder-photo.example/b.jpg"]));
        assert_eq!((other.status, other.pointers()), (422, vec!["/Idempotency-Key".to_owned()]));
        let stranger = site.program("notices:write").with("Idempotency-Key", "order-77").post("/api/v1/notices", &body);
        assert_ne!(stranger.json()["reference"], first.json()["reference"], "another key is another caller");
        site.advance(safeharbor::domain::base::moment::Span::hours(25));
        assert_ne!(program.post("/api/v1/notices", &body).json()["reference"], first.json()["reference"]);
        let wrong = site.program("notices:write").with("Idempotency-Key", "").post("/api/v1/notices", &body);
        assert_eq!(wrong.status, 422);
    }

    /// Many repeats at the same moment are one.
    fn many_repeats_at_once_are_one(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write").with("Idempotency-Key", "k");
        let body = notice(&["https://alder-photo.example/a.jpg"]);
        let texts: Vec<String> = std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..8).map(|_| scope.spawn(|| program.post("/api/v1/notices", &body))).collect();
            tasks.into_iter().map(|t| t.join().unwrap()).map(|r| { assert_eq!(r.status, 201, "{}", r.text); r.text }).collect()
        });
        assert!(texts.iter().all(|t| *t == texts[0]));
        site.run_due();
        assert_eq!(site.letters().len(), 2);
    }

    /// Cases of one customer that are opened at the same moment are all counted.
    fn cases_opened_at_once_are_all_counted(site: TestSite) {
        site.customers(CUSTOMERS);
        let stranger = site.stranger();
        std::thread::scope(|scope| {
            for n in 0..8 {
                let (stranger, body) = (&stranger, notice(&[&format!("https://alder-photo.example/{n}.jpg")]));
                scope.spawn(move || assert_eq!(stranger.post("/api/v1/notices", &body).status, 201));
            }
        });
        let customer = site.program("customers:read").get("/api/v1/customers/NW-1").json();
        assert_eq!(customer["cases"], 8, "{customer}");
    }

    /// Of different notices about the same material, sent at the same moment, one opens the case; the others repeat it.
    fn of_notices_that_overlap_one_is_new(site: TestSite) {
        site.customers(CUSTOMERS);
        let stranger = site.stranger();
        let send = |n: i32| {
            let own = format!("https://alder-photo.example/{n}.jpg");
            let sent = stranger.post("/api/v1/notices", &notice(&["https://alder-photo.example/a.jpg", &own]));
            assert_eq!(sent.status, 201, "{}", sent.text);
            sent.json()["locations"].as_array().unwrap().iter().map(|l| l["state"].as_str().unwrap().to_owned()).collect()
        };
        // Who sends for the first time is entered first, one after the other.
        stranger.post("/api/v1/notices", &notice(&["https://brightmoor.example/b"]));
        let states: Vec<Vec<String>> = std::thread::scope(|scope| {
            let send = &send;
            let tasks: Vec<_> = (0..8).map(|n| scope.spawn(move || send(n))).collect();
            tasks.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert!(states.iter().all(|s| s[1] == "hosted"), "{states:?}");
        let new = states.iter().filter(|s| s[0] == "hosted").count();
        assert_eq!((new, states.iter().filter(|s| s[0] == "duplicate").count()), (1, 7), "{states:?}");
    }

    /// Reading: all of them with the scope, one's own without it; page by page; only when changed.
    fn notices_are_read_page_by_page(site: TestSite) {
        site.customers(CUSTOMERS);
        let sender = site.program("notices:write");
        let mine = sender.post("/api/v1/notices", &notice(&["https://alder-photo.example/a.jpg"])).json()["reference"].as_str().unwrap().to_owned();
        let other = site.stranger().post("/api/v1/notices", &notice(&["https://alder-photo.example/b.jpg"])).json()["reference"].as_str().unwrap().to_owned();
        assert_eq!(sender.get(&format!("/api/v1/notices/{mine}")).status, 200);
        assert_eq!(sender.get(&format!("/api/v1/notices/{other}")).status, 404, "somebody else's");
        assert_eq!(sender.get("/api/v1/notices").status, 403);
        let reader = site.program("notices:read");
        let one = reader.get(&format!("/api/v1/notices/{other}"));
        assert_eq!(one.json()["works"][0]["title"], "Heron at Dawn");
        assert!(!one.text.contains("NW-1"));
        let known = site.program("notices:read").with("If-None-Match", one.header("etag")).get(&format!("/api/v1/notices/{other}"));
        assert_eq!((known.status, known.text.as_str()), (304, ""));
        for n in 0..5 {
            site.intake(&notice(&[&format!("https://alder-photo.example/{n}")]).to_string());
        }
        let (mut seen, mut path) = (Vec::new(), "/api/v1/notices?limit=3".to_owned());
        loop {
            let page = reader.get(&path).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|n| n["reference"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/notices?limit=3&cursor={next}");
        }
        assert_eq!(seen.len(), 7);
        assert_eq!(seen.last().unwrap(), &mine);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 7);
        assert_eq!(reader.get("/api/v1/notices?sender_reference=HF-2231").json()["items"].as_array().unwrap().len(), 7);
        assert_eq!(reader.get("/api/v1/notices?sender_reference=x").json()["items"].as_array().unwrap().len(), 0);
        assert_eq!(reader.get("/api/v1/notices?since=2027-01-01T00:00:00Z").json()["items"].as_array().unwrap().len(), 0);
        for (query, pointer) in [("limit=0", "/limit"), ("limit=x", "/query"), ("cursor=x", "/cursor"), ("since=monday", "/since"), ("clss=x", "/query")] {
            let wrong = reader.get(&format!("/api/v1/notices?{query}"));
            assert_eq!((wrong.status, wrong.pointers()), (422, vec![pointer.to_owned()]), "{query}");
        }
        let zipped = site.program("notices:read").with("Accept-Encoding", "gzip").get("/api/v1/notices");
        assert_eq!((zipped.status, zipped.header("content-encoding")), (200, "gzip"));
    }
}

/// Without a key there is a stricter limit than at the form, and the door can be shut.
#[test]
fn strangers_are_limited_and_can_be_kept_out() {
    let site = TestSite::open_with(Backend::Sqlite, &[("api.anonymous_per_hour", "2")]);
    let statuses: Vec<u16> = (0..3).map(|_| site.stranger().post("/api/v1/notices", &json!({})).status).collect();
    assert_eq!(statuses, [201, 201, 429]);
    let refused = site.stranger().post("/api/v1/notices", &json!({}));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    let shut = TestSite::open_with(Backend::Sqlite, &[("api.anonymous", "false")]);
    let refused = shut.stranger().post("/api/v1/notices", &json!({}));
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(shut.program("notices:write").post("/api/v1/notices", &json!({})).status, 201);
}

/// A body over the limit is refused in words, and too many locations are too.
#[test]
fn sizes_are_bounded() {
    let site = TestSite::open_with(Backend::Sqlite, &[("intake.max_body", "10000"), ("intake.max_locations", "2")]);
    let large = site.stranger().post("/api/v1/notices", &json!({"signature": "x".repeat(20_000)}));
    assert_eq!(
        (large.status, large.json()["type"].as_str().unwrap().to_owned()),
        (413, "urn:safeharbor:problem:too-large".to_owned())
    );
    let many = site.stranger().post("/api/v1/notices", &notice(&["a.example/1", "a.example/2", "a.example/3"]));
    assert_eq!((many.status, many.pointers()), (422, vec!["/locations".to_owned()]));
}
