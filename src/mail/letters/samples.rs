//! Snapshots: every letter with sample data, both parts. Counsel reads these files.

use crate::domain::base::moment::{Moment, Span};
use jiff::tz::TimeZone;

use super::*;
use crate::domain::access::private_link::{LinkPage, NamedTokens, PrivateLink};
use crate::domain::access::token::PlainToken;
use crate::domain::enforcement::decision::DecisionKind;
use crate::domain::intake::notice::RawStatements;
use crate::mail::letter::{Letterhead, Tokens};

pub(in crate::mail) fn context() -> RenderContext {
    RenderContext {
        letterhead: Letterhead {
            host: "Northwind Hosting".into(),
            legal_name: "Northwind Hosting, Inc.".into(),
            address: "410 Harbor Street, Suite 3, Portland, ME 04101, USA".into(),
            email: "copyright@northwind.example".into(),
            phone: "+1 207 555 0142".into(),
        },
        public_url: "https://copyright.northwind.example".into(),
        zone: TimeZone::get("America/New_York").unwrap(),
        running_deadline: None,
        sending_at: at("2026-03-12T09:46:00Z"),
    }
}

pub(super) fn at(time: &str) -> Moment {
    Moment::parse(time).unwrap()
}

pub(super) fn due() -> Due {
    Due::At(at("2026-03-13T17:00:00Z"))
}

const TOKEN: &str = "7hq2vx4m90tkeeb17hq2vx4m90tkeeb17hq2vx4m90tkeeb17hq2";

pub(super) fn link(page: LinkPage) -> PrivateLink {
    PrivateLink::new(page, PlainToken::parse(TOKEN).unwrap())
}

/// Renders a letter as the outbox does, from its stored data and tokens, and compares both parts with the snapshot.
pub(super) fn check<L: Letter>(name: &str, letter: &L) {
    let context = context();
    let json = serde_json::to_string(letter).unwrap();
    assert!(!json.contains(TOKEN), "{json}");
    let composed = compose((L::KIND, L::DATA_VERSION), &json, &context).unwrap();
    let tokens = NamedTokens::of(&letter.private_links());
    let parts = composed.parts(&context, Tokens::Named(&tokens)).unwrap();
    let blanked = composed.parts(&context, Tokens::Redacted).unwrap();
    assert_eq!(parts.html.len(), blanked.html.len());
    assert!(!blanked.text.contains(TOKEN) && !blanked.html.contains(TOKEN));
    assert!(!composed.subject.contains('\n') && parts.html.contains("</html>"));
    insta::assert_snapshot!(format!("{name}.txt"), format!("Subject: {}\n\n{}", composed.subject, parts.text));
    insta::assert_snapshot!(format!("{name}.html"), parts.html);
}

/// Every letter has a rule for how often one receiver may get it: one that is added needs a reason there.
#[test]
fn every_letter_has_a_rule() {
    assert!(KINDS.len() > 15);
    for kind in KINDS {
        assert!(crate::domain::outbox::letter_rule::rule(kind).is_some(), "{kind} has no rule");
    }
}

#[test]
fn data_of_another_version_or_kind_is_refused() {
    let context = context();
    assert!(compose(("reminder", 99), "{}", &context).unwrap_err().to_string().contains("version 99"));
    assert!(compose(("reminder", 1), "{}", &context).is_err());
    assert!(compose(("poem", 1), "{}", &context).is_err());
}

#[test]
fn a_letter_without_the_token_of_its_link_is_not_sent() {
    let letter = DeadlineMoved {
        site: "a.example".into(),
        case: "C-3F8R-9T2W".into(),
        account_number: "1".into(),
        due: due(),
        link: link(LinkPage::Respond),
    };
    let composed = ComposedLetter::of(&letter, &context());
    assert!(composed.parts(&context(), Tokens::Named(&NamedTokens::default())).is_err());
}

#[test]
fn a_period_from_delivery_counts_from_the_attempt() {
    let mut context = context();
    let letter = DeadlineMoved {
        site: "a.example".into(),
        case: "C-3F8R-9T2W".into(),
        account_number: "1".into(),
        due: Due::AfterDelivery(Span::hours(48)),
        link: link(LinkPage::Respond),
    };
    for (attempt, day) in [("2026-03-10T09:00:00Z", "Thu 12 March"), ("2026-03-12T09:00:00Z", "Sat 14 March")] {
        context.sending_at = at(attempt);
        assert!(letter.subject(&context).contains(day), "{attempt}");
    }
    context.running_deadline = Some(at("2026-03-13T17:00:00Z"));
    assert!(letter.subject(&context).contains("Fri 13 March"), "the deadline that runs");
}

#[test]
fn notice_to_customer() {
    let letter = NoticeToCustomer {
        site: "alder-photo.example".into(),
        case: "C-3F8R-9T2W".into(),
        account: "Alder Photo Studio".into(),
        account_number: "NW-20418".into(),
        due: due(),
        link: link(LinkPage::Respond),
        works: vec!["Heron at Dawn".into(), "Salt Marsh, 1 to 3".into()],
        reported_by: "Joel Finch, Holt & Finch Picture Library, for Maren Holt".into(),
        reach: vec!["rights@holtfinch.example".into()],
        received: at("2026-03-10T14:22:00Z"),
        locations: (1..=3)
            .map(|n| format!("https://alder-photo.example/galleries/coast/salt-marsh-0{n}.jpg"))
            .collect(),
        statements: RawStatements {
            good_faith: true,
            authorized_under_penalty_of_perjury: true,
            ..RawStatements::default()
        },
        strike_period: Span::days(180),
        extension: Span::hours(48),
        also_in: vec![],
        downstream: false,
    };
    check("notice_to_customer", &letter);
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
        link: link(LinkPage::Respond),
        works: vec![],
        reported_by: String::new(),
        reach: vec![],
        received: at("2026-03-10T14:22:00Z"),
        statements: RawStatements::default(),
        strike_period: Span::days(180),
        extension: Span::hours(48),
        also_in: vec!["C-8HJ2-K5NV".into()],
        downstream: true,
    };
    assert!(serde_json::to_string(&letter).unwrap().len() < 4000, "a letter about thousands stays small");
    let text = ComposedLetter::of(&letter, &context()).parts(&context(), Tokens::Redacted).unwrap().text;
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
        link: link(LinkPage::Respond),
        locations: 8,
        reported_by: "Holt & Finch Picture Library".into(),
        first_letter: at("2026-03-10T17:00:00Z"),
        strikes_then: 2,
        threshold: 3,
    };
    check("reminder", &letter);
}

/// The copy of an invented notice; what it says tries to be markup.
pub(super) fn notice_copy() -> NoticeCopy {
    let json = r#"{"complainant": {"name": "Joel Finch", "organization": "Holt & Finch", "email": "rights@holtfinch.example", "role": "agent", "phone": "+44 20 7946 0958"},
        "rights_owner": {"name": "Maren Holt | = Fee | 500"},
        "works": [{"title": "Heron at Dawn", "description": "Color photograph, 2019\n# Pay now\n-> Pay | https://evil.example/"}],
        "locations": [{"url": "https://alder-photo.example/heron.jpg"}],
        "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true},
        "signature": "Joel Finch"}"#;
    let raw: crate::domain::intake::notice::RawNotice = serde_json::from_str(json).unwrap();
    NoticeCopy::of(&raw.understand())
}

#[test]
fn gathered() {
    let item = |subject: &str, link| GatheredItem { subject: subject.into(), link };
    let first = link(LinkPage::Status).numbered(1);
    let letter = Gathered {
        items: vec![
            item("One detail is missing from your copyright notice [N-7KQ4-M2XD]", Some(first)),
            item("Receipt | = not a row", None),
        ],
        customer: false,
    };
    check("gathered", &letter);
}

#[test]
fn acknowledgement() {
    let letter = Acknowledgement {
        repeats: vec![],
        repeats_notice: String::new(),
        by_others: 0,
        unconfirmed: false,
        confirm_by: None,
        staff_first: false,
        notice: "N-7KQ4-M2XD".into(),
        received: at("2026-03-10T14:22:00Z"),
        hosted: 12,
        not_hosted: vec![
            "https://pinfinder.example/p/99812044".into(),
            "https://img.otherhost.example/u/heron.jpg".into(),
        ]
        .into(),
        unreadable: vec!["alder photo salt marsh 2".into()].into(),
        opened: true,
        copy: notice_copy(),
        link: link(LinkPage::Status),
        deadline: Span::hours(48),
        fingerprint: "9f2c 41d7 a05e 7731".into(),
    };
    check("acknowledgement", &letter);
}

#[test]
fn missing_elements() {
    let letter = MissingElements {
        notice: "N-7KQ4-M2XD".into(),
        received: at("2026-03-10T14:22:00Z"),
        items: vec![MissingItem {
            title: "Signature".into(),
            cite: "17 U.S.C. § 512(c)(3)(A)(i)".into(),
            remedy: "Sign with the full name of the person sending the notice; a typed name is an electronic signature"
                .into(),
        }],
        link: link(LinkPage::Cure),
        curable: true,
    };
    check("missing_elements", &letter);
}

#[test]
fn answer_copy() {
    let letter = AnswerCopy {
        site: "alder-photo.example".into(),
        case: "C-3F8R-9T2W".into(),
        account_number: "NW-20418".into(),
        answer: "I dispute this".into(),
        note: vec!["These are my own photographs.".into(), "Raw files are available.".into()],
        recorded: at("2026-03-12T14:11:00Z"),
        due: due(),
        follows: "Our staff look at your reasons and decide.".into(),
    };
    check("answer_copy", &letter);
}

#[test]
fn confirm_resolution() {
    let letter = ConfirmResolution {
        notice: "N-7KQ4-M2XD".into(),
        locations: vec!["https://alder-photo.example/heron.jpg".to_owned(), "https://brightmoor.example/w.zip".into()]
            .into(),
        agent_email: "copyright@northwind.example".into(),
    };
    check("confirm_resolution", &letter);
}

#[test]
fn new_link() {
    let letter = NewLink {
        site: "alder-photo.example".into(),
        case: "C-3F8R-9T2W".into(),
        account_number: "NW-20418".into(),
        due: Some(due()),
        link: link(LinkPage::Respond),
    };
    check("new_link", &letter);
}

#[test]
fn mail_received() {
    let letter = MailReceived {
        received: at("2026-03-10T14:22:00Z"),
        subject: "Our photographs on alder-photo.example".into(),
        number: 4117,
        form: "https://copyright.northwind.example/notices/new".into(),
    };
    check("mail_received", &letter);
}

#[test]
fn record_digest() {
    let letter = RecordDigest {
        id: 12,
        digest: "5afe".repeat(16),
        made: at("2026-03-10T14:22:00Z"),
        lines: vec![
            "safeharbor checkpoint 12 2026-03-10T14:22:00Z".into(),
            "5afe".repeat(16),
            "-----BEGIN SSH SIGNATURE-----".into(),
            "U1NI".repeat(17),
            "-----END SSH SIGNATURE-----".into(),
        ],
    };
    check("record_digest", &letter);
}

#[test]
fn deadline_moved() {
    let letter = DeadlineMoved {
        site: "alder-photo.example".into(),
        case: "C-3F8R-9T2W".into(),
        account_number: "NW-20418".into(),
        due: due(),
        link: link(LinkPage::Respond),
    };
    check("deadline_moved", &letter);
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
            decided: at("2026-03-12T14:05:00Z"),
            policy_version: 7,
            grounds: vec!["Threshold reached: 3 of 3 active strikes".into(), "Notices left unanswered: 3".into()],
            reasons: vec!["Three notices in two months were not answered.".into()],
            strikes: vec![CountedStrike {
                case: "C-9QX3-7RMB".into(),
                site: "vps-0417.brackenridge.example".into(),
                received: at("2026-03-09T12:00:00Z"),
                counts_until: at("2026-09-05T12:00:00Z"),
            }],
            threshold: 3,
            object_until: at("2026-03-26T14:05:00Z"),
            agent_email: "copyright@northwind.example".into(),
            policy_link: "https://copyright.northwind.example/policy".into(),
        };
        check(name, &letter);
    }
}
