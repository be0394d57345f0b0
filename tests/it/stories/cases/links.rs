use diesel::prelude::*;
use safeharbor::domain::base::moment::Span;
use safeharbor::storage::engine::schema::letters;
use safeharbor::storage::outbox::sent_letters;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

on_both! {
    /// Expired and mistyped links each get a page of their own.
    fn links_that_do_not_open_say_why(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let first = site.letter_to("owner@alder-photo.example").link();
        let client = site.client();
        let cut = client.get(&first[..first.len() - 3]);
        assert!(cut.status == 404 && cut.text().contains("This link is not complete"), "{}", cut.text());
        let other = format!("/respond/{}", "a".repeat(52));
        assert_eq!(client.get(&other).status, 404);
        let page = client.get(&other);
        let unknown = client.post_with_seal(&page, "/respond/new-link", &[("case", "C-0000-0000")]);
        let known = client.post_with_seal(&page, "/respond/new-link", &[("case", &receipt.reference('C'))]);
        assert_eq!((unknown.status, unknown.text()), (known.status, known.text()), "it tells nobody which cases exist");
        let wrong = client.post_with_seal(&page, "/respond/new-link", &[("case", "what?")]);
        assert!(wrong.status == 422 && wrong.text().contains("like C-3F8R-9T2W"), "{}", wrong.text());
        site.run_due();
        let letter = site.letter_to("owner@alder-photo.example");
        assert!(letter.subject.starts_with("Your new link"), "{}", letter.subject);
        assert_eq!(client.get(&first).status, 200, "whoever knows a case number ends no link");
        assert_eq!(client.get(&letter.link()).status, 200);
        site.advance(Span::days(31));
        let expired = client.get(&letter.link());
        assert!(expired.status == 410 && expired.text().contains("This link no longer works"), "{}", expired.text());
        assert!(expired.text().contains("9 April 2026"), "{}", expired.text());
    }

    /// A new link can be asked for so often in a day; the page says the same, and links end by time or by staff.
    fn a_link_ends_by_time_or_by_staff(site: TestSite) {
        site.customers(CUSTOMERS);
        let case = site.report("https://alder-photo.example/a.jpg").reference('C');
        site.run_due();
        let first = site.letter_to("owner@alder-photo.example").link();
        let reference: safeharbor::domain::base::ids::Reference = case.parse().unwrap();
        for _ in 0..5 {
            let reference = reference.clone();
            site.wait(site.app.write(move |tx| safeharbor::actions::renew_link(tx, &reference))).unwrap();
        }
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1 + 3);
        assert_eq!(site.client().get(&first).status, 200);
        let staff = site.staff("agent");
        let page = staff.get(&format!("/staff/cases/{case}/end-links"));
        let end = |why| staff.post_with_seal(&page, &format!("/staff/cases/{case}/end-links"), &[("why", why)]).status;
        assert_eq!((end(""), end("The mailbox is in wrong hands."), end("Again")), (422, 303, 422));
        let ended = site.client().get(&first);
        assert!(ended.status == 410 && !ended.body.contains("alder-photo.example/a.jpg"), "{}", ended.text());
        assert!(site.kinds("case.").contains(&"case.links_ended".to_owned()));
    }

    /// A status link that has ended shows nothing of its sender on any page it opened.
    fn an_ended_link_shows_nobody(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let link = site.letter_to("rights@holtfinch.example").link();
        let token = link.trim_start_matches("/n/").to_owned();
        let paths = [link.clone(), format!("/notices/new?from={token}"), format!("/notices/sent/{token}"), format!("{link}/cure")];
        assert!(site.client().get(&paths[1]).body.contains("holtfinch"), "while it lasts, it fills in the form");
        site.advance(Span::days(366));
        for path in paths {
            let page = site.client().get(&path);
            assert!(page.status == 404, "{path}: {}", page.status);
            for personal in ["Finch", "holtfinch", "Wharf", "7946", "Heron"] {
                assert!(!page.body.contains(personal), "{personal} in {path}");
            }
        }
    }

    /// The letter lists the first addresses; all of them are behind the link, a page at a time.
    fn every_address_is_behind_the_link(site: TestSite) {
        site.customers(CUSTOMERS);
        let urls = (0..1500).map(|n| format!("https://alder-photo.example/{n}.jpg")).collect::<Vec<_>>().join("\n");
        site.report(&urls);
        site.run_due();
        let letter = site.letter_to("owner@alder-photo.example");
        assert!(letter.text.contains("1400 more are listed"), "{}", letter.text);
        let client = site.client();
        let first = client.get(&letter.link());
        assert!(first.body.contains("/999.jpg") && !first.body.contains("/1000.jpg"));
        let second = client.get(&first.link(&format!("{}?after=", letter.link())));
        assert!(second.body.contains("/1000.jpg") && second.body.contains("/1499.jpg") && !second.body.contains("?after="));
        let status = client.get(&site.letter_to("rights@holtfinch.example").link());
        assert!(status.body.contains("/499.jpg") && !status.body.contains("/500.jpg") && status.text().contains("1000 more"));
        let last = client.get(&format!("{}?after=1000", site.letter_to("rights@holtfinch.example").link()));
        assert!(last.body.contains("/1499.jpg") && !last.text().contains(" more "), "{}", last.text());
        let shut = client.get(&format!("/n/{}", "a".repeat(52)));
        assert!(shut.status == 404 && shut.text().contains("This link does not work"), "{}", shut.text());
    }

    /// A link answers its own case only, and a form made for another link is refused.
    fn a_seal_of_another_link_is_refused(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg\nhttps://brightmoor.example/b");
        site.run_due();
        let one = site.letter_to("owner@alder-photo.example").link();
        let two = site.letter_to("idris@brightmoor.example").link();
        let client = site.client();
        let page = client.get(&one);
        let refused = client.post_with_seal(&page, &two, &[("answer", "removed"), ("rm", "rm-all")]);
        assert_eq!(refused.status, 400, "{}", refused.text());
        let status = format!("/n/{}", &one["/respond/".len()..]);
        assert_eq!(client.get(&status).status, 404, "a customer's link opens no complainant's page");
    }

    /// What is stored of a letter that was sent does not open the case.
    fn the_token_is_not_kept(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let link = site.letter_to("owner@alder-photo.example").link();
        let token = link.rsplit('/').next().unwrap().to_owned();
        let staff = site.staff("admin");
        for n in 1..3 {
            let page = staff.get(&format!("/staff/letters/{n}"));
            let html = staff.get(&format!("/staff/letters/{n}/html"));
            assert!(page.status == 200 && !page.body.contains(&token) && !html.body.contains(&token));
        }
        let (sent, left) = site
            .wait(site.app.read(|c| {
                let left: i64 = letters::table.filter(letters::tokens.ne("")).count().get_result(c)?;
                Ok((sent_letters::of(c, &[1, 2])?, left))
            }))
            .unwrap();
        assert!(sent.len() == 2 && left == 0, "{left}");
        let contains = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("=\r\n", "").contains(&token);
        assert!(sent.values().all(|one| !contains(&one.message)));
    }
}
