//! What cannot be read in time is kept as it came, whichever way; its sender is told so, and staff look at it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use safeharbor::storage::cases::reviews;
use safeharbor::storage::intake::submissions;

use crate::support::{Backend, CUSTOMERS, TestSite, complete_form, postgres_url};

/// No time at all for what is large; what is small has a second.
fn on_each(story: impl Fn(TestSite)) {
    let set = [("intake.read_timeout", "0s"), ("api.anonymous_per_hour", "1000")];
    story(TestSite::open_with(Backend::Sqlite, &set));
    if postgres_url().is_some() {
        story(TestSite::open_with(Backend::Postgres, &set));
    }
}

/// Long enough that no machine has read it before anybody looks.
fn slow() -> String {
    let tiny = "<Infringement><Case><ID>1</ID></Case></Infringement>\n";
    tiny.repeat(60_000) + &"lorem ipsum dolor\n".repeat(200_000)
}

impl TestSite {
    /// The bytes that are kept under a number; a person is asked to look at them.
    fn unread(&self, id: i64) -> Vec<u8> {
        let stored = self.wait(self.app.read(move |c| submissions::get(c, id))).unwrap();
        assert!(stored.problem.is_some_and(|problem| problem.contains("longer")), "{id}");
        let open = self.wait(self.app.read(move |c| reviews::of_submission(c, id))).unwrap();
        assert_eq!(open.iter().map(|r| r.kind.code()).collect::<Vec<_>>(), ["unreadable"], "{id}");
        stored.body
    }
}

#[test]
fn programs_are_told_that_it_is_kept() {
    on_each(|site| {
        site.customers(CUSTOMERS);
        let body = slow();
        let sent = site.stranger().ask("POST", "/api/v1/notices", "application/xml", body.as_bytes());
        assert_eq!(sent.status, 202, "{}", sent.text);
        let answer = sent.json();
        assert!(answer["unread"].is_string() && answer["retractions"] == 0, "{answer}");
        assert_eq!(site.unread(answer["submission"].as_i64().unwrap()), body.as_bytes());
        // Lines of a batch each for itself.
        let program = site.program("notices:write");
        let url = format!("{{\"url\":\"https://a.example/{}\"}},", "x".repeat(75));
        let long = format!("{{\"locations\":[{}{{}}]}}", url.repeat(9_000));
        let lines = format!("{long}\n{}", format!("{long}\n").repeat(7));
        let done = program.ask("POST", "/api/v1/notices:batch", "application/x-ndjson", lines.as_bytes());
        for line in done.text.lines() {
            let result: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(result["status"], 202, "{line}");
            assert_eq!(site.unread(result["receipt"]["submission"].as_i64().unwrap()), long.as_bytes());
        }
        let small = program.ask("POST", "/api/v1/notices:batch", "application/x-ndjson", b"{}\n");
        assert!(small.text.contains("\"status\":201"), "{}", small.text);
    });
}

#[test]
fn a_mail_is_kept_by_every_way() {
    on_each(|site| {
        let mail = format!("From: a@b.example\r\nSubject: x\r\n\r\n{}", slow().replace('\n', "\r\n"));
        let program = site.program("mail:write");
        let taken = program.ask("POST", "/api/v1/intake/mail?from=a@b.example", "message/rfc822", mail.as_bytes());
        assert_eq!((taken.status, &taken.json()["kind"]), (202, &"unreadable".into()), "{}", taken.text);
        let id = taken.json()["submission"].as_i64().unwrap();
        assert_eq!(site.unread(id), mail.as_bytes());
        // Staff see that it was not read, and can have the original.
        let staff = site.staff("viewer");
        let page = staff.get(&format!("/staff/submissions/{id}/read"));
        assert!(page.status == 200 && page.text().contains("longer than one submission may take"), "{}", page.text());
        assert_eq!(staff.get(&format!("/staff/submissions/{id}")).body, mail);
    });
}

#[test]
fn a_mail_server_is_told_that_it_is_kept() {
    let set = [("intake.read_timeout", "0s"), ("inbound.lmtp_listen", "127.0.0.1:0")];
    let site = TestSite::open_with(Backend::Sqlite, &set);
    let listener = site.wait(safeharbor::inbound::bind(site.app.clone())).unwrap().unwrap();
    let address = listener.address().unwrap();
    site.runtime.spawn(listener.run());
    let mut stream = TcpStream::connect(address).unwrap();
    let said = "LHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n";
    let mail = format!("From: a@b.example\r\n\r\n{}.\r\nQUIT\r\n", slow().replace('\n', "\r\n"));
    stream.write_all([said, &mail].concat().as_bytes()).unwrap();
    let answers: Vec<String> = BufReader::new(stream).lines().map(Result::unwrap).collect();
    assert!(answers.iter().any(|line| line == "250 2.0.0 Kept"), "{answers:?}");
    assert!(site.unread(1).starts_with(b"From: a@b.example"));
}

#[test]
fn a_form_is_kept_or_comes_back_whole() {
    on_each(|site| {
        let client = site.client();
        let urls = "https://a.example/x\n".repeat(5_000);
        // Nothing is taken before it is sent.
        let mut form = complete_form("J F", "j@x.example", "https://a.example/x");
        let check = client.post("/notices/new", &form);
        form.extend(check.hidden(&["submission", "seal"]));
        form.push(("do".into(), "send".into()));
        for (name, value) in &mut form {
            if name == "urls" {
                *value = urls.repeat(10);
            }
        }
        let sent = client.post("/notices/new", &form);
        assert_eq!((sent.status, sent.headers.contains_key("retry-after")), (503, true), "{}", sent.text());
        assert!(sent.text().contains("Nothing was saved"), "{}", sent.text());
    });
}
