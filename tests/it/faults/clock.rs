//! The clock goes back an hour: nothing is lost, sent twice or out of order, and what was due stays due.

use safeharbor::domain::moment::Span;

use crate::on_both;
use crate::support::{CUSTOMERS, House};

on_both! {
    fn a_clock_that_goes_back_delays_nothing(house: House) {
        house.customers(CUSTOMERS);
        house.report("https://alder-photo.example/a.jpg");
        house.run_due();
        let before = house.letters().len();
        // Written in the hour that comes again.
        house.report("https://alder-photo.example/b.jpg");
        house.clock.advance(Span(-Span::hours(1).0));
        house.run_due();
        house.report("https://alder-photo.example/c.jpg");
        house.run_due();
        let letters = house.letters_to("owner@alder-photo.example");
        assert_eq!(letters.len(), 3, "all are forwarded within the hour that comes again");
        assert!(house.letters().len() >= before + 4, "receipts too");
        house.advance(Span::hours(1));
        house.advance(Span::hours(1));
        assert_eq!(house.letters_to("owner@alder-photo.example").len(), 3, "each once");
        let text = house.client().get("/metrics").body;
        assert!(text.contains("safeharbor_clock_back_total 1\n"), "{text}");
        let queue = house.staff("viewer").get("/staff/");
        assert_eq!(queue.status, 200);
    }
}
