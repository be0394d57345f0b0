//! What a person writes by mail comes before staff, whatever stands around it; and whom a receipt goes to.

use safeharbor::actions::MailKind;

use super::mail_in::{WORDS, on_each, write, xml};

const CASE: &str = "https://alder-photo.example/a.jpg";

/// The notice is attached or quoted in an answer to one of our letters, or passed on with some words.
#[test]
fn an_answer_that_carries_the_notice_is_an_answer() {
    on_each(|site| {
        let (id, case) = site.told(CASE);
        let quoted = format!("We withdraw this.\n\n{}\n", xml("H-1").replace("<Complainant>", "\n<Complainant>"));
        let quoted: String =
            quoted.lines().map(|l| if l.starts_with('<') { format!("> {l}\n") } else { format!("{l}\n") }).collect();
        let answer = write(&format!("Message-ID: <a1@x.example>\nIn-Reply-To: {id}"), &quoted);
        assert_eq!(site.take(&answer).kind, MailKind::Notices);
        assert!(site.open_reviews().contains(&"mail_reply"), "{:?}", site.open_reviews());
        assert!(site.staff("viewer").get(&format!("/staff/cases/{case}")).text().contains("Answer by mail"));
        let before = site.open_reviews().len();
        let named = write("Message-ID: <a2@x.example>", &format!("He has a license.\n{WORDS}\n{}", xml("H-2")));
        site.take(&named.replace("Subject: Our photograph", &format!("Subject: Re: [{case}]")));
        assert_eq!(site.open_reviews().len(), before + 1, "named in the subject");
        let whole = format!("{WORDS}\n{}", xml("H-3"));
        site.take(&write("Message-ID: <a3@x.example>", &whole));
        let again = write("Message-ID: <a4@x.example>", &format!("It is settled.\n{whole}"));
        assert_eq!(site.take(&again).kind, MailKind::Notices);
        let before = site.open_reviews().len();
        let passed_on = again.replace("a4@x", "a5@x").replace("Subject: Our", "Subject: Fwd: Our");
        site.take(&passed_on);
        assert_eq!(site.open_reviews().len(), before + 1, "it repeats what is in hand, and says something beside it");
    });
}

/// Only an answer to a letter of ours can be an automatic one; everything else a person may have written.
#[test]
fn a_notice_is_no_automatic_answer() {
    on_each(|site| {
        let (id, _) = site.told(CASE);
        let about = site.letter_to("owner@alder-photo.example").subject;
        site.run_due();
        let letters = site.letters().len();
        let subjects = [
            "Out of Office (film) - DMCA takedown notice",
            "On Vacation: stolen photograph",
            "Auto: Bild ohne Erlaubnis",
            "Abwesenheitsnotizen (Buch) kopiert",
            "Autoreply plugin, pirated copy",
        ];
        let mail = |n: usize, headers: &str, subject: &str| {
            write(&format!("Message-ID: <s{n}@x.example>{headers}"), &format!("Please remove {CASE}."))
                .replace("Subject: Our photograph", &format!("Subject: {subject}"))
        };
        for (n, subject) in subjects.into_iter().enumerate() {
            assert_eq!(site.take(&mail(n, "", subject)).kind, MailKind::Draft, "{subject}");
        }
        for (n, header) in
            ["X-Autoreply: yes", "X-Autorespond: web", "Auto-Submitted: auto-replied"].into_iter().enumerate()
        {
            let raw = mail(10 + n, &format!("\n{header}"), "Our photograph");
            assert_eq!(site.take(&raw).kind, MailKind::Draft, "{header}");
        }
        assert_eq!(site.open_reviews(), ["mail_draft"; 8]);
        site.run_due();
        assert_eq!(site.letters().len(), letters + 1, "what may be automatic is not answered; “Auto: Bild” is not");
        let away = mail(19, "\nAuto-Submitted: auto-replied", "Automatic reply: Copyright notice");
        assert_eq!(site.take(&away).kind, MailKind::AutoReply, "header and subject say it alike");
        let answer = format!("\nIn-Reply-To: {id}");
        assert_eq!(site.take(&mail(20, &answer, "Out of office")).kind, MailKind::AutoReply);
        let by_subject = format!("Automatic reply: {about}");
        let to = format!("copyright+{}", id.trim_matches(['<', '>']));
        let raw = mail(21, "", &by_subject).replace("To: copyright@northwind.example", &format!("To: {to}"));
        assert_eq!(site.take(&raw).kind, MailKind::AutoReply, "{raw}");
    });
}

/// A receipt goes to whoever wrote, not to whom a forged mail names.
#[test]
fn nobody_gets_a_receipt_for_what_they_did_not_write() {
    on_each(|site| {
        let mail = |n: u8, headers: &str| write(&format!("Message-ID: <r{n}@x.example>{headers}"), "Please remove it.");
        let results = "\nAuthentication-Results: mx.northwind.example; dmarc";
        let elsewhere = "\nReply-To: victim@third.example";
        site.take(&mail(1, &format!("{results}=fail header.from=holtfinch.example")));
        site.take(&mail(2, elsewhere));
        site.run_due();
        assert!(site.letters().is_empty(), "{:?}", site.letters().len());
        site.take(&mail(3, &format!("{results}=pass header.from=holtfinch.example{elsewhere}")));
        site.take(&mail(4, "\nReply-To: cases@desk.holtfinch.example"));
        site.run_due();
        assert_eq!(site.letters_to("victim@third.example").len(), 1, "asked for by somebody who is known");
        assert_eq!(site.letters_to("cases@desk.holtfinch.example").len(), 1);
        assert_eq!(site.open_reviews(), ["mail_draft"; 4], "all of them are before staff");
    });
}

/// A new notice can come as an answer to a letter of ours, or in a mail that could not be read.
#[test]
fn every_mail_can_become_a_notice() {
    on_each(|site| {
        let (id, _) = site.told(CASE);
        let answer = site.take(&write(
            &format!("Message-ID: <c1@x.example>\nIn-Reply-To: {id}"),
            "And https://alder-photo.example/b.jpg too.",
        ));
        let unread = site.take("no header, no mail");
        assert_eq!((answer.kind, unread.kind), (MailKind::Reply, MailKind::Unreadable));
        let agent = site.staff("agent");
        for done in [answer, unread] {
            let path = format!("/staff/submissions/{}/read", done.submission);
            let page = agent.get(&path);
            assert!(page.body.contains("Accept as a notice"), "{}", page.text());
            let form = [
                ("name", "Joel Finch"),
                ("email", "rights@holtfinch.example"),
                ("role", "role-owner"),
                ("works-list", "Heron at Dawn"),
                ("urls", "https://alder-photo.example/b.jpg"),
                ("sig", "Joel Finch"),
            ];
            let sent = agent.post_with_seal(&page, &path, &form);
            assert!(sent.status == 303 && sent.location.contains("/staff/notices/N-"), "{}", sent.text());
        }
        assert!(site.open_reviews().is_empty(), "{:?}", site.open_reviews());
    });
}

/// What was not read of a mail with notices comes before staff.
#[test]
fn what_is_left_out_is_said() {
    on_each(|site| {
        let body = format!("{WORDS}\n{}\n{}\n{}", xml("H-1"), "A line of text.\n".repeat(150_000), xml("H-2"));
        let done = site.take(&write("Message-ID: <o1@x.example>", &body));
        assert_eq!((done.kind, done.notices.len()), (MailKind::Notices, 1));
        assert_eq!(site.open_reviews(), ["unreadable"]);
        assert!(site.staff("viewer").get("/staff/?view=review").text().contains("too long"));
    });
}
