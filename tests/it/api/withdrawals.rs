use serde_json::json;

use super::notice;
use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

on_both! {
    /// A sender takes back what it sent with its own key; the host anything; nobody else.
    fn a_notice_is_withdrawn(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write");
        let sent = program.post("/api/v1/notices", &notice(&["https://alder-photo.example/a", "https://alder-photo.example/b"]));
        let path = format!("/api/v1/notices/{}/withdraw", sent.json()["reference"].as_str().unwrap());
        site.run_due();
        assert_eq!(site.program("notices:write").post(&path, &json!({})).status, 404, "not theirs");
        let unknown = program.post(&path, &json!({"locations": ["https://elsewhere.example/"]}));
        assert_eq!((unknown.status, unknown.pointers()), (422, vec!["/locations/0".to_owned()]), "{}", unknown.text);
        let none = program.post(&path, &json!({"locations": []}));
        assert_eq!((none.status, none.pointers()), (422, vec!["/locations".to_owned()]), "a filter that found nothing: {}", none.text);
        let part = program.post(&path, &json!({"locations": ["https://alder-photo.example/a"], "reason": "Licensed"}));
        assert!(part.status == 200 && part.json()["withdrawn_at"].is_null(), "{}", part.text);
        let host = site.program("cases:write");
        let rest = host.post(&path, &json!({}));
        assert!(rest.status == 200 && rest.json()["withdrawn_at"].is_string(), "{}", rest.text);
        assert_eq!(rest.json()["cases"][0]["outcome"], "withdrawn");
        assert_eq!(host.post(&path, &json!({})).status, 409, "once");
        site.run_due();
        let told: Vec<_> = site.letters_to("owner@alder-photo.example").into_iter().filter(|l| l.subject.contains("withdrawn")).collect();
        assert_eq!(told.len(), 1, "what ends the case is told at once, with what was gathered");
        assert!(told[0].text.contains("/a\n") && told[0].text.contains("/b\n"), "{}", told[0].text);
    }

    /// The same again is named as such, with the case it belongs to.
    fn a_repeat_is_told(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write,notices:read");
        let first = program.post("/api/v1/notices", &notice(&["https://alder-photo.example/a"])).json();
        let again = program.post("/api/v1/notices", &notice(&["https://alder-photo.example/a"])).json();
        assert_ne!(first["reference"], again["reference"], "it is kept as a notice of its own");
        assert_eq!((&again["locations"][0]["state"], &again["locations"][0]["case"]), (&json!("duplicate"), &first["cases"][0]));
        assert_eq!(again["cases"], json!([]));
        let read = program.get(&format!("/api/v1/notices/{}", again["reference"].as_str().unwrap())).json();
        assert_eq!(read["repeats"], first["reference"]);
    }
}
