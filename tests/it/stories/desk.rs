use crate::on_both;
use crate::support::{CUSTOMERS, House};

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
    fn a_notice_without_an_owner_is_in_a_list(house: House) {
        house.customers(CUSTOMERS);
        let ownerless = house.intake(&notice("https://forgotten.example/heron.jpg"));
        let found = house.intake(&notice("https://alder-photo.example/heron.jpg"));
        let list = house.staff("viewer").get("/staff/?view=without-owner").body;
        assert!(list.contains(ownerless.reference.as_str()) && list.contains("forgotten.example"), "{list}");
        assert!(!list.contains(found.reference.as_str()));
    }

    /// The last review of a case that is held cannot be put away: somebody forwards the case or closes it.
    fn a_held_case_is_not_stranded(house: House) {
        house.customers(CUSTOMERS);
        let held = house.intake(&notice("https://alder-photo.example"));
        house.run_due();
        let agent = house.staff("agent");
        let front = agent.get("/staff/");
        assert!(front.body.contains(held.cases[0].as_str()), "held cases are open");
        let done = front.link_to_done();
        let refused = agent.post_with_seal(&front, &done, &[]);
        assert_ne!(refused.status, 303, "{}", refused.text());
        assert!(agent.get("/staff/?view=held").body.contains(held.cases[0].as_str()));
        assert!(agent.get("/staff/?view=review").body.contains(held.cases[0].as_str()), "its review is still open");
    }

    /// What was reviewed is seen on the case; what is answered is open.
    fn a_review_that_is_done_stands_on_its_case(house: House) {
        house.customers(CUSTOMERS);
        let received = house.intake(&notice("https://alder-photo.example/heron.jpg"));
        house.run_due();
        let agent = house.staff("agent");
        let case = format!("/staff/cases/{}", received.cases[0]);
        let page = agent.get(&format!("{case}/answer"));
        let answered = agent.post_with_seal(&page, &format!("{case}/answer"), &[("choice", "disputed"), ("why", "By telephone.")]);
        assert_eq!(answered.status, 303, "{}", answered.text());
        let front = agent.get("/staff/");
        assert!(front.body.contains(received.cases[0].as_str()), "answered cases are open");
        assert_eq!(agent.post_with_seal(&front, &front.link_to_done(), &[]).status, 303);
        assert_eq!(house.kinds("review.").len(), 1);
        assert!(agent.get(&case).text().contains("Review done"));
    }

    /// No address selected never means all of them.
    fn an_empty_selection_is_an_error(house: House) {
        house.customers(CUSTOMERS);
        let received = house.intake(&notice("https://alder-photo.example/heron.jpg"));
        house.run_due();
        let agent = house.staff("agent");
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
        assert!(house.kinds("location").is_empty(), "nothing was disabled");
    }

    /// What is refused to staff leads back to the desk; what is refused to others, to the agent's page.
    fn a_refusal_leads_back_to_the_desk(house: House) {
        let refused = house.staff("viewer").get("/staff/cases/C-0000-0000/close");
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("href=\"/staff/\"") && !refused.body.contains("href=\"/\""), "{}", refused.body);
        let public = house.client().get("/nothing-here");
        assert!(public.status == 404 && !public.body.contains("/staff/"), "{}", public.body);
    }

    /// The choice of a theme comes back to the page where it is made.
    fn the_theme_is_chosen_on_the_page_of_the_sign_in(house: House) {
        let viewer = house.staff("viewer");
        let page = viewer.get("/staff/account");
        assert!(!viewer.get("/staff/outbox").body.contains("action=\"/staff/theme\""));
        let sent = viewer.post_with_seal(&page, "/staff/theme", &[("theme", "dark")]);
        assert_eq!((sent.status, sent.location.as_str()), (303, "/staff/account#theme"));
    }

    /// Another way of notifying the customer is offered as long as nobody has been reached.
    fn who_was_reached_need_not_be_reached_again(house: House) {
        house.customers(CUSTOMERS);
        let received = house.intake(&notice("https://alder-photo.example/heron.jpg"));
        let case = format!("/staff/cases/{}", received.cases[0]);
        house.run_due();
        let offered = || house.staff("agent").get(&case).body.contains("/reached\"");
        assert!(!offered(), "the letter was delivered");
        house.advance(safeharbor::domain::base::moment::Span::hours(60));
        assert!(!offered(), "unanswered, but reached");
    }

    /// The customer reads what the complainant wrote of the work, and where the original is.
    fn the_full_notice_is_full(house: House) {
        house.customers(CUSTOMERS);
        house.intake(&notice("https://alder-photo.example/heron.jpg"));
        house.run_due();
        let link = house.letter_to("owner@alder-photo.example").link();
        let page = house.client().get(&link).text();
        assert!(page.contains("A photograph of 2019, printed in color") && page.contains("https://holtfinch.example/heron"), "{page}");
    }
}
