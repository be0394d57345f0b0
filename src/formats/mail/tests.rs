use base64::Engine as _;

use super::*;
use crate::domain::regimes::us_512::verify::verify;

const XML: &str = "<Infringement><Case><ID>H-4471</ID></Case><Complainant><Entity>Holt</Entity><Contact>Joel Finch</Contact><Email>rights@holtfinch.example</Email></Complainant><Source><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><IP_Address>198.51.100.7</IP_Address><Port>51413</Port></Source><Content><Item><Title>Heron at Dawn</Title><FileName>heron.zip</FileName></Item></Content></Infringement>";
const WORDS: &str = "Good faith belief that the use is not authorized by the law. The information is accurate. Under penalty of perjury, we are authorized to act.\n\nRegards,\nJoel Finch\n";

pub(super) fn mail(headers: &str, body: &str) -> Mail {
    read(format!("From: Joel Finch <rights@holtfinch.example>\nTo: copyright@host.example\nSubject: Notice\nMessage-ID: <m1@holtfinch.example>\n{headers}\n\n{body}").as_bytes()).unwrap()
}

fn readings(mail: &Mail) -> &[ParsedNotice] {
    match &mail.content {
        Content::Machine(readings, problems) => {
            assert!(problems.is_empty(), "{problems:?}");
            readings
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_notice_inline_and_attached_is_one() {
    let body = format!(
        "--b\nContent-Type: text/plain\n\n{WORDS}\n{XML}\n--b\nContent-Type: application/xml; name=\"1.xml\"\n\n{XML}\n--b--\n"
    );
    let mail = mail("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", &body);
    let found = readings(&mail);
    assert_eq!(found.len(), 1);
    let verdict = verify(&found[0].raw.understand(), &found[0].findings);
    assert_eq!(verdict.class.code(), "complete", "{:?}", verdict.findings);
    assert!(mail.message_id == "m1@holtfinch.example" && !mail.automatic && !mail.forwarded);
}

#[test]
fn every_clear_signed_notice_of_a_mail_is_read() {
    let signed = |number: &str| {
        let xml = XML.replace("H-4471", number);
        format!(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{WORDS}\n- ----Start ACNS XML\n{xml}\n- ----End ACNS XML\n-----BEGIN PGP SIGNATURE-----\n\niQEzBAEB\n=abCD\n-----END PGP SIGNATURE-----\n"
        )
    };
    let both = mail("", &format!("{}\n{}", signed("H-1"), signed("H-2")));
    let references: Vec<&str> = readings(&both).iter().map(|r| r.raw.reference.as_str()).collect();
    assert_eq!(references, ["H-1", "H-2"]);
}

#[test]
fn encodings_forwards_and_digests_are_opened() {
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{WORDS}\r\n{XML}"));
    let base64 = mail("Content-Type: text/plain; charset=utf8\nContent-Transfer-Encoding: base64", &encoded);
    assert_eq!(readings(&base64).len(), 1);
    let quoted = XML.replace('=', "=3D");
    let printable = mail("Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable", &quoted);
    assert_eq!(readings(&printable)[0].raw.reference, "H-4471");
    let html = mail("Content-Type: text/html", &format!("<p>{}</p>", XML.replace('<', "&lt;").replace('>', "&gt;")));
    assert_eq!(readings(&html)[0].raw.works[0].title, "Heron at Dawn");
    let inner = |n: u8| {
        format!(
            "--b\nContent-Type: message/rfc822\n\nFrom: a@b.example\nSubject: {n}\n\n{}\n",
            XML.replace("H-4471", &format!("H-{n}"))
        )
    };
    let as_text = format!(
        "--b\nContent-Type: text/plain; name=\"evidence_1.eml\"\n\nReceived: x\nFrom: a@b.example\nContent-Transfer-Encoding: quoted-printable\n\n{quoted}\n"
    );
    let body = format!("{}{}{}{as_text}--b--\n", inner(1), inner(2), inner(1));
    let digest = mail("Content-Type: multipart/digest; boundary=b", &body);
    let references: Vec<&str> = readings(&digest).iter().map(|r| r.raw.reference.as_str()).collect();
    assert_eq!(references, ["H-1", "H-2", "H-4471"]);
    assert!(digest.forwarded);
}

#[test]
fn a_xarf_report_takes_its_statements_from_the_letter() {
    let json = r#"{"Version":"2","ReporterInfo":{"ReporterOrg":"Monitor","ReporterOrgEmail":"r@monitor.example"},"Report":{"ReportType":"Copyright","Date":"2026-02-01T10:30:00Z","SourceUrl":"https://alder-photo.example/x","InfringedMaterial":"Heron"}}"#;
    let twice =
        base64::engine::general_purpose::STANDARD.encode(base64::engine::general_purpose::STANDARD.encode(json));
    let body = format!(
        "--b\nContent-Type: text/plain\n\n{WORDS}\n--b\nContent-Type: application/json; name=xarf.json\nContent-Transfer-Encoding: base64\n\n{twice}\n--b--\n"
    );
    let mail = mail(
        "Auto-Submitted: auto-generated\nContent-Type: multipart/report; report-type=feedback-report; boundary=b",
        &body,
    );
    let found = &readings(&mail)[0];
    assert!(found.raw.statements.authorized_under_penalty_of_perjury && found.raw.signature == "Joel Finch");
    assert!(mail.automatic);
}

#[test]
fn a_plain_part_that_says_nothing_does_not_hide_the_letter() {
    let letter = format!("<p>{WORDS}</p><p>See https://alder-photo.example/a.jpg</p>");
    let alternative = |plain: &str| {
        let body =
            format!("--b\nContent-Type: text/plain\n\n{plain}\n--b\nContent-Type: text/html\n\n{letter}\n--b--\n");
        mail("MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b", &body).text
    };
    assert!(alternative("This mail needs a web view.").contains("alder-photo.example"));
    let both = alternative(WORDS);
    assert_eq!(both.matches(WORDS).count(), 1, "the same letter twice");
    assert!(both.ends_with("https://alder-photo.example/a.jpg"), "an address that only the web page has: {both}");
    let hidden = mail(
        "Content-Type: text/html",
        "<p>My photo is <a href=\"https://alder-photo.example/a?b=1&amp;c=2\">here</a>.</p>",
    );
    assert_eq!(hidden.text, "My photo is here <https://alder-photo.example/a?b=1&c=2>.");
}

#[test]
fn bounces_are_read_in_both_ways() {
    let report = "--b\nContent-Type: text/plain\n\nSorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; owner@alder-photo.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such\n user here\n--b\nContent-Type: text/rfc822-headers\n\nFrom: copyright@host.example\nMessage-ID: <abc@host.example>\n--b--\n";
    let dsn = mail("Return-Path: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary=b", report);
    let Content::Bounce(bounce) = &dsn.content else { panic!("{:?}", dsn.content) };
    let owner = EmailAddress::parse("owner@alder-photo.example").unwrap();
    let block = bounce.of(&owner).unwrap();
    assert!(block.fate == Fate::Failed && block.answer == "5.1.1 550 5.1.1 no such user here", "{bounce:?}");
    assert_eq!(bounce.about, ["abc@host.example"]);
    let late = mail(
        "Content-Type: multipart/report; boundary=b",
        &report.replace("failed", "delayed").replace("5.1.1\nD", "4.4.1\nD"),
    );
    assert!(matches!(&late.content, Content::Bounce(late) if late.worst() == Fate::Delayed));
    let own = read(b"From: Mail Delivery System <MAILER-DAEMON@mx.example>\nSubject: Undelivered Mail Returned to Sender\nX-Failed-Recipients: owner@alder-photo.example\n\n550 mailbox full\n\nMessage-Id: <abc@host.example>\n").unwrap();
    let Content::Bounce(bounce) = &own.content else { panic!("{:?}", own.content) };
    assert_eq!(
        (bounce.about.as_slice(), bounce.of(&owner).unwrap().answer.as_str()),
        (&["abc@host.example".to_owned()][..], "550 mailbox full")
    );
    let person = mail("", "Our mail could not be delivered last week, so here it is again.");
    assert!(matches!(person.content, Content::Letter));
}

#[test]
fn a_letter_becomes_the_beginning_of_a_notice() {
    let mail = mail("", &format!("{WORDS}\nhttps://alder-photo.example/a.jpg and our own https://holtfinch.example/1"));
    let reading = draft(&mail, |_| false, |url| url.contains("alder-photo"));
    assert_eq!((reading.raw.complainant.name.as_str(), reading.raw.locations.len()), ("Joel Finch", 1));
    assert!(reading.raw.statements.good_faith && reading.raw.works.is_empty());
    let forwarded = Mail { forwarded: true, ..mail };
    assert_eq!(
        draft(&forwarded, |_| false, |_| true).raw.complainant.email,
        "",
        "who passes it on is not the complainant"
    );
}

#[test]
fn the_first_line_of_an_mbox_is_no_header_and_nothing_is_no_mail() {
    let mail = read(b"From a@b.example  Fri Sep  4 23:52:59 2015\nFrom: a@b.example\nSubject: x\n\nbody").unwrap();
    assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("x", "body"));
    assert!(read(b"").is_none());
}

/// Found by `tests/fuzz/`: the parser that was used before gave up on it.
#[test]
fn a_multipart_that_breaks_off_in_its_boundary_is_read() {
    let broken = "From: a@b.example\nContent-Type:multipart;boundary=b\n\n--bContent-Type:message/rfc822\n\nContent-Type:message/rfc822\n\n\n--b--";
    assert_eq!(read(broken.as_bytes()).unwrap().from.unwrap().as_str(), "a@b.example");
}

#[test]
fn what_is_not_read_is_told() {
    let message = |n: usize| {
        format!(
            "--b\nContent-Type: message/rfc822\n\nFrom: a@b.example\n\n{}\n",
            XML.replace("H-4471", &format!("H-{n}"))
        )
    };
    let digest = |count: usize| {
        let body: String = (0..count).map(message).collect();
        mail("Content-Type: multipart/digest; boundary=b", &format!("{body}--b--\n"))
    };
    assert_eq!(readings(&digest(600)).len(), 600);
    for (mail, read, told) in [
        (digest(1003), 1000, "3 attached mails"),
        (
            mail("", &(0..1002).map(|n| XML.replace("H-4471", &format!("H-{n}"))).collect::<String>()),
            1000,
            "1000 of 1002",
        ),
        (mail("", &format!("{XML}\n{}\n{}", "text\n".repeat(500_000), XML.replace("4471", "1"))), 1, "too long"),
    ] {
        let Content::Machine(readings, problems) = &mail.content else { panic!("{told}") };
        assert_eq!(readings.len(), read, "{told}");
        assert!(problems.iter().any(|p| p.contains(told)), "{told}: {problems:?}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_sent_makes_it_panic(head in "[ -~\n]{0,200}", body in "\\PC{0,300}", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let _ = read(&bytes);
        if let Some(mail) = read(format!("From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n{head}\n\n--b\n{body}\n--b--").as_bytes()) {
            let _ = draft(&mail, |_| false, |_| true);
        }
    }
}
