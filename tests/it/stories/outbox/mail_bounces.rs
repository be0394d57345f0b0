//! Letters that come back, and what anybody can claim about them.

use safeharbor::actions::{Envelope, MailKind};
use safeharbor::domain::base::moment::Span;
use safeharbor::storage::outbox::letters::{self, LetterRow};

use crate::stories::intake::mail_in::on_each;
use crate::support::TestSite;

impl TestSite {
    /// The letter on record, as it stands.
    pub(in crate::stories) fn row_of(&self, message_id: &str) -> LetterRow {
        let id = vec![message_id.trim_matches(['<', '>']).to_owned()];
        self.wait(self.app.read(move |c| letters::by_message_ids(c, &id))).unwrap().expect("a letter of ours")
    }

    /// Reports an address of the first customer; the Message-ID of the letter that is sent about it, and its case.
    pub(in crate::stories) fn told(&self, url: &str) -> (String, String) {
        let case = self.report(url).reference('C');
        self.run_due();
        let letter = self.letter_to("owner@alder-photo.example");
        (letter.message_id(), case)
    }
}

fn dsn(number: u8, message_id: &str, blocks: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMessage-ID: <d{number}@mx.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{blocks}\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    )
}

const OURS: &str = "Final-Recipient: rfc822; Owner@alder-photo.example\r\nAction: Failed (user unknown)\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user";

/// The server's answer and what came back later are two facts, each with its time.
#[test]
fn a_bounce_leaves_the_answer_of_the_server() {
    on_each(|site| {
        let (id, case) = site.told("https://alder-photo.example/a.jpg");
        let sent = site.row_of(&id);
        assert_eq!((sent.state.as_str(), sent.bounced_at), ("accepted", None));
        site.advance(Span::hours(1));
        let other = "Final-Recipient: rfc822; other@x.example\r\nAction: delayed\r\nStatus: 4.4.1";
        assert_eq!(site.take(&dsn(1, &id, &format!("{other}\r\n\r\n{OURS}"))).kind, MailKind::Bounce);
        let back = site.row_of(&id);
        assert_eq!((back.state.as_str(), back.answer, back.settled_at), ("bounced", sent.answer, sent.settled_at));
        assert!(back.bounced_at > back.settled_at && back.bounce_answer == "5.1.1 550 no such user");
        assert_eq!(site.open_reviews(), ["letter_bounced", "not_reached"]);
        let agent = site.staff("agent");
        let page = agent.get(&format!("/staff/letters/{}", back.id)).text();
        assert!(page.contains("550 no such user") && page.contains("saved to file"), "{page}");
        assert!(agent.get(&format!("/staff/cases/{case}")).text().contains("550 no such user"));
    });
}

/// A report that does not fit its letter is a claim before staff, and the letter stays as it was.
#[test]
fn a_bounce_that_does_not_fit_changes_nothing() {
    on_each(|site| {
        let (id, case) = site.told("https://alder-photo.example/a.jpg");
        let other = OURS.replace("Owner@alder-photo", "somebody@else");
        let failing = format!("Authentication-Results: mx.northwind.example; dmarc=fail\r\n{}", dsn(2, &id, OURS));
        let by_person = Envelope { from: Some("owner@alder-photo.example".to_owned()), ..Envelope::default() };
        let from_person =
            dsn(4, &id, OURS).replace("MAILER-DAEMON@mx", "owner@alder-photo").replace("Return-Path: <>\r\n", "");
        for (raw, envelope) in [
            (dsn(1, &id, &other), Envelope::default()),
            (failing, Envelope::default()),
            (dsn(3, &id, OURS), by_person),
            (from_person, Envelope::default()),
        ] {
            assert_eq!(site.take_from(&raw, &envelope).kind, MailKind::Bounce, "{raw}");
            let row = site.row_of(&id);
            assert_eq!((row.state.as_str(), row.bounced_at), ("accepted", None), "{raw}");
        }
        assert_eq!(site.open_reviews(), ["bounce_claimed"; 4]);
        assert!(site.staff("agent").get(&format!("/staff/cases/{case}")).text().contains("not confirmed"));
        assert_eq!(site.take(&dsn(5, &id, OURS)).kind, MailKind::Bounce);
        assert_eq!(site.row_of(&id).state, "bounced", "the real one still counts");
    });
}

/// A real bounce can name the mailbox behind a forwarding: while nobody has looked at it, no deadline passes.
#[test]
fn a_bounce_that_is_not_confirmed_holds_the_deadline() {
    on_each(|site| {
        let (id, _) = site.told("https://alder-photo.example/a.jpg");
        let behind = OURS.replace("Owner@alder-photo.example", "kim@mailbox.example");
        assert_eq!(site.take(&dsn(1, &id, &behind)).kind, MailKind::Bounce);
        for _ in 0..9 {
            site.advance(Span::hours(24));
        }
        assert_eq!((site.kinds("case.unanswered").len(), site.kinds("strike.").len()), (0, 0));
        assert_eq!(site.open_reviews(), ["bounce_claimed"]);
        let agent = site.staff("agent");
        let queue = agent.get("/staff/?view=review");
        assert_eq!(agent.post_with_seal(&queue, "/staff/reviews/1/done", &[]).status, 303);
        site.run_due();
        assert_eq!((site.kinds("case.unanswered").len(), site.kinds("strike.counted").len()), (1, 1));
    });
}

/// Its receiver can write a report about every letter, at any time: once servers have long given up, it undoes nothing that
/// has followed from the letter.
#[test]
fn a_bounce_after_a_week_takes_nothing_away() {
    on_each(|site| {
        let (id, _) = site.told("https://alder-photo.example/a.jpg");
        let receipt = site.letter_to("rights@holtfinch.example").message_id();
        site.advance(Span::hours(25));
        site.advance(Span::hours(25));
        site.advance(Span::days(6));
        for number in 1..3 {
            assert_eq!(site.take(&dsn(number, &id, OURS)).kind, MailKind::Bounce);
            assert_eq!(site.row_of(&id).state, "accepted");
            site.advance(Span::days(60));
        }
        assert_eq!(site.kinds("strike."), ["strike.counted"]);
        site.take(&dsn(9, &receipt, &OURS.replace("Owner@alder-photo", "rights@holtfinch")));
        assert_eq!(site.row_of(&receipt).state, "accepted", "servers give up within a week");
        let claimed = site.open_reviews().into_iter().filter(|kind| *kind == "bounce_claimed");
        assert_eq!(claimed.count(), 3);
    });
}

/// Servers that send no report write in their operator's language; the envelope without a sender tells them from people.
#[test]
fn bounces_without_a_report_are_known_by_their_envelope() {
    on_each(|site| {
        let (id, _) = site.told("https://alder-photo.example/a.jpg");
        let raw = |from: &str, n: u8| {
            format!(
                "From: {from}\r\nSubject: Unzustellbar: Copyright notice\r\nMessage-ID: <f{n}@mx.example>\r\n\r\nAn owner@alder-photo.example konnte nicht zugestellt werden: 550 5.1.1\r\n\r\nMessage-ID: {id}\r\n"
            )
        };
        let person = Envelope { from: Some("owner@alder-photo.example".to_owned()), ..Envelope::default() };
        assert_eq!(site.take_from(&raw("owner@alder-photo.example", 1), &person).kind, MailKind::Reply);
        let server = Envelope { from: Some(String::new()), ..Envelope::default() };
        assert_eq!(site.take_from(&raw("Mail <mail@mx.example>", 2), &server).kind, MailKind::Bounce);
        let row = site.row_of(&id);
        assert_eq!((row.state.as_str(), row.bounce_answer.contains("5.1.1")), ("bounced", true));
    });
}

/// A provider's feedback report is a complaint about the letter, not a notice to complete.
#[test]
fn a_feedback_report_is_a_complaint_about_the_letter() {
    on_each(|site| {
        let (id, case) = site.told("https://alder-photo.example/a.jpg");
        let report = |n: u8, about: &str| {
            format!(
                "From: feedback@provider.example\r\nSubject: Abuse report\r\nMessage-ID: <a{n}@provider.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThis is a report.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {about}\r\nSubject: Copyright notice\r\n\r\nhttps://alder-photo.example/a.jpg\r\n--b--\r\n"
            )
        };
        for n in 0..2 {
            assert_eq!(site.take(&report(n, &id)).kind, MailKind::Complaint);
        }
        assert_eq!(site.open_reviews(), ["letter_complaint"], "staff look once");
        let row = site.row_of(&id);
        assert!(row.complained_at.is_some() && row.state == "accepted");
        assert!(site.staff("agent").get(&format!("/staff/cases/{case}")).text().contains("spam complaint"));
        assert_eq!(site.take(&report(2, "<other@x.example>")).kind, MailKind::Draft, "about no letter of ours");
    });
}
