use safeharbor::domain::base::moment::Span;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

/// Three notices that are not answered.
fn three_strikes(site: &TestSite) {
    for n in 1..=3 {
        site.report(&format!("https://alder-photo.example/{n}"));
        site.run_due();
        site.advance(Span::hours(49));
    }
}

on_both! {
    /// Over the threshold the account is flagged; two people suspend it; lifting keeps the strikes.
    fn flagged_suspended_and_lifted(site: TestSite) {
        site.customers(CUSTOMERS);
        three_strikes(&site);
        let agent = site.staff("agent");
        let flagged = agent.get("/staff/?view=flagged").text();
        assert!(flagged.contains("Alder Photo Studio") && flagged.contains("Threshold reached: 3 of 3 active strikes"), "{flagged}");
        let repeat = agent.get("/staff/repeat-infringers");
        assert!(repeat.text().contains("1 with 3 active strikes") && repeat.text().contains("3 of 3"), "{}", repeat.text());
        let page = agent.get("/staff/customers/1");
        assert!(page.text().contains("Needs decision"));
        let path = "/staff/customers/1/decisions";
        let empty = agent.post_with_seal(&page, path, &[("decision", "suspend")]);
        assert!(empty.status == 422 && empty.text().contains("Give the reasons"), "{}", empty.text());
        let grounds = "Threshold reached: 3 of 3 active strikes";
        let done = agent.post_with_seal(&page, path, &[("decision", "suspend"), ("grounds[]", grounds), ("why", "Three notices unanswered.")]);
        assert_eq!(done.status, 303, "{}", done.text());
        let letters = site.letters().len();
        site.run_due();
        assert_eq!(site.letters().len(), letters, "nobody is written to before the second person");
        let own = agent.post_with_seal(&agent.get("/staff/customers/1"), "/staff/decisions/1", &[("do", "approve")]);
        assert_eq!(own.status, 403);
        let lead = site.staff("lead");
        let queue = lead.get("/staff/").text();
        assert!(queue.contains("Decisions that wait for a second person") && queue.contains("Suspension Agent Person"), "{queue}");
        let page = lead.get("/staff/customers/1");
        assert!(page.text().contains("Suspension proposed by Agent Person"), "{}", page.text());
        assert_eq!(lead.post_with_seal(&page, "/staff/decisions/1", &[("do", "approve")]).status, 303);
        site.run_due();
        let letter = site.letter_to("owner@alder-photo.example");
        assert_eq!(letter.subject, "Your account is suspended [NW-1]");
        for part in ["Three notices unanswered.", "You have 3 active strikes. A review starts at 3.", "version 1", grounds, "30 March 2026"] {
            assert!(letter.text.split_whitespace().collect::<Vec<_>>().join(" ").contains(part), "{part}: {}", letter.text);
        }
        assert!(lead.get("/staff/customers/1").text().contains("approved by Lead Person"));
        assert!(!lead.get("/staff/?view=flagged").text().contains("Alder"));
        let lift = lead.post_with_seal(&lead.get("/staff/customers/1"), path, &[("decision", "lift"), ("why", "New owner, clean-up shown.")]);
        assert_eq!(lift.status, 303);
        site.run_due();
        let letter = site.letter_to("owner@alder-photo.example");
        assert!(letter.subject.starts_with("The suspension of your account is lifted"));
        let text = lead.get("/staff/customers/1").text();
        assert!(text.contains("3 / 3"), "the slate is not wiped: {text}");
    }

    /// A second person can say no, with a reason; a lead cannot approve an own proposal.
    fn the_second_person_says_no(site: TestSite) {
        site.customers(CUSTOMERS);
        three_strikes(&site);
        let lead = site.staff("lead");
        let path = "/staff/customers/1/decisions";
        lead.post_with_seal(&lead.get("/staff/customers/1"), path, &[("decision", "terminate"), ("why", "Enough.")]);
        let own = lead.post_with_seal(&lead.get("/staff/customers/1"), "/staff/decisions/1", &[("do", "approve")]);
        assert!(own.status == 422 && own.text().contains("cannot be the one who proposed it"), "{}", own.text());
        let twice = lead.post_with_seal(&lead.get("/staff/?view=flagged"), path, &[("decision", "warn"), ("why", "x")]);
        assert!(twice.status == 400 || twice.status == 422 || twice.status == 404, "{}", twice.status);
        let admin = site.staff("admin");
        let page = admin.get("/staff/customers/1");
        let silent = admin.post_with_seal(&page, "/staff/decisions/1", &[("do", "reject")]);
        assert!(silent.status == 422 && silent.text().contains("Say why"), "{}", silent.text());
        assert!(silent.body.contains("id=\"note-error\"") && silent.body.contains("topbar"), "on the page of the account");
        assert_eq!(admin.post_with_seal(&page, "/staff/decisions/1", &[("do", "reject"), ("note", "Warn first.")]).status, 303);
        let text = admin.get("/staff/customers/1").text();
        assert!(text.contains("Termination (not approved)") && text.contains("Needs decision"), "{text}");
        let warn = admin.post_with_seal(&admin.get("/staff/customers/1"), path, &[("decision", "warn"), ("why", "Last warning.")]);
        assert_eq!(warn.status, 303);
        site.run_due();
        assert!(site.letter_to("owner@alder-photo.example").subject.starts_with("A warning about your account"));
    }

    /// No action closes the flag; the next strike raises it again.
    fn flagged_again_at_the_next_strike(site: TestSite) {
        site.customers(CUSTOMERS);
        three_strikes(&site);
        let agent = site.staff("agent");
        let path = "/staff/customers/1/decisions";
        let letters = site.letters().len();
        agent.post_with_seal(&agent.get("/staff/customers/1"), path, &[("decision", "no_action"), ("why", "Old material.")]);
        site.run_due();
        assert_eq!(site.letters().len(), letters, "nobody is written to");
        assert!(agent.get("/staff/?view=flagged").text().contains("No account is flagged"));
        site.report("https://alder-photo.example/4");
        site.run_due();
        site.advance(Span::hours(49));
        let agent = site.staff("agent");
        assert!(agent.get("/staff/?view=flagged").text().contains("4 of 3 active strikes"));
    }

    /// Unanswered cases flag an account by themselves.
    fn unanswered_cases_flag_too(site: TestSite) {
        site.customers(CUSTOMERS);
        for n in 1..=3 {
            site.report(&format!("https://brightmoor.example/{n}"));
            site.run_due();
            site.advance(Span::hours(49));
        }
        let text = site.staff("viewer").get("/staff/?view=flagged").text();
        assert!(text.contains("Brightmoor") && text.contains("Notices left unanswered: 3; a review starts at 3"), "{text}");
        assert!(!text.contains("Threshold reached"), "three of five strikes: {text}");
    }

    /// A case that staff ended while the customer still had time is not an unanswered one.
    fn ending_a_case_early_is_not_silence(site: TestSite) {
        site.customers(CUSTOMERS);
        for n in 1..=3 {
            let case = site.report(&format!("https://brightmoor.example/{n}")).reference('C');
            site.run_due();
            let staff = site.staff("agent");
            let path = format!("/staff/cases/{case}/disable");
            assert_eq!(staff.post_with_seal(&staff.get(&path), &path, &[("why", "Whole film.")]).status, 303);
            site.advance(Span::hours(49));
        }
        let text = site.staff("viewer").get("/staff/customers/2").text();
        assert!(text.contains("0 of 3") && text.contains("3 / 5") && !text.contains("Flagged"), "{text}");
    }

    /// The public figures count what happened.
    fn the_transparency_report_counts(site: TestSite) {
        site.customers(CUSTOMERS);
        three_strikes(&site);
        site.report("https://elsewhere.example/1");
        site.advance(Span::hours(2));
        let csv = site.client().get("/transparency.csv").body;
        let row = csv.lines().find(|l| l.starts_with("2026-03")).unwrap();
        assert_eq!(row, "2026-03,4,0,0,1,0,0,0,0,0,0,0,0,3,0,0,0,0,0,0", "{csv}");
        assert!(site.client().get("/transparency").text().contains("4 "));
    }
}
