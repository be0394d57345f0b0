use serde_json::json;

use super::notice;
use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

on_both! {
    /// A control panel says how a customer stands, as often as it likes.
    fn a_customer_is_put(site: TestSite) {
        let program = site.program("customers:read,customers:write");
        let body = json!({
            "name": "Alder Photo Studio", "segment": "shared",
            "contacts": [{"email": "owner@alder-photo.example", "name": "Rowan Alder"}, {"email": "noc@alder-photo.example", "role": "NOC"}],
            "assets": [{"asset": "alder-photo.example"}, {"asset": "198.51.100.7", "valid_from": "2026-03-01T00:00:00Z"}]
        });
        let first = program.put("/api/v1/customers/NW-1", &body);
        assert_eq!(first.status, 201, "{}", first.text);
        let again = program.put("/api/v1/customers/NW-1", &body);
        assert_eq!((again.status, &again.text), (200, &first.text));
        site.settle_feed();
        let events = site.program("events:read").get("/api/v1/events?limit=200").json();
        let kinds: Vec<&str> = events["items"].as_array().unwrap().iter().filter(|e| e["about"] == "customer").map(|e| e["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["customer.added", "customer.contacts_changed", "customer.assets_changed"], "saying it again is no event");
        assert_eq!(first.json()["threshold"], 3);
        let sent = site.stranger().post("/api/v1/notices", &notice(&["https://alder-photo.example/a"])).json();
        assert_eq!(sent["locations"][0]["state"], "hosted");
        site.run_due();
        assert_eq!(site.letters_to("noc@alder-photo.example").len(), 1);
        let fewer = json!({"name": "Alder Photo", "segment": "vps", "contacts": [{"email": "owner@alder-photo.example"}]});
        let changed = program.put("/api/v1/customers/NW-1", &fewer).json();
        assert_eq!((changed["name"].as_str(), changed["contacts"].as_array().unwrap().len()), (Some("Alder Photo"), 1));
        assert_eq!(program.get("/api/v1/customers/NW-1/assets").json()["items"].as_array().unwrap().len(), 2, "assets stay as they are");
    }

    /// Assets end, and stay on record for notices about the time before.
    fn assets_end_and_stay_on_record(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("customers:read,customers:write");
        site.advance(safeharbor::domain::base::moment::Span::hours(1));
        let put = program.put("/api/v1/customers/NW-1/assets", &json!({"assets": [{"asset": "*.alder-photo.example"}]}));
        assert_eq!(put.status, 204, "{}", put.text);
        let assets = program.get("/api/v1/customers/NW-1/assets").json();
        let ended: Vec<bool> = assets["items"].as_array().unwrap().iter().map(|a| a.get("valid_until").is_some()).collect();
        assert_eq!(ended, [true, false]);
        let sent = site.stranger().post("/api/v1/notices", &notice(&["https://alder-photo.example/a", "https://www.alder-photo.example/a"])).json();
        assert_eq!((sent["locations"][0]["state"].as_str(), sent["locations"][1]["state"].as_str()), (Some("not_hosted"), Some("hosted")));
        let path = "/api/v1/customers/NW-1/assets?asset=*.alder-photo.example";
        assert_eq!(program.ask("DELETE", path, "", b"").status, 204);
        assert_eq!(program.ask("DELETE", path, "", b"").status, 404, "it has ended");
    }

    /// Wrong values are named, a stale change is refused, an unknown customer is not found.
    fn what_is_wrong_is_named(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("customers:read,customers:write");
        let wrong = program.put("/api/v1/customers/NW-1", &json!({"name": "x", "segment": "shared", "assets": [{"asset": "*.com"}, {"asset": "a b"}, {"asset": "a.example", "valid_from": "2026-01-02T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"}]}));
        assert_eq!((wrong.status, wrong.pointers()), (422, vec!["/assets/0/asset".into(), "/assets/1/asset".into(), "/assets/2/valid_until".into()]));
        assert_eq!(program.put("/api/v1/customers/NW-1", &json!({"name": "x", "segment": "gold"})).status, 409);
        assert_eq!(program.put("/api/v1/customers/NW-1", &json!({"segment": "shared"})).pointers(), ["/name"]);
        assert_eq!(program.put("/api/v1/customers/NW-1", &json!({"name": "x", "segment": "shared", "contacts": [{"email": "nobody"}]})).pointers(), ["/contacts/0/email"]);
        let read = program.get("/api/v1/customers/NW-1");
        let guarded = site.program("customers:write").with("If-Match", read.header("etag"));
        let body = json!({"name": "Alder", "segment": "shared"});
        assert_eq!(guarded.put("/api/v1/customers/NW-1", &body).status, 200);
        assert_eq!(guarded.put("/api/v1/customers/NW-1", &body).status, 412);
        assert_eq!(program.get("/api/v1/customers/nobody").status, 404);
        assert_eq!(program.put("/api/v1/customers/nobody/assets", &json!({"assets": []})).status, 404);
        assert_eq!(program.get("/api/v1/customers?limit=2").json()["items"].as_array().unwrap().len(), 2);
    }

    /// Standing and strikes are there for the control panel.
    fn standing_and_strikes_are_read(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        site.advance(safeharbor::domain::base::moment::Span::hours(49));
        let json = site.program("customers:read").get("/api/v1/customers/NW-1").json();
        assert_eq!((json["standing"].as_str(), json["active_strikes"].as_i64(), json["unanswered"].as_i64()), (Some("good"), Some(1), Some(1)));
        assert_eq!(json["strikes"][0]["status"], "active");
    }
}
