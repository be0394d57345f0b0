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
use crate::support::{CUSTOMERS, House, Letter, Manners, Sink};

const OWNER: &str = "owner@alder-photo.example";
const SECOND: &str = "account,name,segment,contact_role,contact_name,contact_email,contact_phone,asset,valid_from,valid_until\n\
    NW-1,Alder Photo Studio,shared,NOC,Second,second@alder-photo.example,,,,\n";

fn down() -> Sent {
    Sent::Later("cannot reach the mail server: connection refused".to_owned())
}
fn unknown() -> Sent {
    Sent::Refused("550 5.1.1 no such user".to_owned())
}

impl House {
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
    fn a_mail_server_that_is_down(house: House) {
        house.customers(CUSTOMERS);
        house.refuse(OWNER, down());
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        assert_eq!((house.state_of(&case), house.deadline_of(&case)), ("forwarded", None));
        house.advance(Span::hours(30));
        assert!(house.reviews_of(&case).is_empty(), "it is still tried");
        house.advance(Span::hours(30));
        assert_eq!(house.reviews_of(&case), ["not_reached"]);
        assert!(house.letters_to(OWNER).is_empty());
        let status = house.client().get(&house.letters_to("rights@holtfinch.example")[0].link()).text();
        assert!(!status.contains("has until"), "nobody was reached: {status}");
        house.years();
        assert_eq!((house.state_of(&case), house.strikes_of(&case)), ("forwarded", vec![]));
        assert!(house.reviews_of(&case).contains(&"not_reached"));
        assert_eq!(house.kinds("case.reminded").len() + house.kinds("case.unanswered").len(), 0);
        let staff = house.staff("viewer");
        assert!(staff.get("/staff/?view=forwarded").text().contains(&case) && staff.get("/staff/").text().contains(&case));
        assert!(staff.get("/staff/?view=review").text().contains("The customer has not been reached"));
        let page = staff.get(&format!("/staff/cases/{case}")).text();
        assert!(page.contains("No deadline yet"), "{page}");
    }

    /// The server takes the letter over a day late: the deadline counts from then, the letter names it, the reminder
    /// comes at half of it, and silence counts as ever.
    fn a_letter_that_is_late(house: House) {
        house.customers(CUSTOMERS);
        house.refuse(OWNER, down());
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        house.advance(Span::hours(20));
        house.accept_all();
        house.advance(Span::hours(5));
        let deadline = house.app.clock.now() + Span::hours(48);
        assert_eq!((house.state_of(&case), house.deadline_of(&case)), ("awaiting", Some(deadline)));
        let letter = house.letter_to(OWNER);
        assert!(letter.text.contains(&deadline.full()), "it names {}: {}", deadline.full(), letter.text);
        assert!(letter.subject.contains(&deadline.brief()), "{}", letter.subject);
        let page = house.staff("viewer").get(&format!("/staff/cases/{case}")).text();
        assert!(page.contains("after it was forwarded; the deadline moves to"), "{page}");
        house.advance(Span::hours(23));
        assert_eq!(house.letters_to(OWNER).len(), 1);
        house.advance(Span::hours(2));
        assert!(house.letter_to(OWNER).subject.starts_with("Reminder"));
        house.advance(Span::hours(24));
        assert_eq!((house.state_of(&case), house.strikes_of(&case)), ("unanswered", vec!["active"]));
        let told = house.case_of(&case).reached_at.unwrap();
        assert_eq!(told + Span::hours(48), deadline, "told when it was taken over");
    }

    /// Refused at RCPT: nobody is left to write to. A contact put right gets the notice, and its clock.
    fn an_address_that_is_refused(house: House) {
        house.customers(CUSTOMERS);
        house.refuse(OWNER, unknown());
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        assert_eq!((house.state_of(&case), house.deadline_of(&case)), ("forwarded", None));
        assert_eq!(house.reviews_of(&case), ["letter_refused", "not_reached"]);
        house.years();
        assert!(house.strikes_of(&case).is_empty());
        house.customers(SECOND);
        house.run_due();
        let deadline = house.app.clock.now() + Span::hours(48);
        assert_eq!((house.state_of(&case), house.deadline_of(&case)), ("awaiting", Some(deadline)));
        assert!(!house.reviews_of(&case).contains(&"not_reached"));
        assert!(house.letter_to("second@alder-photo.example").text.contains(&deadline.full()));
        house.advance(Span::hours(25));
        assert_eq!(house.letters_to("second@alder-photo.example").len(), 2, "the reminder");
        assert!(house.letters_to(OWNER).is_empty(), "and none to the dead address");
        house.advance(Span::hours(25));
        assert_eq!((house.state_of(&case), house.strikes_of(&case).len()), ("unanswered", 1));
    }

    /// The host's system puts another contact in place of the refused one.
    fn a_contact_that_is_put_right(house: House) {
        house.customers(CUSTOMERS);
        house.refuse(OWNER, unknown());
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        let put = house.program("customers:write").put("/api/v1/customers/NW-1", &json!({
            "name": "Alder Photo Studio", "segment": "shared",
            "contacts": [{"email": "rowan@alder-photo.example", "name": "Rowan"}]}));
        assert_eq!(put.status, 200, "{}", put.text);
        house.run_due();
        assert_eq!(house.letters_to("rowan@alder-photo.example").len(), 1);
        assert_eq!(house.deadline_of(&case), Some(house.app.clock.now() + Span::hours(48)));
    }

    /// The only letter taken over comes back: the clock stops, also where it had run out, and nothing counts. Once servers
    /// have long given up, anybody could have written the report: it takes nothing away, and staff look.
    fn a_letter_that_comes_back(house: House) {
        house.customers(CUSTOMERS);
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        assert_eq!(house.state_of(&case), "awaiting");
        house.comes_back(&house.letter_to(OWNER));
        assert_eq!((house.state_of(&case), house.deadline_of(&case)), ("forwarded", None));
        assert_eq!(house.reviews_of(&case), ["letter_bounced", "not_reached"]);
        let status = house.client().get(&house.letters_to("rights@holtfinch.example")[0].link()).text();
        assert!(!status.contains("has until"), "nobody was reached: {status}");
        house.years();
        assert_eq!((house.state_of(&case), house.strikes_of(&case), house.letters_to(OWNER).len()), ("forwarded", vec![], 1));

        let late = house.report("https://alder-photo.example/late.jpg").reference('C');
        house.run_due();
        let letter = house.letter_to(OWNER);
        house.advance(Span::hours(25));
        house.advance(Span::hours(25));
        assert_eq!((house.state_of(&late), house.strikes_of(&late)), ("unanswered", vec!["active"]));
        house.comes_back(&letter);
        assert_eq!((house.state_of(&late), house.strikes_of(&late)), ("forwarded", vec!["voided"]));
        assert!(house.staff("viewer").get("/staff/customers/1").text().contains("0 of 2"), "none unanswered");
        let old = house.report("https://alder-photo.example/c.jpg").reference('C');
        house.run_due();
        let letter = house.letter_to(OWNER);
        house.advance(Span::hours(50));
        house.advance(Span::days(6));
        assert_eq!((house.state_of(&old), house.strikes_of(&old)), ("unanswered", vec!["active", "voided"]));
        house.comes_back(&letter);
        assert_eq!((house.state_of(&old), house.strikes_of(&old)), ("unanswered", vec!["active", "voided"]));
        assert!(house.reviews_of(&old).contains(&"bounce_claimed"));
    }

    /// A server reports the first of two letters to a dead mailbox: the reminder to the same address reached nobody either.
    fn a_reminder_to_a_dead_mailbox_carries_nothing_on(house: House) {
        house.customers(CUSTOMERS);
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        let notice = house.letter_to(OWNER);
        house.advance(Span::hours(25));
        assert!(house.letter_to(OWNER).subject.starts_with("Reminder"));
        house.comes_back(&notice);
        assert_eq!((house.state_of(&case), house.deadline_of(&case)), ("forwarded", None));
        assert!(house.reviews_of(&case).contains(&"not_reached"));
        house.years();
        assert_eq!((house.state_of(&case), house.strikes_of(&case)), ("forwarded", vec![]));
    }

    /// Without a mail server letters are files: nobody was reached, however long nobody answers, until they are sent.
    fn a_file_reaches_nobody(house: House) {
        let mut house = house;
        house.customers(CUSTOMERS);
        let mut mail = house.app.config().mail.clone();
        let folder = tempfile::tempdir().unwrap();
        house.app.transport = Transport::open(&mail, folder.path().to_path_buf()).unwrap();
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        let stored = || std::fs::read_dir(folder.path()).unwrap().count();
        assert!(stored() >= 2, "the letter and the receipt are there to read");
        assert_eq!((house.state_of(&case), house.deadline_of(&case)), ("forwarded", None));
        assert_eq!(house.reviews_of(&case), ["not_reached"]);
        house.years();
        assert_eq!((house.state_of(&case), house.strikes_of(&case)), ("forwarded", vec![]));
        assert_eq!(house.kinds("letter.accepted").len() + house.kinds("case.reminded").len(), 0);
        mail.files_are_delivery = true;
        house.app.transport = Transport::open(&mail, folder.path().to_path_buf()).unwrap();
        let program = house.program("cases:read,cases:write");
        assert_eq!(program.post(&format!("/api/v1/cases/{case}/actions"), &json!({"action": "send_again"})).status, 200);
        house.run_due();
        assert_eq!(house.state_of(&case), "awaiting", "counted as delivery where a setting says so");
    }

    /// One of two contacts comes back: the clock goes on from the acceptance of the other.
    fn one_of_two_contacts(house: House) {
        house.customers(CUSTOMERS);
        house.customers(SECOND);
        house.refuse("second@alder-photo.example", down());
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        let first = house.deadline_of(&case).unwrap();
        house.advance(Span::hours(3));
        house.accept_all();
        house.advance(Span::hours(5));
        assert_eq!(house.deadline_of(&case), Some(first), "a second acceptance moves nothing");
        assert!(house.letter_to("second@alder-photo.example").text.contains(&first.full()), "and names what runs");
        let then = house.app.clock.now();
        house.comes_back(&house.letter_to(OWNER));
        assert_eq!((house.state_of(&case), house.deadline_of(&case)), ("awaiting", Some(then + Span::hours(48))));
        assert!(house.kinds("case.deadline_moved").len() == 1 && !house.reviews_of(&case).contains(&"not_reached"));
        house.advance(Span::hours(49));
        assert_eq!((house.state_of(&case), house.strikes_of(&case)), ("unanswered", vec!["active"]));
    }

    /// Told by telephone: recorded with its time, and the clock runs from then.
    fn told_by_telephone(house: House) {
        house.customers(CUSTOMERS);
        house.refuse(OWNER, unknown());
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        house.advance(Span::hours(4));
        let staff = house.staff("agent");
        let path = format!("/staff/cases/{case}/reached");
        let page = staff.get(&path);
        let send = |choice: &str, at: &str, why: &str| staff.post_with_seal(&page, &path, &[("choice", choice), ("at", at), ("why", why)]);
        for (choice, at, why) in [("", "2026-03-10T15:00", "x"), ("telephone", "", "x"), ("telephone", "2026-03-10T18:30", "x"),
            ("telephone", "2026-03-09T15:00", "x"), ("telephone", "2026-03-10T15:00", "")] {
            assert_eq!(send(choice, at, why).status, 422, "{choice} {at} {why}");
        }
        assert_eq!(house.state_of(&case), "forwarded");
        assert_eq!(send("telephone", "2026-03-10T15:00", "Rowan Alder, read the notice to him.").status, 303);
        assert_eq!((house.state_of(&case), house.deadline_of(&case)), ("awaiting", Moment::parse("2026-03-12T15:00:00Z")));
        let text = staff.get(&format!("/staff/cases/{case}")).text();
        assert!(text.contains("The customer was notified by phone") && text.contains("Rowan Alder, read the notice"), "{text}");
        house.advance(Span::hours(50));
        assert_eq!((house.state_of(&case), house.strikes_of(&case)), ("unanswered", vec!["active"]));
        assert!(house.letters_to(OWNER).is_empty(), "no reminder to a dead address");
    }

    /// A program records it, and sends the notice again.
    fn a_program_records_it(house: House) {
        house.customers(CUSTOMERS);
        house.refuse(OWNER, unknown());
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        let program = house.program("cases:read,cases:write");
        let act = |body: serde_json::Value| program.post(&format!("/api/v1/cases/{case}/actions"), &body);
        assert_eq!(program.get(&format!("/api/v1/cases/{case}")).json()["deadline"], json!(null));
        assert_eq!(act(json!({"action": "remind"})).status, 409);
        house.accept_all();
        let again = act(json!({"action": "send_again"}));
        assert_eq!((again.status, again.json()["state"].as_str()), (200, Some("forwarded")));
        assert_eq!(act(json!({"action": "send_again"})).status, 409, "it is on its way");
        house.run_due();
        assert_eq!((house.state_of(&case), house.letters_to(OWNER).len()), ("awaiting", 1));
        let other = house.report("https://brightmoor.example/a.jpg").reference('C');
        house.refuse("idris@brightmoor.example", unknown());
        house.run_due();
        let act = |body: serde_json::Value| program.post(&format!("/api/v1/cases/{other}/actions"), &body);
        assert_eq!(act(json!({"action": "reached", "way": "owl", "at": "2026-03-10T14:22:00Z", "note": "x"})).status, 422);
        assert_eq!(act(json!({"action": "reached", "way": "panel", "at": "2026-03-10T14:22:01Z", "note": "x"})).status, 409);
        let done = act(json!({"action": "reached", "way": "panel", "at": "2026-03-10T14:22:00Z", "note": "Ticket 4"})).json();
        assert_eq!((done["state"].as_str(), done["reached_at"].as_str()), (Some("awaiting"), Some("2026-03-10T14:22:00Z")));
    }

    /// Who answers was reached; what staff end without anybody told counts once the customer is told.
    fn an_answer_and_an_end(house: House) {
        house.customers(CUSTOMERS);
        house.refuse(OWNER, Sent::Later("the answer was lost".to_owned()));
        let case = house.report("https://alder-photo.example/a.jpg").reference('C');
        house.run_due();
        let staff = house.staff("agent");
        let path = format!("/staff/cases/{case}/answer");
        let done = staff.post_with_seal(&staff.get(&path), &path, &[("choice", "removed"), ("why", "By telephone.")]);
        assert_eq!((done.status, house.state_of(&case), house.strikes_of(&case)), (303, "answered", vec!["active"]));

        let other = house.report("https://brightmoor.example/a.jpg").reference('C');
        house.refuse("idris@brightmoor.example", down());
        house.run_due();
        house.disable(&other);
        assert_eq!((house.state_of(&other), house.strikes_of(&other)), ("closed", vec![]));
        house.accept_all();
        house.advance(Span::hours(5));
        assert_eq!(house.strikes_of(&other), ["active"], "counts from when the customer is told");
    }

    /// The servers themselves: nothing listens, RCPT is refused, an address at an internationalized domain.
    fn real_servers(house: House) {
        let mut house = house;
        let smtp = |port| Transport::smtp(Smtp { host: "127.0.0.1".into(), port, security: SmtpSecurity::None, username: String::new(),
            password: String::new(), connections: 2, patience: Span::seconds(2), ca_file: None }, "n.example");
        house.customers("account,name,segment,contact_email,asset\nA-1,One,shared,own@mailbox.example,c1.example\n\
            A-2,Two,shared,gone@mailbox.example,c2.example\nA-3,Three,shared,own@bücher.example,c3.example\n");
        house.app.transport = smtp(1);
        let cases: Vec<String> = (1..=3).map(|n| house.report(&format!("https://c{n}.example/a.jpg")).reference('C')).collect();
        house.run_due();
        assert!(cases.iter().all(|c| house.state_of(c) == "forwarded"));
        let sink = Sink::start(Manners::Good);
        house.app.transport = smtp(sink.port);
        house.advance(Span::hours(5));
        assert_eq!((house.state_of(&cases[0]), house.state_of(&cases[1])), ("awaiting", "forwarded"));
        let reached = sink.messages().iter().any(|m| m.contains("To: ") && m.contains("https://c3.example/"));
        assert_eq!(house.state_of(&cases[2]) == "awaiting", reached, "reached if and only if a server took it over");
        house.years();
        assert_eq!(house.strikes_of(&cases[0]).len(), 1);
        assert_eq!((house.strikes_of(&cases[1]), house.reviews_of(&cases[1])), (vec![], vec!["letter_refused", "not_reached"]));
        assert!(reached || house.strikes_of(&cases[2]).is_empty());
    }
}
