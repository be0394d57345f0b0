//! A typed address is a claim: it adds, and takes nothing away from whoever is proved or wrote too.

use safeharbor::actions::{WithdrawScope, Withdrawing, withdraw_notice};
use safeharbor::domain::base::ids::Reference;
use safeharbor::domain::record::event::Actor;
use safeharbor::storage::intake::notices;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{CUSTOMERS, Program, TestSite};

const OWNER: &str = "owner@alder-photo.example";
const HOLDER: &str = "rights@holtfinch.example";
const PLACE: &str = "https://alder-photo.example/heron.jpg";

fn notice(name: &str, url: &str) -> Value {
    json!({
        "complainant": {"name": name, "email": HOLDER},
        "works": [{"title": "Heron at Dawn", "description": "Color photograph"}],
        "locations": [{"url": url}],
        "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true},
        "signature": name,
    })
}

fn send(program: &Program, name: &str, url: &str) -> Value {
    let sent = program.post("/api/v1/notices", &notice(name, url));
    assert_eq!(sent.status, 201, "{}", sent.text);
    sent.json()
}

fn state(sent: &Value) -> &str {
    sent["locations"][0]["state"].as_str().unwrap()
}

/// Takes a notice back by its private status link.
fn take_back(site: &TestSite, sent: &Value) {
    let url = sent["status_url"].as_str().unwrap();
    let path = &url[url.find("/n/").unwrap()..];
    let client = site.client();
    let page = client.get(path);
    let form = [("withdraw-sure", "yes"), ("withdraw-what", "whole")];
    assert_eq!(client.post_with_seal(&page, &format!("{path}/withdraw"), &form).status, 303);
}

fn read(site: &TestSite, sent: &Value) -> Value {
    site.program("notices:read,cases:read")
        .get(&format!("/api/v1/notices/{}", sent["reference"].as_str().unwrap()))
        .json()
}

on_both! {
    /// Whoever sends first in the rights holder's name and takes it back does not end the rights holder's notice.
    fn a_forged_notice_swallows_nothing(site: TestSite) {
        site.customers(CUSTOMERS);
        let forged = send(&site.stranger(), "Joel Finch", PLACE);
        site.run_due();
        // With a key it is a case of its own, whatever was said in the name before.
        let (one, other) = (site.program("notices:write"), site.program("notices:write"));
        let genuine = send(&one, "J. Finch", PLACE);
        assert_eq!(state(&genuine), "hosted", "{genuine}");
        assert_eq!(state(&send(&other, "Joel F", PLACE)), "hosted", "another key is somebody else");
        assert_eq!(state(&send(&one, "J. Finch, again", PLACE)), "duplicate", "the same key says it again");
        // Without one it repeats what goes on.
        let claim = send(&site.stranger(), "J. F.", PLACE);
        assert_eq!(state(&claim), "duplicate", "{claim}");
        site.run_due();
        take_back(&site, &forged);
        site.run_due();
        let after = read(&site, &genuine);
        assert!(after["withdrawn_at"].is_null() && after["cases"][0]["state"] == "awaiting", "{after}");
    }

    /// What repeated a notice that is taken back stands for itself, and is forwarded.
    fn repeats_stand_up(site: TestSite) {
        site.customers(CUSTOMERS);
        let first = send(&site.stranger(), "Joel Finch", PLACE);
        site.run_due();
        let again = send(&site.stranger(), "J. Finch", PLACE);
        let third = send(&site.stranger(), "J. F.", PLACE);
        let gone = send(&site.stranger(), "F.", PLACE);
        assert_eq!((state(&again), state(&third), state(&gone)), ("duplicate", "duplicate", "duplicate"));
        take_back(&site, &gone);
        site.run_due();
        let notices = |site: &TestSite| site.letters_to(OWNER).into_iter().filter(|l| l.text.contains("/respond/")).count();
        assert_eq!(notices(&site), 1, "taking back a repeat changes nothing");
        take_back(&site, &first);
        site.run_due();
        let (second, last, ended) = (read(&site, &again), read(&site, &third), read(&site, &gone));
        assert_eq!(second["cases"][0]["state"], "awaiting", "{second}");
        assert!(second["repeats"].is_null() && second["locations"][0]["stands"] == "in_hand", "{second}");
        assert_eq!(last["locations"][0]["stands"], "duplicate", "it repeats the one that leads now: {last}");
        assert_eq!(ended["locations"][0]["stands"], "withdrawn", "{ended}");
        assert_eq!(notices(&site), 2);
        let withdrawn = |site: &TestSite| site.letters_to(OWNER).into_iter().rfind(|l| l.subject.contains("withdrawn")).unwrap().text.replace('\n', " ");
        assert!(withdrawn(&site).contains("Another notice from the same sender"), "{}", withdrawn(&site));
        // Once more: the last one leads.
        take_back(&site, &again);
        site.run_due();
        assert_eq!(read(&site, &third)["cases"][0]["state"], "awaiting");
        assert_eq!(notices(&site), 3);
    }

    /// A strike of what is taken back stops counting; the repeat counts by itself later.
    fn a_repeat_counts_by_itself(site: TestSite) {
        site.customers(CUSTOMERS);
        let first = send(&site.stranger(), "Joel Finch", PLACE);
        site.run_due();
        send(&site.stranger(), "J. Finch", PLACE);
        site.advance(safeharbor::domain::base::moment::Span::hours(49));
        let account = |site: &TestSite| site.staff("viewer").get("/staff/customers/1").text();
        assert!(account(&site).contains("1 / 3"), "{}", account(&site));
        take_back(&site, &first);
        assert!(account(&site).contains("0 / 3"), "{}", account(&site));
        site.run_due();
        site.advance(safeharbor::domain::base::moment::Span::hours(49));
        assert!(account(&site).contains("1 / 3"), "{}", account(&site));
    }

    /// A repeat and the withdrawal of what it repeats, at the same moment: it stands, whichever came first.
    fn a_repeat_and_a_withdrawal_at_once(site: TestSite) {
        site.customers(CUSTOMERS);
        for n in 0..8 {
            let url = format!("https://alder-photo.example/{n}.jpg");
            let first = send(&site.stranger(), "Joel Finch", &url);
            site.run_due();
            let reference: Reference = first["reference"].as_str().unwrap().parse().unwrap();
            let id = site.wait(site.app.read(move |c| notices::by_reference(c, &reference))).unwrap().unwrap().id;
            let back = site.app.write(move |tx| {
                let how = Withdrawing { via: "link", why: "" };
                withdraw_notice(tx, id, &WithdrawScope::Whole, how, &Actor::Complainant)
            });
            let again = std::thread::scope(|scope| {
                let sent = scope.spawn(|| send(&site.stranger(), "J. Finch", &url));
                site.wait(back).unwrap();
                sent.join().unwrap()
            });
            site.run_due();
            let after = read(&site, &again);
            assert_eq!(after["locations"][0]["stands"], "in_hand", "round {n}: {after}");
            assert_eq!(after["cases"][0]["state"], "awaiting", "round {n}: {after}");
        }
    }

    /// What strangers send and take back in a name changes nothing of how its proved notices are shown and counted.
    fn a_name_is_not_poisoned(site: TestSite) {
        site.customers(CUSTOMERS);
        let program = site.program("notices:write");
        for n in 0..10 {
            send(&program, "Joel Finch", &format!("https://alder-photo.example/{n}.jpg"));
        }
        for n in 0..12 {
            let forged = send(&site.stranger(), &format!("Mallory {n}"), &format!("https://alder-photo.example/f{n}.jpg"));
            take_back(&site, &forged);
        }
        site.run_due();
        let csv = site.staff("viewer").get("/staff/senders.csv").body;
        assert!(csv.contains("\"Joel Finch\",\"rights@holtfinch.example\",10,10,0,0,0,0,0,12,100,good"), "{csv}");
        let next = send(&program, "Joel Finch", "https://alder-photo.example/next.jpg");
        site.run_due();
        let case = site.staff("viewer").get(&format!("/staff/cases/{}", read(&site, &next)["cases"][0]["reference"].as_str().unwrap())).text();
        assert!(!case.contains("many_names") && !case.contains("burst"), "{case}");
    }
}
