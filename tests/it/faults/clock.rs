//! Clocks that go back or jump: nothing is lost, sent twice or out of order, what was due stays due, and a clock that is
//! not believed ends nothing.

use safeharbor::domain::base::moment::Span;
use safeharbor::storage::enforcement::strikes;
use safeharbor::storage::engine::clock_doubts;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

impl TestSite {
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
    fn a_clock_that_goes_back_delays_nothing(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let before = site.letters().len();
        // Written in the hour that comes again.
        site.report("https://alder-photo.example/b.jpg");
        site.clock.advance(Span(-Span::hours(1).0));
        site.run_due();
        site.report("https://alder-photo.example/c.jpg");
        site.run_due();
        let letters = site.letters_to("owner@alder-photo.example");
        assert_eq!(letters.len(), 3, "all are forwarded within the hour that comes again");
        assert!(site.letters().len() >= before + 4, "receipts too");
        site.advance(Span::hours(1));
        site.advance(Span::hours(1));
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 3, "each once");
        let text = site.client().figures().body;
        assert!(text.contains("safeharbor_clock_back_total 1\n"), "{text}");
        let queue = site.staff("viewer").get("/staff/");
        assert_eq!(queue.status, 200);
    }

    /// 400 days ahead for some seconds: nothing ends, everybody is told, and it goes on by itself.
    fn a_clock_that_jumps_ends_nothing(site: TestSite) {
        site.with_a_strike();
        let jump = Span::days(400);
        site.clock.set(jump);
        site.run_due();
        site.advance(Span::seconds(12));
        assert_eq!((site.strikes_expired(), site.kinds("case.unanswered").len(), site.kinds("case.reminded").len()), (0, 1, 0));
        assert_eq!((site.figure("safeharbor_clock_doubted"), site.figure("safeharbor_clock_off_seconds")), (1, 400 * 86_400));
        assert!(site.client().get("/readyz").body.contains("the clock is off by 34560000 s"));
        let page = site.staff("viewer").get("/staff/").text();
        assert!(page.contains("400 days ahead of what it should show"), "{page}");
        site.clock.set(Span(-jump.0));
        site.run_due();
        assert_eq!(site.figure("safeharbor_clock_doubted"), 0);
        assert_eq!(site.client().get("/readyz").body, "ready\n");
        assert!(!site.staff("viewer").get("/staff/").text().contains("should show"));
        assert_eq!((site.strikes_expired(), site.kinds("clock.").len()), (0, 1));
        site.advance(Span::hours(49));
        assert_eq!(site.kinds("case.unanswered").len(), 2, "and deadlines pass as ever");
    }

    /// A small jump that stays is believed after a day; a large one never is by itself, a start included, until a person
    /// says so.
    fn a_clock_that_stays_is_believed(site: TestSite) {
        site.with_a_strike();
        site.clock.set(Span::hours(20));
        site.run_due();
        site.advance(Span::hours(23));
        assert_eq!(site.kinds("clock.").len(), 0);
        site.advance(Span::hours(2));
        assert_eq!(site.kinds("clock."), ["clock.believed"]);
        site.clock.set(Span::days(400));
        site.run_due();
        for _ in 0..3 {
            site.advance(Span::hours(30));
        }
        assert_eq!(site.strikes_expired(), 0);
        let admin = site.staff("admin");
        let page = admin.get("/staff/outbox");
        assert!(page.text().contains("400 days ahead") && !site.staff("lead").get("/staff/").body.contains("/staff/clock"));
        assert_eq!(admin.post_with_seal(&page, "/staff/clock", &[]).status, 303);
        site.run_due();
        assert_eq!(site.figure("safeharbor_clock_doubted"), 0);
        assert_eq!(site.kinds("clock.").len(), 3, "twice believed, once confirmed");
        site.run_due();
        assert!(site.strikes_expired() >= 1);
    }

    /// The clock jumps, and the program is started anew, perhaps by its own watchdog: it still is not believed.
    fn a_start_ends_no_doubt(site: TestSite) {
        site.with_a_strike();
        site.clock.set(Span::days(400));
        site.run_due();
        let unanswered = site.kinds("case.unanswered").len();
        for _ in 0..3 {
            site.clock.advance(Span::hours(1));
            site.restart();
            let doubt = site.wait(site.app.read(clock_doubts::read)).unwrap().expect("it is doubted");
            assert!(doubt.off > Span::days(399) && doubt.off < Span::days(401), "{doubt:?}");
        }
        assert_eq!((site.strikes_expired(), site.kinds("case.unanswered").len(), site.kinds("clock.").len()), (0, unanswered, 0));
        site.clock.set(Span(-Span::days(400).0));
        site.restart();
        site.run_due();
        assert_eq!((site.kinds("clock."), site.strikes_expired()), (vec!["clock.believed".to_owned()], 0));
    }

    /// While it is off, what comes and goes has the time that it should show; after a start, when that is not known, no
    /// letter names a deadline.
    fn a_clock_that_is_off_dates_nothing(site: TestSite) {
        site.customers(CUSTOMERS);
        let right = site.clock.now();
        site.clock.set(Span::days(400));
        site.report("https://alder-photo.example/off.jpg");
        site.run_due();
        let deadline = (right + Span::hours(48)).full();
        let letter = site.letter_to("owner@alder-photo.example").text;
        assert!(letter.contains(&deadline), "{deadline}: {letter}");
        site.report("https://brightmoor.example/off.jpg");
        site.restart();
        assert!(site.letters_to("idris@brightmoor.example").is_empty());
        site.clock.set(Span(-Span::days(400).0));
        site.run_due();
        site.advance(Span::minutes(2));
        assert_eq!(site.letters_to("idris@brightmoor.example").len(), 1);
        site.advance(Span::hours(49));
        assert_eq!(site.kinds("case.unanswered").len(), 2, "deadlines pass when they are over, not in 400 days");
    }

    /// Down for weeks: everything is caught up. A start before what was recorded last is no such thing.
    fn a_start_before_the_record_is_doubted(site: TestSite) {
        site.with_a_strike();
        site.clock.set(Span::days(21));
        site.restart();
        assert_eq!(site.kinds("case.unanswered").len(), 2, "a stop is caught up with");
        site.clock.set(Span(-Span::days(60).0));
        site.restart();
        let doubt = site.wait(site.app.read(clock_doubts::read)).unwrap().expect("it is doubted");
        assert!(doubt.off < Span(-Span::days(59).0), "{doubt:?}");
    }
}
