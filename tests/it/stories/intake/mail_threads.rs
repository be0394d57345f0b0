//! Which mails are one, who wrote them, and what they belong to.

use safeharbor::actions::{Envelope, MailKind};
use safeharbor::domain::base::contact::EmailAddress;

use super::mail_in::on_each;
use crate::support::TestSite;

const CASE: &str = "https://alder-photo.example/a.jpg";

fn letter(from: &str, headers: &str, body: &str) -> String {
    let headers = if headers.is_empty() { String::new() } else { format!("{headers}\r\n") };
    format!("From: {from}\r\nTo: copyright@northwind.example\r\nSubject: Please see\r\n{headers}\r\n{body}")
}

impl TestSite {
    fn to(&self, address: &str) -> Envelope {
        Envelope { from: None, to: vec![EmailAddress::parse(address).unwrap()] }
    }
}

/// Without a Message-ID only the same bytes for the same letter are a repeat.
#[test]
fn mails_without_a_message_id_are_told_apart_by_all_their_bytes() {
    on_each(|site| {
        let a = site.take(&letter("ann@one.example", "", "See the subject."));
        let b = site.take(&letter("bob@two.example", "", "See the subject."));
        assert!(!a.again && !b.again && a.submission != b.submission);
        assert!(site.take(&letter("bob@two.example", "", "See the subject.")).again);
        let (one, _) = site.told(CASE);
        let (two, _) = site.told("https://alder-photo.example/b.jpg");
        let address = |id: &str| format!("copyright+{}", id.trim_matches(['<', '>']));
        let removed = letter("owner@alder-photo.example", "", "I have removed it.");
        for id in [&one, &two] {
            let done = site.take_from(&removed, &site.to(&address(id)));
            assert_eq!((done.kind, done.again), (MailKind::Reply, false), "{id}");
        }
        assert!(site.take_from(&removed, &site.to(&address(&two))).again);
        assert_eq!(site.open_reviews(), ["mail_draft", "mail_draft", "mail_reply", "mail_reply"]);
    });
}

/// One mail to the addresses of two letters is on the timelines of both cases.
#[test]
fn an_answer_to_two_letters_belongs_to_both() {
    on_each(|site| {
        let (one, first) = site.told(CASE);
        let (two, second) = site.told("https://alder-photo.example/b.jpg");
        let to = |id: &str| EmailAddress::parse(&format!("copyright+{}", id.trim_matches(['<', '>']))).unwrap();
        let envelope = Envelope { from: None, to: vec![to(&one), to(&two)] };
        site.take_from(
            &letter("owner@alder-photo.example", "Message-ID: <x@alder-photo.example>", "Both are gone."),
            &envelope,
        );
        for case in [first, second] {
            assert!(
                site.staff("viewer").get(&format!("/staff/cases/{case}")).text().contains("Answer by mail"),
                "{case}"
            );
        }
        assert_eq!(site.open_reviews(), ["mail_reply", "mail_reply"]);
    });
}

/// Whoever sends somebody else's Message-ID first does not swallow the mail, not even with all of its text.
#[test]
fn a_message_id_sent_first_swallows_nothing() {
    on_each(|site| {
        let real = letter("rights@holtfinch.example", "Message-ID: <m1@holtfinch.example>", "Please remove it.");
        let stranger = letter("mallory@x.example", "Message-ID: <m1@holtfinch.example>", "Nothing.");
        assert!(!site.take(&stranger).again);
        assert!(!site.take(&real.replace("remove it", "remove the other")).again);
        let copy = site.take(&real);
        assert!(!copy.again);
        let proved =
            format!("Authentication-Results: mx.northwind.example; dmarc=pass header.from=holtfinch.example\r\n{real}");
        let genuine = site.take(&proved);
        assert!(!genuine.again && genuine.submission != copy.submission, "a proved mail repeats no unproved one");
        assert!(site.take(&format!("Received: by another.example\r\n{proved}")).again);
        assert_eq!(site.open_reviews(), ["mail_draft"; 4]);
    });
}

/// A list server or web form puts our own address in front; the sender stands elsewhere, and staff look.
#[test]
fn mail_from_our_own_address_is_looked_at() {
    on_each(|site| {
        for (n, headers) in [
            "Reply-To: Joel Finch <rights@holtfinch.example>\r\nPrecedence: list\r\nList-Id: <copyright.northwind.example>",
            "X-Original-From: Joel Finch <rights@holtfinch.example>\r\nAuto-Submitted: auto-generated",
            "Sender: Joel Finch <rights@holtfinch.example>\r\nAuto-Submitted: auto-generated",
        ]
        .into_iter()
        .enumerate()
        {
            let raw = letter("Joel Finch via Copyright <copyright@northwind.example>", &format!("Message-ID: <l{n}@x.example>\r\n{headers}"), &format!("Please take down {CASE}, it is mine."));
            let done = site.take(&raw);
            assert_eq!(done.kind, MailKind::Draft, "{headers}");
            let page = site.staff("agent").get(&format!("/staff/submissions/{}/read", done.submission));
            assert_eq!((page.input("name"), page.input("email")), ("Joel Finch".to_owned(), "rights@holtfinch.example".to_owned()));
        }
        let form = letter(
            "Web form <copyright@northwind.example>",
            "Auto-Submitted: auto-generated\r\nMessage-ID: <w@northwind.example>",
            "By a form.",
        );
        assert_eq!(site.take(&form).kind, MailKind::Draft);
        assert_eq!(site.open_reviews(), ["mail_draft"; 4]);
        site.run_due();
        assert!(site.letters().is_empty(), "none of them is answered");
        site.told(CASE);
        let own = site.letter_to("owner@alder-photo.example").raw;
        assert_eq!(site.take(&own).kind, MailKind::Own, "a letter of ours that came back");
    });
}

/// The receipt goes, and the form is filled in, as the sender asks.
#[test]
fn reply_to_is_where_answers_go() {
    on_each(|site| {
        let raw = letter(
            "Notices <noreply@vendor.example>",
            "Reply-To: Case 4711 <case-4711@vendor.example>\r\nMessage-ID: <v@vendor.example>",
            &format!("Please take down {CASE}."),
        );
        let done = site.take(&raw);
        site.run_due();
        assert!(site.letters_to("noreply@vendor.example").is_empty());
        let receipt = site.letter_to("case-4711@vendor.example").raw;
        assert!(receipt.contains("In-Reply-To: <v@vendor.example>"), "{receipt}");
        let page = site.staff("agent").get(&format!("/staff/submissions/{}/read", done.submission));
        assert_eq!(page.input("email"), "case-4711@vendor.example");
    });
}

/// A help desk's marks do not make a person's answer an automatic one.
#[test]
fn answers_through_help_desks_come_before_staff() {
    on_each(|site| {
        let (id, _) = site.told(CASE);
        let letters = site.letters().len();
        for (n, (header, kind)) in [
            ("Precedence: bulk", MailKind::Reply),
            ("Auto-Submitted: auto-generated", MailKind::Reply),
            ("X-Auto-Response-Suppress: All", MailKind::Reply),
            ("List-Id: <support.alder-photo.example>", MailKind::Reply),
            ("X-Loop: support", MailKind::Reply),
            ("Auto-Submitted: auto-replied", MailKind::AutoReply),
            ("X-Autoreply: yes", MailKind::AutoReply),
            ("Precedence: auto_reply", MailKind::AutoReply),
            ("Return-Path: <>", MailKind::AutoReply),
        ]
        .into_iter()
        .enumerate()
        {
            let raw = letter(
                "owner@alder-photo.example",
                &format!("Message-ID: <h{n}@alder-photo.example>\r\nIn-Reply-To: {id}\r\n{header}"),
                "It is gone.",
            );
            assert_eq!(site.take(&raw).kind, kind, "{header}");
        }
        assert_eq!(site.open_reviews(), ["mail_reply"; 5]);
        site.run_due();
        assert_eq!(site.letters().len(), letters, "nothing is answered");
    });
}

/// The case number in the subject is a thread for those whom the case concerns, and a claim of everybody else.
#[test]
fn a_case_number_in_the_subject_is_a_thread() {
    on_each(|site| {
        let (_, case) = site.told(CASE);
        let write = |n: u8, from: &str| {
            let raw = letter(from, &format!("Message-ID: <s{n}@x.example>"), "It is gone.");
            raw.replace("Please see", &format!("AW: Copyright notice [{}]", case.to_lowercase()))
        };
        assert_eq!(site.take(&write(1, "Rowan <OWNER@alder-photo.example>")).kind, MailKind::Reply);
        assert_eq!(site.take(&write(2, "Joel <rights@holtfinch.example>")).kind, MailKind::Reply, "the complainant");
        let list = write(3, "Rowan via List <copyright@northwind.example>")
            .replace("Subject", "Reply-To: owner@alder-photo.example\r\nSubject");
        assert_eq!(site.take(&list).kind, MailKind::Reply);
        let stranger = site.take(&write(4, "stranger@x.example"));
        assert_eq!(
            (stranger.kind, site.open_reviews()),
            (MailKind::Draft, vec!["mail_reply", "mail_reply", "mail_reply", "mail_draft"])
        );
        let page = site.staff("agent").get(&format!("/staff/cases/{case}"));
        assert!(page.text().contains("its sender is not known here"), "{}", page.text());
        assert!(page.body.contains(&format!("/staff/submissions/{}", stranger.submission)));
    });
}

/// Our letters name what they answer: the mail that came in, the earlier letter of the case.
#[test]
fn letters_name_what_they_answer() {
    on_each(|site| {
        let (first, _) = site.told(CASE);
        site.advance(safeharbor::domain::base::moment::Span::hours(30));
        let reminder = site.letter_to("owner@alder-photo.example");
        assert!(
            reminder.message_id() != first && reminder.raw.contains(&format!("In-Reply-To: {first}")),
            "{}",
            reminder.raw
        );
        let notice = super::mail_in::write(
            "Message-ID: <n1@holtfinch.example>",
            &format!("{}{}", super::mail_in::WORDS, super::mail_in::xml("H-1")),
        );
        assert_eq!(site.take(&notice).kind, MailKind::Notices);
        site.run_due();
        let receipt = site.letter_to("rights@holtfinch.example").raw;
        assert!(
            receipt.contains("In-Reply-To: <n1@holtfinch.example>")
                && receipt.contains("References: <n1@holtfinch.example>"),
            "{receipt}"
        );
    });
}
