use super::*;
use crate::domain::base::ids::{CaseId, CustomerId, SenderId, StaffId};

mod facts;
mod other_facts;
mod samples;

/// Every kind is written and read back as it was, and nothing private stands among the plain facts.
#[test]
fn every_kind_comes_back_as_it_was_written() {
    assert_eq!(EventKind::ALL.len(), Event::KINDS.len());
    for kind in EventKind::ALL {
        assert_eq!(kind.code().parse(), Ok(*kind));
        let event = samples::sample(*kind);
        assert_eq!(event.kind(), *kind);
        let beside = Beside {
            case_state: Some("awaiting".to_owned()),
            locations_sha256: Some("ab".to_owned()),
            submission_sha256: "secret 0".into(),
        };
        let what = Recorded { event, beside };
        let plain = what.plain().unwrap();
        assert!(!plain.contains("secret"), "{plain}");
        let values: Vec<(String, Private)> =
            what.private().into_iter().map(|(name, _, value)| (name.to_owned(), value.clone())).collect();
        assert!(values.is_sorted_by(|a, b| a.0 < b.0), "{values:?}");
        let read = Recorded::parse(*kind, &plain, values.clone()).unwrap();
        assert_eq!(read, what);
        // Without its private values, and with what no kind has.
        assert!(Recorded::parse(*kind, &plain, []).is_ok());
        assert!(Recorded::parse(*kind, &plain, [("nickname".to_owned(), Private::None)]).is_err());
        let more = plain.replacen('{', r#"{"nickname":1,"#, 1);
        assert!(Recorded::parse(*kind, &more, []).is_err(), "{more}");
    }
}

#[test]
fn forgotten_values_are_shown_as_such() {
    let event = samples::sample(EventKind::CaseClosed);
    let mut what = Recorded { event, beside: Beside::default() };
    assert_eq!(what.reason(), "secret reason");
    let forgetting = Forgetting { at: Some(crate::domain::base::moment::Moment(0)), basis: "Art. 17".to_owned() };
    assert!(what.event.set("reason", Private::Forgotten(forgetting)));
    assert_eq!(what.reason(), "forgotten on 1 January 1970 (Art. 17)");
    let mut what = Recorded { event: samples::sample(EventKind::CaseOpened), beside: Beside::default() };
    assert_eq!(what.facts()["customer"], "secret customer");
    assert!(what.event.set("customer", Private::Forgotten(Forgetting::default())));
    assert_eq!(what.facts()["customer"], "removed; no event says why");
}

#[test]
fn values_go_to_the_vault_of_whom_they_concern() {
    let case = Subject::Case(CaseId(3));
    let owners = Owners { customer: Some(CustomerId(4)), sender: Some(SenderId(12)), notice: None };
    let staff = Actor::Staff(StaffId(7), "Ann Lee".to_owned());
    let vault = |whose: Whose, actor: &Actor| whose.vault(case, actor, owners).to_string();
    assert_eq!(vault(Whose::Customer, &staff), "customer:4");
    assert_eq!(vault(Whose::Sender, &staff), "sender:12");
    assert_eq!(vault(Whose::Actor, &staff), "staff:7");
    assert_eq!(vault(Whose::Actor, &Actor::CustomerLink), "customer:4");
    assert_eq!(vault(Whose::Actor, &Actor::Complainant), "sender:12");
    let unknown = Owners { notice: Some(crate::domain::base::ids::NoticeId(5)), ..Owners::default() };
    assert_eq!(Whose::Sender.vault(case, &staff, unknown).as_str(), "notice:5");
    assert_eq!(Whose::Customer.vault(case, &staff, unknown).as_str(), "case:3");
    for vault in ["customer:4", "sender:12", "staff:7", "operator", "submission:9"] {
        assert_eq!(vault.parse::<Vault>().map(|v| v.to_string()), Ok(vault.to_owned()));
    }
    for none in ["", "customer", "customer:", "customer:04", "customer:-1", "nobody:4", "customer:4:5"] {
        assert_eq!(none.parse::<Vault>(), Err(NotAVault), "{none}");
    }
}

#[test]
fn actors_are_stored_without_names() {
    let staff = Actor::Staff(StaffId(7), "Ann Lee".to_owned());
    assert_eq!(staff.code().to_string(), "staff:7");
    assert_eq!(staff.to_string(), "Ann Lee (staff 7)");
    assert_eq!(staff.code().display_name(None), "former staff member 7");
    for code in ["staff:7", "key:3", "system", "customer_link", "complainant", "operator"] {
        assert_eq!(code.parse::<ActorCode>().map(|c| c.to_string()), Ok(code.to_owned()));
    }
    assert!("staff:x".parse::<ActorCode>().is_err() && "Ann".parse::<ActorCode>().is_err());
}
