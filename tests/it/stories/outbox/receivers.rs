//! Nobody is made to receive mail by somebody else's word.

use safeharbor::domain::base::moment::Span;
use safeharbor::storage::outbox::letters::{self, LetterRow};

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

impl TestSite {
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
    fn many_notices_are_few_letters(site: TestSite) {
        site.customers(CUSTOMERS);
        let all: String = (0..120).map(incomplete).collect();
        site.mail("a@evil.example", "bomb@b.example", &all);
        site.run_due();
        assert_eq!(site.letters_to("victim@third.example").len(), 20);
        assert_eq!(site.in_state("gathered").len(), 100);
        let more: String = (120..140).map(incomplete).collect();
        site.mail("b@evil.example", "bomb2@b.example", &more);
        site.run_due();
        assert_eq!(site.letters_to("victim@third.example").len(), 20, "whoever sends it");
        site.advance(Span::hours(25));
        let told = site.letters_to("victim@third.example");
        assert_eq!(told.len(), 21, "what the law asks for is gathered, not dropped");
        let last = &told[20];
        assert!(last.subject.starts_with("120 emails"), "{}", last.subject);
        assert_eq!(last.text.matches("/n/").count(), 120, "each with a link of its own");
        site.advance(Span::hours(25));
        assert_eq!(site.letters_to("victim@third.example").len(), 21);
        assert!(site.kinds("letter").contains(&"letter.sent_gathered".to_owned()));
    }

    /// However the host is written, it is one mailbox; and all hosts of one domain are one domain.
    fn spellings_of_one_receiver_are_one(site: TestSite) {
        site.customers(CUSTOMERS);
        let spellings = |n: usize| {
            let host: String = "victim.third.example".char_indices().map(|(at, c)| match c {
                'a'..='z' if at < 6 && n >> at & 1 == 1 => char::from_u32(c as u32 - 97 + 0xff41).unwrap(),
                c => c,
            }).collect();
            incomplete(n).replace("victim@third.example", &format!("V.ictim@{host}"))
        };
        let all: String = (0..40).map(spellings).collect();
        site.mail("a@evil.example", "spell@b.example", &all);
        site.run_due();
        assert_eq!(site.letters().iter().filter(|l| l.to.to_lowercase().starts_with("v.ictim@")).count(), 20);
        let hosts: String = (0..150).map(|n| incomplete(1000 + n).replace("victim@third", &format!("s{n}@sub{n}.innocent"))).collect();
        site.mail("a@evil.example", "hosts@b.example", &hosts);
        site.run_due();
        assert_eq!(site.letters().iter().filter(|l| l.to.ends_with(".innocent.example")).count(), 100);
    }

    /// What is gathered for many receivers at one domain goes out in shares, day by day, until all of it has.
    fn gathered_letters_have_a_limit_by_domain(site: TestSite) {
        site.customers(CUSTOMERS);
        let all: String = (0..230).map(|n| incomplete(n).replace("victim@third", &format!("u{n}@many"))).collect();
        site.mail("a@evil.example", "many@b.example", &all);
        site.run_due();
        let told = || site.letters().iter().filter(|l| l.to.ends_with("@many.example")).count();
        assert_eq!(told(), 100);
        for expected in [150, 200, 230, 230] {
            site.advance(Span::hours(25));
            site.run_due();
            assert_eq!(told(), expected, "none is dropped");
        }
    }

    /// Two ticket systems do not thank each other for ever: by address without extension, and by domain.
    fn receipts_end(site: TestSite) {
        for n in 0..25 {
            site.mail(&format!("reply+{n}@helpdesk.example"), &format!("r{n}@helpdesk.example"), "Please remove my photo.");
        }
        site.run_due();
        assert_eq!(site.letters().len(), 3);
        let withheld = site.in_state("withheld");
        assert_eq!(withheld.len(), 22, "recorded, and seen by staff");
        for n in 0..25 {
            site.mail(&format!("ticket-{n}@desk.example"), &format!("t{n}@desk.example"), "Please remove my photo.");
            site.mail(&format!("person{n}@gmail.com"), &format!("g{n}@gmail.com"), "Please remove my photo.");
        }
        site.run_due();
        let to = |domain: &str| site.letters().iter().filter(|l| l.to.ends_with(domain)).count();
        assert_eq!((to("@desk.example"), to("@gmail.com")), (10, 25), "people at a free-mail provider are not one");
        let staff = site.staff("agent");
        let page = staff.get("/staff/outbox?state=withheld");
        assert!(page.text().contains("Withheld"), "{}", page.text());
        let id = withheld[0].id;
        assert_eq!(staff.post_with_seal(&page, &format!("/staff/letters/{id}/retry"), &[]).status, 303);
        site.run_due();
        assert_eq!(site.letters_to(&withheld[0].to_address).len(), 1, "staff release it");
        site.advance(Span::hours(25));
        site.mail("reply+99@helpdesk.example", "r99@helpdesk.example", "Please remove my photo.");
        site.run_due();
        assert_eq!(site.letters_to("reply+99@helpdesk.example").len(), 1, "another day");
    }

    /// A typed address gets so many receipts in a day; a key of the host is trusted with the addresses it names.
    fn a_typed_address_gets_so_much(site: TestSite) {
        site.customers(CUSTOMERS);
        let key = site.program("notices:write");
        for n in 0..23 {
            site.report_as("V", "Victim+x@third.example", &format!("https://alder-photo.example/{n}.jpg"));
            let mut notice = crate::api::notice(&[&format!("https://alder-photo.example/k{n}.jpg")]);
            notice["complainant"]["email"] = "desk@agency.example".into();
            assert_eq!(key.post("/api/v1/notices", &notice).status, 201);
        }
        site.run_due();
        assert_eq!(site.letters_to("desk@agency.example").len(), 23);
        assert_eq!(site.letters_to("Victim+x@third.example").len(), 20);
        let withheld = site.in_state("withheld");
        assert!(!withheld.is_empty() && withheld.iter().all(|l| l.to_address == "Victim+x@third.example"));
    }

    /// A customer gets every notice, as a deadline runs from it; copies of many answers come as one.
    fn a_contact_gets_every_notice(site: TestSite) {
        site.customers(CUSTOMERS);
        for n in 0..25 {
            site.intake(&crate::api::notice(&[&format!("https://alder-photo.example/{n}.jpg")]).to_string());
        }
        site.run_due();
        let told = site.letters_to("owner@alder-photo.example");
        assert_eq!(told.len(), 25);
        for letter in &told {
            let client = site.client();
            let page = client.get(&letter.link());
            assert_eq!(client.post_with_seal(&page, &letter.link(), &[("answer", "dispute"), ("dis-why", "Mine.")]).status, 303);
        }
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 25 + 20);
        site.advance(Span::hours(25));
        let last = site.letters_to("owner@alder-photo.example").pop().unwrap();
        assert!(site.in_state("gathered").len() == 5 && last.text.contains("/respond/"), "{}", last.text);
    }
}
