use safeharbor::domain::base::moment::Span;
use sha2::{Digest, Sha256};

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite, complete_form};

on_both! {
    /// A rights holder sends a notice and gets a receipt; sending twice is sending once.
    fn a_notice_on_the_form_becomes_a_case(site: TestSite) {
        site.customers(CUSTOMERS);
        let client = site.client();
        let urls = "https://alder-photo.example/a.jpg\nhttps://pinfinder.example/p/9\nnot an address";
        let mut form = complete_form("Joel Finch", "rights@holtfinch.example", urls);
        let check = client.post("/notices/new", &form);
        let text = check.text();
        assert!(text.contains("3 addresses") && text.contains("1 hosted by us") && text.contains("1 not readable"), "{text}");
        assert!(!check.body.contains("Alder Photo Studio"), "the customer's name must not show");
        form.extend(check.hidden(&["submission", "seal"]));
        form.push(("do".into(), "send".into()));
        let first = client.post("/notices/new", &form);
        let second = client.post("/notices/new", &form);
        assert_eq!((first.status, &first.location), (303, &second.location));
        let receipt = client.get(&first.location);
        assert!(receipt.text().contains("3 received: 1 on our network, 1 on other networks, 1 not readable"), "{}", receipt.text());
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        let acknowledgement = site.letters_to("rights@holtfinch.example");
        assert_eq!(acknowledgement.len(), 1);
        assert!(acknowledgement[0].text.contains(&receipt.reference('N')));
        assert!(acknowledgement[0].text.contains("https://pinfinder.example/p/9"));
        let status = client.get(&acknowledgement[0].link());
        assert_eq!(status.status, 200);
        assert!(status.text().contains("Being processed 1.") && !status.text().contains("12 March"), "no deadline of a customer: {}", status.text());
        for page in [&receipt, &status] {
            assert!(!page.body.contains("Alder Photo") && !page.body.contains("NW-1"), "{}", page.text());
        }
    }

    /// Eight clicks at the same moment are one notice.
    fn many_clicks_at_once_send_once(site: TestSite) {
        site.customers(CUSTOMERS);
        let client = site.client();
        let mut form = complete_form("Joel Finch", "rights@holtfinch.example", "https://alder-photo.example/a.jpg");
        let check = client.post("/notices/new", &form);
        form.extend(check.hidden(&["submission", "seal"]));
        form.push(("do".into(), "send".into()));
        let locations: Vec<String> = std::thread::scope(|scope| {
            let clicks: Vec<_> = (0..8).map(|_| scope.spawn(|| site.client().post("/notices/new", &form))).collect();
            clicks.into_iter().map(|c| c.join().unwrap()).map(|p| { assert_eq!(p.status, 303, "{}", p.text()); p.location }).collect()
        });
        assert!(locations.iter().all(|l| *l == locations[0]));
        site.run_due();
        assert_eq!(site.letters().len(), 2, "one receipt, one letter to the customer");
    }

    /// File sharing: an address with port and time, through the form.
    fn an_address_with_port_and_time(site: TestSite) {
        site.customers(CUSTOMERS);
        let client = site.client();
        let mut form = complete_form("Joel Finch", "rights@holtfinch.example", "");
        for (name, value) in [("locator", "ip"), ("ip", "198.51.100.7"), ("port", "51413"), ("seen-date", "2026-02-01"), ("seen-time", "10:30"), ("ip-detail", "heron.zip")] {
            form.retain(|(n, _)| n != name);
            form.push((name.into(), value.into()));
        }
        let check = client.post("/notices/new", &form);
        assert!(check.text().contains("198.51.100.7:51413 2026-02-01T10:30:00Z"), "{}", check.text());
        form.extend(check.hidden(&["submission", "seal"]));
        form.push(("do".into(), "send".into()));
        assert_eq!(client.post("/notices/new", &form).status, 303);
        site.run_due();
        let letter = site.letter_to("idris@brightmoor.example");
        assert!(letter.subject.contains("198.51.100.7") && letter.text.contains("198.51.100.7:51413"), "{}", letter.text);
        let page = site.client().get(&letter.link());
        assert!(page.text().contains("heron.zip"), "{}", page.text());
        form.retain(|(n, _)| !["ip", "port", "seen-time"].contains(&n.as_str()));
        form.extend([("ip".into(), "999.1.1.1".into()), ("port".into(), "70000".into())]);
        let wrong = client.post("/notices/new", &form).text();
        assert!(wrong.contains("There is a problem with 3 answers"), "{wrong}");
    }

    /// Staff find a case by reference, account, name, domain, address and sender.
    fn search_finds_a_case(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.report("https://brightmoor.example/b.jpg");
        site.run_due();
        let case = receipt.reference('C');
        let staff = site.staff("viewer");
        for (q, path) in [(case.to_lowercase(), format!("/staff/cases/{case}")), (receipt.reference('N'), format!("/staff/notices/{}", receipt.reference('N')))] {
            assert_eq!(staff.get(&format!("/staff/?q={q}")).location, path);
        }
        for (q, found) in [("NW-1", 1), ("alder+photo", 1), ("alder-photo.ex", 1), ("holt+%26+finch", 2), ("holtfinch.example", 2), ("Rights@holtfinch.example", 2), ("OWNER@alder-photo.example", 1), ("nothing+like+it", 0)] {
            let text = staff.get(&format!("/staff/?q={q}")).text();
            assert_eq!(text.matches(" C-").count(), found, "{q}: {text}");
        }
    }

    /// Where more is found than a page shows, the newest is on it: by site, sender, sender's domain and account.
    fn search_shows_the_newest(site: TestSite) {
        site.customers(CUSTOMERS);
        let early: Vec<String> = (0..52).map(|n| site.report(&format!("https://alder-photo.example/{n}.jpg")).reference('C')).collect();
        site.advance(Span::hours(1));
        let newest = site.report("https://alder-photo.example/new.jpg").reference('C');
        let staff = site.staff("viewer");
        for q in ["alder-photo.example", "rights@holtfinch.example", "holtfinch.example", "NW-1"] {
            let text = staff.get(&format!("/staff/?q={q}")).text();
            assert!(text.contains(&newest), "{q}: {text}");
            assert_eq!(early.iter().filter(|c| text.contains(c.as_str())).count(), 49, "{q}");
        }
    }

    /// A name and a domain find the cases of all who are so called or write from there, an address those of its notices; the
    /// outbox finds what was sent to one.
    fn senders_are_found_by_what_they_have_in_common(site: TestSite) {
        site.customers(CUSTOMERS);
        let cases: Vec<String> = [("Ann", "ann@one.example"), ("Bea", "bea@one.example"), ("Ann", "ann@two.example")]
            .iter()
            .zip(1..)
            .map(|((name, email), n)| site.report_as(name, email, &format!("https://alder-photo.example/{n}")).reference('C'))
            .collect();
        site.run_due();
        let staff = site.staff("viewer");
        for (q, found) in [("holt+%26", [true; 3]), ("ONE.example", [true, true, false]), ("two.example", [false, false, true]), ("Bea@one.example", [false, true, false])] {
            let text = staff.get(&format!("/staff/?q={q}")).text();
            assert_eq!([0, 1, 2].map(|n| text.contains(&cases[n])), found, "{q}: {text}");
        }
        for (address, rows) in [("bea@one.example", 1), ("owner@alder-photo.example", 3), ("nobody@one.example", 0)] {
            let text = staff.get(&format!("/staff/outbox?address={address}")).text();
            assert_eq!(text.matches(&format!(" {address}")).count() + text.matches(&format!(">{address}")).count(), rows, "{address}: {text}");
        }
    }

    /// The letter says what, where, by when, and what follows.
    fn the_customer_is_told_everything_needed(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg\nhttps://alder-photo.example/b.jpg");
        site.run_due();
        let letter = site.letter_to("owner@alder-photo.example");
        for part in [
            "Thursday 12 March 2026, 14:22 UTC",
            "That is 10:22 a.m. in New York (EDT).",
            "Heron at Dawn",
            "Joel Finch, Holt & Finch Picture Library, for Maren Holt",
            "rights@holtfinch.example",
            "https://alder-photo.example/b.jpg",
            "under penalty of perjury, that the sender is",
            "one strike",
        ] {
            let flat = letter.text.split_whitespace().collect::<Vec<_>>().join(" ").replace("> ", "");
            assert!(flat.contains(part), "{part} is missing in\n{}", letter.text);
        }
        assert!(!letter.text.contains("7946") && !letter.html.contains("Wharf Lane"), "telephone and address stay with us");
        assert!(letter.raw.contains("Auto-Submitted: auto-generated"));
        assert!(letter.html.contains(&letter.link()));
    }

    /// Errors come all at once, and what was typed is kept.
    fn errors_come_all_at_once(site: TestSite) {
        let client = site.client();
        let page = client.post("/notices/new", &[("name", ""), ("email", "rights@holtfinch"), ("urls", "alder photo"), ("org", ""), ("tel", "123")]);
        assert_eq!(page.status, 422);
        let text = page.text();
        for words in [
            "There is a problem with 8 answers",
            "Enter your full name",
            "Enter an email address with a domain, like name@example.com",
            "Name the work that was copied",
            "Line 1 is not a web address: “alder photo”",
            "Confirm the statement of good faith belief",
            "Confirm that the information is accurate",
            "Confirm that you are the owner or authorized to act",
            "Type your full legal name to sign",
        ] {
            assert!(text.contains(words), "{words} is missing in {text}");
        }
        assert!(page.body.contains("rights@holtfinch") && page.body.contains("alder photo") && page.body.contains("123"));
        assert!(page.body.contains("<title>Error: "));
    }

    /// Buttons of the form come back to the same place with everything kept.
    fn the_form_works_without_script(site: TestSite) {
        site.customers(CUSTOMERS);
        let client = site.client();
        let mut form = complete_form("Joel Finch", "rights@holtfinch.example", "alder-photo.example/x");
        form.push(("do".into(), "add-work".into()));
        let page = client.post("/notices/new", &form);
        assert!(page.body.contains("works[1].title") && page.body.contains("Heron at Dawn"));
        form.pop();
        form.push(("do".into(), "check-urls".into()));
        assert!(client.post("/notices/new", &form).text().contains("1 hosted by us"));
        form.pop();
        form.push(("do".into(), "remove-work-1".into()));
        assert!(!client.post("/notices/new", &form).body.contains("Heron at Dawn"));
    }

    /// A notice that lacks something is kept, not forwarded, and the sender is helped.
    fn a_curable_notice_is_answered_with_what_is_missing(site: TestSite) {
        site.customers(CUSTOMERS);
        let received = site.intake(r#"{"complainant":{"name":"Nadia Crane","email":"nadia@corvid.example"},
            "works":[{"title":"Low Tide Radio"}],"locations":[{"url":"https://alder-photo.example/x.mp3"}],
            "statements":{"good_faith":true,"accurate":true}}"#);
        assert_eq!(received.verdict.class.code(), "curable");
        assert!(received.cases.is_empty());
        site.run_due();
        assert!(site.letters_to("owner@alder-photo.example").is_empty(), "nothing is forwarded");
        let letter = site.letter_to("nadia@corvid.example");
        assert_eq!(letter.subject.split(" [").next().unwrap(), "2 details are missing from your copyright notice");
        assert!(letter.text.contains("512(c)(3)(A)(i)") && letter.text.contains("512(c)(3)(A)(vi)"), "{}", letter.text);
        let cure = site.client().get(&letter.link());
        assert!(cure.text().contains("Add 2 details to your notice"), "{}", cure.text());
        let status = site.client().get(letter.link().trim_end_matches("/cure"));
        assert!(status.text().contains("2 details are missing"), "{}", status.text());
        let form = site.client().get(&cure.link("/notices/new?from="));
        assert!(form.body.contains("Nadia Crane") && form.body.contains("https://alder-photo.example/x.mp3"));
        assert!(!form.body.contains("id=\"st-faith\" name=\"st-faith\" value=\"yes\" checked"), "statements are made anew");
    }

    /// Nothing of ours: the sender is told, and there is no case.
    fn what_is_not_hosted_is_told(site: TestSite) {
        let receipt = site.report("https://elsewhere.example/a");
        assert!(receipt.text().contains("1 received: 0 on our network, 1 on other networks"), "{}", receipt.text());
        site.run_due();
        let letter = site.letter_to("rights@holtfinch.example");
        assert!(letter.text.contains("None of the addresses is on our network"), "{}", letter.text);
        let status = site.client().get(&letter.link());
        assert!(status.text().contains("None of the addresses is on our network"));
    }

    /// A claim on a whole site waits for a person.
    fn a_whole_site_is_held_for_a_person(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/");
        site.run_due();
        assert!(site.letters_to("owner@alder-photo.example").is_empty());
        let staff = site.staff("agent");
        assert!(staff.get("/staff/?view=review").text().contains("Only whole sites are named"));
        let path = format!("/staff/cases/{}", receipt.reference('C'));
        let page = staff.get(&path);
        let done = staff.post_with_seal(&page, &path, &[("do", "forward")]);
        assert_eq!(done.status, 303);
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        assert!(!staff.get("/staff/?view=review").text().contains("Only whole sites are named"));
    }

    /// The original is kept byte for byte and staff can fetch it.
    fn the_original_is_kept(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        let staff = site.staff("viewer");
        let notice = staff.get(&format!("/staff/notices/{}", receipt.reference('N')));
        let page = notice.link("/staff/submissions/");
        let original = staff.get(page.trim_end_matches("/read"));
        assert_eq!(original.headers["content-type"], "application/octet-stream");
        assert!(original.headers["content-disposition"].starts_with("attachment"));
        assert!(original.body.contains("sig=Joel+Finch") && original.body.contains("alder-photo.example"));
        let digest: String = Sha256::digest(original.body.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        assert!(notice.body.contains(&digest));
    }
}

/// 10,000 addresses of 500 customers: one request, handled in seconds.
#[test]
fn a_notice_with_ten_thousand_urls_of_five_hundred_customers() {
    large_notice(&TestSite::open(crate::support::Backend::Sqlite));
    if let Some(site) = TestSite::open_postgres() {
        large_notice(&site);
    }
}

fn large_notice(site: &TestSite) {
    use std::fmt::Write;
    let mut csv = String::from("account,name,segment,contact_email,asset\n");
    let mut urls = String::new();
    for n in 0..500 {
        let _ = writeln!(csv, "A-{n},Customer {n},shared,c{n}@mailbox.example,c{n}.example");
    }
    for n in 0..10_000 {
        let _ = writeln!(urls, "https://c{}.example/files/{n}.jpg", n % 500);
    }
    site.customers(&csv);
    let start = std::time::Instant::now();
    let receipt = site.report(&urls);
    let accepted = start.elapsed();
    assert!(receipt.text().contains("10000 received: 10000 on our network"), "{}", receipt.text());
    site.run_due();
    let handled = start.elapsed();
    assert_eq!(site.letters().iter().filter(|l| l.to.ends_with("@mailbox.example")).count(), 500);
    let letter = site.letter_to("c7@mailbox.example");
    assert!(letter.text.contains("https://c7.example/files/7.jpg") && !letter.text.contains("c8.example"));
    println!("{:?}: accepted in {accepted:?}, 501 letters after {handled:?}", site.backend);
    // Far above what was measured, so that only a wrong turn (a query for each URL) is caught.
    assert!(handled.as_secs() < 120, "{handled:?}");
}
