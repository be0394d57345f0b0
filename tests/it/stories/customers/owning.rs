//! An asset has one owner at a time, and a place has one spelling.

use safeharbor::domain::base::moment::Span;
use safeharbor::storage::customers::assets;
use serde_json::json;

use crate::on_both;
use crate::support::TestSite;

const MOVED: &str = "https://moved.example/heron.jpg";

fn account(id: &str, rest: &str) -> String {
    format!(
        "account,name,segment,contact_email,asset,valid_from,valid_until\n{id},{id},shared,{id}@cust.example,{rest}\n"
    )
}

/// Whose case a notice about an address becomes; nothing where it is nobody's.
fn owner_of(site: &TestSite, url: &str) -> String {
    let sent = site.stranger().post("/api/v1/notices", &crate::api::notice(&[url]));
    assert_eq!(sent.status, 201, "{}", sent.text);
    let before = site.letters().len();
    site.run_due();
    let to: Vec<String> = site.letters()[before..].iter().map(|l| l.to.clone()).collect();
    let owner = to.iter().find_map(|to| to.strip_suffix("@cust.example"));
    site.advance(Span::minutes(1));
    owner.unwrap_or_default().to_uppercase()
}

on_both! {
    /// By every door an asset that returns to an earlier account is that account's, and both accounts are named.
    fn an_asset_that_returns_is_its_owners(site: TestSite) {
        let program = site.program("customers:read,customers:write");
        site.customers(&account("OLD-1", "moved.example,,"));
        site.advance(Span::hours(1));
        site.customers(&account("NEW-2", "moved.example,,"));
        assert_eq!(owner_of(&site, &format!("{MOVED}?1")), "NEW-2");
        site.customers(&account("OLD-1", "moved.example,,"));
        assert_eq!(owner_of(&site, &format!("{MOVED}?2")), "OLD-1");
        assert_eq!(site.kinds("customer.assets_taken_over").len(), 4, "on the record of both, each time");

        let put = |who: &str| {
            let body = json!({"name": who, "segment": "shared", "assets": [{"asset": "moved.example"}]});
            program.put(&format!("/api/v1/customers/{who}"), &body)
        };
        let taken = put("NEW-2");
        let conflict = &taken.json()["conflicts"][0];
        assert_eq!((&conflict["account"], &conflict["other"], &conflict["outcome"]), (&json!("NEW-2"), &json!("OLD-1"), &json!("taken_over")));
        assert_eq!(owner_of(&site, &format!("{MOVED}?3")), "NEW-2");
        assert!(put("NEW-2").json().get("conflicts").is_none(), "said again it is no conflict");
        let refused = program.put(
            "/api/v1/customers/OLD-1/assets?on_conflict=refuse",
            &json!({"assets": [{"asset": "moved.example"}]}),
        );
        assert!(refused.status == 409 && refused.text.contains("OLD-1") && refused.text.contains("NEW-2"), "{}", refused.text);
        let given = program.put("/api/v1/customers/OLD-1/assets", &json!({"assets": [{"asset": "moved.example"}]}));
        assert!(given.status == 200 && given.json()["conflicts"][0]["other"] == "NEW-2", "{}", given.text);
        assert_eq!(owner_of(&site, &format!("{MOVED}?4")), "OLD-1");

        let line = b"{\"external_id\":\"NEW-2\",\"asset\":\"moved.example\"}\n";
        let import = |query: &str| program.ask("POST", &format!("/api/v1/assets:import{query}"), "application/x-ndjson", line).json();
        let refused = import("?on_conflict=refuse");
        assert!(refused["bad"] == 1 && refused["errors"][0]["detail"].as_str().unwrap().contains("OLD-1"), "{refused}");
        let taken = import("");
        assert!(taken["changed"] == 1 && taken["conflicts"][0]["other"] == "OLD-1", "{taken}");
        assert_eq!(owner_of(&site, &format!("{MOVED}?5")), "NEW-2");
        assert_eq!(import("")["changed"], 0);
    }

    /// Notices about an address count for whoever had it then, whoever has it now.
    fn the_past_stays_whose_it_was(site: TestSite) {
        site.customers(&account("OLD-1", "198.51.100.9,,"));
        site.advance(Span::hours(5));
        site.customers(&account("NEW-2", "198.51.100.9,,"));
        site.advance(Span::hours(5));
        let now = site.app.clock.now();
        for (hours, owner) in [(8, "old-1@cust.example"), (2, "new-2@cust.example")] {
            let at = (now - Span::hours(hours)).iso();
            let before = site.letters().len();
            site.intake(&format!(
                r#"{{"complainant":{{"name":"J","email":"j@x.example"}},"works":[{{"title":"W{hours}"}}],"locations":[{{"ip":"198.51.100.9","port":6881,"observed_at":"{at}"}}],
                   "statements":{{"good_faith":true,"accurate":true,"authorized_under_penalty_of_perjury":true}},"signature":"J"}}"#
            ));
            site.run_due();
            let letters = site.letters();
            assert!(letters[before..].iter().any(|l| l.to.to_lowercase() == owner), "{hours} hours ago");
        }
    }

    /// Two imports that claim one asset at the same moment leave one owner.
    fn two_at_once_leave_one_owner(site: TestSite) {
        use safeharbor::actions::{AssetLine, ImportAsset, import_assets};
        use safeharbor::domain::customers::asset::Asset;
        use safeharbor::domain::record::event::Actor;
        use safeharbor::storage::customers::assets::OnConflict;
        site.customers("account,name,segment\nA-1,One,shared\nA-2,Two,shared\n");
        let import = |who: &str| {
            let line = |n| {
                let asset = Asset::parse(&format!("site-{n}.example")).unwrap();
                AssetLine { external_id: who.to_owned(), asset: ImportAsset { asset, from: None, until: None } }
            };
            let lines: Vec<AssetLine> = (0..100).map(line).collect();
            site.app.write(move |tx| import_assets(tx, &lines, OnConflict::TakeOver, &Actor::Operator))
        };
        let (one, two) = site.wait(async { tokio::join!(import("A-1"), import("A-2")) });
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        let open: Vec<usize> = [1, 2]
            .map(|id| {
                let now = site.app.clock.now();
                let id = safeharbor::domain::base::ids::CustomerId(id);
                site.wait(site.app.read(move |c| assets::open_of(c, id, now))).unwrap().len()
            })
            .into();
        assert!(open == [100, 0] || open == [0, 100], "{open:?}");
        assert!(site.wait(site.app.read(|c| assets::conflicts(c, 10))).unwrap().is_empty());
    }

    /// The database itself refuses a second open owner.
    fn the_database_keeps_one_owner(site: TestSite) {
        site.customers("account,name,segment,asset\nA-1,One,shared,a.example\nA-2,Two,shared,\n");
        let again = site.wait(site.app.db.write(|c| {
            use diesel::connection::SimpleConnection;
            c.batch_execute("INSERT INTO assets (customer_id, key, valid_from, valid_until) VALUES (2, 'h:a.example', 5, 9223372036854775807)")?;
            Ok::<_, safeharbor::storage::StorageError>(())
        }));
        assert!(again.is_err());
    }

    /// However an asset and an address are spelled, they meet; delimiters that are encoded are none.
    fn spellings_of_a_place_are_one(site: TestSite) {
        for (id, asset) in [
            ("T-1", "pages.example/~kim/"),
            ("T-2", "pages.example/müller/"),
            ("T-3", "pages.example/%7Elee/"),
            ("T-4", "pages.example/a[1]/"),
            ("T-5", "pages.example/my files/"),
        ] {
            site.customers(&account(id, &format!("{asset},,")));
        }
        for (url, owner) in [
            ("https://pages.example/%7Ekim/1.jpg", "T-1"),
            ("http://pages.example:80/~%6Bim/2.jpg", "T-1"),
            ("https://PAGES.example./x/../~kim/3.jpg", "T-1"),
            ("https://pages.example/m%c3%bcller/4.jpg", "T-2"),
            ("https://pages.example/~lee/5.jpg", "T-3"),
            ("https://pages.example/a%5B1%5D/6.jpg", "T-4"),
            ("https://pages.example/my%20files/7.jpg", "T-5"),
            ("https://pages.example/~kim%2F8.jpg", ""),
            ("https://pages.example/%257Ekim/9.jpg", ""),
        ] {
            assert_eq!(owner_of(&site, url), owner, "{url}");
        }
    }

    /// The same file over http and https, or spelled otherwise, is the same material: one incident, one strike.
    fn one_file_is_one_strike(site: TestSite) {
        site.customers(&account("B-30", "b30.example,,"));
        let report = |n: usize, url: &str| {
            site.report_as(&format!("Sender {n}"), &format!("s{n}@rights{n}.example"), url);
            site.run_due();
            site.advance(Span::hours(49));
        };
        for (n, url) in ["http://b30.example/%7Em.jpg", "https://b30.example/~m.jpg", "https://b30.example:443/~%6d.jpg#x"].iter().enumerate() {
            report(n, url);
        }
        let json = site.program("customers:read").get("/api/v1/customers/B-30").json();
        assert_eq!(json["active_strikes"], 1, "{json}");
        report(9, "https://b30.example/%2Fm.jpg");
        let json = site.program("customers:read").get("/api/v1/customers/B-30").json();
        assert_eq!(json["active_strikes"], 2, "another file is another incident: {json}");
    }
}
