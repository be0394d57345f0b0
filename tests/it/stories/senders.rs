use safeharbor::actions::{Envelope, receive_mail};
use safeharbor::domain::base::moment::Span;
use safeharbor::formats::mail;
use safeharbor::storage::intake::submissions::Submission;

use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite, postgres_url};

fn notice(n: usize, name: &str, email: &str, organization: &str, description: &str, signed: bool) -> String {
    serde_json::json!({
        "complainant": {"name": name, "organization": organization, "email": email},
        "works": [{"title": format!("Work {n}"), "description": description}],
        "locations": [{"url": format!("https://alder-photo.example/{n}.jpg")}],
        "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true},
        "signature": if signed { name } else { "" },
    })
    .to_string()
}

on_both! {
    /// Figures by complainant and by domain, precision, and what follows: a person looks, nothing is refused.
    fn standing_follows_the_figures(site: TestSite) {
        site.customers(CUSTOMERS);
        for n in 0..12 {
            let from = format!("desk{}@greyline.example", n % 2);
            site.intake(&notice(n, "G. Line", &from, "Greyline", "A photograph", n % 3 != 0));
        }
        site.intake(&notice(50, "Joel Finch", "rights@holtfinch.example", "Holt & Finch", "A photograph", true));
        site.run_due();
        let viewer = site.staff("viewer");
        let list = viewer.get("/staff/senders?by=domain").text();
        assert!(list.contains("greyline.example greyline.example cli 12 8 4 0 0 0 0 0 67% Watch"), "{list}");
        let people = viewer.get("/staff/senders").text();
        assert!(people.contains("too few") && people.contains("First notice"), "{people}");
        let watched = viewer.get("/staff/senders?by=domain&standing=watch&least=10").text();
        assert!(watched.contains("greyline.example") && !watched.contains("holtfinch"), "{watched}");
        assert!(viewer.get("/staff/senders?q=holt").text().contains("Holt & Finch"));
        let csv = viewer.get("/staff/senders.csv?by=domain").body;
        assert!(csv.contains("\"greyline.example\",\"greyline.example\",12,8,4,0,0,0,0,0,67,watch"), "{csv}");
        // Only a lead sets a standing, for a reason.
        let page = viewer.get("/staff/senders?q=desk0@greyline.example");
        let path = page.link("/staff/senders/");
        let agent = site.staff("agent");
        assert_eq!(agent.post_with_seal(&agent.get("/staff/outbox"), &path, &[("setting", "restricted"), ("why", "x")]).status, 403);
        let lead = site.staff("lead");
        let page = lead.get(&path);
        assert_eq!(lead.post_with_seal(&page, &path, &[("setting", "restricted"), ("why", " ")]).status, 422);
        assert_eq!(lead.post_with_seal(&page, &path, &[("setting", "restricted"), ("why", "Every third is unsigned.")]).status, 303);
        assert!(lead.get(&path).text().contains("Every third is unsigned."));
        let received = site.intake(&notice(99, "G. Line", "desk0@greyline.example", "Greyline", "A photograph", true));
        assert_eq!(received.verdict.class.code(), "complete", "a complete notice is complete, whoever sends it");
        site.run_due();
        let case = lead.get(&format!("/staff/cases/{}", received.cases[0])).text();
        assert!(case.contains("Needs review") && case.contains("Standing of the sender: Restricted"), "{case}");
        assert!(site.letter_to("desk0@greyline.example").text.contains("on our network"));
    }

    /// Signals are seen, shown to staff alone, and change no class.
    fn signals_are_for_staff(site: TestSite) {
        site.customers(CUSTOMERS);
        let received = site.intake(&notice(1, "A. Brand", "brand.rights@gmail.com", "Big Studio", "Pay us or make a payment in bitcoin.", true));
        assert_eq!(received.verdict.class.code(), "complete");
        site.run_due();
        let staff = site.staff("viewer").get(&format!("/staff/cases/{}", received.cases[0])).text();
        assert!(staff.contains("free_mail_brand") && staff.contains("payment_demand"), "{staff}");
        let status = site.client().get(&site.letter_to("brand.rights@gmail.com").link()).text();
        assert!(!status.contains("free-mail") && !status.contains("asks for money"), "{status}");
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1, "it is forwarded");
        let same = "The very same words about a work, long enough to say something of it and nothing else at all.";
        site.intake(&notice(2, "B. One", "b@one.example", "", same, true));
        let copied = site.intake(&notice(3, "B. Two", "b@one.example", "", same, true));
        let third = site.intake(&notice(4, "B. Three", "b@one.example", "", "Another", true));
        site.run_due();
        let page = |r: &safeharbor::domain::base::ids::Reference| site.staff("viewer").get(&format!("/staff/cases/{r}")).text();
        assert!(page(&copied.cases[0]).contains("same_body"), "{}", page(&copied.cases[0]));
        assert!(page(&third.cases[0]).contains("many_names"), "{}", page(&third.cases[0]));
        for n in 10..31 {
            site.intake(&notice(n, "C. Bot", "c@bot.example", "", "A film", true));
        }
        let last = site.intake(&notice(40, "C. Bot", "c@bot.example", "", "A film", true));
        assert!(page(&last.cases[0]).contains("burst"), "{}", page(&last.cases[0]));
        site.advance(Span::days(8));
        let later = site.intake(&notice(41, "C. Bot", "c@bot.example", "", "A film", true));
        assert!(!page(&later.cases[0]).contains("burst"));
    }
}

/// A mail that fails the checks of its own domain is looked at before it is forwarded, and kept as any other.
#[test]
fn a_forged_mail_is_looked_at() {
    let set: &[(&str, &str)] = &[("inbound.authserv_id", "mx.northwind.example")];
    let story = |site: TestSite| {
        site.customers(CUSTOMERS);
        let raw = "Authentication-Results: mx.northwind.example; spf=fail; dmarc=fail\r\nFrom: Joel Finch <rights@holtfinch.example>\r\nTo: copyright@northwind.example\r\nSubject: Notice\r\nMessage-ID: <f1@x.example>\r\n\r\nI have a good faith belief that the use is not authorized by the owner, its agent or the law. The information is accurate. Under penalty of perjury, I am authorized to act for the owner.\r\n\r\nRegards,\r\nJoel Finch\r\n\r\n<?xml version=\"1.0\"?><Infringement><Case><ID>F-1</ID></Case><Complainant><Entity>Holt</Entity><Contact>Joel Finch</Contact><Email>rights@holtfinch.example</Email></Complainant><Source><TimeStamp>2026-02-01T10:30:00Z</TimeStamp><IP_Address>198.51.100.7</IP_Address><Port>51413</Port></Source><Content><Item><Title>Heron at Dawn</Title><FileName>heron.zip</FileName></Item></Content></Infringement>\r\n";
        let read = mail::read(raw.as_bytes());
        let submission = Submission::new("mail", "message/rfc822", raw.as_bytes().to_vec());
        let taken = site
            .wait(site.app.write(move |tx| receive_mail(tx, submission, &Envelope::default(), (read.as_ref(), &[]))))
            .unwrap();
        site.run_due();
        let (received, _) = &taken.notices[0];
        let Some(case) = received.cases.first() else { panic!("{:?}", received.verdict) };
        let page = site.staff("viewer").get(&format!("/staff/cases/{case}")).text();
        assert!(page.contains("mail_unauthenticated") && page.contains("Needs review"), "{page}");
    };
    story(TestSite::open_with(Backend::Sqlite, set));
    if postgres_url().is_some() {
        story(TestSite::open_with(Backend::Postgres, set));
    }
}
