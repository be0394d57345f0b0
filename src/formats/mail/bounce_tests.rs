use super::super::tests::mail;
use super::super::{Content, Mail};
use super::*;

fn bounce(mail: Mail) -> Bounce {
    match mail.content {
        Content::Bounce(bounce) => bounce,
        other => panic!("{other:?}"),
    }
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn dsn(status: &str) -> Bounce {
    let body = format!(
        "--b\nContent-Type: text/plain\n\nSorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{status}\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <abc@host.example>\n--b--\n"
    );
    bounce(mail("Return-Path: <>\nContent-Type: multipart/report; report-type=delivery-status; boundary=b", &body))
}

#[test]
fn each_recipient_has_a_block_and_failure_comes_before_delay() {
    let late = "Final-Recipient: rfc822; one@a.example\nAction: delayed\nStatus: 4.4.1";
    let gone = "Original-Recipient: rfc822;two+2Bx@b.example\nFinal-Recipient: rfc822; <inner@b.example>\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such\n user; ask the\n\tadministrator";
    let given_up = "Final-Recipient: RFC822; One@A.example\nAction: failed\nStatus: 4.4.7 (expired)";
    for report in [
        format!("{late}\n\n{gone}\n\n{given_up}"),
        format!("{given_up}\n\n\n{gone}\n{late}"),
        format!("{gone}\n{given_up}"),
    ] {
        let bounce = dsn(&report);
        assert_eq!(bounce.of(&address("one@a.example")).unwrap().fate, Fate::Failed, "{report}");
        let two = bounce.of(&address("two+x@b.example")).unwrap();
        assert_eq!(
            (two.fate, two.answer.as_str()),
            (Fate::Failed, "5.1.1 550 5.1.1 no such user; ask the administrator")
        );
        assert!(bounce.of(&address("inner@b.example")).is_some() && bounce.of(&address("other@b.example")).is_none());
        assert_eq!(bounce.about, ["abc@host.example"]);
    }
    let two = dsn(&format!("{late}\n\n{gone}"));
    assert_eq!((two.of(&address("one@a.example")).unwrap().fate, two.worst()), (Fate::Delayed, Fate::Failed));
}

#[test]
fn actions_are_read_in_any_case_and_with_comments() {
    for (fields, fate) in [
        ("Action: Failed (user unknown)\nStatus: 4.0.0", Fate::Failed),
        ("Action: (bad) FAILED", Fate::Failed),
        ("action:failed", Fate::Failed),
        ("ACTION : failure", Fate::Failed),
        ("Action: delayed (will retry)\nStatus: 5.0.0", Fate::Delayed),
        ("Action: Relayed", Fate::Passed),
        ("Status: 5.7.1 (denied)", Fate::Failed),
        ("Status: 2.0.0", Fate::Passed),
        ("Action: unheard-of\nStatus: 5.0.0", Fate::Failed),
        ("Action:\n failed", Fate::Failed),
    ] {
        assert_eq!(dsn(&format!("Final-Recipient: rfc822; a@b.example\n{fields}")).worst(), fate, "{fields}");
    }
    assert_eq!(dsn("").blocks, [Block::default()], "a report that says nothing");
}

#[test]
fn international_reports_are_read() {
    let body = "--b\nContent-Type: message/global-delivery-status\nContent-Transfer-Encoding: 8bit\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: utf-8; j\\x{F6}rg@bücher.example\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/global-headers\n\nMessage-ID: <abc@host.example>\nTo: Jörg\n--b--\n";
    let found = bounce(mail("Content-Type: multipart/report; report-type=delivery-status; boundary=b", body));
    assert_eq!(found.of(&address("jörg@xn--bcher-kva.example")).unwrap().fate, Fate::Failed);
    assert_eq!(found.about, ["abc@host.example"]);
}

#[test]
fn servers_write_in_many_languages() {
    for subject in [
        "Unzustellbar: Copyright notice",
        "Message non distribuable",
        "=?utf-8?q?=C3=89chec_de_la_remise?=",
        "No se puede entregar: Copyright notice",
        "=?utf-8?q?N=C3=A3o_entregue?=: Copyright notice",
        "Mancato recapito",
        "Onbestelbaar: Copyright notice",
        "=?utf-8?q?Nie_mo=C5=BCna_dostarczy=C4=87?=",
        "=?utf-8?b?0J3QtSDRg9C00LDQu9C+0YHRjCDQtNC+0YHRgtCw0LLQuNGC0Yw=?=",
        "=?utf-8?b?6YWN5L+h5LiN6IO9?=",
    ] {
        let raw = format!(
            "Return-Path: <>\nFrom: Mail <mail@mx.example>\nSubject: {subject}\n\nowner@alder-photo.example: 550-5.1.1 Unknown\n\nMessage-ID: <abc@host.example>\nTo: owner@alder-photo.example\n"
        );
        let found = bounce(super::super::read(raw.as_bytes()).unwrap());
        let block = found.of(&address("owner@alder-photo.example")).unwrap();
        assert_eq!(
            (block.fate, found.about.as_slice()),
            (Fate::Failed, &["abc@host.example".to_owned()][..]),
            "{subject}"
        );
        assert!(block.answer.contains("5.1.1"), "{block:?}");
    }
}

#[test]
fn a_person_who_writes_like_a_server_is_a_person_unless_the_envelope_says_otherwise() {
    let person = mail("", "Your letter could not be delivered to my partner.");
    assert!(matches!(person.content, Content::Letter) && person.likely_bounce.is_none());
    let raw = "From: Mail <mail@mx.example>\nSubject: Unzustellbar\n\nowner@alder-photo.example\n\nMessage-ID: <abc@host.example>\n";
    let like = super::super::read(raw.as_bytes()).unwrap();
    assert!(matches!(like.content, Content::Letter));
    assert!(like.likely_bounce.unwrap().of(&address("owner@alder-photo.example")).is_some());
}
