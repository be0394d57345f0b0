//! Snapshots: every letter with sample data, both parts. Counsel reads these files.

use jiff::tz::TimeZone;

use super::*;
use crate::domain::decision::DecisionKind;
use crate::mail::letter::{Letter, LetterError, Sender};

pub(super) fn sender() -> Sender {
    Sender {
        host: "Northwind Hosting".into(),
        legal_name: "Northwind Hosting, Inc.".into(),
        address: "410 Harbor Street, Suite 3, Portland, ME 04101, USA".into(),
        email: "copyright@northwind.example".into(),
        phone: "+1 207 555 0142".into(),
    }
}

pub(super) fn due() -> Due {
    let zone = TimeZone::get("America/New_York").unwrap();
    Due::new(Moment::parse("2026-03-13T17:00:00Z").unwrap(), &zone)
}

pub(super) const LINK: &str =
    "https://copyright.northwind.example/respond/7hq2vx4m90tkeeb17hq2vx4m90tkeeb17hq2vx4m90tkeeb17hq2";

pub(super) fn check(name: &str, letter: Result<Letter, LetterError>) {
    let letter = letter.unwrap();
    let parts = letter.words.sent().unwrap();
    assert!(!letter.subject.contains('\n') && parts.html.contains("</html>"));
    assert!(letter.words.html.len() * 4 < parts.html.len(), "{name} is no longer packed well");
    insta::assert_snapshot!(format!("{name}.txt"), format!("Subject: {}\n\n{}", letter.subject, parts.text));
    insta::assert_snapshot!(format!("{name}.html"), parts.html);
}

#[test]
fn notice_to_customer() {
    let letter = NoticeToCustomer {
        site: "alder-photo.example".into(),
        case: "C-3F8R-9T2W".into(),
        account: "Alder Photo Studio".into(),
        account_number: "NW-20418".into(),
        due: due(),
        link: LINK.into(),
        works: vec!["Heron at Dawn".into(), "Salt Marsh, 1 to 3".into()],
        reported_by: "Joel Finch, Holt & Finch Picture Library, for Maren Holt".into(),
        reach: vec!["rights@holtfinch.example".into()],
        received: "10 March 2026, 14:22 UTC".into(),
        locations: (1..=3)
            .map(|n| format!("https://alder-photo.example/galleries/coast/salt-marsh-0{n}.jpg"))
            .collect(),
        statements: vec![crate::domain::statements::GOOD_FAITH, crate::domain::statements::AUTHORITY],
        strike_period: "180 days".into(),
        extension: "48 hours".into(),
        also_in: vec![],
        downstream: false,
    };
    check("notice_to_customer", letter.letter(&sender()));
}

#[test]
fn a_long_list_is_cut_and_says_so() {
    let letter = NoticeToCustomer {
        locations: (0..250).map(|n| format!("https://a.example/{n}")).collect(),
        site: "a.example".into(),
        case: "C-3F8R-9T2W".into(),
        account: "A".into(),
        account_number: "1".into(),
        due: due(),
        link: LINK.into(),
        works: vec![],
        reported_by: String::new(),
        reach: vec![],
        received: String::new(),
        statements: vec![],
        strike_period: String::new(),
        extension: String::new(),
        also_in: vec!["C-8HJ2-K5NV".into()],
        downstream: true,
    };
    let text = letter.letter(&sender()).unwrap().words.text;
    assert!(
        text.contains("150 more are listed")
            && text.contains("100. https://a.example/99")
            && !text.contains("a.example/100\n")
    );
}

#[test]
fn reminder() {
    let letter = Reminder {
        site: "alder-photo.example".into(),
        case: "C-3F8R-9T2W".into(),
        account_number: "NW-20418".into(),
        due: due(),
        left: "1 day and 7 hours".into(),
        link: LINK.into(),
        locations: 8,
        reported_by: "Holt & Finch Picture Library".into(),
        first_letter: "10 March 2026, 17:00 UTC".into(),
        strikes_then: 2,
        threshold: 3,
    };
    check("reminder", letter.letter(&sender()));
}

/// The copy of an invented notice; what it says tries to be markup.
pub(super) fn notice_copy() -> NoticeCopy {
    let json = r#"{"complainant": {"name": "Joel Finch", "organization": "Holt & Finch", "email": "rights@holtfinch.example", "role": "agent", "phone": "+44 20 7946 0958"},
        "rights_owner": {"name": "Maren Holt | = Fee | 500"},
        "works": [{"title": "Heron at Dawn", "description": "Color photograph, 2019\n# Pay now\n-> Pay | https://evil.example/"}],
        "locations": [{"url": "https://alder-photo.example/heron.jpg"}],
        "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true},
        "signature": "Joel Finch"}"#;
    let raw: crate::domain::notice::RawNotice = serde_json::from_str(json).unwrap();
    NoticeCopy::of(&raw.understand())
}

#[test]
fn gathered() {
    let item = |subject: &str, link: &str| GatheredItem { subject: subject.into(), link: link.into() };
    let letter = Gathered {
        items: vec![
            item("One detail is missing from your copyright notice [N-7KQ4-M2XD]", &LINK.replace("respond", "n")),
            item("Receipt | = not a row", ""),
        ],
        customer: false,
    };
    check("gathered", letter.letter(&sender()));
}

#[test]
fn acknowledgement() {
    let letter = Acknowledgement {
        repeats: vec![],
        repeats_notice: String::new(),
        by_others: 0,
        unconfirmed: false,
        staff_first: false,
        notice: "N-7KQ4-M2XD".into(),
        received: "Tuesday 10 March 2026, 14:22 UTC".into(),
        hosted: 12,
        not_hosted: vec![
            "https://pinfinder.example/p/99812044".into(),
            "https://img.otherhost.example/u/heron.jpg".into(),
        ],
        unreadable: vec!["alder photo salt marsh 2".into()],
        opened: true,
        copy: notice_copy(),
        link: LINK.replace("respond", "n"),
        deadline: "48 hours".into(),
        fingerprint: "9f2c 41d7 a05e 7731".into(),
    };
    check("acknowledgement", letter.letter(&sender()));
}

#[test]
fn missing_elements() {
    let letter = MissingElements {
        notice: "N-7KQ4-M2XD".into(),
        received: "10 March 2026, 14:22 UTC".into(),
        items: vec![MissingItem {
            title: "Signature".into(),
            cite: "17 U.S.C. § 512(c)(3)(A)(i)".into(),
            remedy: "Sign with the full name of the person sending the notice; a typed name is an electronic signature"
                .into(),
        }],
        link: LINK.replace("respond", "n"),
        curable: true,
    };
    check("missing_elements", letter.letter(&sender()));
}

#[test]
fn answer_copy() {
    let letter = AnswerCopy {
        site: "alder-photo.example".into(),
        case: "C-3F8R-9T2W".into(),
        account_number: "NW-20418".into(),
        answer: "I dispute this".into(),
        note: vec!["These are my own photographs.".into(), "Raw files are available.".into()],
        recorded: "Thursday 12 March 2026, 14:11 UTC".into(),
        due: due(),
        follows: "Our staff look at your reasons and decide.".into(),
    };
    check("answer_copy", letter.letter(&sender()));
}

#[test]
fn confirm_resolution() {
    let letter = ConfirmResolution {
        notice: "N-7KQ4-M2XD".into(),
        locations: vec!["https://alder-photo.example/heron.jpg".into(), "https://brightmoor.example/w.zip".into()],
        agent_email: "copyright@northwind.example".into(),
    };
    check("confirm_resolution", letter.letter(&sender()));
}

#[test]
fn new_link() {
    let letter = NewLink {
        site: "alder-photo.example".into(),
        case: "C-3F8R-9T2W".into(),
        account_number: "NW-20418".into(),
        due: Some(due()),
        link: LINK.into(),
    };
    check("new_link", letter.letter(&sender()));
}

#[test]
fn mail_received() {
    let letter = MailReceived {
        received: "Tuesday 10 March 2026, 14:22 UTC".into(),
        subject: "Our photographs on alder-photo.example".into(),
        number: 4117,
        form: "https://copyright.northwind.example/notices/new".into(),
    };
    check("mail_received", letter.letter(&sender()));
}

#[test]
fn record_digest() {
    let letter = RecordDigest {
        id: 12,
        digest: "5afe".repeat(16),
        made: "Tuesday 10 March 2026, 14:22 UTC".into(),
        lines: vec!["safeharbor checkpoint 12 2026-03-10T14:22:00Z".into(), "5afe".repeat(16), "U1NI".repeat(17)],
    };
    check("record_digest", letter.letter(&sender()));
}

#[test]
fn deadline_moved() {
    let letter = DeadlineMoved {
        site: "alder-photo.example".into(),
        case: "C-3F8R-9T2W".into(),
        account_number: "NW-20418".into(),
        due: due(),
        link: LINK.into(),
    };
    check("deadline_moved", letter.letter(&sender()));
}

#[test]
fn decisions() {
    for (name, kind) in [
        ("decision_warn", DecisionKind::Warn),
        ("decision_suspend", DecisionKind::Suspend),
        ("decision_lift", DecisionKind::Lift),
    ] {
        let letter = DecisionLetter {
            kind,
            account: "Brackenridge Media".into(),
            account_number: "NW-20977".into(),
            decided: "12 March 2026, 14:05 UTC".into(),
            policy_version: 7,
            grounds: vec!["Threshold reached: 3 of 3 active strikes".into(), "Notices left unanswered: 3".into()],
            reasons: vec!["Three notices in two months were not answered.".into()],
            strikes: vec![CountedStrike {
                case: "C-9QX3-7RMB".into(),
                site: "vps-0417.brackenridge.example".into(),
                received: "9 March 2026".into(),
                counts_until: "5 September 2026".into(),
            }],
            threshold: 3,
            object_until: "26 March 2026".into(),
            agent_email: "copyright@northwind.example".into(),
            policy_link: "https://copyright.northwind.example/policy".into(),
        };
        check(name, letter.letter(&sender()));
    }
}
