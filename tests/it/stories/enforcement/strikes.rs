use safeharbor::domain::base::moment::Span;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

on_both! {
    /// Notices that arrive before the customer is told are one incident; a later one is another.
    fn one_incident_is_one_strike(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report_as("A One", "a@one.example", "https://alder-photo.example/1");
        site.report_as("B Two", "b@two.example", "https://alder-photo.example/2");
        site.run_due();
        site.advance(Span::hours(49));
        let staff = site.staff("viewer");
        let text = staff.get("/staff/customers/1").text();
        assert!(text.contains("1 / 3") && text.contains("same incident") && text.contains("2 of 2"), "{text}");
        site.report_as("C Three", "c@three.example", "https://alder-photo.example/3");
        site.run_due();
        site.advance(Span::hours(49));
        assert!(site.staff("viewer").get("/staff/customers/1").text().contains("2 / 3"));
    }

    /// So it is where its cases are answered at the same moment.
    fn answers_at_the_same_moment_are_one_strike(site: TestSite) {
        site.customers(CUSTOMERS);
        for n in 0..8 {
            site.report_as(&format!("Sender {n}"), &format!("a@s{n}.example"), &format!("https://alder-photo.example/{n}"));
        }
        site.run_due();
        let letters = site.letters_to("owner@alder-photo.example");
        assert_eq!(letters.len(), 8);
        let pages: Vec<_> = letters.iter().map(|l| (site.client(), l.link())).map(|(c, link)| (c.get(&link), c, link)).collect();
        std::thread::scope(|scope| {
            for (page, client, link) in &pages {
                scope.spawn(move || {
                    let sent = client.post_with_seal(page, link, &[("answer", "removed")]);
                    assert_eq!(sent.status, 303, "{}", sent.text());
                });
            }
        });
        let text = site.staff("viewer").get("/staff/customers/1").text();
        assert!(text.contains("1 / 3"), "{text}");
    }

    /// A strike of two cases stands as long as one of them counts.
    fn a_strike_of_two_cases_outlives_the_first(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipts = [
            site.report_as("A One", "a@one.example", "https://alder-photo.example/1"),
            site.report_as("B Two", "b@two.example", "https://alder-photo.example/2"),
        ];
        site.run_due();
        site.advance(Span::hours(49));
        let staff = site.staff("agent");
        for (receipt, left) in receipts.iter().zip(["1 / 3", "0 / 3"]) {
            let path = format!("/staff/cases/{}/close", receipt.reference('C'));
            let done = staff.post_with_seal(&staff.get(&path), &path, &[("choice", "no_action"), ("why", "Licensed.")]);
            assert_eq!(done.status, 303, "{}", done.text());
            let text = staff.get("/staff/customers/1").text();
            assert!(text.contains(left), "{left}: {text}");
        }
    }

    /// The same material again is the same incident.
    fn the_same_material_counts_once(site: TestSite) {
        site.customers(CUSTOMERS);
        for (name, mail) in [("A One", "a@one.example"), ("B Two", "b@two.example")] {
            site.report_as(name, mail, "https://alder-photo.example/same.jpg");
            site.run_due();
            site.advance(Span::hours(49));
        }
        assert!(site.staff("viewer").get("/staff/customers/1").text().contains("1 / 3"));
    }

    /// A strike runs out by age and stays on record.
    fn strikes_run_out(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        site.advance(Span::hours(49));
        site.advance(Span::days(180));
        let text = site.staff("viewer").get("/staff/customers/1").text();
        assert!(text.contains("0 / 3") && text.contains("1, of which 1 expired and 0 voided"), "{text}");
        assert!(text.contains("Strike expired"), "{text}");
    }

    /// A lead voids a strike, for a reason; an agent cannot.
    fn a_strike_is_voided_by_a_lead(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        site.advance(Span::hours(49));
        let agent = site.staff("agent");
        let refused = agent.post_with_seal(&agent.get("/staff/customers/1"), "/staff/strikes/1/void", &[("why", "x")]);
        assert_eq!(refused.status, 403);
        let lead = site.staff("lead");
        let page = lead.get("/staff/customers/1");
        let silent = lead.post_with_seal(&page, "/staff/strikes/1/void", &[("why", " ")]);
        assert!(silent.status == 422 && silent.body.contains("id=\"void-1-error\""), "{}", silent.text());
        assert_eq!(lead.post_with_seal(&page, "/staff/strikes/1/void", &[("why", "Sender withdrew by mail.")]).status, 303);
        let text = lead.get("/staff/customers/1").text();
        assert!(text.contains("0 / 3") && text.contains("does not count") && text.contains("Sender withdrew by mail."), "{text}");
    }
}
