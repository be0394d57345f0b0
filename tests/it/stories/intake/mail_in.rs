use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use safeharbor::actions::{Envelope, MailKind, MailOutcome, receive_mail};
use safeharbor::domain::base::contact::EmailAddress;
use safeharbor::domain::base::moment::Span;
use safeharbor::formats::mail;
use safeharbor::storage::cases::reviews;
use safeharbor::storage::intake::submissions::Submission;

use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite, postgres_url};

pub(in crate::stories) const WORDS: &str = "We have a good faith belief that the use is not authorized by the owner, its agent or the law. The information is accurate. Under penalty of perjury, we are authorized to act for the owner.\n\nRegards,\nJoel Finch\n";

pub(in crate::stories) fn xml(case: &str) -> String {
    format!(
        "<Infringement><Case><ID>{case}</ID></Case><Complainant><Entity>Holt</Entity><Contact>Joel Finch</Contact><Email>rights@holtfinch.example</Email></Complainant><Source><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><IP_Address>198.51.100.7</IP_Address><Port>51413</Port></Source><Content><Item><Title>Heron at Dawn</Title><FileName>heron.zip</FileName></Item></Content></Infringement>"
    )
}

pub(in crate::stories) fn write(headers: &str, body: &str) -> String {
    format!("From: Joel Finch <rights@holtfinch.example>\r\nTo: copyright@northwind.example\r\nSubject: Our photograph\r\n{headers}\r\n\r\n{body}").replace("\r\n", "\n").replace('\n', "\r\n")
}

impl TestSite {
    pub(in crate::stories) fn take(&self, raw: &str) -> MailOutcome {
        self.take_from(raw, &Envelope::default())
    }
    pub(in crate::stories) fn take_from(&self, raw: &str, envelope: &Envelope) -> MailOutcome {
        let read = mail::read(raw.as_bytes());
        let submission = Submission::new("mail", "message/rfc822", raw.as_bytes().to_vec());
        let envelope = envelope.clone();
        self.wait(self.app.write(move |tx| receive_mail(tx, submission, &envelope, (read.as_ref(), &[])))).unwrap()
    }
    pub(in crate::stories) fn open_reviews(&self) -> Vec<&'static str> {
        let open = self.wait(self.app.read(|c| reviews::open(c, None, 50))).unwrap();
        open.iter().map(|r| r.kind.code()).collect()
    }
}

/// An installation whose mailbox `copyright@northwind.example` is handed to it, extensions included.
fn with_mailbox(backend: Backend) -> TestSite {
    let site = TestSite::open_with(
        backend,
        &[
            ("mail.from", "copyright@northwind.example"),
            ("inbound.reply_address", "copyright@northwind.example"),
            ("inbound.authserv_id", "mx.northwind.example"),
        ],
    );
    site.customers(CUSTOMERS);
    site
}

pub(in crate::stories) fn on_each(story: impl Fn(TestSite)) {
    story(with_mailbox(Backend::Sqlite));
    if postgres_url().is_some() {
        story(with_mailbox(Backend::Postgres));
    }
}

on_both! {
    /// A machine's mail with the notice inline and attached is one notice with one case, however often it comes.
    fn a_machine_notice_by_mail_is_one_notice(site: TestSite) {
        site.customers(CUSTOMERS);
        let body = format!("--b\nContent-Type: text/plain\n\n{WORDS}\n{}\n--b\nContent-Type: application/xml; name=\"1.xml\"\n\n{}\n--b--\n", xml("H-1"), xml("H-1"));
        let raw = write("Message-ID: <m1@holtfinch.example>\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", &body);
        let done = site.take(&raw);
        assert_eq!((done.kind, done.notices.len(), done.again), (MailKind::Notices, 1, false));
        assert_eq!(done.notices[0].0.verdict.class.code(), "complete", "{:?}", done.notices[0].0.verdict.findings);
        let again = site.take(&format!("Received: from another.server\r\n{raw}"));
        assert!(again.again && again.submission == done.submission && again.known == [done.notices[0].0.reference.clone()]);
        site.run_due();
        assert_eq!(site.letters_to("idris@brightmoor.example").len(), 1);
        assert!(site.letter_to("idris@brightmoor.example").text.contains("heron.zip"), "which file");
        assert_eq!(site.letters_to("rights@holtfinch.example").len(), 1, "one receipt");
        let page = site.staff("viewer").get(&format!("/staff/submissions/{}/read", done.submission)).text();
        assert!(page.contains("Our photograph") && page.contains("good faith belief") && page.contains(done.notices[0].0.reference.as_str()), "{page}");
    }

    /// A person's letter is put before staff beside the form, prefilled with what is certain; then it is a notice
    /// received when the letter was.
    fn a_letter_by_a_person_is_completed_by_staff(site: TestSite) {
        site.customers(CUSTOMERS);
        let raw = write("Message-ID: <p1@holtfinch.example>", &format!("{WORDS}\nhttps://alder-photo.example/heron.jpg\nOur own: https://holtfinch.example/heron"));
        let done = site.take(&raw);
        assert_eq!((done.kind, site.open_reviews()), (MailKind::Draft, vec!["mail_draft"]));
        site.run_due();
        let receipt = site.letter_to("rights@holtfinch.example");
        assert!(receipt.subject.contains(&format!("[submission {}]", done.submission)) && receipt.raw.contains("Auto-Submitted: auto-generated"), "{}", receipt.raw);
        site.advance(Span::hours(3));
        let staff = site.staff("agent");
        let path = format!("/staff/submissions/{}/read", done.submission);
        let page = staff.get(&path);
        assert_eq!((page.input("name"), page.input("email"), page.input("sig")), ("Joel Finch".into(), "rights@holtfinch.example".into(), "Joel Finch".into()));
        assert!(page.body.contains("id=\"st-perjury\" name=\"st-perjury\" value=\"yes\" checked") && !page.body.contains("name=\"st-fair\" value=\"yes\" checked"));
        assert!(page.text().contains("1 address does not belong to any of our customers"), "{}", page.text());
        let form = [("name", "Joel Finch"), ("email", "rights@holtfinch.example"), ("role", "role-agent"), ("owner", "Maren Holt"), ("works-list", "Heron at Dawn"), ("urls", "https://alder-photo.example/heron.jpg"), ("st-faith", "yes"), ("st-accurate", "yes"), ("st-perjury", "yes"), ("sig", "Joel Finch")];
        let sent = staff.post_with_seal(&page, &path, &form);
        assert_eq!(sent.status, 303, "{}", sent.text());
        let notice = staff.get(&sent.location).text();
        assert!(notice.contains("10 March 2026, 14:22 UTC") && notice.contains("complete"), "received when the mail was: {notice}");
        let again = staff.post_with_seal(&page, &path, &form);
        assert_eq!(again.status, 422, "it has become a notice");
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        assert!(site.open_reviews().is_empty());
    }

    /// What is not a mail at all is kept, and a person is asked to look.
    fn an_unreadable_mail_is_kept(site: TestSite) {
        let done = site.take("\u{1}\u{2} nothing like a mail");
        assert_eq!((done.kind, site.open_reviews()), (MailKind::Unreadable, vec!["unreadable"]));
        let broken = write("Message-ID: <b@x.example>", "<!DOCTYPE a [<!ENTITY b \"c\">]><Infringement><Case/></Infringement>");
        let done = site.take(&broken);
        assert_eq!((done.kind, done.notices.len()), (MailKind::Notices, 0));
        assert_eq!(site.open_reviews(), ["unreadable", "unreadable"]);
        let staff = site.staff("viewer");
        let original = staff.get(&format!("/staff/submissions/{}", done.submission));
        assert_eq!(original.body, broken);
    }

    /// However the mails turn, nothing answers itself.
    fn loops_cannot_arise(site: TestSite) {
        site.customers(CUSTOMERS);
        for (headers, from) in [
            ("Auto-Submitted: auto-replied", None),
            ("Auto-Submitted: auto-generated", None),
            ("Precedence: bulk", None),
            ("List-Id: <x.example>", None),
            ("Return-Path: <>", None),
            ("X-Autoreply: yes", None),
            ("", Some("From: Northwind <copyright@host.example>\n")),
            ("", Some("From: Northwind <Copyright+abc@HOST.example>\n")),
        ] {
            let mut raw = write(&format!("Message-ID: <{}@x.example>\n{headers}", headers.len() + from.map_or(0, str::len)), "Thank you for your mail.");
            if let Some(from) = from {
                raw = raw.replace("From: Joel Finch <rights@holtfinch.example>\r\n", &from.replace('\n', "\r\n"));
            }
            site.take(&raw);
        }
        site.run_due();
        assert!(site.letters().is_empty(), "{:?}", site.letters().iter().map(|l| &l.subject).collect::<Vec<_>>());
        site.take_from(&write("Message-ID: <null@x.example>", "Please remove my photo."), &Envelope { from: Some(String::new()), to: Vec::new() });
        site.take(&write("Message-ID: <nul\u{0}@x.example>\nIn-Reply-To: <a\u{0}b@x.example>\nReferences: <\u{1}@x>\nAuto-Submitted: auto-generated", "\u{0}"));
        site.run_due();
        assert!(site.letters().is_empty(), "no sender in the envelope, no answer");
        for n in 0..10 {
            site.take(&write(&format!("Message-ID: <loop{n}@x.example>"), "Please remove my photo."));
        }
        site.run_due();
        assert_eq!(site.letters_to("rights@holtfinch.example").len(), 3, "at most three receipts a day");
        let own = xml("H-7").replace("rights@holtfinch.example", "copyright@host.example");
        site.take(&write("Message-ID: <own@x.example>", &format!("{WORDS}{own}")));
        site.run_due();
        assert!(site.letters_to("copyright@host.example").is_empty(), "our own mailbox is not written to");
    }
}

/// A customer answers the letter instead of the link: it goes on the case's timeline and before staff.
#[test]
fn an_answer_by_mail_goes_on_the_timeline() {
    on_each(|site| {
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let letter = site.letter_to("owner@alder-photo.example");
        let reply_to = letter.raw.lines().find_map(|l| l.strip_prefix("Reply-To: ")).unwrap().trim().to_owned();
        assert!(reply_to.starts_with("copyright+") && reply_to.ends_with("@northwind.example"), "{reply_to}");
        let raw = "From: Rowan <owner@alder-photo.example>\r\nSubject: Re: Notice\r\nMessage-ID: <r1@alder-photo.example>\r\n\r\nI took it down.";
        let done = site.take_from(
            raw,
            &Envelope {
                from: Some("owner@alder-photo.example".into()),
                to: vec![EmailAddress::parse(&reply_to).unwrap()],
            },
        );
        assert_eq!(done.kind, MailKind::Reply);
        let message_id = letter.raw.lines().find_map(|l| l.strip_prefix("Message-ID: ")).unwrap();
        let by_reference = site.take(&format!(
            "From: owner@alder-photo.example\r\nIn-Reply-To: {message_id}\r\nSubject: Re\r\n\r\nAgain."
        ));
        assert_eq!(by_reference.kind, MailKind::Reply);
        let vacation = site.take(&format!("From: owner@alder-photo.example\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: {message_id}\r\nSubject: Away\r\n\r\nAway."));
        assert_eq!((vacation.kind, site.open_reviews()), (MailKind::AutoReply, vec!["mail_reply", "mail_reply"]));
        let page = site.staff("agent").get(&format!("/staff/cases/{}", receipt.reference('C')));
        assert!(
            page.text().contains("Answer by mail") && page.text().contains("Automatic answer by mail"),
            "{}",
            page.text()
        );
        assert!(site.staff("agent").get(&page.link("/staff/submissions/")).text().contains("took it down"));
        let count = site.letters().len();
        site.run_due();
        assert_eq!(site.letters().len(), count, "an answer is not answered");
    });
}

/// A bounce moves the letter, marks the contact, tries the next one, and comes before staff.
#[test]
fn a_bounce_tries_the_next_contact() {
    on_each(|site| {
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let letter = site.letter_to("owner@alder-photo.example");
        let message_id = letter.raw.lines().find_map(|l| l.strip_prefix("Message-ID: ")).unwrap().trim();
        site.customers("account,name,segment,contact_role,contact_name,contact_email,contact_phone,asset,valid_from,valid_until\nNW-1,Alder Photo Studio,shared,NOC,Second,second@alder-photo.example,,,,\n");
        let dsn = format!(
            "From: MAILER-DAEMON@mx.example\r\nReturn-Path: <>\r\nSubject: Undelivered\r\nMessage-ID: <d1@mx.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; owner@alder-photo.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
        );
        let late = site.take(&dsn.replace("failed", "delayed").replace("d1@", "d0@"));
        assert_eq!((late.kind, site.open_reviews().len()), (MailKind::Delay, 0));
        let done = site.take(&dsn);
        assert_eq!((done.kind, site.open_reviews()), (MailKind::Bounce, vec!["letter_bounced"]));
        site.run_due();
        let next = site.letter_to("second@alder-photo.example");
        assert_eq!(site.client().get(&next.link()).status, 200, "with a link of its own");
        let page = site.staff("agent").get(&format!("/staff/cases/{}", receipt.reference('C'))).text();
        assert!(page.contains("Bounced") && page.contains("550 no such user"), "{page}");
        site.take(&dsn.replace("d1@", "d2@"));
        assert_eq!(site.open_reviews().len(), 1, "told once");
        let foreign = site.take(&dsn.replace(message_id, "<unknown@x.example>").replace("d1@", "d3@"));
        assert_eq!((foreign.kind, site.open_reviews()), (MailKind::Bounce, vec!["letter_bounced", "mail_other"]));
    });
}

/// What our own mail server found out about the sender is kept as facts; what others claim is not.
#[test]
fn authentication_results_are_facts() {
    on_each(|site| {
        let raw = write(
            "Message-ID: <a@x.example>\nAuthentication-Results: mx.northwind.example; spf=pass smtp.mailfrom=holtfinch.example; dkim=fail header.d=holtfinch.example; dmarc=none\nAuthentication-Results: evil.example; dkim=pass",
            "Please remove my photo.",
        );
        let done = site.take(&raw);
        let page = site.staff("viewer").get(&format!("/staff/submissions/{}/read", done.submission)).text();
        for fact in ["spf pass", "dkim fail", "dmarc none"] {
            assert!(page.contains(fact), "{fact}: {page}");
        }
    });
}

/// A mail server in front hands mail over by LMTP and gets its answer when the mail is kept.
#[test]
fn mail_is_handed_over_by_lmtp() {
    let site = TestSite::open_with(
        Backend::Sqlite,
        &[("inbound.lmtp_listen", "127.0.0.1:0"), ("inbound.max_message", "100000")],
    );
    site.customers(CUSTOMERS);
    let listener = site.wait(safeharbor::inbound::bind(site.app.clone())).unwrap().unwrap();
    let address = listener.address().unwrap();
    site.runtime.spawn(listener.run());
    let stream = TcpStream::connect(address).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut say = |text: &str, answers: &[&str]| {
        (&stream).write_all(text.as_bytes()).unwrap();
        for expected in answers {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            assert!(line.starts_with(expected), "{text} → {line}, not {expected}");
        }
    };
    say("", &["220 "]);
    say("MAIL FROM:<a@b.example>\r\n", &["503"]);
    say("EHLO x\r\n", &["500"]);
    say("LHLO mx.example\r\n", &["250-", "250-", "250-", "250-", "250-SMTPUTF8", "250 SIZE"]);
    say("DATA\r\n", &["503"]);
    say("RCPT TO:<c@host.example>\r\n", &["503"]);
    say("MAIL FROM:<a@b.example> SIZE=99999999\r\n", &["552"]);
    say(
        "MAIL FROM:<jörg@bücher.example> SMTPUTF8 BODY=8BITMIME\r\nRCPT TO:<grüße@host.example>\r\nRSET\r\n",
        &["250", "250", "250"],
    );
    say("gibberish\r\n", &["500"]);
    say(
        "MAIL FROM:<rights@holtfinch.example>\r\nRCPT TO:<copyright@host.example>\r\nRCPT TO:<abuse@host.example>\r\nDATA\r\n",
        &["250", "250", "250", "354"],
    );
    let raw = write("Message-ID: <l1@x.example>", &format!("{WORDS}\n..a line with a dot\n{}", xml("H-1")));
    say(&format!("{raw}\r\n.\r\n"), &["250 2.0.0", "250 2.0.0"]);
    say("MAIL FROM:<>\r\nRCPT TO:<copyright@host.example>\r\nDATA\r\n", &["250", "250", "354"]);
    say(&format!("Subject: x\r\n\r\n{}\r\n.\r\n", "long line\r\n".repeat(20_000)), &["552"]);
    say("RSET\r\n", &["250"]);
    say("QUIT\r\n", &["221"]);
    site.run_due();
    assert_eq!(site.letters_to("idris@brightmoor.example").len(), 1);
    let kept = site.staff("viewer").get("/staff/submissions/1");
    assert!(kept.body.contains("\r\n.a line with a dot\r\n"), "dot stuffing is undone: {}", kept.body);
}

/// A hosted mailbox hands mail over at the API.
#[test]
fn mail_is_handed_over_at_the_api() {
    let site = TestSite::open(Backend::Sqlite);
    site.customers(CUSTOMERS);
    let program = site.program("mail:write");
    let raw = write("Message-ID: <api@x.example>", &format!("{WORDS}{}", xml("H-1")));
    let sent =
        program.ask("POST", "/api/v1/intake/mail?from=rights@holtfinch.example", "message/rfc822", raw.as_bytes());
    assert_eq!(sent.status, 202, "{}", sent.text);
    assert_eq!(
        (sent.json()["kind"].as_str(), sent.json()["notices"][0]["class"].as_str()),
        (Some("notices"), Some("complete"))
    );
    let again = program.ask("POST", "/api/v1/intake/mail", "message/rfc822", raw.as_bytes()).json();
    assert_eq!((again["again"].as_bool(), &again["submission"]), (Some(true), &sent.json()["submission"]));
    assert_eq!(program.ask("POST", "/api/v1/intake/mail", "message/rfc822", b"").status, 422);
}
