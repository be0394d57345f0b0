//! Every route against every role.

use safeharbor::domain::access::role::StaffRole;
use safeharbor::http::routes::{ROUTES, Route, Who};

use crate::on_both;
use crate::support::{CUSTOMERS, Client, PASSWORD, Page, TestSite};

fn path(route: &Route, case: &str, notice: &str) -> String {
    route
        .path
        .replace("account/{step}", "account/codes")
        .replace("{step}", "close")
        .replace("cases/{reference}", &format!("cases/{case}"))
        .replace("notices/{reference}", &format!("notices/{notice}"))
        .replace("{id}", "1")
        .replace("{counter}", "1")
        .replace("{token}", &"0".repeat(52))
}

fn call(client: &Client, route: &Route, path: &str, csrf: &str) -> Page {
    match route.method {
        "get" => client.get(path),
        _ => client.post(path, &[("csrf", csrf)]),
    }
}

on_both! {
    /// Who is not signed in is sent to sign in; who may not is told so; nobody is shown anything more.
    fn every_route_against_every_role(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let (case, notice) = (receipt.reference('C'), receipt.reference('N'));
        for route in ROUTES {
            let path = path(route, &case, &notice);
            let Who::Staff(least) = route.who else {
                assert!(!matches!(route.who, Who::Key(_)), "keys open the API alone");
                let page = call(&site.client(), route, &path, "");
                assert!(page.status != 303 || !page.location.contains("login"), "{} {path} asks to sign in", route.method);
                assert!(page.status < 500, "{} {path}: {}", route.method, page.status);
                continue;
            };
            let nobody = call(&site.client(), route, &path, "");
            assert_eq!((nobody.status, nobody.location.as_str()), (303, "/staff/login"), "{} {path}", route.method);
            for role in StaffRole::ALL {
                let client = site.staff(role.code());
                let csrf = client.get("/staff/outbox").field("csrf");
                let page = call(&client, route, &path, &csrf);
                let refused = page.status == 403;
                assert_eq!(refused, role < least, "{} {path} as {}: {}", route.method, role.code(), page.status);
                assert!(page.status < 500, "{} {path} as {}: {}", route.method, role.code(), page.status);
                if route.method == "post" && !refused {
                    let forged = call(&client, route, &path, "forged");
                    assert!(forged.status == 400 || forged.status == 303 && forged.location == "/staff/login", "{path}: {}", forged.status);
                }
            }
        }
    }

    /// Every answer carries the headers that keep links and pages private.
    fn headers_keep_pages_private(site: TestSite) {
        for path in ["/", "/notices/new", "/respond/abc", "/staff/login", "/nowhere"] {
            let page = site.client().get(path);
            assert!(page.headers["content-security-policy"].starts_with("default-src 'none'; style-src 'self'"), "{path}");
            assert_eq!(page.headers["referrer-policy"], "no-referrer", "{path}");
            assert_eq!(page.headers["cache-control"], "no-store", "{path}");
            assert_eq!(page.headers["strict-transport-security"], "max-age=31536000", "{path}");
            assert_eq!(page.headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(page.headers["x-frame-options"], "DENY", "{path}");
            assert!(!page.body.contains("<script") && !page.body.contains("style=\""), "{path}");
        }
    }

    /// The cookie of a session is kept from scripts, from plain connections and from neighbours of the domain; the token
    /// is new with each sign-in and not stored.
    fn the_cookie_of_a_session_is_kept_close(site: TestSite) {
        let client = site.client();
        let login = client.get("/staff/login");
        let sign_in = || client.post_with_seal(&login, "/staff/login", &[("email", "agent@northwind.example"), ("password", PASSWORD)]);
        let cookie = sign_in().headers["set-cookie"].clone();
        for part in ["__Host-safeharbor_session=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert_ne!(sign_in().headers["set-cookie"], cookie);
    }

    /// A session ends: by signing out, and by time.
    fn sessions_end(site: TestSite) {
        let client = site.staff("agent");
        let page = client.get("/staff/");
        assert_eq!(page.status, 200);
        client.post_with_seal(&page, "/staff/logout", &[]);
        assert_eq!(client.get("/staff/").status, 303);
        let client = site.staff("agent");
        site.advance(safeharbor::domain::base::moment::Span::hours(9));
        assert_eq!(client.get("/staff/").status, 303);
    }

    /// A wrong password and an unknown account look the same.
    fn a_wrong_password_tells_nothing(site: TestSite) {
        let client = site.client();
        let login = client.get("/staff/login");
        let known = client.post_with_seal(&login, "/staff/login", &[("email", "agent@northwind.example"), ("password", "wrong")]);
        let unknown = client.post_with_seal(&login, "/staff/login", &[("email", "agent@northwind.example2"), ("password", "wrong")]);
        assert_eq!((known.status, unknown.status), (422, 422));
        assert_eq!(known.text(), unknown.text());
    }
}

/// Strangers who guess keep out neither the owner elsewhere nor the owner's browser.
#[test]
fn guessing_keeps_nobody_out() {
    let settings = [("staff.attempts_per_minute", "5"), ("server.behind_proxy", "true")];
    let site = TestSite::open_with(crate::support::Backend::Sqlite, &settings);
    let sign_in = |client: &Client, password: &str| {
        let login = client.get("/staff/login");
        let form = [("email", "Agent@northwind.example"), ("password", password)];
        client.post_with_seal(&login, "/staff/login", &form).status
    };
    let known = site.client().from("192.0.2.1");
    assert_eq!(sign_in(&known, PASSWORD), 303);
    let stranger = || site.client().from("198.51.100.7");
    let statuses: Vec<u16> = (0..7).map(|_| sign_in(&stranger(), "wrong")).collect();
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429, 429]);
    assert_eq!(sign_in(&stranger(), PASSWORD), 429, "a right guess from there waits too");
    assert_eq!(sign_in(&site.client().from("2001:db8::1"), PASSWORD), 303, "the owner, elsewhere");
    let there = known.from("198.51.100.7");
    assert_eq!(sign_in(&there, PASSWORD), 303, "the owner's browser, even from there");
    let forged = site.client().from("198.51.100.7");
    forged.keep("__Host-safeharbor_device", "9999999999999999-00.00");
    assert_eq!(sign_in(&forged, PASSWORD), 429);
}

/// Guessing is throttled, by account and network.
#[test]
fn sign_in_is_throttled() {
    let site = TestSite::open_with(crate::support::Backend::Sqlite, &[("staff.attempts_per_minute", "5")]);
    let client = site.client();
    let login = client.get("/staff/login");
    let attempt = || {
        client.post_with_seal(&login, "/staff/login", &[("email", "agent@northwind.example"), ("password", "wrong")])
    };
    let statuses: Vec<u16> = (0..7).map(|_| attempt().status).collect();
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429, 429]);
    assert!(attempt().headers["retry-after"].parse::<u64>().unwrap() >= 1);
}
