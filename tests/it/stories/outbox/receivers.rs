//! Nobody is made to receive mail by somebody else's word.

use safeharbor::domain::base::moment::Span;
use safeharbor::storage::outbox::letters::{self, LetterRow};

use crate::on_both;
use crate::support::{CUSTOMERS, House};

impl House {
    fn mail(&self, from: &str, id: &str, body: &str) {
        let raw = format!(
            "From: {from}\r\nTo: copyright@northwind.example\r\nSubject: Ticket\r\nMessage-ID: <{id}>\r\n\r\n{body}"
        );
        let sent = self.program("mail:write").ask("POST", "/api/v1/intake/mail", "message/rfc822", raw.as_bytes());
        assert!(sent.status < 300, "{}", sent.text);
    }
    fn in_state(&self, state: &'static str) -> Vec<LetterRow> {
        self.wait(self.app.read(move |c| letters::in_states(c, &[state], None, 1000))).unwrap()
    }
}

/// A machine-written notice without its statements, for a stranger.
fn incomplete(n: usize) -> String {
    format!(
        "<Infringement><Case><ID>k{n}</ID></Case><Complainant><Entity>E</Entity><Contact>N</Contact><Email>victim@third.example</Email></Complainant><Source><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><IP_Address>198.51.100.41</IP_Address></Source><Content><Item><Title>T{n}</Title></Item></Content></Infringement>\n"
    )
}

on_both! {
    /// One mail with many incomplete notices that name a third party: some letters, and one for all the others.
    fn many_notices_are_few_letters(house: House) {
        house.customers(CUSTOMERS);
        let all: String = (0..120).map(incomplete).collect();
        house.mail("a@evil.example", "bomb@b.example", &all);
        house.run_due();
        assert_eq!(house.letters_to("victim@third.example").len(), 20);
        assert_eq!(house.in_state("gathered").len(), 100);
        let more: String = (120..140).map(incomplete).collect();
        house.mail("b@evil.example", "bomb2@b.example", &more);
        house.run_due();
        assert_eq!(house.letters_to("victim@third.example").len(), 20, "whoever sends it");
        house.advance(Span::hours(25));
        let told = house.letters_to("victim@third.example");
        assert_eq!(told.len(), 21, "what the law asks for is gathered, not dropped");
        let last = &told[20];
        assert!(last.subject.starts_with("120 emails"), "{}", last.subject);
        assert_eq!(last.text.matches("/n/").count(), 120, "each with a link of its own");
        house.advance(Span::hours(25));
        assert_eq!(house.letters_to("victim@third.example").len(), 21);
        assert!(house.kinds("letter").contains(&"letter.sent_gathered".to_owned()));
    }

    /// However the host is written, it is one mailbox; and all hosts of one domain are one domain.
    fn spellings_of_one_receiver_are_one(house: House) {
        house.customers(CUSTOMERS);
        let spellings = |n: usize| {
            let host: String = "victim.third.example".char_indices().map(|(at, c)| match c {
                'a'..='z' if at < 6 && n >> at & 1 == 1 => char::from_u32(c as u32 - 97 + 0xff41).unwrap(),
                c => c,
            }).collect();
            incomplete(n).replace("victim@third.example", &format!("V.ictim@{host}"))
        };
        let all: String = (0..40).map(spellings).collect();
        house.mail("a@evil.example", "spell@b.example", &all);
        house.run_due();
        assert_eq!(house.letters().iter().filter(|l| l.to.to_lowercase().starts_with("v.ictim@")).count(), 20);
        let hosts: String = (0..150).map(|n| incomplete(1000 + n).replace("victim@third", &format!("s{n}@sub{n}.innocent"))).collect();
        house.mail("a@evil.example", "hosts@b.example", &hosts);
        house.run_due();
        assert_eq!(house.letters().iter().filter(|l| l.to.ends_with(".innocent.example")).count(), 100);
    }

    /// What is gathered for many receivers at one domain goes out in shares, day by day, until all of it has.
    fn gathered_letters_have_a_limit_by_domain(house: House) {
        house.customers(CUSTOMERS);
        let all: String = (0..230).map(|n| incomplete(n).replace("victim@third", &format!("u{n}@many"))).collect();
        house.mail("a@evil.example", "many@b.example", &all);
        house.run_due();
        let told = || house.letters().iter().filter(|l| l.to.ends_with("@many.example")).count();
        assert_eq!(told(), 100);
        for expected in [150, 200, 230, 230] {
            house.advance(Span::hours(25));
            house.run_due();
            assert_eq!(told(), expected, "none is dropped");
        }
    }

    /// Two ticket systems do not thank each other for ever: by address without extension, and by domain.
    fn receipts_end(house: House) {
        for n in 0..25 {
            house.mail(&format!("reply+{n}@helpdesk.example"), &format!("r{n}@helpdesk.example"), "Please remove my photo.");
        }
        house.run_due();
        assert_eq!(house.letters().len(), 3);
        let withheld = house.in_state("withheld");
        assert_eq!(withheld.len(), 22, "recorded, and seen by staff");
        for n in 0..25 {
            house.mail(&format!("ticket-{n}@desk.example"), &format!("t{n}@desk.example"), "Please remove my photo.");
            house.mail(&format!("person{n}@gmail.com"), &format!("g{n}@gmail.com"), "Please remove my photo.");
        }
        house.run_due();
        let to = |domain: &str| house.letters().iter().filter(|l| l.to.ends_with(domain)).count();
        assert_eq!((to("@desk.example"), to("@gmail.com")), (10, 25), "people at a free-mail provider are not one");
        let staff = house.staff("agent");
        let page = staff.get("/staff/outbox?state=withheld");
        assert!(page.text().contains("Withheld"), "{}", page.text());
        let id = withheld[0].id;
        assert_eq!(staff.post_with_seal(&page, &format!("/staff/letters/{id}/retry"), &[]).status, 303);
        house.run_due();
        assert_eq!(house.letters_to(&withheld[0].to_address).len(), 1, "staff release it");
        house.advance(Span::hours(25));
        house.mail("reply+99@helpdesk.example", "r99@helpdesk.example", "Please remove my photo.");
        house.run_due();
        assert_eq!(house.letters_to("reply+99@helpdesk.example").len(), 1, "another day");
    }

    /// A typed address gets so many receipts in a day; a key of the host is trusted with the addresses it names.
    fn a_typed_address_gets_so_much(house: House) {
        house.customers(CUSTOMERS);
        let key = house.program("notices:write");
        for n in 0..23 {
            house.report_as("V", "Victim+x@third.example", &format!("https://alder-photo.example/{n}.jpg"));
            let mut notice = crate::api::notice(&[&format!("https://alder-photo.example/k{n}.jpg")]);
            notice["complainant"]["email"] = "desk@agency.example".into();
            assert_eq!(key.post("/api/v1/notices", &notice).status, 201);
        }
        house.run_due();
        assert_eq!(house.letters_to("desk@agency.example").len(), 23);
        assert_eq!(house.letters_to("Victim+x@third.example").len(), 20);
        let withheld = house.in_state("withheld");
        assert!(!withheld.is_empty() && withheld.iter().all(|l| l.to_address == "Victim+x@third.example"));
    }

    /// A customer gets every notice, as a deadline runs from it; copies of many answers come as one.
    fn a_contact_gets_every_notice(house: House) {
        house.customers(CUSTOMERS);
        for n in 0..25 {
            house.intake(&crate::api::notice(&[&format!("https://alder-photo.example/{n}.jpg")]).to_string());
        }
        house.run_due();
        let told = house.letters_to("owner@alder-photo.example");
        assert_eq!(told.len(), 25);
        for letter in &told {
            let client = house.client();
            let page = client.get(&letter.link());
            assert_eq!(client.post_with_seal(&page, &letter.link(), &[("answer", "dispute"), ("dis-why", "Mine.")]).status, 303);
        }
        house.run_due();
        assert_eq!(house.letters_to("owner@alder-photo.example").len(), 25 + 20);
        house.advance(Span::hours(25));
        let last = house.letters_to("owner@alder-photo.example").pop().unwrap();
        assert!(house.in_state("gathered").len() == 5 && last.text.contains("/respond/"), "{}", last.text);
    }
}
