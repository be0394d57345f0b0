//! Nobody is judged who was not told: the clock of a case runs from when a server took a letter over, or a person
//! recorded another way.

use safeharbor::actions::{Envelope, receive_mail};
use safeharbor::config::{Smtp, SmtpSecurity};
use safeharbor::domain::base::ids::Reference;
use safeharbor::domain::base::moment::{Moment, Span};
use safeharbor::formats::mail;
use safeharbor::mail::transport::{Sent, Transport};
use safeharbor::storage::cases::{self, Case, reviews};
use safeharbor::storage::enforcement::strikes;
use safeharbor::storage::intake::submissions::Submission;
use serde_json::json;

use crate::on_both;
use crate::support::{CUSTOMERS, Letter, Manners, Sink, TestSite};

const OWNER: &str = "owner@alder-photo.example";
const SECOND: &str = "account,name,segment,contact_role,contact_name,contact_email,contact_phone,asset,valid_from,valid_until\n\
    NW-1,Alder Photo Studio,shared,NOC,Second,second@alder-photo.example,,,,\n";

fn down() -> Sent {
    Sent::Later("cannot reach the mail server: connection refused".to_owned())
}
fn unknown() -> Sent {
    Sent::Refused("550 5.1.1 no such user".to_owned())
}

impl TestSite {
    fn case_of(&self, reference: &str) -> Case {
        let reference: Reference = reference.parse().unwrap();
        self.wait(self.app.read(move |c| Ok(cases::by_reference(c, &reference)?.unwrap()))).unwrap()
    }
    fn state_of(&self, reference: &str) -> &'static str {
        self.case_of(reference).state.code()
    }
    fn deadline_of(&self, reference: &str) -> Option<Moment> {
        self.case_of(reference).state.forwarded().map(|f| f.deadline)
    }
    /// Statuses of the strikes of a case's customer.
    fn strikes_of(&self, reference: &str) -> Vec<&'static str> {
        let customer = self.case_of(reference).customer_id;
        let all = self.wait(self.app.read(move |c| strikes::of_customer(c, customer, 50))).unwrap();
        all.iter().map(|s| s.status.code()).collect()
    }
    fn reviews_of(&self, reference: &str) -> Vec<&'static str> {
        let case = self.case_of(reference).id;
        let open = self.wait(self.app.read(move |c| reviews::of_case(c, case))).unwrap();
        open.iter().map(|r| r.kind.code()).collect()
    }
    /// A letter comes back.
    fn comes_back(&self, letter: &Letter) {
        let id = letter.raw.lines().find_map(|l| l.strip_prefix("Message-ID: ")).unwrap().trim();
        let raw = format!(
            "From: MAILER-DAEMON@mx.example\r\nReturn-Path: <>\r\nSubject: Undelivered\r\nMessage-ID: <b-{}@mx.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n\r\n--b--\r\n",
            id.trim_matches(['<', '>']).replace('@', "."),
            letter.to
        );
        let read = mail::read(raw.as_bytes());
        let submission = Submission::new("mail", "message/rfc822", raw.as_bytes().to_vec());
        let taken = self.app.write(move |tx| receive_mail(tx, submission, &Envelope::default(), (read.as_ref(), &[])));
        self.wait(taken).unwrap();
        self.run_due();
    }
    /// However far the clock goes.
    fn years(&self) {
        for _ in 0..12 {
            self.advance(Span::days(1));
        }
        self.advance(Span::days(800));
    }
}

on_both! {
    /// The mail server is down for two days, then for good: no deadline, no reminder, no strike, staff look.
    fn a_mail_server_that_is_down(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse(OWNER, down());
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        assert_eq!((site.state_of(&case), site.deadline_of(&case)), ("forwarded", None));
        site.advance(Span::hours(30));
        assert!(site.reviews_of(&case).is_empty(), "it is still tried");
        site.advance(Span::hours(30));
        assert_eq!(site.reviews_of(&case), ["not_reached"]);
        assert!(site.letters_to(OWNER).is_empty());
        let status = site.client().get(&site.letters_to("rights@holtfinch.example")[0].link()).text();
        assert!(!status.contains("has until"), "nobody was reached: {status}");
        site.years();
        assert_eq!((site.state_of(&case), site.strikes_of(&case)), ("forwarded", vec![]));
        assert!(site.reviews_of(&case).contains(&"not_reached"));
        assert_eq!(site.kinds("case.reminded").len() + site.kinds("case.unanswered").len(), 0);
        let staff = site.staff("viewer");
        assert!(staff.get("/staff/?view=forwarded").text().contains(&case) && staff.get("/staff/").text().contains(&case));
        assert!(staff.get("/staff/?view=review").text().contains("The customer has not been reached"));
        let page = staff.get(&format!("/staff/cases/{case}")).text();
        assert!(page.contains("No deadline yet"), "{page}");
    }

    /// The server takes the letter over a day late: the deadline counts from then, the letter names it, the reminder
    /// comes at half of it, and silence counts as ever.
    fn a_letter_that_is_late(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse(OWNER, down());
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        site.advance(Span::hours(20));
        site.accept_all();
        site.advance(Span::hours(5));
        let deadline = site.app.clock.now() + Span::hours(48);
        assert_eq!((site.state_of(&case), site.deadline_of(&case)), ("awaiting", Some(deadline)));
        let letter = site.letter_to(OWNER);
        assert!(letter.text.contains(&deadline.full()), "it names {}: {}", deadline.full(), letter.text);
        assert!(letter.subject.contains(&deadline.brief()), "{}", letter.subject);
        let page = site.staff("viewer").get(&format!("/staff/cases/{case}")).text();
        assert!(page.contains("after it was forwarded; the deadline moves to"), "{page}");
        site.advance(Span::hours(23));
        assert_eq!(site.letters_to(OWNER).len(), 1);
        site.advance(Span::hours(2));
        assert!(site.letter_to(OWNER).subject.starts_with("Reminder"));
        site.advance(Span::hours(24));
        assert_eq!((site.state_of(&case), site.strikes_of(&case)), ("unanswered", vec!["active"]));
        let told = site.case_of(&case).reached_at.unwrap();
        assert_eq!(told + Span::hours(48), deadline, "told when it was taken over");
    }

    /// Refused at RCPT: nobody is left to write to. A contact put right gets the notice, and its clock.
    fn an_address_that_is_refused(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse(OWNER, unknown());
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        assert_eq!((site.state_of(&case), site.deadline_of(&case)), ("forwarded", None));
        assert_eq!(site.reviews_of(&case), ["letter_refused", "not_reached"]);
        site.years();
        assert!(site.strikes_of(&case).is_empty());
        site.customers(SECOND);
        site.run_due();
        let deadline = site.app.clock.now() + Span::hours(48);
        assert_eq!((site.state_of(&case), site.deadline_of(&case)), ("awaiting", Some(deadline)));
        assert!(!site.reviews_of(&case).contains(&"not_reached"));
        assert!(site.letter_to("second@alder-photo.example").text.contains(&deadline.full()));
        site.advance(Span::hours(25));
        assert_eq!(site.letters_to("second@alder-photo.example").len(), 2, "the reminder");
        assert!(site.letters_to(OWNER).is_empty(), "and none to the dead address");
        site.advance(Span::hours(25));
        assert_eq!((site.state_of(&case), site.strikes_of(&case).len()), ("unanswered", 1));
    }

    /// The host's system puts another contact in place of the refused one.
    fn a_contact_that_is_put_right(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse(OWNER, unknown());
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        let put = site.program("customers:write").put("/api/v1/customers/NW-1", &json!({
            "name": "Alder Photo Studio", "segment": "shared",
            "contacts": [{"email": "rowan@alder-photo.example", "name": "Rowan"}]}));
        assert_eq!(put.status, 200, "{}", put.text);
        site.run_due();
        assert_eq!(site.letters_to("rowan@alder-photo.example").len(), 1);
        assert_eq!(site.deadline_of(&case), Some(site.app.clock.now() + Span::hours(48)));
    }

    /// The only letter taken over comes back: the clock stops, also where it had run out, and nothing counts. Once servers
    /// have long given up, anybody could have written the report: it takes nothing away, and staff look.
    fn a_letter_that_comes_back(site: TestSite) {
        site.customers(CUSTOMERS);
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        assert_eq!(site.state_of(&case), "awaiting");
        site.comes_back(&site.letter_to(OWNER));
        assert_eq!((site.state_of(&case), site.deadline_of(&case)), ("forwarded", None));
        assert_eq!(site.reviews_of(&case), ["letter_bounced", "not_reached"]);
        let status = site.client().get(&site.letters_to("rights@holtfinch.example")[0].link()).text();
        assert!(!status.contains("has until"), "nobody was reached: {status}");
        site.years();
        assert_eq!((site.state_of(&case), site.strikes_of(&case), site.letters_to(OWNER).len()), ("forwarded", vec![], 1));

        let late = site.report("https://alder-photo.example/late.jpg").reference('C');
        site.run_due();
        let letter = site.letter_to(OWNER);
        site.advance(Span::hours(25));
        site.advance(Span::hours(25));
        assert_eq!((site.state_of(&late), site.strikes_of(&late)), ("unanswered", vec!["active"]));
        site.comes_back(&letter);
        assert_eq!((site.state_of(&late), site.strikes_of(&late)), ("forwarded", vec!["voided"]));
        assert!(site.staff("viewer").get("/staff/customers/1").text().contains("0 of 2"), "none unanswered");
        let old = site.report("https://alder-photo.example/c.jpg").reference('C');
        site.run_due();
        let letter = site.letter_to(OWNER);
        site.advance(Span::hours(50));
        site.advance(Span::days(6));
        assert_eq!((site.state_of(&old), site.strikes_of(&old)), ("unanswered", vec!["active", "voided"]));
        site.comes_back(&letter);
        assert_eq!((site.state_of(&old), site.strikes_of(&old)), ("unanswered", vec!["active", "voided"]));
        assert!(site.reviews_of(&old).contains(&"bounce_claimed"));
    }

    /// A server reports the first of two letters to a dead mailbox: the reminder to the same address reached nobody either.
    fn a_reminder_to_a_dead_mailbox_carries_nothing_on(site: TestSite) {
        site.customers(CUSTOMERS);
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        let notice = site.letter_to(OWNER);
        site.advance(Span::hours(25));
        assert!(site.letter_to(OWNER).subject.starts_with("Reminder"));
        site.comes_back(&notice);
        assert_eq!((site.state_of(&case), site.deadline_of(&case)), ("forwarded", None));
        assert!(site.reviews_of(&case).contains(&"not_reached"));
        site.years();
        assert_eq!((site.state_of(&case), site.strikes_of(&case)), ("forwarded", vec![]));
    }

    /// Without a mail server letters are files: nobody was reached, however long nobody answers, until they are sent.
    fn a_file_reaches_nobody(site: TestSite) {
        let mut site = site;
        site.customers(CUSTOMERS);
        let mut mail = site.app.config().mail.clone();
        let folder = tempfile::tempdir().unwrap();
        site.app.transport = Transport::open(&mail, folder.path().to_path_buf()).unwrap();
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        let stored = || std::fs::read_dir(folder.path()).unwrap().count();
        assert!(stored() >= 2, "the letter and the receipt are there to read");
        assert_eq!((site.state_of(&case), site.deadline_of(&case)), ("forwarded", None));
        assert_eq!(site.reviews_of(&case), ["not_reached"]);
        site.years();
        assert_eq!((site.state_of(&case), site.strikes_of(&case)), ("forwarded", vec![]));
        assert_eq!(site.kinds("letter.accepted").len() + site.kinds("case.reminded").len(), 0);
        mail.files_are_delivery = true;
        site.app.transport = Transport::open(&mail, folder.path().to_path_buf()).unwrap();
        let program = site.program("cases:read,cases:write");
        assert_eq!(program.post(&format!("/api/v1/cases/{case}/actions"), &json!({"action": "send_again"})).status, 200);
        site.run_due();
        assert_eq!(site.state_of(&case), "awaiting", "counted as delivery where a setting says so");
    }

    /// One of two contacts comes back: the clock goes on from the acceptance of the other.
    fn one_of_two_contacts(site: TestSite) {
        site.customers(CUSTOMERS);
        site.customers(SECOND);
        site.refuse("second@alder-photo.example", down());
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        let first = site.deadline_of(&case).unwrap();
        site.advance(Span::hours(3));
        site.accept_all();
        site.advance(Span::hours(5));
        assert_eq!(site.deadline_of(&case), Some(first), "a second acceptance moves nothing");
        assert!(site.letter_to("second@alder-photo.example").text.contains(&first.full()), "and names what runs");
        let then = site.app.clock.now();
        site.comes_back(&site.letter_to(OWNER));
        assert_eq!((site.state_of(&case), site.deadline_of(&case)), ("awaiting", Some(then + Span::hours(48))));
        assert!(site.kinds("case.deadline_moved").len() == 1 && !site.reviews_of(&case).contains(&"not_reached"));
        site.advance(Span::hours(49));
        assert_eq!((site.state_of(&case), site.strikes_of(&case)), ("unanswered", vec!["active"]));
    }

    /// Told by telephone: recorded with its time, and the clock runs from then.
    fn told_by_telephone(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse(OWNER, unknown());
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        site.advance(Span::hours(4));
        let staff = site.staff("agent");
        let path = format!("/staff/cases/{case}/reached");
        let page = staff.get(&path);
        let send = |choice: &str, at: &str, why: &str| staff.post_with_seal(&page, &path, &[("choice", choice), ("at", at), ("why", why)]);
        for (choice, at, why) in [("", "2026-03-10T15:00", "x"), ("telephone", "", "x"), ("telephone", "2026-03-10T18:30", "x"),
            ("telephone", "2026-03-09T15:00", "x"), ("telephone", "2026-03-10T15:00", "")] {
            assert_eq!(send(choice, at, why).status, 422, "{choice} {at} {why}");
        }
        assert_eq!(site.state_of(&case), "forwarded");
        assert_eq!(send("telephone", "2026-03-10T15:00", "Rowan Alder, read the notice to him.").status, 303);
        assert_eq!((site.state_of(&case), site.deadline_of(&case)), ("awaiting", Moment::parse("2026-03-12T15:00:00Z")));
        let text = staff.get(&format!("/staff/cases/{case}")).text();
        assert!(text.contains("The customer was notified by phone") && text.contains("Rowan Alder, read the notice"), "{text}");
        site.advance(Span::hours(50));
        assert_eq!((site.state_of(&case), site.strikes_of(&case)), ("unanswered", vec!["active"]));
        assert!(site.letters_to(OWNER).is_empty(), "no reminder to a dead address");
    }

    /// A program records it, and sends the notice again.
    fn a_program_records_it(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse(OWNER, unknown());
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        let program = site.program("cases:read,cases:write");
        let act = |body: serde_json::Value| program.post(&format!("/api/v1/cases/{case}/actions"), &body);
        assert_eq!(program.get(&format!("/api/v1/cases/{case}")).json()["deadline"], json!(null));
        assert_eq!(act(json!({"action": "remind"})).status, 409);
        site.accept_all();
        let again = act(json!({"action": "send_again"}));
        assert_eq!((again.status, again.json()["state"].as_str()), (200, Some("forwarded")));
        assert_eq!(act(json!({"action": "send_again"})).status, 409, "it is on its way");
        site.run_due();
        assert_eq!((site.state_of(&case), site.letters_to(OWNER).len()), ("awaiting", 1));
        let other = site.report("https://brightmoor.example/a.jpg").reference('C');
        site.refuse("idris@brightmoor.example", unknown());
        site.run_due();
        let act = |body: serde_json::Value| program.post(&format!("/api/v1/cases/{other}/actions"), &body);
        assert_eq!(act(json!({"action": "reached", "way": "owl", "at": "2026-03-10T14:22:00Z", "note": "x"})).status, 422);
        assert_eq!(act(json!({"action": "reached", "way": "panel", "at": "2026-03-10T14:22:01Z", "note": "x"})).status, 409);
        let done = act(json!({"action": "reached", "way": "panel", "at": "2026-03-10T14:22:00Z", "note": "Ticket 4"})).json();
        assert_eq!((done["state"].as_str(), done["reached_at"].as_str()), (Some("awaiting"), Some("2026-03-10T14:22:00Z")));
    }

    /// Who answers was reached; what staff end without anybody told counts once the customer is told.
    fn an_answer_and_an_end(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse(OWNER, Sent::Later("the answer was lost".to_owned()));
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        let staff = site.staff("agent");
        let path = format!("/staff/cases/{case}/answer");
        let done = staff.post_with_seal(&staff.get(&path), &path, &[("choice", "removed"), ("why", "By telephone.")]);
        assert_eq!((done.status, site.state_of(&case), site.strikes_of(&case)), (303, "answered", vec!["active"]));

        let other = site.report("https://brightmoor.example/a.jpg").reference('C');
        site.refuse("idris@brightmoor.example", down());
        site.run_due();
        site.disable(&other);
        assert_eq!((site.state_of(&other), site.strikes_of(&other)), ("closed", vec![]));
        site.accept_all();
        site.advance(Span::hours(5));
        assert_eq!(site.strikes_of(&other), ["active"], "counts from when the customer is told");
    }

    /// The servers themselves: nothing listens, RCPT is refused, an address at an internationalized domain.
    fn real_servers(site: TestSite) {
        let mut site = site;
        let smtp = |port| Transport::smtp(Smtp { host: "127.0.0.1".into(), port, security: SmtpSecurity::None, username: String::new(),
            password: String::new(), connections: 2, patience: Span::seconds(2), ca_file: None }, "n.example");
        site.customers("account,name,segment,contact_email,asset\nA-1,One,shared,own@mailbox.example,c1.example\n\
            A-2,Two,shared,gone@mailbox.example,c2.example\nA-3,Three,shared,own@bücher.example,c3.example\n");
        site.app.transport = smtp(1);
        let cases: Vec<String> = (1..=3).map(|n| site.report(&format!("https://c{n}.example/a.jpg")).reference('C')).collect();
        site.run_due();
        assert!(cases.iter().all(|c| site.state_of(c) == "forwarded"));
        let sink = Sink::start(Manners::Good);
        site.app.transport = smtp(sink.port);
        site.advance(Span::hours(5));
        assert_eq!((site.state_of(&cases[0]), site.state_of(&cases[1])), ("awaiting", "forwarded"));
        let reached = sink.messages().iter().any(|m| m.contains("To: ") && m.contains("https://c3.example/"));
        assert_eq!(site.state_of(&cases[2]) == "awaiting", reached, "reached if and only if a server took it over");
        site.years();
        assert_eq!(site.strikes_of(&cases[0]).len(), 1);
        assert_eq!((site.strikes_of(&cases[1]), site.reviews_of(&cases[1])), (vec![], vec!["letter_refused", "not_reached"]));
        assert!(reached || site.strikes_of(&cases[2]).is_empty());
    }
}
