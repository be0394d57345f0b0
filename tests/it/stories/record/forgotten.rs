//! A customer asks to be forgotten: what happened stays on record, what was said of them does not.

use std::io::{Cursor, Read};

use safeharbor::actions::note_case;
use safeharbor::domain::base::ids::{CaseId, StaffId};
use safeharbor::domain::base::moment::Span;
use safeharbor::domain::record::event::{Actor, Event, Subject, Vault};
use safeharbor::evidence;
use safeharbor::storage::StorageError;
use safeharbor::storage::record::events::forget;
use safeharbor::storage::record::verify;
use serde_json::Value;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

const BASIS: &str = "Art. 17 GDPR, request of 4 March";
const NOTE: &str = "Wrong person; see her mail of Monday";
const SHOWN: &str = "forgotten on 12 March 2026 (Art. 17 GDPR, request of 4 March)";

impl TestSite {
    fn note(&self, case: i64, note: &'static str) {
        let actor = Actor::Staff(StaffId(2), "Agent Person".to_owned());
        self.wait(self.app.write(move |tx| note_case(tx, CaseId(case), note, &actor))).unwrap();
    }

    fn forget(&self, vault: &str) -> Vec<(Subject, usize)> {
        let vault: Vault = vault.parse().unwrap();
        self.wait(self.app.write(move |tx| tx.forget(&vault, BASIS, &Actor::Operator))).unwrap()
    }

    fn in_vault(&self, vault: &str) -> usize {
        let vault: Vault = vault.parse().unwrap();
        let found = self.wait(self.app.read(move |c| forget::contents(c, &vault))).unwrap();
        found.into_iter().map(|(_, count)| count).sum()
    }

    fn problems(&self) -> Vec<String> {
        let found = self.wait(self.app.read(|c| {
            let mut found = Vec::new();
            verify::everything(c, &mut found)?;
            Ok::<_, StorageError>(found)
        }));
        found.unwrap().iter().map(ToString::to_string).collect()
    }

    fn in_feed(&self, kind: &str) -> Value {
        self.settle_feed();
        let page = self.program("events:read").get("/api/v1/events?limit=200").json();
        let all = page["items"].as_array().unwrap().clone();
        all.into_iter().find(|event| event["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {page}"))
    }

    /// A case that was answered, disabled and disputed, with a note of staff.
    fn lived_through(&self) -> String {
        self.customers(CUSTOMERS);
        let case = self.report("https://alder-photo.example/a.jpg").reference('C');
        self.run_due();
        let client = self.client();
        let link = self.letter_to("owner@alder-photo.example").link();
        let csrf = client.get(&link).field("csrf");
        let answer = [("csrf", csrf.as_str()), ("answer", "dispute"), ("dis-why", "I took it myself.")];
        let sent = client.post_files(&link, &answer, &[("files", "licence.txt", b"Lizenz".as_slice())]);
        assert_eq!(sent.status, 303, "{}", sent.text());
        self.note(1, NOTE);
        self.disable(&case);
        let counter = self.counter_notice(&case);
        self.sue(&case, counter);
        self.advance(Span::days(2));
        case
    }
}

fn archived(archive: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

on_both! {
    /// Everything in the vault goes; every place says so; the chains still verify, and go on.
    fn a_customer_is_forgotten(site: TestSite) {
        let case = site.lived_through();
        let agent = site.staff("agent");
        let before = agent.get(&format!("/staff/cases/{case}")).text();
        assert!(before.contains(NOTE) && !before.contains("forgotten on"), "{before}");
        assert_eq!(site.in_feed("case.opened")["facts"]["customer"], "NW-1");
        assert_eq!(site.in_feed("case.note")["reason"], NOTE);
        let there = site.in_vault("customer:1");
        assert!(there > 8, "{there}");
        assert_eq!(site.problems(), Vec::<String>::new());

        let touched = site.forget("customer:1");
        assert_eq!(touched.iter().map(|(_, count)| count).sum::<usize>(), there);
        assert!(touched.iter().any(|(subject, _)| *subject == Subject::Case(CaseId(1))), "{touched:?}");
        assert_eq!(site.in_vault("customer:1"), 0);
        assert_eq!(site.problems(), Vec::<String>::new());
        // The first sender is the domain, the second who writes from there.
        assert!(site.in_vault("sender:2") > 2, "what concerns the sender stays");
        assert_eq!(site.forget("customer:1"), [], "there is nothing more to forget");

        let after = agent.get(&format!("/staff/cases/{case}")).text();
        assert!(!after.contains(NOTE) && after.contains(SHOWN), "{after}");
        let opened = site.in_feed("case.opened");
        assert_eq!(opened["facts"]["customer"], SHOWN);
        assert_eq!(opened["forgotten"], serde_json::json!(["customer"]));
        assert_eq!(site.in_feed("case.note")["reason"], SHOWN);
        let told = site.in_feed("values.forgotten");
        assert_eq!((&told["facts"]["vault"], &told["facts"]["basis"]), (&"customer:1".into(), &BASIS.into()));
        assert_eq!((&told["actor"], &told["actor_id"]), (&"operator".into(), &"operator".into()));

        let csrf = agent.get("/staff/outbox").field("csrf");
        let archive = agent.post_bytes(&format!("/staff/cases/{case}/evidence"), &[("csrf", &csrf)]);
        let checked = evidence::check(Cursor::new(&archive)).unwrap();
        assert_eq!(checked.problems, Vec::<String>::new());
        let chain = archived(&archive, "events/case.jsonl");
        assert!(chain.contains(SHOWN) && !chain.contains(NOTE), "{chain}");

        // What is recorded afterwards is private again, until it is forgotten in its turn.
        site.note(1, "A second note");
        assert_eq!(site.in_vault("customer:1"), 1);
        assert_eq!(site.forget("customer:1"), [(Subject::Case(CaseId(1)), 1)]);
        assert_eq!(site.problems(), Vec::<String>::new());
    }

    /// The record has numbers, pages have names: those of today, or the words that somebody was here.
    fn actors_are_named_when_they_are_shown(site: TestSite) {
        let case = site.lived_through();
        let note = site.in_feed("case.note");
        assert_eq!((&note["actor"], &note["actor_id"]), (&"Agent Person (staff 2)".into(), &"staff:2".into()));
        let rename = |name: &'static str| {
            let sql = format!("UPDATE staff SET name = '{name}' WHERE id = 2");
            let change = move |c: &mut safeharbor::storage::Conn| {
                diesel::connection::SimpleConnection::batch_execute(c, &sql)?;
                Ok::<_, StorageError>(())
            };
            site.wait(site.app.db.write(change)).unwrap();
        };
        rename("Agent Anew");
        let page = site.staff("viewer").get(&format!("/staff/cases/{case}")).text();
        assert!(page.contains("Agent Anew (staff 2)"), "{page}");
        rename("");
        assert_eq!(site.in_feed("case.note")["actor"], "former staff member 2");
        assert_eq!(site.problems(), Vec::<String>::new());
    }

    /// The document of the API names every kind there is.
    fn every_kind_is_documented(site: TestSite) {
        let document = site.stranger().get("/api/v1/openapi.json").json();
        let kinds = &document["components"]["schemas"]["EventOut"]["properties"]["kind"]["enum"];
        assert_eq!(*kinds, serde_json::json!(Event::KINDS));
    }

    /// Nothing is forgotten without a basis, and what names nobody is no vault.
    fn a_basis_is_asked_for(site: TestSite) {
        site.lived_through();
        let vault: Vault = "customer:1".parse().unwrap();
        let refused = site.wait(site.app.write(move |tx| tx.forget(&vault, " \n", &Actor::Operator)));
        assert!(refused.unwrap_err().to_string().contains("legal basis"));
        assert!(site.in_vault("customer:1") > 0);
        assert_eq!(site.forget("customer:999"), []);
    }
}
