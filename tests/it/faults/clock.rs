//! Clocks that go back or jump: nothing is lost, sent twice or out of order, what was due stays due, and a clock that is
//! not believed ends nothing.

use safeharbor::domain::base::moment::Span;
use safeharbor::storage::enforcement::strikes;
use safeharbor::storage::engine::clock_doubts;

use crate::on_both;
use crate::support::{CUSTOMERS, House};

impl House {
    fn figure(&self, name: &str) -> i64 {
        let text = self.client().figures().body;
        let line = text.lines().find_map(|l| l.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
    }
    fn strikes_expired(&self) -> usize {
        let all = self
            .wait(self.app.read(|c| strikes::of_customer(c, safeharbor::domain::base::ids::CustomerId(1), 50)))
            .unwrap();
        all.iter().filter(|s| s.status.code() == "expired").count()
    }
    /// One strike that counts, and one case that waits.
    fn with_a_strike(&self) -> String {
        self.customers(CUSTOMERS);
        self.report("https://alder-photo.example/struck.jpg");
        self.run_due();
        self.advance(Span::hours(49));
        assert_eq!(self.kinds("strike.counted").len(), 1);
        let case = self.report("https://alder-photo.example/waits.jpg").reference('C');
        self.run_due();
        case
    }
}

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
        let text = house.client().figures().body;
        assert!(text.contains("safeharbor_clock_back_total 1\n"), "{text}");
        let queue = house.staff("viewer").get("/staff/");
        assert_eq!(queue.status, 200);
    }

    /// 400 days ahead for some seconds: nothing ends, everybody is told, and it goes on by itself.
    fn a_clock_that_jumps_ends_nothing(house: House) {
        house.with_a_strike();
        let jump = Span::days(400);
        house.clock.set(jump);
        house.run_due();
        house.advance(Span::seconds(12));
        assert_eq!((house.strikes_expired(), house.kinds("case.unanswered").len(), house.kinds("case.reminded").len()), (0, 1, 0));
        assert_eq!((house.figure("safeharbor_clock_doubted"), house.figure("safeharbor_clock_off_seconds")), (1, 400 * 86_400));
        assert!(house.client().get("/readyz").body.contains("the clock is off by 34560000 s"));
        let page = house.staff("viewer").get("/staff/").text();
        assert!(page.contains("400 days ahead of what it should show"), "{page}");
        house.clock.set(Span(-jump.0));
        house.run_due();
        assert_eq!(house.figure("safeharbor_clock_doubted"), 0);
        assert_eq!(house.client().get("/readyz").body, "ready\n");
        assert!(!house.staff("viewer").get("/staff/").text().contains("should show"));
        assert_eq!((house.strikes_expired(), house.kinds("clock.").len()), (0, 1));
        house.advance(Span::hours(49));
        assert_eq!(house.kinds("case.unanswered").len(), 2, "and deadlines pass as ever");
    }

    /// A small jump that stays is believed after a day; a large one never is by itself, a start included, until a person
    /// says so.
    fn a_clock_that_stays_is_believed(house: House) {
        house.with_a_strike();
        house.clock.set(Span::hours(20));
        house.run_due();
        house.advance(Span::hours(23));
        assert_eq!(house.kinds("clock.").len(), 0);
        house.advance(Span::hours(2));
        assert_eq!(house.kinds("clock."), ["clock.believed"]);
        house.clock.set(Span::days(400));
        house.run_due();
        for _ in 0..3 {
            house.advance(Span::hours(30));
        }
        assert_eq!(house.strikes_expired(), 0);
        let admin = house.staff("admin");
        let page = admin.get("/staff/outbox");
        assert!(page.text().contains("400 days ahead") && !house.staff("lead").get("/staff/").body.contains("/staff/clock"));
        assert_eq!(admin.post_with_seal(&page, "/staff/clock", &[]).status, 303);
        house.run_due();
        assert_eq!(house.figure("safeharbor_clock_doubted"), 0);
        assert_eq!(house.kinds("clock.").len(), 3, "twice believed, once confirmed");
        house.run_due();
        assert!(house.strikes_expired() >= 1);
    }

    /// The clock jumps, and the program is started anew, perhaps by its own watchdog: it still is not believed.
    fn a_start_ends_no_doubt(house: House) {
        house.with_a_strike();
        house.clock.set(Span::days(400));
        house.run_due();
        let unanswered = house.kinds("case.unanswered").len();
        for _ in 0..3 {
            house.clock.advance(Span::hours(1));
            house.restart();
            let doubt = house.wait(house.app.read(clock_doubts::read)).unwrap().expect("it is doubted");
            assert!(doubt.off > Span::days(399) && doubt.off < Span::days(401), "{doubt:?}");
        }
        assert_eq!((house.strikes_expired(), house.kinds("case.unanswered").len(), house.kinds("clock.").len()), (0, unanswered, 0));
        house.clock.set(Span(-Span::days(400).0));
        house.restart();
        house.run_due();
        assert_eq!((house.kinds("clock."), house.strikes_expired()), (vec!["clock.believed".to_owned()], 0));
    }

    /// While it is off, what comes and goes has the time that it should show; after a start, when that is not known, no
    /// letter names a deadline.
    fn a_clock_that_is_off_dates_nothing(house: House) {
        house.customers(CUSTOMERS);
        let right = house.clock.now();
        house.clock.set(Span::days(400));
        house.report("https://alder-photo.example/off.jpg");
        house.run_due();
        let deadline = (right + Span::hours(48)).full();
        let letter = house.letter_to("owner@alder-photo.example").text;
        assert!(letter.contains(&deadline), "{deadline}: {letter}");
        house.report("https://brightmoor.example/off.jpg");
        house.restart();
        assert!(house.letters_to("idris@brightmoor.example").is_empty());
        house.clock.set(Span(-Span::days(400).0));
        house.run_due();
        house.advance(Span::minutes(2));
        assert_eq!(house.letters_to("idris@brightmoor.example").len(), 1);
        house.advance(Span::hours(49));
        assert_eq!(house.kinds("case.unanswered").len(), 2, "deadlines pass when they are over, not in 400 days");
    }

    /// Down for weeks: everything is caught up. A start before what was recorded last is no such thing.
    fn a_start_before_the_record_is_doubted(house: House) {
        house.with_a_strike();
        house.clock.set(Span::days(21));
        house.restart();
        assert_eq!(house.kinds("case.unanswered").len(), 2, "a stop is caught up with");
        house.clock.set(Span(-Span::days(60).0));
        house.restart();
        let doubt = house.wait(house.app.read(clock_doubts::read)).unwrap().expect("it is doubted");
        assert!(doubt.off < Span(-Span::days(59).0), "{doubt:?}");
    }
}
