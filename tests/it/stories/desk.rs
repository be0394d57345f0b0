use safeharbor::domain::base::moment::Span;
use safeharbor::storage::access::staff_access;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

fn notice(url: &str) -> String {
    serde_json::json!({
        "complainant": {"name": "Joel Finch", "email": "rights@holtfinch.example"},
        "works": [{"title": "Heron at Dawn", "description": "A photograph of 2019, printed in color", "original_urls": ["https://holtfinch.example/heron"]}],
        "locations": [{"url": url}],
        "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true},
        "signature": "Joel Finch",
    })
    .to_string()
}

on_both! {
    /// A notice about a site that no account has stands in a list of its own.
    fn a_notice_without_an_owner_is_in_a_list(site: TestSite) {
        site.customers(CUSTOMERS);
        let ownerless = site.intake(&notice("https://forgotten.example/heron.jpg"));
        let found = site.intake(&notice("https://alder-photo.example/heron.jpg"));
        let list = site.staff("viewer").get("/staff/?view=without-owner").body;
        assert!(list.contains(ownerless.reference.as_str()) && list.contains("forgotten.example"), "{list}");
        assert!(!list.contains(found.reference.as_str()));
    }

    /// The last review of a case that is held cannot be put away: somebody forwards the case or closes it.
    fn a_held_case_is_not_stranded(site: TestSite) {
        site.customers(CUSTOMERS);
        let held = site.intake(&notice("https://alder-photo.example"));
        site.run_due();
        let agent = site.staff("agent");
        let front = agent.get("/staff/");
        assert!(front.body.contains(held.cases[0].as_str()), "held cases are open");
        let done = front.link_to_done();
        let refused = agent.post_with_seal(&front, &done, &[]);
        assert_ne!(refused.status, 303, "{}", refused.text());
        assert!(agent.get("/staff/?view=held").body.contains(held.cases[0].as_str()));
        assert!(agent.get("/staff/?view=review").body.contains(held.cases[0].as_str()), "its review is still open");
    }

    /// What was reviewed is seen on the case; what is answered is open.
    fn a_review_that_is_done_stands_on_its_case(site: TestSite) {
        site.customers(CUSTOMERS);
        let received = site.intake(&notice("https://alder-photo.example/heron.jpg"));
        site.run_due();
        let agent = site.staff("agent");
        let case = format!("/staff/cases/{}", received.cases[0]);
        let page = agent.get(&format!("{case}/answer"));
        let answered = agent.post_with_seal(&page, &format!("{case}/answer"), &[("choice", "disputed"), ("why", "By telephone.")]);
        assert_eq!(answered.status, 303, "{}", answered.text());
        let front = agent.get("/staff/");
        assert!(front.body.contains(received.cases[0].as_str()), "answered cases are open");
        assert_eq!(agent.post_with_seal(&front, &front.link_to_done(), &[]).status, 303);
        assert_eq!(site.kinds("review.").len(), 1);
        assert!(agent.get(&case).text().contains("Review done"));
    }

    /// A review about access that has yet to return ends with the confirmation, whatever ends the case; and the case is in
    /// a list of its own until then.
    fn what_was_asked_for_is_not_stranded(site: TestSite) {
        site.customers(CUSTOMERS);
        let urls = ["a", "b", "c"].map(|n| json!({"url": format!("https://alder-photo.example/{n}.jpg")}));
        let mut body: Value = serde_json::from_str(&notice("https://alder-photo.example/")).unwrap();
        body["locations"] = urls.into_iter().collect();
        let received = site.intake(&body.to_string());
        site.run_due();
        let (case, program) = (received.cases[0].to_string(), site.program("cases:read,cases:write,notices:read"));
        let act = |body: Value| program.post(&format!("/api/v1/cases/{case}/actions"), &body);
        let ids = || program.get(&format!("/api/v1/cases/{case}")).json()["reported"].as_array().unwrap().iter().map(|l| l["id"].as_i64().unwrap()).collect::<Vec<_>>();
        let some = ids()[..2].to_vec();
        assert_eq!(act(json!({"action": "disable", "reason": "Order", "locations": some})).status, 200);
        // One that is disabled and the one that is not are taken back: the case ends with what is still disabled.
        let path = format!("/api/v1/notices/{}/withdraw", received.reference);
        let back = program.post(&path, &json!({"locations": ["https://alder-photo.example/a.jpg", "https://alder-photo.example/c.jpg"]}));
        assert_eq!(back.status, 200, "{}", back.text);
        let agent = site.staff("agent");
        let front = agent.get("/staff/?view=review");
        assert!(front.text().contains("Restore access"), "{}", front.text());
        let done = agent.post_with_seal(&front, &front.link_to_done(), &[]);
        assert!(done.status != 303 && done.text().contains("Confirm it on the page"), "{} {}", done.status, done.text());
        site.advance(Span::hours(25));
        let agent = site.staff("agent");
        for view in ["/staff/?view=requested", "/staff/"] {
            assert!(agent.get(view).body.contains(&case), "{view}");
        }
        assert_eq!(act(json!({"action": "confirm_restored"})).status, 200);
        assert!(!agent.get("/staff/?view=requested").body.contains(&case));
        assert!(!agent.get("/staff/?view=review").text().contains("Restore access"));
    }

    /// A case that is not forwarded yet is in a list, and counted as open.
    fn what_waits_to_be_forwarded_is_in_a_list(site: TestSite) {
        site.customers(CUSTOMERS);
        let received = site.intake(&notice("https://alder-photo.example/heron.jpg"));
        let viewer = site.staff("viewer");
        for view in ["/staff/?view=received", "/staff/"] {
            let page = viewer.get(view);
            assert!(page.body.contains(received.cases[0].as_str()) && page.text().contains("1 Open"), "{view}: {}", page.text());
        }
        site.run_due();
        assert!(!viewer.get("/staff/?view=received").body.contains(received.cases[0].as_str()));
    }

    /// Of a notice for two hosts, the one that no account has is in a list.
    fn a_notice_in_part_without_an_owner_is_in_a_list(site: TestSite) {
        site.customers(CUSTOMERS);
        let mut body: Value = serde_json::from_str(&notice("https://alder-photo.example/x.jpg")).unwrap();
        body["locations"] = json!([{"url": "https://alder-photo.example/x.jpg"}, {"url": "https://forgotten.example/x.jpg"}]);
        let part = site.intake(&body.to_string());
        let whole = site.intake(&notice("https://alder-photo.example/heron.jpg"));
        let page = site.staff("viewer").get("/staff/?view=in-part");
        assert!(page.body.contains(part.reference.as_str()) && page.body.contains("forgotten.example"), "{}", page.text());
        assert!(!page.body.contains(whole.reference.as_str()) && !page.body.contains(">https://alder-photo"), "{}", page.text());
    }

    /// Whoever is proved is no repeat of what somebody sent in their name; and what a withdrawn notice hid stands up.
    fn a_withdrawn_twin_hides_nothing(site: TestSite) {
        site.customers(CUSTOMERS);
        let body: Value = serde_json::from_str(&notice("https://forgotten.example/heron.jpg")).unwrap();
        let stranger = site.stranger();
        let first = stranger.post("/api/v1/notices", &body).json();
        let second = stranger.post("/api/v1/notices", &body).json();
        let proved = site.program("notices:write").post("/api/v1/notices", &body).json();
        let of = |sent: &Value| sent["reference"].as_str().unwrap().to_owned();
        let list = || site.staff("viewer").get("/staff/?view=without-owner").body;
        assert!(list().contains(&of(&first)) && !list().contains(&of(&second)), "a repeat");
        assert!(list().contains(&of(&proved)), "{}", list());
        let path = format!("/api/v1/notices/{}/withdraw", of(&first));
        assert_eq!(site.program("cases:write").post(&path, &json!({})).status, 200);
        assert!(!list().contains(&of(&first)) && list().contains(&of(&second)), "{}", list());
        let again = stranger.post("/api/v1/notices", &body).json();
        assert!(!list().contains(&of(&again)), "of the one that stands");
    }

    /// Two spellings of one place are one location, also across notices; and a `?` with nothing behind it is no other.
    fn spellings_in_one_notice_are_one(site: TestSite) {
        site.customers(CUSTOMERS);
        let mut body: Value = serde_json::from_str(&notice("https://alder-photo.example/x.jpg")).unwrap();
        body["locations"] = json!([{"url": "http://alder-photo.example/%7Ekim/x.jpg"}, {"url": "https://alder-photo.example:443/~kim/x.jpg?"}]);
        let received = site.intake(&body.to_string());
        assert_eq!((received.hosted, received.locations.len()), (1, 1));
        assert_eq!(received.locations[0].as_written, "http://alder-photo.example/%7Ekim/x.jpg");
        body["locations"] = json!([{"url": "https://alder-photo.example/~kim/x.jpg"}]);
        assert_eq!(site.intake(&body.to_string()).locations[0].state, "duplicate");
    }

    /// An admin lists the staff, takes access away after being asked, and never their own or that of the last admin.
    fn an_admin_takes_access_away(site: TestSite) {
        let (admin, agent) = (site.staff("admin"), site.staff("agent"));
        let list = admin.get("/staff/staff");
        assert!(list.status == 200 && list.text().contains("Admin Person (you)"), "{}", list.text());
        let of = |role: &str| {
            let who = format!("{role}@northwind.example");
            let found = site.wait(site.app.read(move |c| staff_access::find(c, &who))).unwrap();
            format!("/staff/staff/{}", found.unwrap().id)
        };
        let (theirs, own) = (of("agent"), of("admin"));
        let step = |path: &str, step: &str| {
            let path = format!("{path}/{step}");
            admin.post_with_seal(&admin.get(&path), &path, &[])
        };
        let asked = admin.get(&format!("{theirs}/disable"));
        assert!(asked.text().contains("Nothing has been done yet"), "{}", asked.text());
        assert_eq!(agent.get("/staff/").status, 200, "asking changes nothing");
        assert_eq!(step(&theirs, "disable").status, 303);
        assert_eq!(agent.get("/staff/").status, 303, "signed out");
        assert!(admin.get("/staff/staff").text().contains("Disabled since"));
        assert_eq!((step(&theirs, "disable").status, step(&theirs, "enable").status), (422, 303));
        for refused in ["disable", "remove"] {
            let answer = step(&own, refused);
            assert!(answer.status == 422 && answer.text().contains("your own account"), "{}", answer.text());
        }
        assert_eq!(step(&theirs, "remove").status, 303);
        assert_eq!(step(&theirs, "enable").status, 422, "gone for good");
        assert_eq!(admin.get(&format!("{own}/promote")).status, 404);
        let kinds = site.kinds("staff.");
        for kind in ["staff.disabled", "staff.enabled", "staff.removed"] {
            assert_eq!(kinds.iter().filter(|k| *k == kind).count(), 1, "{kind}");
        }
    }

    /// No address selected never means all of them.
    fn an_empty_selection_is_an_error(site: TestSite) {
        site.customers(CUSTOMERS);
        let received = site.intake(&notice("https://alder-photo.example/heron.jpg"));
        site.run_due();
        let agent = site.staff("agent");
        let step = format!("/staff/cases/{}/disable", received.cases[0]);
        for none in ["selected=1", "selected=1&url=x"] {
            let back = agent.get(&format!("{step}?{none}"));
            assert_eq!(back.status, 303, "{none}");
            let case = agent.get(back.location.split('#').next().unwrap()).text();
            assert!(case.contains("Error: No addresses selected"), "{case}");
        }
        let all = agent.get(&step);
        assert_eq!(all.status, 200);
        let sent = [("why", "Gone"), ("url", "not-a-number")];
        assert!(agent.post_with_seal(&all, &step, &sent).location.contains("selected=none"));
        assert!(site.kinds("location").is_empty(), "nothing was disabled");
    }

    /// What is refused to staff leads back to the desk; what is refused to others, to the agent's page.
    fn a_refusal_leads_back_to_the_desk(site: TestSite) {
        let refused = site.staff("viewer").get("/staff/cases/C-0000-0000/close");
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("href=\"/staff/\"") && !refused.body.contains("href=\"/\""), "{}", refused.body);
        let public = site.client().get("/nothing-here");
        assert!(public.status == 404 && !public.body.contains("/staff/"), "{}", public.body);
    }

    /// The choice of a theme comes back to the page where it is made.
    fn the_theme_is_chosen_on_the_page_of_the_sign_in(site: TestSite) {
        let viewer = site.staff("viewer");
        let page = viewer.get("/staff/account");
        assert!(!viewer.get("/staff/outbox").body.contains("action=\"/staff/theme\""));
        let sent = viewer.post_with_seal(&page, "/staff/theme", &[("theme", "dark")]);
        assert_eq!((sent.status, sent.location.as_str()), (303, "/staff/account#theme"));
    }

    /// Another way of notifying the customer is offered as long as nobody has been reached.
    fn who_was_reached_need_not_be_reached_again(site: TestSite) {
        site.customers(CUSTOMERS);
        let received = site.intake(&notice("https://alder-photo.example/heron.jpg"));
        let case = format!("/staff/cases/{}", received.cases[0]);
        site.run_due();
        let offered = || site.staff("agent").get(&case).body.contains("/reached\"");
        assert!(!offered(), "the letter was delivered");
        site.advance(safeharbor::domain::base::moment::Span::hours(60));
        assert!(!offered(), "unanswered, but reached");
    }

    /// The customer reads what the complainant wrote of the work, and where the original is.
    fn the_full_notice_is_full(site: TestSite) {
        site.customers(CUSTOMERS);
        site.intake(&notice("https://alder-photo.example/heron.jpg"));
        site.run_due();
        let link = site.letter_to("owner@alder-photo.example").link();
        let page = site.client().get(&link).text();
        assert!(page.contains("A photograph of 2019, printed in color") && page.contains("https://holtfinch.example/heron"), "{page}");
    }
}
