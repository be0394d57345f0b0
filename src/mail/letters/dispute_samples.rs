//! Snapshots of the letters about disputes, withdrawals and outcomes.

use crate::domain::base::moment::{Moment, Span};
use jiff::tz::TimeZone;

use super::samples::{at, check, context, due, link};
use super::*;
use crate::domain::access::private_link::LinkPage;
use crate::mail::letter::Tokens;

fn locations(n: usize) -> Vec<String> {
    ["heron-4k.zip", "marsh-4k.zip", "thumb.webp"]
        .iter()
        .take(n)
        .map(|f| format!("https://brightmoor.example/wallpapers/{f}"))
        .collect()
}

fn window() -> crate::domain::regimes::us_512::put_back::PutBack {
    let zone = TimeZone::get("America/New_York").unwrap();
    crate::domain::regimes::us_512::put_back::PutBack::after(Moment::parse("2026-11-23T14:40:00Z").unwrap(), &zone)
}

#[test]
fn acknowledgement_of_a_repeat() {
    let letter = Acknowledgement {
        repeats: locations(2)
            .into_iter()
            .map(|location| RepeatedLocation { location, notice: "N-2PL4-W7RT".into() })
            .collect(),
        repeats_notice: "N-7KQ4-M2XD".into(),
        by_others: 1,
        unconfirmed: false,
        confirm_by: None,
        staff_first: false,
        notice: "N-0000-0001".into(),
        received: at("2026-03-10T14:22:00Z"),
        hosted: 2,
        not_hosted: Listing::default(),
        unreadable: Listing::default(),
        opened: false,
        copy: super::samples::notice_copy(),
        link: link(LinkPage::Status),
        deadline: Span::hours(72),
        fingerprint: "9f86d081 884c7d65".into(),
    };
    check("acknowledgement_repeat", &letter);
}

#[test]
fn access_disabled() {
    let letter = AccessDisabled {
        site: "brightmoor.example".into(),
        case: "C-8HJ2-K5NV".into(),
        account: "Brightmoor Wallpapers".into(),
        account_number: "NW-31170".into(),
        disabled: at("2026-11-20T09:00:00Z"),
        reason: vec!["No answer by the deadline.".into()],
        reported_by: "Joel Finch, Holt & Finch Picture Library, for Maren Holt".into(),
        works: vec!["Heron at Dawn".into()],
        locations: locations(2).into(),
        link: link(LinkPage::CounterNotice),
        downstream: false,
    };
    check("access_disabled", &letter);
}

fn copy() -> CounterNoticeCopy {
    use crate::domain::regimes::us_512::counter_notice::Jurisdiction;
    CounterNoticeCopy {
        notice: "N-7KQ4-M2XD".into(),
        received: at("2026-11-23T14:40:00Z"),
        window: window(),
        link: link(LinkPage::Status),
        name: "Idris Moor".into(),
        address: "88 Tamarack Avenue, Duluth MN 55802, USA".into(),
        phone: "+1 218 555 0164".into(),
        signature: "Idris Moor".into(),
        on_paper: false,
        consent: Jurisdiction::UnitedStates.consent("Northwind Hosting, Inc."),
        reason: vec!["Both files are my own photographs, taken at Park Point.".into()],
        locations: locations(2),
        files: vec!["raw-files.pdf".into()],
    }
}

/// 17 USC 512(g)(2)(B): the words of the statute must stand in the letter.
#[test]
fn counter_notice_copy() {
    let text = ComposedLetter::of(&copy(), &context()).parts(&context(), Tokens::Redacted).unwrap().text;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("in 10 business days"), "{words}");
    check("counter_notice_copy", &copy());
}

/// What came by mail and was entered by staff is not called electronic, and names no hour that nobody knows.
#[test]
fn counter_notice_on_paper() {
    let letter = CounterNoticeCopy { on_paper: true, ..copy() };
    let text = ComposedLetter::of(&letter, &context()).parts(&context(), Tokens::Redacted).unwrap().text;
    assert!(text.contains("Idris Moor, in the document that we received"), "{text}");
    assert!(!text.contains("electronic") && !text.contains("14:40"), "{text}");
    assert!(text.contains("Monday 23 November 2026\n"), "{text}");
}

#[test]
fn counter_notice_received() {
    let letter = CounterNoticeReceived {
        site: "brightmoor.example".into(),
        case: "C-8HJ2-K5NV".into(),
        account_number: "NW-31170".into(),
        received: at("2026-11-23T14:40:00Z"),
        on_paper: false,
        window: window(),
        locations: 2,
        name: "Idris Moor".into(),
        sent_to: "Joel Finch, Holt & Finch Picture Library".into(),
    };
    check("counter_notice_received", &letter);
}

#[test]
fn court_action_received() {
    use crate::domain::regimes::us_512::counter_notice::{ActionKind, CourtAction};
    for (name, in_time, account) in [
        ("court_action_receipt", true, ""),
        ("court_action_to_customer", true, "NW-31170"),
        ("court_action_late", false, ""),
    ] {
        let letter = CourtActionReceived {
            case: "C-8HJ2-K5NV".into(),
            site: "brightmoor.example".into(),
            action: CourtAction {
                kind: ActionKind::Court,
                court: "U.S. District Court, District of Maine".into(),
                docket: "2:26-cv-00412".into(),
                filed_on: "2026-12-04".into(),
            },
            received: at("2026-12-08T20:15:00Z"),
            in_time,
            account_number: account.into(),
            agent_email: "copyright@northwind.example".into(),
        };
        check(name, &letter);
    }
}

#[test]
fn access_restored() {
    for (name, account, strike, held) in [
        ("access_restored_to_customer", "NW-31170", "This case does not count as a strike.", 0),
        ("access_restored_to_complainant", "", "", 0),
        ("access_restored_held", "NW-31170", "This case does not count as a strike.", 1),
    ] {
        let letter = AccessRestored {
            site: "brightmoor.example".into(),
            case: "C-8HJ2-K5NV".into(),
            because: RestoredBecause::CounterNotice,
            restored: at("2026-12-09T05:01:00Z"),
            locations: locations(if held == 0 { 2 } else { 0 }).into(),
            held: locations(held).into(),
            strike: strike.into(),
            account_number: account.into(),
        };
        check(name, &letter);
    }
}

#[test]
fn withdrawal() {
    for (name, whole, account, held) in [
        ("withdrawal_to_customer", true, "NW-31170", 0),
        ("withdrawal_in_part", false, "NW-31170", 1),
        ("withdrawal_receipt", true, "", 0),
    ] {
        let letter = WithdrawalLetter {
            reference: if account.is_empty() { "N-7KQ4-M2XD" } else { "C-8HJ2-K5NV" }.into(),
            site: "brightmoor.example".into(),
            withdrawn: at("2026-11-20T16:05:00Z"),
            locations: locations(2).into(),
            whole,
            returning: 1,
            held,
            strike: if account.is_empty() { "" } else { "This case does not count as a strike." }.into(),
            another_follows: false,
            account_number: account.into(),
        };
        check(name, &letter);
    }
}

#[test]
fn case_outcome() {
    let letter = CaseOutcome {
        notice: "N-7KQ4-M2XD".into(),
        ended: vec![
            Ended {
                state: "Removed".into(),
                sentence: "The customer says that the material is removed.".into(),
                locations: locations(2).into(),
            },
            Ended { state: "Closed without action".into(), sentence: String::new(), locations: locations(1).into() },
        ],
        open: 1,
        told: at("2026-11-20T16:05:00Z"),
        link: link(LinkPage::Status),
    };
    check("case_outcome", &letter);
}

#[test]
fn confirm_address() {
    let letter = ConfirmAddress {
        notice: "N-7KQ4-M2XD".into(),
        received: at("2026-03-10T14:22:00Z"),
        by: due(),
        link: link(LinkPage::Confirm),
    };
    check("confirm_address", &letter);
}
