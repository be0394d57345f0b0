//! Text of strangers is data, by whatever door it comes: it never becomes a heading, a link, a header or a line of its own
//! in a letter or on a page, and what cannot be seen is written out.

use safeharbor::actions::{Envelope, receive_mail};
use safeharbor::domain::base::visible::is_hidden;
use safeharbor::formats::mail;
use safeharbor::storage::intake::submissions::Submission;
use serde_json::json;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

const EVIL: &str = "x\n# Your mailbox is full\n**Act today.**\n! Closed at | Monday | 09:00\n-> Keep it | https://evil.example/login\n= a | b\u{202e}\u{200b}\u{e0041}\u{1b}[31m";
const SENDER: &str = "victim@innocent.example";

/// Nothing in any letter but what we put there.
fn check_letters(site: &TestSite, at_least: usize) {
    let letters = site.letters();
    assert!(letters.len() >= at_least, "{}", letters.len());
    for letter in letters {
        let Some((_, html)) = letter.html.split_once("<body") else { panic!("{}", letter.html) };
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
        for link in html.split("href=\"").skip(1) {
            assert!(!link.starts_with("https://evil"), "{link}");
        }
        assert!(!html.contains("<strong>Act today"), "{html}");
        let starts = |line: &str| {
            ["# Your", "Your mailbox is", "Act today", "Keep it:", "Bcc:"].iter().any(|s| line.starts_with(s))
        };
        assert!(!letter.text.lines().any(|line| starts(line.trim_start_matches("> "))), "{}", letter.text);
        for part in [&letter.subject, &letter.text, &letter.html] {
            let seen = |c: char| c == '\n' || c == '\r' || !is_hidden(c);
            assert!(part.chars().all(seen), "{part:?}");
        }
        let headers = letter.raw.split("\r\n\r\n").next().unwrap();
        assert!(!headers.lines().any(|line| line.to_lowercase().starts_with("bcc:")), "{headers}");
    }
}

fn check_page(page: &str) {
    assert!(page.chars().all(|c| matches!(c, '\n' | '\r' | '\t') || !is_hidden(c)), "{page:?}");
}

on_both! {
    /// By the API: every field of a notice that reaches a letter or a page.
    fn by_the_api(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write");
        let name = format!("V\r\nBcc: all@x.example {EVIL}");
        let notice = json!({
            "complainant": {"name": name, "organization": EVIL, "email": SENDER, "role": "owner", "phone": "+1 207 555 0199", "address": {"street": EVIL}},
            "rights_owner": {"name": EVIL},
            "works": [{"title": EVIL, "description": EVIL}],
            "locations": [{"url": EVIL}, {"url": format!("https://evil.example/a\n{EVIL}")}, {"url": "https://alder-photo.example/a.jpg"}],
            "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true},
            "signature": EVIL, "reference": "R-1",
        });
        let sent = program.ask("POST", "/api/v1/notices", "application/json", notice.to_string().as_bytes());
        assert!(sent.status == 201 || sent.status == 422, "{}", sent.text);
        assert_eq!(sent.status, 201, "{}", sent.text);
        let answer = sent.json();
        let locations = answer["locations"].as_array().unwrap();
        let states: Vec<&str> = locations.iter().filter_map(|l| l["state"].as_str()).collect();
        assert!(states.len() == 3 && states[2] == "hosted", "{states:?}");
        site.run_due();
        check_letters(&site, 2);
        let address = answer["status_url"].as_str().unwrap();
        let path = &address[address.find("/n/").unwrap()..];
        check_page(&site.client().get(path).body);
        let staff = site.staff("viewer");
        let page = staff.get(&format!("/staff/notices/{}", answer["reference"].as_str().unwrap()));
        check_page(&page.body);
        assert!(page.body.contains("⟨U+202E⟩"), "{}", page.body);
        check_page(&site.client().get(&site.letter_to("owner@alder-photo.example").link()).body);
        check_page(&staff.get("/staff/").body);
    }

    /// By the form, and what was typed comes back as it was typed.
    fn by_the_form(site: TestSite) {
        site.customers(CUSTOMERS);
        let name = "Joel\u{202e}hcniF";
        let receipt = site.report_as(name, SENDER, "https://alder-photo.example/a.jpg");
        check_page(&receipt.body);
        site.run_due();
        check_letters(&site, 2);
        assert!(site.letter_to("owner@alder-photo.example").text.contains("Joel⟨U+202E⟩hcniF"));
        let mut form = crate::support::complete_form(name, SENDER, "https://alder-photo.example/b.jpg");
        form.retain(|(field, _)| field != "sig");
        let again = site.client().post("/notices/new", &form);
        assert!(again.body.contains(&format!("value=\"{name}\"")), "{}", again.body);
    }

    /// By ACNS and by mail.
    fn by_machines_and_by_mail(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write");
        let title = "Heron&#10;# Your mailbox is full&#10;-&gt; Keep it | https://evil.example/&#x202e;&#x200b;";
        let xml = crate::api::documents::acns("H-1", "198.51.100.7", "").replace("Heron at Dawn", title).replace("heron.zip", title);
        let sent = program.ask("POST", "/api/v1/notices", "application/xml", xml.as_bytes());
        assert_eq!(sent.status, 201, "{}", sent.text);
        let raw = "From: =?utf-8?Q?V=0ABcc:=20all@x.example=E2=80=AE?= <victim@innocent.example>\r\nTo: copyright@northwind.example\r\nMessage-ID: <1@innocent.example>\r\nSubject: =?utf-8?Q?Hi=0A#=20Your=20mailbox=20is=20full=0ABcc:=20all@x.example=E2=80=AE?=\r\n\r\nhello\r\n";
        let read = mail::read(raw.as_bytes());
        let submission = Submission::new("mail", "message/rfc822", raw.as_bytes().to_vec());
        site.wait(site.app.write(move |tx| receive_mail(tx, submission, &Envelope::default(), (read.as_ref(), &[])))).unwrap();
        site.run_due();
        check_letters(&site, 3);
        assert!(site.letter_to(SENDER).text.contains("⟨U+202E⟩"), "{}", site.letter_to(SENDER).text);
        check_page(&site.staff("viewer").get("/staff/").body);
    }
}
