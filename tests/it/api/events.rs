use super::notice;
use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

on_both! {
    /// A system that reads page after page sees every event once, by the names it knows.
    fn the_feed_has_no_gap(site: TestSite) {
        site.customers(CUSTOMERS);
        let sent = site.stranger().post("/api/v1/notices", &notice(&["https://alder-photo.example/a"])).json();
        site.run_due();
        site.settle_feed();
        let program = site.program("events:read");
        let (mut seen, mut after) = (Vec::new(), 0);
        loop {
            let page = program.get(&format!("/api/v1/events?after={after}&limit=3")).json();
            if page["items"].as_array().unwrap().is_empty() {
                assert_eq!(page["next"].as_i64(), Some(after));
                break;
            }
            seen.extend(page["items"].as_array().unwrap().clone());
            after = page["next"].as_i64().unwrap();
        }
        let ids: Vec<i64> = seen.iter().map(|e| e["id"].as_i64().unwrap()).collect();
        assert!(ids.is_sorted() && ids.len() > 8, "{ids:?}");
        let of = |kind: &str| seen.iter().find(|e| e["kind"] == kind).unwrap_or_else(|| panic!("no {kind}"));
        assert_eq!(of("notice.received")["reference"], sent["reference"]);
        assert_eq!(of("case.forwarded")["reference"], site.cases_of(sent["reference"].as_str().unwrap())[0]);
        assert_eq!(of("customer.added")["reference"], "NW-1");
    }

    /// Readers and writers at the same time: nothing is passed by.
    fn a_reader_passes_no_writer_by(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("events:read");
        let (total, seen) = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4).map(|w| { let site = &site; scope.spawn(move || for n in 0..10 {
                site.intake(&notice(&[&format!("https://alder-photo.example/{w}-{n}")]).to_string());
            }) }).collect();
            let (mut seen, mut after) = (0, 0);
            while writers.iter().any(|w| !w.is_finished()) {
                let page = program.get(&format!("/api/v1/events?after={after}&limit=7")).json();
                seen += page["items"].as_array().unwrap().len();
                after = page["next"].as_i64().unwrap();
            }
            site.settle_feed();
            loop {
                let page = program.get(&format!("/api/v1/events?after={after}&limit=200")).json();
                let items = page["items"].as_array().unwrap().len();
                seen += items;
                after = page["next"].as_i64().unwrap();
                if items == 0 { break }
            }
            let (mut total, mut from) = (0, 0);
            loop {
                let page = program.get(&format!("/api/v1/events?after={from}&limit=200")).json();
                let items = page["items"].as_array().unwrap().len();
                total += items;
                from = page["next"].as_i64().unwrap();
                if items == 0 { break }
            }
            (total, seen)
        });
        assert_eq!(seen, total);
        assert!(total >= 80, "{total}");
    }
}
