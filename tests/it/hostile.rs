//! Every input is hostile or clumsy.

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite, complete_form};

const FORM: &str = "application/x-www-form-urlencoded";

on_both! {
    /// Bad bodies get a clear 4xx and leave the server whole.
    fn bad_bodies_are_refused_clearly(site: TestSite) {
        site.customers(CUSTOMERS);
        let client = site.client();
        let million = format!("urls={}&do=check-urls", "https%3A%2F%2Fa.example%2F%0A".repeat(1_000_000));
        let line = format!("urls=https%3A%2F%2Fa.example%2F{}", "x".repeat(1_000_000));
        let fields = "a=1&".repeat(50_000);
        for (name, body, statuses) in [
            ("empty", Vec::new(), [422, 422]),
            ("huge", vec![b'a'; 9_000_000], [413, 413]),
            ("a million URLs", million.into_bytes(), [413, 413]),
            ("a 1 MB line", line.into_bytes(), [422, 422]),
            ("too many fields", fields.into_bytes(), [413, 413]),
            ("wrong encoding", b"name=%FF%FE&sig=x".to_vec(), [400, 400]),
            ("nested", b"works[0][title]=x&works[0].title[a][b]=y".to_vec(), [422, 422]),
            ("binary", (0..=255_u8).cycle().take(5000).collect(), [400, 422]),
        ] {
            let page = client.post_raw("/notices/new", FORM, &body);
            assert!(statuses.contains(&page.status), "{name}: {} {}", page.status, page.text());
            assert!(page.body.contains("<h1>"), "{name}: {}", page.body);
        }
        for (path, body) in [("/staff/login", &b"\xff\xff"[..]), ("/respond/new-link", b"case=%00"), ("/respond/x", b"answer=%00")] {
            let page = client.post_raw(path, FORM, body);
            assert!((400..500).contains(&page.status), "{path}: {}", page.status);
        }
        assert_eq!(site.report("https://alder-photo.example/ok").status, 200);
    }

    /// More than the limit of addresses is named with both numbers.
    fn too_many_addresses_are_named(site: TestSite) {
        let urls = (0..10_001).map(|n| format!("https://a.example/{n}")).collect::<Vec<_>>().join("\n");
        let page = site.client().post("/notices/new", &complete_form("J F", "j@x.example", &urls));
        assert_eq!(page.status, 422);
        assert!(page.text().contains("You listed 10001 addresses; at most 10000 fit in one notice"), "{}", &page.text()[..600]);
    }

    /// Script in every field is shown as text, on every page and in every letter.
    fn script_in_every_field_stays_text(site: TestSite) {
        site.customers(CUSTOMERS);
        let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
        let mut form = complete_form("J F", "j@x.example", "https://alder-photo.example/<script>alert(3)</script>\n<b>not an address</b> \"x");
        for (name, value) in &mut form {
            if ["owner", "org", "name", "tel", "country", "post", "works[0].title", "works[0].description", "works[0].original", "sig"].contains(&name.as_str()) {
                *value = evil.to_owned();
            }
        }
        let client = site.client();
        let check = client.post("/notices/new", &form);
        form.extend(check.hidden(&["submission", "seal"]));
        form.push(("do".into(), "send".into()));
        let sent = client.post("/notices/new", &form);
        assert_eq!(sent.status, 303, "{}", sent.text());
        let receipt = client.get(&sent.location);
        site.run_due();
        let letter = site.letter_to("owner@alder-photo.example");
        let respond = client.get(&letter.link());
        let staff = site.staff("admin");
        let case = staff.get(&format!("/staff/cases/{}", site.cases_of(&receipt.reference('N'))[0]));
        let notice = staff.get(&format!("/staff/notices/{}", receipt.reference('N')));
        let status = client.get(&site.letter_to("j@x.example").link());
        let queue = staff.get("/staff/");
        for (name, body) in [
            ("check", &check.body), ("receipt", &receipt.body), ("respond", &respond.body), ("case", &case.body),
            ("notice", &notice.body), ("status", &status.body), ("queue", &queue.body), ("letter", &letter.html),
        ] {
            for bad in ["<script", "<img", "<b>not"] {
                assert!(!body.contains(bad), "{name} has {bad}");
            }
        }
    }

    /// A line break in a name adds no header to a letter.
    fn a_name_adds_no_header(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report_as("Joel\r\nBcc: everyone@x.example", "j@x.example", "https://alder-photo.example/a");
        site.run_due();
        for letter in site.letters() {
            assert!(!letter.raw.lines().any(|l| l.to_ascii_lowercase().starts_with("bcc:")), "{}", letter.raw);
        }
        assert!(site.letter_to("owner@alder-photo.example").text.contains("Joel Bcc: everyone@x.example"));
    }

    /// The seal of the page to check is needed to send; without it nothing is stored.
    fn a_notice_without_our_seal_is_refused(site: TestSite) {
        let mut form = complete_form("J F", "j@x.example", "https://a.example/x");
        form.push(("do".into(), "send".into()));
        form.push(("submission".into(), "a".repeat(52)));
        form.push(("seal".into(), "00".repeat(32)));
        assert_eq!(site.client().post("/notices/new", &form).status, 400);
        site.run_due();
        assert!(site.letters().is_empty());
    }

    /// References that do not exist, numbers out of range, paths with odd letters: not found, never a 5xx.
    fn odd_addresses_are_not_found(site: TestSite) {
        let staff = site.staff("admin");
        for path in [
            "/staff/cases/C-0000-0000", "/staff/cases/what", "/staff/cases/%00", "/staff/cases/N-0000-0000/close",
            "/staff/customers/999", "/staff/customers/-1", "/staff/customers/99999999999999999999", "/staff/letters/0",
            "/staff/letters/x/html", "/staff/notices/%F0%9F%92%A9", "/staff/submissions/77", "/staff/outbox?state=odd", "/n/..%2f..%2fetc",
        ] {
            let page = staff.get(path);
            assert_eq!(page.status, 404, "{path}: {}", page.text());
        }
        for path in ["/staff/?after=x.y&view=awaiting", "/staff/?view=%3Cscript%3E", "/staff/?q=%25%27%22%00", "/staff/repeat-infringers?after=9&least=99999&standing=odd"] {
            assert_eq!(staff.get(path).status, 200, "{path}");
        }
    }
}

/// The public form is limited by address.
#[test]
fn the_form_is_limited_by_address() {
    let site = TestSite::open_with(crate::support::Backend::Sqlite, &[("intake.per_hour", "2")]);
    site.report("https://a.example/1");
    site.report("https://a.example/2");
    let client = site.client();
    let mut form = complete_form("J F", "j@x.example", "https://a.example/3");
    let check = client.post("/notices/new", &form);
    form.extend(check.hidden(&["submission", "seal"]));
    form.push(("do".into(), "send".into()));
    let page = client.post("/notices/new", &form);
    assert!(page.status == 429 && page.headers.contains_key("retry-after"), "{}", page.status);
}
