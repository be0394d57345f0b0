use serde_json::{Value, json};

use super::notice;
use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

on_both! {
    /// What staff can do, a program can do, under its own name in the record.
    fn a_program_acts_on_a_case(site: TestSite) {
        site.customers(CUSTOMERS);
        let sent = site.stranger().post("/api/v1/notices", &notice(&["https://alder-photo.example/a.jpg", "https://alder-photo.example/b.jpg"])).json();
        site.run_due();
        let reference = site.cases_of(sent["reference"].as_str().unwrap()).remove(0);
        let program = site.program("cases:read,cases:write");
        let case = program.get(&format!("/api/v1/cases/{reference}")).json();
        assert_eq!((case["customer"].as_str(), case["state"].as_str()), (Some("NW-1"), Some("awaiting")));
        assert_eq!(case["notice"], sent["reference"]);
        assert_eq!(case["reported"].as_array().unwrap().len(), 2);
        let act = |body: Value| program.post(&format!("/api/v1/cases/{reference}/actions"), &body);
        assert_eq!(act(json!({"action": "note", "note": "Called the customer."})).status, 200);
        assert_eq!(act(json!({"action": "remind"})).status, 200);
        let moved = act(json!({"action": "extend", "by": "24h", "reason": "Asked on the phone"})).json();
        assert!(moved["deadline"].as_str().unwrap() > case["deadline"].as_str().unwrap());
        let answered = act(json!({"action": "answer", "answer": "disputed", "note": "Licensed in 2021"})).json();
        assert_eq!((answered["state"].as_str(), answered["answer"].as_str()), (Some("answered"), Some("disputed")));
        let only = case["reported"][0]["id"].as_i64().unwrap();
        assert_eq!(act(json!({"action": "disable", "reason": "Order", "locations": [only]})).status, 200);
        for (body, status, pointer) in [
            (json!({"action": "disable", "reason": "x", "locations": []}), 422, "/locations"),
            (json!({"action": "confirm_disabled", "locations": []}), 422, "/locations"),
            (json!({"action": "restore", "reason": "x", "locations": []}), 422, "/locations"),
            (json!({"action": "confirm_restored", "locations": []}), 422, "/locations"),
            (json!({"action": "fly"}), 422, "/action"),
            (json!({}), 422, "/action"),
            (json!({"action": "extend", "by": "soon", "reason": "x"}), 422, "/by"),
            (json!({"action": "answer", "answer": "maybe"}), 422, "/answer"),
            (json!({"action": "close", "outcome": "disabled", "reason": "x"}), 422, "/outcome"),
        ] {
            let wrong = act(body);
            assert_eq!((wrong.status, wrong.pointers()), (status, vec![pointer.to_owned()]), "{}", wrong.text);
        }
        let closed = act(json!({"action": "close", "outcome": "no_action", "reason": ""}));
        assert_eq!(closed.status, 409, "a reason is needed: {}", closed.text);
        let again = act(json!({"action": "forward"}));
        assert_eq!((again.status, again.json()["type"].as_str().unwrap().to_owned()), (409, "urn:safeharbor:problem:conflict".to_owned()));
        let timeline = site.staff("viewer").get(&format!("/staff/cases/{reference}")).text();
        assert!(timeline.contains("Test cases:read,cases:write (API key"), "{timeline}");
    }

    /// Lists by state, by customer, and all; each page after page without a gap.
    fn cases_are_listed(site: TestSite) {
        site.customers(CUSTOMERS);
        for n in 0..5 {
            site.intake(&notice(&[&format!("https://alder-photo.example/{n}"), &format!("https://brightmoor.example/{n}")]).to_string());
        }
        site.run_due();
        let program = site.program("cases:read");
        for (query, count) in [("", 10), ("state=awaiting&", 10), ("state=closed&", 0), ("customer=NW-1&", 5), ("customer=nobody&", 0)] {
            let (mut seen, mut path) = (Vec::new(), format!("/api/v1/cases?{query}limit=3"));
            loop {
                let page = program.get(&path).json();
                seen.extend(page["items"].as_array().unwrap().iter().map(|c| c["reference"].as_str().unwrap().to_owned()));
                let Some(next) = page["next"].as_str() else { break };
                path = format!("/api/v1/cases?{query}limit=3&cursor={next}");
            }
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), count, "{query}");
        }
        for query in ["state=open", "state=awaiting&customer=NW-1"] {
            assert_eq!(program.get(&format!("/api/v1/cases?{query}")).status, 422, "{query}");
        }
        assert_eq!(program.get("/api/v1/cases/C-0000-0000").status, 404);
        assert_eq!(program.get("/api/v1/cases/nonsense").status, 404);
    }
}
