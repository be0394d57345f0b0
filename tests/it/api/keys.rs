use safeharbor::domain::access::scope::Scope;
use safeharbor::domain::base::moment::Span;
use safeharbor::http::api::ROUTES;
use safeharbor::http::routes::Who;

use crate::on_both;
use crate::support::{Backend, CUSTOMERS, Reply, TestSite};

fn call(site: &TestSite, method: &str, path: &str, scopes: Option<&str>) -> Reply {
    let program = scopes.map_or_else(|| site.stranger(), |s| site.program(s));
    let kind = if path.contains(':') { "application/x-ndjson" } else { "application/json" };
    program.ask(&method.to_uppercase(), path, kind, if method == "get" { b"" } else { b"{}" })
}

on_both! {
    /// Every address against no key, a key with every other scope, and one with its own.
    fn every_address_needs_its_scope(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        for route in ROUTES {
            let Who::Key(scope) = route.who else { continue };
            let path = route.path
                .replace("cases/{reference}", &format!("cases/{}", receipt.reference('C')))
                .replace("notices/{reference}", &format!("notices/{}", receipt.reference('N')))
                .replace("{external_id}", "NW-1");
            let others: Vec<&str> = Scope::ALL.iter().filter(|s| **s != scope).map(|s| s.code()).collect();
            // Whoever may send notices may read their own.
            let others: Vec<&str> = others.into_iter().filter(|s| !(path.contains("notices/N") && *s == "notices:write" || path.ends_with("/withdraw") && *s == "cases:write")).collect();
            assert_eq!(call(&site, route.method, &path, None).status, 401, "{} {path}", route.method);
            assert_eq!(call(&site, route.method, &path, Some(&others.join(","))).status, 403, "{} {path}", route.method);
            let own = call(&site, route.method, &path, Some(scope.code()));
            assert!(own.status < 500 && own.status != 401 && own.status != 403, "{} {path}: {} {}", route.method, own.status, own.text);
        }
    }

    /// A key works until it ends or is revoked; its secret is in no table, no page and no record.
    fn a_key_ends(site: TestSite) {
        let program = site.program("events:read");
        assert_eq!(program.get("/api/v1/events").status, 200);
        let secret = program.secret.clone().unwrap();
        assert!(secret.starts_with("shk_") && secret.len() == 56);
        site.settle_feed();
        let events = program.get("/api/v1/events?limit=200").text;
        assert!(events.contains("api_key.made") && !events.contains(&secret[4..]));
        let id = site.wait(site.app.read(safeharbor::storage::access::api_keys::all)).unwrap()[0].id;
        let admin = site.staff("admin");
        let page = admin.get("/staff/keys");
        assert!(page.text().contains("Test events:read") && !page.body.contains(&secret), "{}", page.text());
        admin.post_with_seal(&page, &format!("/staff/keys/{id}/revoke"), &[]);
        let refused = program.get("/api/v1/events");
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"));
        for wrong in ["shk_short", "x", &"0".repeat(56)] {
            let mut program = site.stranger();
            program.secret = Some(wrong.to_owned());
            assert_eq!(program.get("/api/v1/events").status, 401, "{wrong}");
        }
    }

    /// An admin makes a key on a page, sees its secret once, and it ends when it was said to.
    fn staff_make_keys(site: TestSite) {
        let admin = site.staff("admin");
        let page = admin.get("/staff/keys");
        let none = admin.post_with_seal(&page, "/staff/keys", &[("name", "")]);
        assert_eq!(none.status, 422);
        assert!(none.text().contains("Give the key a name"), "{}", none.text());
        let made = admin.post_with_seal(&page, "/staff/keys", &[("name", "Control panel"), ("scope", "customers:read"), ("scope", "events:read"), ("expires", "30d")]);
        assert_eq!(made.status, 200, "{}", made.text());
        let at = made.body.find("shk_").unwrap();
        let mut program = site.stranger();
        program.secret = Some(made.body[at..at + 56].to_owned());
        assert_eq!(program.get("/api/v1/customers").status, 200);
        assert_eq!(program.get("/api/v1/cases").status, 403);
        assert!(!admin.get("/staff/keys").body.contains("shk_"), "shown once");
        site.advance(Span::days(31));
        assert_eq!(program.get("/api/v1/customers").status, 401);
        assert_eq!(site.staff("lead").get("/staff/keys").status, 403);
    }
}

/// Each key has a limit of its own.
#[test]
fn a_key_is_limited_by_itself() {
    let site = TestSite::open_with(Backend::Sqlite, &[("api.per_minute", "3")]);
    let (one, other) = (site.program("events:read"), site.program("events:read"));
    let statuses: Vec<u16> = (0..4).map(|_| one.get("/api/v1/events").status).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    assert!(one.get("/api/v1/events").header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(other.get("/api/v1/events").status, 200);
}
