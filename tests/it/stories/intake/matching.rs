use safeharbor::domain::base::moment::Span;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

/// Who gets a case for a location given as JSON.
fn receivers(site: &TestSite, location: &str) -> Vec<String> {
    let before = site.letters().len();
    site.intake(&format!(
        r#"{{"complainant":{{"name":"J","email":"j@x.example"}},"works":[{{"title":"W"}}],"locations":[{location}],
           "statements":{{"good_faith":true,"accurate":true,"authorized_under_penalty_of_perjury":true}},"signature":"J"}}"#
    ));
    site.run_due();
    let letters = site.letters();
    letters[before..].iter().filter(|l| l.to != "j@x.example").map(|l| l.to.clone()).collect()
}

on_both! {
    /// Longest match at the time that counts, for every kind of asset.
    fn every_kind_of_asset_is_found(site: TestSite) {
        site.customers(CUSTOMERS);
        for (location, receiver) in [
            (r#"{"url":"https://alder-photo.example/a1"}"#, Some("owner@alder-photo.example")),
            (r#"{"url":"HTTPS://ALDER-PHOTO.example.:443/a2"}"#, Some("owner@alder-photo.example")),
            (r#"{"url":"img.cdn.alder-photo.example/a3"}"#, Some("owner@alder-photo.example")),
            (r#"{"url":"hxxp://brightmoor[.]example/a4"}"#, Some("idris@brightmoor.example")),
            (r#"{"url":"https://www.brightmoor.example/a5"}"#, None),
            (r#"{"url":"https://pages.northwind.example/~kim/a6"}"#, Some("kim@mailbox.example")),
            (r#"{"url":"https://pages.northwind.example/~kimberly/a7"}"#, None),
            (r#"{"url":"https://pages.northwind.example/a8"}"#, None),
            (r#"{"ip":"198.51.100.7","port":6881,"observed_at":"2026-02-01T00:00:00Z"}"#, Some("idris@brightmoor.example")),
            (r#"{"ip":"198.51.100.7","port":6881,"observed_at":"2026-03-06T00:00:00Z"}"#, Some("kim@mailbox.example")),
            (r#"{"url":"http://198.51.100.7/a9"}"#, Some("kim@mailbox.example")),
            (r#"{"ip":"198.51.100.200","observed_at":"2026-02-01T00:00:00Z"}"#, None),
            (r#"{"ip":"2001:db8:5a:1::9","observed_at":"2026-03-01T00:00:00Z"}"#, Some("noc@streamvault.example")),
            (r#"{"url":"http://[2001:db8:5a::1]/a10"}"#, Some("noc@streamvault.example")),
            (r#"{"url":"https://streamvault.example/a11"}"#, None),
        ] {
            let found = receivers(&site, location);
            assert_eq!(found, receiver.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{location}");
        }
    }

    /// Locations of several customers become one case each, and nobody learns of the others.
    fn one_case_for_each_customer(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/x\nhttps://brightmoor.example/y\nhttps://alder-photo.example/z");
        site.run_due();
        let (one, two) = (site.letter_to("owner@alder-photo.example"), site.letter_to("idris@brightmoor.example"));
        assert!(one.text.contains("/x") && one.text.contains("/z") && !one.text.contains("brightmoor"), "{}", one.text);
        assert!(two.text.contains("/y") && !two.text.contains("alder"), "{}", two.text);
        let page = site.client().get(&one.link());
        assert!(page.text().contains("The 2 addresses") && !page.body.contains("brightmoor"), "{}", page.text());
    }

    /// A reseller's letter asks to act on their own customer, and has its own deadline.
    fn a_downstream_provider_is_asked_to_act(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://c17.streamvault.example/v/1");
        site.run_due();
        let letter = site.letter_to("noc@streamvault.example");
        assert!(letter.text.contains("please act on your customer"), "{}", letter.text);
        assert!(letter.subject.contains("Fri 13 March, 14:22 UTC"), "{}", letter.subject);
        assert!(site.client().get(&letter.link()).text().contains("You host customers of your own."));
        // Its cases count apart: on the case, on the dashboards, in the figures.
        site.advance(Span::hours(73));
        let staff = site.staff("viewer");
        let case = staff.get("/staff/?q=c17.streamvault.example");
        assert!(case.text().contains("downstream provider"), "{}", case.text());
        let page = staff.get(&case.link("/staff/cases/"));
        assert!(page.text().contains("Downstream provider. The material is of a customer of this account."), "{}", page.text());
        let own = staff.get("/staff/repeat-infringers").text();
        assert!(own.contains("No account matches.") && own.contains("0 accounts with at least one active strike"), "{own}");
        let apart = staff.get("/staff/repeat-infringers?view=downstream").text();
        assert!(apart.contains("Streamvault NW-4") && apart.contains("1 / 10"), "{apart}");
        site.advance(Span::hours(2));
        let csv = site.client().get("/transparency.csv").body;
        let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        let row: Vec<&str> = csv.lines().find(|l| l.starts_with("2026-03")).unwrap().split(',').collect();
        let of = |name: &str| row[head.iter().position(|h| *h == name).unwrap()];
        assert_eq!((of("downstream"), of("cases.open")), ("1", "0"), "{csv}");
    }
}
