use safeharbor::domain::base::moment::{Moment, Span};

use crate::on_both;
use crate::support::{COURT, CUSTOMERS, Client, Page, TestSite, boxes, counter_form};

const COMPLAINANT: &str = "rights@holtfinch.example";
const OWNER: &str = "owner@alder-photo.example";

/// A case of which everything is disabled; returns its reference.
fn disabled(site: &TestSite, urls: &str) -> String {
    site.customers(CUSTOMERS);
    let receipt = site.report(urls);
    site.run_due();
    let case = receipt.reference('C');
    site.disable(&case);
    case
}

/// The customer follows the link of the letter about disabled access and sends a counter-notice.
fn dispute(client: &Client, link: &str, form: &[(&str, &str)]) -> Page {
    let page = client.get(link);
    let mut all = form.to_vec();
    let urls = boxes(&page);
    all.extend(urls.iter().map(|id| ("urls[]", id.as_str())));
    client.post_with_seal(&page, link, &all)
}

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

impl TestSite {
    fn until(&self, to: Moment) {
        let now = self.clock.now();
        assert!(to >= now, "{} is over", to.iso());
        self.advance(to.since(now));
    }
    fn case_page(&self, case: &str) -> String {
        self.staff("viewer").get(&format!("/staff/cases/{case}")).text()
    }
    fn confirm(&self, case: &str, what: &str) -> Page {
        let agent = self.staff("agent");
        let path = format!("/staff/cases/{case}");
        let done = agent.post_with_seal(&agent.get(&path), &path, &[("do", what)]);
        self.run_due();
        done
    }
}

on_both! {
    /// From disabled access to restored access: every letter, every date, and the strike.
    fn a_counter_notice_restores_access_on_time(site: TestSite) {
        let case = disabled(&site, "https://alder-photo.example/a.jpg\nhttps://alder-photo.example/b.jpg");
        assert!(site.staff("viewer").get("/staff/customers/1").text().contains("1 / 3"));
        let letter = site.letter_to(OWNER);
        assert!(letter.subject.starts_with("Access to 2 addresses on alder-photo.example is disabled"), "{}", letter.subject);
        assert!(letter.text.contains("No answer by the deadline.") && letter.text.contains("10 to 14 business days"), "{}", letter.text);
        let client = site.client();
        let link = letter.link();
        assert!(link.ends_with("/counter-notice"), "{link}");
        let page = client.get(&link).text();
        assert!(page.contains("with your name, address and telephone number") && page.contains("Joel Finch"), "{page}");
        // Ten business days after Tuesday 10 March are over at the end of Tuesday 24 March in New York.
        assert!(page.contains("between the end of Tuesday 24 March and the end of Monday 30 March 2026"), "{page}");
        let sent = dispute(&client, &link, &counter_form());
        assert_eq!(sent.status, 303, "{}", sent.text());
        assert!(client.get(&link).text().contains("There is nothing to dispute"), "not the same addresses twice");
        site.run_due();
        let copy = site.letter_to(COMPLAINANT);
        let words = copy.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in ["in 10 business days", "Idris Moor", "88 Tamarack Avenue, Duluth MN 55802, USA", "+1 218 555 0164",
            "https://alder-photo.example/a.jpg", "Under penalty of perjury", "Federal District Court", "accept service of process",
            "Both files are my own photographs.", "between the end of Tuesday 24 March and the end of Monday 30 March 2026"] {
            assert!(words.contains(part), "{part}: {words}");
        }
        assert!(!words.contains("Alder Photo Studio") && !words.contains("NW-1"), "only what the counter-notice says");
        let status = client.get(&copy.link()).text();
        assert!(status.contains("One thing needs your attention") && status.contains("Idris Moor"), "{status}");
        assert!(client.get(&sent.location).text().contains("waiting period running"));
        // One second early nothing returns, whoever asks.
        site.until(at("2026-03-25T03:59:59Z"));
        assert!(site.case_page(&case).contains("Counter-notice running"));
        let agent = site.staff("agent");
        let restore = format!("/staff/cases/{case}/restore");
        let refused = agent.post_with_seal(&agent.get(&restore), &restore, &[("why", "He is right.")]);
        assert!(refused.status == 422 && refused.text().contains("Restoring it earlier is not allowed"), "{}", refused.text());
        site.until(at("2026-03-25T04:00:00Z"));
        assert!(site.case_page(&case).contains("Restore now"), "{}", site.case_page(&case));
        assert!(site.staff("viewer").get("/staff/?view=review").text().contains("Restore access"));
        assert_eq!(site.confirm(&case, "confirm-restored").status, 303);
        site.run_due();
        let page = site.case_page(&case);
        assert!(page.contains("Restored") && page.contains("The counter-notice’s waiting period ended") && page.contains("Does not count"), "{page}");
        let account = site.staff("viewer").get("/staff/customers/1").text();
        assert!(account.contains("0 / 3") && account.contains("1, of which 0 expired and 1 voided"), "{account}");
        for (to, words) in [(OWNER, "does not count as a strike"), (COMPLAINANT, "we were not notified of a court action before then")] {
            let letter = site.letter_to(to);
            let text = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(letter.subject.contains("has returned") && text.contains(words), "{text}");
        }
        assert!(!site.staff("viewer").get("/staff/?view=review").text().contains("Restore access"), "the task is done");
    }

    /// All dates that were computed by hand, with a restart of the program between receipt and put-back.
    fn every_date_is_kept_through_a_restart(site: TestSite) {
        const VECTORS: [(&str, &str, &str); 10] = [
            ("2026-06-19", "2026-07-06", "2026-07-10"),
            ("2026-11-22", "2026-12-07", "2026-12-11"),
            ("2026-11-23", "2026-12-08", "2026-12-14"),
            ("2026-12-14", "2026-12-29", "2027-01-05"),
            ("2026-12-18", "2027-01-05", "2027-01-11"),
            ("2026-12-25", "2027-01-11", "2027-01-15"),
            ("2026-12-26", "2027-01-11", "2027-01-15"),
            ("2027-06-18", "2027-07-02", "2027-07-09"),
            ("2027-12-17", "2028-01-04", "2028-01-10"),
            ("2027-12-31", "2028-01-14", "2028-01-21"),
        ];
        site.customers(CUSTOMERS);
        let cases: Vec<String> = (0..VECTORS.len())
            .map(|n| {
                let receipt = site.report_as("J F", "j@f.example", &format!("https://alder-photo.example/{n}.jpg"));
                site.run_due();
                site.disable(&receipt.reference('C'));
                receipt.reference('C')
            })
            .collect();
        // What happens, in the order of time: a counter-notice arrives, its tenth and its thirteenth day.
        let mut steps: Vec<(Moment, usize, u8)> = Vec::new();
        for (n, (received, tenth, fourteenth)) in VECTORS.iter().enumerate() {
            let end = |day: &str| at(&format!("{day}T23:59:59Z")) + Span::seconds(1) + Span::hours(5);
            steps.push((at(&format!("{received}T17:00:00Z")), n, 0));
            steps.push((end(tenth) - Span::hours(2), n, 1));
            steps.push((end(tenth), n, 2));
            steps.push((end(fourteenth), n, 3));
        }
        steps.sort();
        for (when, n, step) in steps {
            site.until(when);
            let page = || site.case_page(&cases[n]);
            match step {
                0 => {
                    site.counter_notice(&cases[n]);
                    site.restart();
                }
                1 => assert!(page().contains("Counter-notice running"), "{n}: too early"),
                2 => assert!(page().contains("Restore now"), "{n}: {}", page()),
                _ => {
                    assert!(page().contains("The fourteenth business day is over"), "{n}: silent");
                    assert_eq!(site.confirm(&cases[n], "confirm-restored").status, 303);
                    assert!(page().contains("The counter-notice’s waiting period ended"), "{n}");
                }
            }
        }
    }

    /// On the last evening the complainant tells of a court action: access stays disabled.
    fn a_court_action_on_the_last_day_stops_it(site: TestSite) {
        let case = disabled(&site, "https://alder-photo.example/a.jpg");
        let client = site.client();
        dispute(&client, &site.letter_to(OWNER).link(), &counter_form());
        site.run_due();
        site.until(at("2026-03-25T03:59:00Z"));
        let link = site.letter_to(COMPLAINANT).link();
        let status = client.get(&link);
        let path = status.body.split("action=\"").find(|s| s.contains("/court-action/")).unwrap().split('"').next().unwrap().to_owned();
        let nothing = client.post_with_seal(&status, &path, &[("court", "x")]);
        let text = nothing.text();
        assert!(nothing.status == 422 && text.contains("Enter the case or docket number") && text.contains("There is a problem with 4 answers"), "{text}");
        let future: Vec<(&str, &str)> = COURT.iter().map(|(k, v)| if *k == "filed" { (*k, "2026-04-01") } else { (*k, *v) }).collect();
        assert_eq!(client.post_with_seal(&status, &path, &future).status, 422, "nothing is filed in the future");
        let told = client.post_with_seal(&status, &path, &COURT);
        assert_eq!(told.status, 303, "{}", told.text());
        site.run_due();
        assert!(site.letter_to(COMPLAINANT).text.contains("before access was restored"), "{}", site.letter_to(COMPLAINANT).text);
        assert!(site.letter_to(OWNER).subject.contains("stays disabled"), "{}", site.letter_to(OWNER).subject);
        site.advance(Span::days(30));
        let page = site.case_page(&case);
        assert!(page.contains("Stopped by a court action") && page.contains("2:26-cv-00412") && page.contains("in time"), "{page}");
        assert!(page.contains("Disabled") && !page.contains("Being restored"), "{page}");
        assert!(site.staff("viewer").get("/staff/customers/1").text().contains("1 / 3"), "the strike stands");
    }

    /// Told after the request to restore, but before it was confirmed: it still counts; after that it does not.
    fn a_court_action_counts_until_access_has_returned(site: TestSite) {
        let case = disabled(&site, "https://alder-photo.example/a.jpg");
        let counter = site.counter_notice(&case);
        site.advance(Span::days(15));
        assert!(site.case_page(&case).contains("Being restored"));
        site.sue(&case, counter);
        let page = site.case_page(&case);
        assert!(page.contains("Stopped by a court action") && !page.contains("Being restored"), "{page}");
        let receipt = site.report("https://brightmoor.example/a.jpg");
        site.run_due();
        let second = receipt.reference('C');
        site.disable(&second);
        let counter = site.counter_notice(&second);
        site.advance(Span::days(20));
        assert_eq!(site.confirm(&second, "confirm-restored").status, 303);
        site.sue(&second, counter);
        let page = site.case_page(&second);
        assert!(page.contains("after access was restored") && page.contains("A court action came after"), "{page}");
        assert!(site.letter_to(COMPLAINANT).subject.contains("came after access was restored"));
    }

    /// Nobody restores: an alarm on the thirteenth business day, and it is said that the fourteenth was missed.
    fn nothing_is_silently_late(site: TestSite) {
        let case = disabled(&site, "https://alder-photo.example/a.jpg");
        site.counter_notice(&case);
        site.until(at("2026-03-27T03:59:00Z"));
        let queue = || site.staff("viewer").get("/staff/?view=review").text();
        assert!(!queue().contains("runs out of time"), "{}", queue());
        site.until(at("2026-03-27T04:00:00Z"));
        assert!(queue().contains("A put-back runs out of time") && queue().contains("Monday 30 March 2026"), "{}", queue());
        site.until(at("2026-03-31T04:00:00Z"));
        assert!(queue().contains("A put-back is too late"), "{}", queue());
        assert!(site.staff("viewer").get("/staff/?view=counter").text().contains("late"));
        assert_eq!(site.confirm(&case, "confirm-restored").status, 303);
        assert!(!queue().contains("A put-back"), "{}", queue());
        assert!(site.case_page(&case).contains("access was not restored"), "it stays on record");
    }

    /// A program that starts only after the window still restores, and says that it is late.
    fn a_late_start_catches_up_and_says_so(site: TestSite) {
        let case = disabled(&site, "https://alder-photo.example/a.jpg");
        site.counter_notice(&case);
        site.clock.advance(Span::days(40));
        site.restart();
        let page = site.case_page(&case);
        assert!(page.contains("Being restored") && page.contains("The fourteenth business day is over"), "{page}");
    }

    /// The ten business days are over, but another notice keeps the address disabled: both sides are told so, and
    /// access returns when that one is over too.
    fn another_notice_holds_what_was_disputed(site: TestSite) {
        let one = disabled(&site, "https://alder-photo.example/a.jpg");
        let two = site.report_as("Nadia Crane", "nadia@corvid.example", "https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        site.disable(&two);
        let client = site.client();
        let letters = site.letters_to(OWNER);
        let link = letters.iter().rev().find(|l| l.subject.contains("is disabled") && l.text.contains(&one)).unwrap().link();
        assert_eq!(dispute(&client, &link, &counter_form()).status, 303);
        site.until(at("2026-03-25T04:00:00Z"));
        site.run_due();
        assert!(site.case_page(&one).contains("Disabled under another notice"), "{}", site.case_page(&one));
        assert!(!site.staff("viewer").get("/staff/?view=review").text().contains("Restore access"), "nothing to restore yet");
        for to in [OWNER, COMPLAINANT] {
            let letters = site.letters_to(to);
            assert!(letters.iter().any(|l| l.text.contains("STILL DISABLED BECAUSE OF ANOTHER NOTICE")), "{to}");
        }
        site.advance(Span::days(10));
        assert!(!site.case_page(&one).contains("Warning:"), "what another notice holds is not late");
        let agent = site.staff("agent");
        let restore = format!("/staff/cases/{two}/restore");
        assert_eq!(agent.post_with_seal(&agent.get(&restore), &restore, &[("why", "The sender erred.")]).status, 303);
        site.confirm(&two, "confirm-restored");
        for case in [&one, &two] {
            assert!(site.case_page(case).contains("Restored"), "{}", site.case_page(case));
        }
    }

    /// Before anything was disabled there is no counter-notice, and the page says what a dispute is.
    fn a_dispute_before_disabling_is_no_counter_notice(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let link = site.letter_to(OWNER).link();
        let client = site.client();
        let page = client.get(&format!("{link}/counter-notice"));
        assert!(page.text().contains("Nothing has been disabled") && page.text().contains("I dispute this"), "{}", page.text());
        let answer = client.get(&link);
        let mut form = counter_form();
        form.push(("urls[]", "1"));
        let forced = client.post_with_seal(&answer, &format!("{link}/counter-notice"), &form);
        assert!(forced.status == 422 && forced.text().contains("There is nothing to dispute"), "{}", forced.text());
        let answered = client.post_with_seal(&answer, &link, &[("answer", "dispute"), ("dis-why", "I took it myself.")]);
        assert_eq!(answered.status, 303, "{}", answered.text());
        site.run_due();
        assert!(site.letters_to(COMPLAINANT).iter().all(|l| !l.subject.contains("Counter-notice")));
        // Disabled after the dispute: now there is one.
        site.disable(&receipt.reference('C'));
        assert_eq!(dispute(&client, &site.letter_to(OWNER).link(), &counter_form()).status, 303);
    }

    /// Every element is asked for at once; nothing typed is lost; files are told by their content.
    fn errors_of_a_counter_notice_come_all_at_once(site: TestSite) {
        disabled(&site, "https://alder-photo.example/a.jpg");
        let client = site.client();
        let link = site.letter_to(OWNER).link();
        let page = client.get(&link);
        let empty = client.post_with_seal(&page, &link, &[("why", "Mine, I say.")]);
        let text = empty.text();
        assert!(empty.status == 422 && text.contains("There is a problem with 10 answers") && text.contains("Mine, I say."), "{text}");
        let urls = boxes(&page);
        let mut fields = counter_form();
        fields.push(("urls[]", &urls[0]));
        let csrf = page.field("csrf");
        fields.push(("csrf", &csrf));
        let exe = client.post_files(&link, &fields, &[("files", "proof.pdf", b"MZ\x90\0\x03")]);
        assert!(exe.status == 422 && exe.text().contains("is not a PDF, an image"), "{}", exe.text());
        let six: Vec<(&str, &str, &[u8])> = (0..6).map(|_| ("files", "a.txt", &b"text"[..])).collect();
        assert!(client.post_files(&link, &fields, &six).text().contains("at most 5 files"));
        let big = vec![b'a'; 20_000_001];
        let large = client.post_files(&link, &fields, &[("files", "big.txt", &big)]);
        assert!(large.status == 422 && large.text().contains("larger than 20 MB"), "{}", large.text());
        let sent = client.post_files(&link, &fields, &[("files", "raw.pdf", b"%PDF-1.7 my photograph")]);
        assert_eq!(sent.status, 303, "{}", sent.text());
        site.run_due();
        let copy = site.letter_to(COMPLAINANT);
        assert!(copy.text.contains("raw.pdf"), "{}", copy.text);
        let status = client.get(&copy.link());
        let file = client.get(&status.link(&format!("{}/files/", copy.link())));
        assert_eq!((file.status, file.body.as_str()), (200, "%PDF-1.7 my photograph"));
        assert!(file.headers["content-disposition"].starts_with("attachment"), "{:?}", file.headers);
        assert!(file.headers["content-security-policy"].contains("sandbox"));
        let staff = site.staff("viewer");
        assert_eq!(staff.get("/staff/attachments/1").body, "%PDF-1.7 my photograph");
    }

    /// A complainant without an email address: staff are asked to send the copy by post.
    fn a_copy_by_post_is_asked_for(site: TestSite) {
        site.customers(CUSTOMERS);
        let received = site.intake(r#"{"complainant":{"name":"Nadia Crane","phone":"+1 207 555 0199"},"signature":"Nadia Crane",
            "works":[{"title":"Low Tide Radio","description":"Song"}],"locations":[{"url":"https://alder-photo.example/x.mp3"}],
            "statements":{"good_faith":true,"accurate":true,"authorized_under_penalty_of_perjury":true}}"#);
        site.run_due();
        let case = received.cases[0].to_string();
        site.disable(&case);
        site.counter_notice(&case);
        let queue = site.staff("viewer").get("/staff/?view=review").text();
        assert!(queue.contains("Send a copy of the counter-notice by mail"), "{queue}");
    }
}
