use safeharbor::domain::base::moment::Span;

use crate::on_both;
use crate::support::{CUSTOMERS, House};

on_both! {
    /// Notices that arrive before the customer is told are one incident; a later one is another.
    fn one_incident_is_one_strike(house: House) {
        house.customers(CUSTOMERS);
        house.report_as("A One", "a@one.example", "https://alder-photo.example/1");
        house.report_as("B Two", "b@two.example", "https://alder-photo.example/2");
        house.run_due();
        house.advance(Span::hours(49));
        let staff = house.staff("viewer");
        let text = staff.get("/staff/customers/1").text();
        assert!(text.contains("1 / 3") && text.contains("same incident") && text.contains("2 of 2"), "{text}");
        house.report_as("C Three", "c@three.example", "https://alder-photo.example/3");
        house.run_due();
        house.advance(Span::hours(49));
        assert!(house.staff("viewer").get("/staff/customers/1").text().contains("2 / 3"));
    }

    /// So it is where its cases are answered at the same moment.
    fn answers_at_the_same_moment_are_one_strike(house: House) {
        house.customers(CUSTOMERS);
        for n in 0..8 {
            house.report_as(&format!("Sender {n}"), &format!("a@s{n}.example"), &format!("https://alder-photo.example/{n}"));
        }
        house.run_due();
        let letters = house.letters_to("owner@alder-photo.example");
        assert_eq!(letters.len(), 8);
        let pages: Vec<_> = letters.iter().map(|l| (house.client(), l.link())).map(|(c, link)| (c.get(&link), c, link)).collect();
        std::thread::scope(|scope| {
            for (page, client, link) in &pages {
                scope.spawn(move || {
                    let sent = client.post_with_seal(page, link, &[("answer", "removed")]);
                    assert_eq!(sent.status, 303, "{}", sent.text());
                });
            }
        });
        let text = house.staff("viewer").get("/staff/customers/1").text();
        assert!(text.contains("1 / 3"), "{text}");
    }

    /// A strike of two cases stands as long as one of them counts.
    fn a_strike_of_two_cases_outlives_the_first(house: House) {
        house.customers(CUSTOMERS);
        let receipts = [
            house.report_as("A One", "a@one.example", "https://alder-photo.example/1"),
            house.report_as("B Two", "b@two.example", "https://alder-photo.example/2"),
        ];
        house.run_due();
        house.advance(Span::hours(49));
        let staff = house.staff("agent");
        for (receipt, left) in receipts.iter().zip(["1 / 3", "0 / 3"]) {
            let path = format!("/staff/cases/{}/close", receipt.reference('C'));
            let done = staff.post_with_seal(&staff.get(&path), &path, &[("choice", "no_action"), ("why", "Licensed.")]);
            assert_eq!(done.status, 303, "{}", done.text());
            let text = staff.get("/staff/customers/1").text();
            assert!(text.contains(left), "{left}: {text}");
        }
    }

    /// The same material again is the same incident.
    fn the_same_material_counts_once(house: House) {
        house.customers(CUSTOMERS);
        for (name, mail) in [("A One", "a@one.example"), ("B Two", "b@two.example")] {
            house.report_as(name, mail, "https://alder-photo.example/same.jpg");
            house.run_due();
            house.advance(Span::hours(49));
        }
        assert!(house.staff("viewer").get("/staff/customers/1").text().contains("1 / 3"));
    }

    /// A strike runs out by age and stays on record.
    fn strikes_run_out(house: House) {
        house.customers(CUSTOMERS);
        house.report("https://alder-photo.example/a.jpg");
        house.run_due();
        house.advance(Span::hours(49));
        house.advance(Span::days(180));
        let text = house.staff("viewer").get("/staff/customers/1").text();
        assert!(text.contains("0 / 3") && text.contains("1, of which 1 expired and 0 voided"), "{text}");
        assert!(text.contains("Strike expired"), "{text}");
    }

    /// A lead voids a strike, for a reason; an agent cannot.
    fn a_strike_is_voided_by_a_lead(house: House) {
        house.customers(CUSTOMERS);
        house.report("https://alder-photo.example/a.jpg");
        house.run_due();
        house.advance(Span::hours(49));
        let agent = house.staff("agent");
        let refused = agent.post_with_seal(&agent.get("/staff/customers/1"), "/staff/strikes/1/void", &[("why", "x")]);
        assert_eq!(refused.status, 403);
        let lead = house.staff("lead");
        let page = lead.get("/staff/customers/1");
        let silent = lead.post_with_seal(&page, "/staff/strikes/1/void", &[("why", " ")]);
        assert!(silent.status == 422 && silent.body.contains("id=\"void-1-error\""), "{}", silent.text());
        assert_eq!(lead.post_with_seal(&page, "/staff/strikes/1/void", &[("why", "Sender withdrew by mail.")]).status, 303);
        let text = lead.get("/staff/customers/1").text();
        assert!(text.contains("0 / 3") && text.contains("does not count") && text.contains("Sender withdrew by mail."), "{text}");
    }
}
