//! A typed address is a claim: it adds, and takes nothing away from whoever is proved or wrote too.

use safeharbor::actions::{WithdrawScope, Withdrawing, withdraw_notice};
use safeharbor::domain::base::ids::Reference;
use safeharbor::domain::record::event::Actor;
use safeharbor::storage::intake::notices;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{CUSTOMERS, House, Program};

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
fn take_back(house: &House, sent: &Value) {
    let url = sent["status_url"].as_str().unwrap();
    let path = &url[url.find("/n/").unwrap()..];
    let client = house.client();
    let page = client.get(path);
    let form = [("withdraw-sure", "yes"), ("withdraw-what", "whole")];
    assert_eq!(client.post_with_seal(&page, &format!("{path}/withdraw"), &form).status, 303);
}

fn read(house: &House, sent: &Value) -> Value {
    house
        .program("notices:read,cases:read")
        .get(&format!("/api/v1/notices/{}", sent["reference"].as_str().unwrap()))
        .json()
}

on_both! {
    /// Whoever sends first in the rights holder's name and takes it back does not end the rights holder's notice.
    fn a_forged_notice_swallows_nothing(house: House) {
        house.customers(CUSTOMERS);
        let forged = send(&house.stranger(), "Joel Finch", PLACE);
        house.run_due();
        // With a key it is a case of its own, whatever was said in the name before.
        let (one, other) = (house.program("notices:write"), house.program("notices:write"));
        let genuine = send(&one, "J. Finch", PLACE);
        assert_eq!(state(&genuine), "hosted", "{genuine}");
        assert_eq!(state(&send(&other, "Joel F", PLACE)), "hosted", "another key is somebody else");
        assert_eq!(state(&send(&one, "J. Finch, again", PLACE)), "duplicate", "the same key says it again");
        // Without one it repeats what goes on.
        let claim = send(&house.stranger(), "J. F.", PLACE);
        assert_eq!(state(&claim), "duplicate", "{claim}");
        house.run_due();
        take_back(&house, &forged);
        house.run_due();
        let after = read(&house, &genuine);
        assert!(after["withdrawn_at"].is_null() && after["cases"][0]["state"] == "awaiting", "{after}");
    }

    /// What repeated a notice that is taken back stands for itself, and is forwarded.
    fn repeats_stand_up(house: House) {
        house.customers(CUSTOMERS);
        let first = send(&house.stranger(), "Joel Finch", PLACE);
        house.run_due();
        let again = send(&house.stranger(), "J. Finch", PLACE);
        let third = send(&house.stranger(), "J. F.", PLACE);
        let gone = send(&house.stranger(), "F.", PLACE);
        assert_eq!((state(&again), state(&third), state(&gone)), ("duplicate", "duplicate", "duplicate"));
        take_back(&house, &gone);
        house.run_due();
        let notices = |house: &House| house.letters_to(OWNER).into_iter().filter(|l| l.text.contains("/respond/")).count();
        assert_eq!(notices(&house), 1, "taking back a repeat changes nothing");
        take_back(&house, &first);
        house.run_due();
        let (second, last, ended) = (read(&house, &again), read(&house, &third), read(&house, &gone));
        assert_eq!(second["cases"][0]["state"], "awaiting", "{second}");
        assert!(second["repeats"].is_null() && second["locations"][0]["stands"] == "in_hand", "{second}");
        assert_eq!(last["locations"][0]["stands"], "duplicate", "it repeats the one that leads now: {last}");
        assert_eq!(ended["locations"][0]["stands"], "withdrawn", "{ended}");
        assert_eq!(notices(&house), 2);
        let withdrawn = |house: &House| house.letters_to(OWNER).into_iter().rfind(|l| l.subject.contains("withdrawn")).unwrap().text.replace('\n', " ");
        assert!(withdrawn(&house).contains("Another notice from the same sender"), "{}", withdrawn(&house));
        // Once more: the last one leads.
        take_back(&house, &again);
        house.run_due();
        assert_eq!(read(&house, &third)["cases"][0]["state"], "awaiting");
        assert_eq!(notices(&house), 3);
    }

    /// A strike of what is taken back stops counting; the repeat counts by itself later.
    fn a_repeat_counts_by_itself(house: House) {
        house.customers(CUSTOMERS);
        let first = send(&house.stranger(), "Joel Finch", PLACE);
        house.run_due();
        send(&house.stranger(), "J. Finch", PLACE);
        house.advance(safeharbor::domain::base::moment::Span::hours(49));
        let account = |house: &House| house.staff("viewer").get("/staff/customers/1").text();
        assert!(account(&house).contains("1 / 3"), "{}", account(&house));
        take_back(&house, &first);
        assert!(account(&house).contains("0 / 3"), "{}", account(&house));
        house.run_due();
        house.advance(safeharbor::domain::base::moment::Span::hours(49));
        assert!(account(&house).contains("1 / 3"), "{}", account(&house));
    }

    /// A repeat and the withdrawal of what it repeats, at the same moment: it stands, whichever came first.
    fn a_repeat_and_a_withdrawal_at_once(house: House) {
        house.customers(CUSTOMERS);
        for n in 0..8 {
            let url = format!("https://alder-photo.example/{n}.jpg");
            let first = send(&house.stranger(), "Joel Finch", &url);
            house.run_due();
            let reference: Reference = first["reference"].as_str().unwrap().parse().unwrap();
            let id = house.wait(house.app.read(move |c| notices::by_reference(c, &reference))).unwrap().unwrap().id;
            let back = house.app.write(move |tx| {
                let how = Withdrawing { via: "link", why: "" };
                withdraw_notice(tx, id, &WithdrawScope::Whole, how, &Actor::Complainant)
            });
            let again = std::thread::scope(|scope| {
                let sent = scope.spawn(|| send(&house.stranger(), "J. Finch", &url));
                house.wait(back).unwrap();
                sent.join().unwrap()
            });
            house.run_due();
            let after = read(&house, &again);
            assert_eq!(after["locations"][0]["stands"], "in_hand", "round {n}: {after}");
            assert_eq!(after["cases"][0]["state"], "awaiting", "round {n}: {after}");
        }
    }

    /// What strangers send and take back in a name changes nothing of how its proved notices are shown and counted.
    fn a_name_is_not_poisoned(house: House) {
        house.customers(CUSTOMERS);
        let program = house.program("notices:write");
        for n in 0..10 {
            send(&program, "Joel Finch", &format!("https://alder-photo.example/{n}.jpg"));
        }
        for n in 0..12 {
            let forged = send(&house.stranger(), &format!("Mallory {n}"), &format!("https://alder-photo.example/f{n}.jpg"));
            take_back(&house, &forged);
        }
        house.run_due();
        let csv = house.staff("viewer").get("/staff/senders.csv").body;
        assert!(csv.contains("\"Joel Finch\",\"rights@holtfinch.example\",10,10,0,0,0,0,0,12,100,good"), "{csv}");
        let next = send(&program, "Joel Finch", "https://alder-photo.example/next.jpg");
        house.run_due();
        let case = house.staff("viewer").get(&format!("/staff/cases/{}", read(&house, &next)["cases"][0]["reference"].as_str().unwrap())).text();
        assert!(!case.contains("many_names") && !case.contains("burst"), "{case}");
    }
}
