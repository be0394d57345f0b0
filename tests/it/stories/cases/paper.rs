//! What came by post and is entered later counts from the day it was received.

use safeharbor::domain::base::moment::Moment;

use crate::on_both;
use crate::support::{COURT, CUSTOMERS, Page, TestSite, boxes, counter_form};

impl TestSite {
    fn go_to(&self, time: &str) {
        let now = self.app.clock.now();
        self.advance(Moment::parse(time).unwrap().since(now));
    }
    fn enter_counter_notice(&self, case: &str, received: &str) -> Page {
        let agent = self.staff("agent");
        let path = format!("/staff/cases/{case}/counter-notice");
        let page = agent.get(&path);
        let urls = boxes(&page);
        let mut form = counter_form();
        form.extend(urls.iter().map(|id| ("urls[]", id.as_str())));
        form.push(("received", received));
        agent.post_with_seal(&page, &path, &form)
    }
    fn facts_of(&self, kind: &str) -> serde_json::Value {
        let all = self.events();
        all.iter().rfind(|e| e.event.row.kind == kind).unwrap().event.facts().into()
    }
}

on_both! {
    /// Received on Friday, entered eight days later: the window is that of Friday; so is a court action's.
    fn the_day_of_receipt_counts(site: TestSite) {
        site.customers(CUSTOMERS);
        site.go_to("2026-11-18T15:00:00Z");
        let case = site.report("https://brightmoor.example/a.jpg").reference('C');
        site.run_due();
        site.go_to("2026-11-19T15:00:00Z");
        site.disable(&case);
        site.go_to("2026-11-28T15:00:00Z");
        for wrong in ["", "last week", "2026-11-29", "2026-11-18"] {
            let page = site.enter_counter_notice(&case, wrong);
            assert!(page.status == 422 && page.body.contains("id=\"received-error\""), "{wrong}: {}", page.text());
        }
        assert_eq!(site.enter_counter_notice(&case, "2026-11-20").status, 303);
        let agent = site.staff("agent");
        let page = agent.get(&format!("/staff/cases/{case}"));
        let counter: i64 = page.link(&format!("/staff/cases/{case}/court-action/")).rsplit('/').next().unwrap().parse().unwrap();
        let path = format!("/staff/cases/{case}/court-action/{counter}");
        let window = "between the end of Monday 7 December and the end of Friday 11 December 2026";
        assert!(agent.get(&path).text().contains(window), "{}", agent.get(&path).text());
        let facts = site.facts_of("counter_notice.received");
        assert_eq!(facts["received"], "2026-11-20T17:00:00Z", "and the event has its own time: {facts}");
        site.run_due();
        let copy = site.letter_to("rights@holtfinch.example").text;
        assert!(copy.contains("7 December") && copy.contains("20 November 2026"), "{copy}");
        // Nobody signed on our page, and nobody knows the hour.
        assert!(copy.contains("in the document that we received") && !copy.contains("electronic"), "{copy}");
        assert!(!copy.contains("17:00 UTC"), "{copy}");
        let case_page = agent.get(&format!("/staff/cases/{case}")).text();
        assert!(case_page.contains("Counter-notice on paper, received 20 November 2026"), "{case_page}");
        let status = site.client().get(&site.letter_to("rights@holtfinch.example").link()).text();
        assert!(status.contains("Signed, in the document that we received: Idris Moor"), "{status}");
        assert!(status.contains("The customer disputes the address you reported") && status.contains("is disabled now"), "{status}");
        site.go_to("2026-12-08T04:59:00Z");
        assert!(site.kinds("location.restore").is_empty() && site.kinds("counter_notice.due").is_empty());
        site.go_to("2026-12-08T05:01:00Z");
        assert!(site.staff("agent").get("/staff/?view=review").text().contains("Restore access"));
        site.restore(&case);
        site.go_to("2026-12-10T15:00:00Z");
        let agent = site.staff("agent");
        let page = agent.get(&path);
        let sue = |received: &str| {
            let mut form = COURT.to_vec();
            form.push(("received", received));
            agent.post_with_seal(&page, &path, &form)
        };
        for wrong in ["2026-12-11", "2026-11-19", ""] {
            assert_eq!(sue(wrong).status, 422, "{wrong}");
        }
        assert_eq!(sue("2026-12-02").status, 303);
        assert_eq!(site.facts_of("court_action.received")["in_time"], true, "it was there before access returned");
        assert!(agent.get("/staff/?view=review").text().contains("received before, entered after"));
    }
}

impl TestSite {
    /// Staff confirm that access to all addresses of a case has returned.
    fn restore(&self, case: &str) {
        let agent = self.staff("agent");
        let path = format!("/staff/cases/{case}");
        let done = agent.post_with_seal(&agent.get(&path), &path, &[("do", "confirm-restored")]);
        assert_eq!(done.status, 303, "{}", done.text());
        self.run_due();
    }
}
