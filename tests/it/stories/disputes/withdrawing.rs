use safeharbor::domain::base::moment::Span;

use crate::on_both;
use crate::support::{CUSTOMERS, Client, Page, TestSite};

/// How long withdrawals of one notice wait for each other.
const TOGETHER: Span = Span::minutes(15);
const OWNER: &str = "owner@alder-photo.example";
const COMPLAINANT: &str = "rights@holtfinch.example";

fn withdraw(client: &Client, link: &str, form: &[(&str, &str)]) -> Page {
    let page = client.get(link);
    let mut all = vec![("withdraw-sure", "yes")];
    all.extend_from_slice(form);
    client.post_with_seal(&page, &format!("{link}/withdraw"), &all)
}

fn account(site: &TestSite, id: i64) -> String {
    site.staff("viewer").get(&format!("/staff/customers/{id}")).text()
}

on_both! {
    /// One address of two is taken back: it alone stops counting, and only its access returns.
    fn a_partial_withdrawal(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg\nhttps://alder-photo.example/b.jpg\nhttps://brightmoor.example/c");
        site.run_due();
        let link = site.letter_to(COMPLAINANT).link();
        let page = site.client().get(&link);
        let case = receipt.reference('C');
        site.disable(&case);
        assert!(account(&site, 1).contains("1 / 3"));
        let client = site.client();
        let ids: Vec<String> = page.body.split("id=\"w").skip(1).map(|s| s.split('"').next().unwrap().to_owned()).filter(|s| s.chars().all(|c| c.is_ascii_digit())).collect();
        assert_eq!(ids.len(), 3, "{}", page.text());
        let careless = client.post_with_seal(&page, &format!("{link}/withdraw"), &[("withdraw-what", "whole")]);
        assert!(careless.status == 422 && careless.text().contains("it cannot be undone"), "{}", careless.text());
        let nothing = withdraw(&client, &link, &[("withdraw-what", "some")]);
        assert!(nothing.status == 422 && nothing.text().contains("Select the addresses"), "{}", nothing.text());
        for wrong in [&[][..], &[("urls[]", ids[0].as_str())], &[("withdraw-what", "whole"), ("urls[]", &ids[0])], &[("withdraw-what", "some"), ("urls[]", "x")]] {
            assert_eq!(withdraw(&client, &link, wrong).status, 422, "nothing chosen, or two things: {wrong:?}");
        }
        let some = withdraw(&client, &link, &[("withdraw-what", "some"), ("urls[]", &ids[0]), ("withdraw-why", "Licensed.")]);
        assert_eq!(some.status, 303, "{}", some.text());
        site.advance(TOGETHER);
        let letter = site.letter_to(OWNER);
        assert!(letter.subject.contains("withdrawn in part") && letter.text.contains("Access to 1 address returns"), "{}", letter.text);
        assert!(letter.text.contains("/a.jpg") && !letter.text.contains("/b.jpg"), "{}", letter.text);
        assert!(account(&site, 1).contains("1 / 3"), "the other address still counts");
        let case_page = site.staff("viewer").get(&format!("/staff/cases/{case}")).text();
        assert!(case_page.contains("Being restored") && case_page.contains("Disabled"), "{case_page}");
        let rest = withdraw(&client, &link, &[("withdraw-what", "some"), ("urls[]", &ids[1])]);
        assert_eq!(rest.status, 303, "{}", rest.text());
        site.advance(TOGETHER);
        assert!(account(&site, 1).contains("0 / 3"), "{}", account(&site, 1));
        let letter = site.letter_to(OWNER);
        assert!(letter.subject.starts_with("The copyright notice about alder-photo.example was withdrawn ["), "{}", letter.subject);
        let open = client.get(&link).text();
        assert!(open.contains("Where your notice stands"), "the other customer's case goes on: {open}");
        assert_eq!(withdraw(&client, &link, &[("withdraw-what", "whole")]).status, 303);
        site.run_due();
        let over = client.get(&link).text();
        assert!(over.contains("Your notice is withdrawn") && !over.contains("Withdraw this notice"), "{over}");
        let staff = site.staff("viewer").get(&format!("/staff/notices/{}", receipt.reference('N'))).text();
        assert!(staff.contains("Withdrawn") && staff.contains("Licensed."), "{staff}");
        assert!(site.staff("viewer").get("/staff/senders").text().contains("Holt & Finch Picture Library rights@holtfinch.example form 0 0 0 0 0 0 0 1"), "{}", site.staff("viewer").get("/staff/senders").text());
    }

    /// Taken back before it was forwarded: the customer hears nothing.
    fn a_withdrawal_before_forwarding_tells_nobody(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/");
        site.run_due();
        let link = site.letter_to(COMPLAINANT).link();
        assert_eq!(withdraw(&site.client(), &link, &[("withdraw-what", "whole")]).status, 303);
        site.advance(Span::hours(60));
        assert!(site.letters_to(OWNER).is_empty());
        let page = site.staff("viewer").get(&format!("/staff/cases/{}", receipt.reference('C'))).text();
        assert!(page.contains("Withdrawn") && !site.staff("viewer").get("/staff/?view=review").text().contains("whole sites"), "{page}");
    }

    /// Unanswered and flagged cases go out of every count; what was flagged stays before people.
    fn what_was_withdrawn_stops_counting(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let link = site.letter_to(COMPLAINANT).link();
        site.advance(Span::hours(49));
        assert!(account(&site, 1).contains("1 / 3") && account(&site, 1).contains("1 of 1"), "{}", account(&site, 1));
        withdraw(&site.client(), &link, &[("withdraw-what", "whole")]);
        let text = account(&site, 1);
        assert!(text.contains("0 / 3") && text.contains("0 of 1") && text.contains("The complaining party withdrew the notice"), "{text}");
    }

    /// Two notices about one address: access returns only when both are over.
    fn two_notices_on_one_location(site: TestSite) {
        site.customers(CUSTOMERS);
        let one = site.report("https://alder-photo.example/same.jpg");
        site.run_due();
        let link = site.letter_to(COMPLAINANT).link();
        let two = site.report_as("Nadia Crane", "nadia@corvid.example", "https://alder-photo.example/same.jpg");
        site.run_due();
        let (one, two) = (one.reference('C'), two.reference('C'));
        assert_ne!(one, two, "another sender's notice is a case of its own");
        let letter = site.letter_to(OWNER);
        assert!(letter.text.contains(&one) && letter.text.contains("one incident"), "{}", letter.text);
        assert!(site.letter_to("nadia@corvid.example").text.contains("Someone else had already reported 1 of these"));
        site.disable(&one);
        site.disable(&two);
        assert!(account(&site, 1).contains("1 / 3"), "one incident, one strike");
        withdraw(&site.client(), &link, &[("withdraw-what", "whole")]);
        site.run_due();
        let letter = site.letters_to(OWNER).into_iter().find(|l| l.subject.contains("withdrawn")).unwrap();
        assert!(letter.text.contains("stays disabled because of another notice"), "{}", letter.text);
        let page = |case: &str| site.staff("viewer").get(&format!("/staff/cases/{case}")).text();
        assert!(page(&one).contains("Disabled under another notice"), "{}", page(&one));
        assert!(account(&site, 1).contains("1 / 3"), "the strike stands on the other case");
        let agent = site.staff("agent");
        let restore = format!("/staff/cases/{two}/restore");
        assert_eq!(agent.post_with_seal(&agent.get(&restore), &restore, &[("why", "The sender erred.")]).status, 303);
        let path = format!("/staff/cases/{two}");
        assert_eq!(agent.post_with_seal(&agent.get(&path), &path, &[("do", "confirm-restored")]).status, 303);
        site.run_due();
        assert!(page(&two).contains("Restored") && page(&one).contains("Restored"), "{} {}", page(&one), page(&two));
        assert!(account(&site, 1).contains("0 / 3"), "{}", account(&site, 1));
    }

    /// The same again is linked and told; nothing new is opened, and nothing is lost.
    fn the_same_again_is_linked(site: TestSite) {
        site.customers(CUSTOMERS);
        let first = site.report("https://alder-photo.example/a.jpg\nhttps://alder-photo.example/b.jpg");
        site.run_due();
        let case = first.reference('C');
        let again = site.report("https://alder-photo.example/a.jpg\nhttps://alder-photo.example/b.jpg");
        site.run_due();
        assert_eq!(site.letters_to(OWNER).len(), 1, "the customer is not told twice");
        let letter = site.letter_to(COMPLAINANT);
        assert!(letter.subject.starts_with("Your copyright notice repeats an earlier one"), "{}", letter.subject);
        assert!(letter.text.contains(&first.reference('N')) && !letter.text.contains(&case), "{}", letter.text);
        let status = site.client().get(&letter.link()).text();
        assert!(status.contains("Already being processed"), "{status}");
        // Whoever types another's address must not learn of that other's notices.
        assert!(!status.contains("It repeats your notice") && !status.contains(&first.reference('N')), "{status}");
        assert!(again.text().contains("Already reported") && !again.text().contains("Addresses we cannot act on"), "{}", again.text());
        let notice = site.staff("viewer").get(&format!("/staff/notices/{}", again.reference('N'))).text();
        assert!(notice.contains("Repeats notice") && notice.contains("Reported before"), "{notice}");
        // One new address among old ones: a case for the new one alone.
        let more = site.report("https://alder-photo.example/a.jpg\nhttps://alder-photo.example/new.jpg");
        site.run_due();
        let letter = site.letter_to(OWNER);
        assert!(letter.text.contains("/new.jpg") && !letter.text.contains("/a.jpg"), "{}", letter.text);
        assert_ne!(more.reference('C'), case);
        // Said to be removed, and reported again: a person should look.
        let client = site.client();
        let answer = site.letters_to(OWNER)[0].link();
        client.post_with_seal(&client.get(&answer), &answer, &[("answer", "removed"), ("rm", "rm-all")]);
        site.report("https://alder-photo.example/b.jpg");
        site.run_due();
        assert!(site.staff("viewer").get("/staff/?view=review").text().contains("Reported again after an answer"));
        // Once that case has ended, the material is back if it is reported again: a new case.
        site.advance(Span::hours(49));
        let back = site.report("https://alder-photo.example/b.jpg");
        assert!(back.text().contains("C-") && back.reference('C') != case, "{}", back.text());
        site.advance(Span::hours(2));
        let csv = site.client().get("/transparency.csv").body;
        let row: Vec<&str> = csv.lines().find(|l| l.starts_with("2026-03")).unwrap().split(',').collect();
        let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        let of = |name: &str| row[head.iter().position(|h| *h == name).unwrap()];
        assert_eq!((of("notices.complete"), of("notices.repeats")), ("5", "2"), "{csv}");
    }

    /// Address by address: each side gets a letter in a while, with all of it, and one at the end.
    fn many_withdrawals_are_told_together(site: TestSite) {
        site.customers(CUSTOMERS);
        let urls: Vec<String> = (0..12).map(|n| format!("https://alder-photo.example/{n}.jpg")).collect();
        site.report(&urls.join("\n"));
        site.run_due();
        let link = site.letter_to(COMPLAINANT).link();
        let client = site.client();
        let page = client.get(&link);
        let ids: Vec<String> = page.body.split("id=\"w").skip(1).map(|s| s.split('"').next().unwrap().to_owned()).filter(|s| s.chars().all(|c| c.is_ascii_digit())).collect();
        assert_eq!(ids.len(), 12, "{}", page.text());
        let told = |to: &str| site.letters_to(to).into_iter().filter(|l| l.subject.contains("withdrawn")).collect::<Vec<_>>();
        for id in &ids[..6] {
            assert_eq!(withdraw(&client, &link, &[("withdraw-what", "some"), ("urls[]", id)]).status, 303);
            site.run_due();
        }
        assert!(told(OWNER).is_empty() && told(COMPLAINANT).is_empty());
        site.advance(TOGETHER);
        for to in [OWNER, COMPLAINANT] {
            let letters = told(to);
            assert_eq!(letters.len(), 1, "{to}");
            assert!(urls[..6].iter().all(|u| letters[0].text.contains(u.as_str())) && !letters[0].text.contains(&urls[6]), "{}", letters[0].text);
        }
        for id in &ids[6..] {
            assert_eq!(withdraw(&client, &link, &[("withdraw-what", "some"), ("urls[]", id)]).status, 303);
            site.run_due();
        }
        assert_eq!((told(OWNER).len(), told(COMPLAINANT).len()), (1, 1), "one in a while");
        site.advance(TOGETHER);
        for to in [OWNER, COMPLAINANT] {
            let letters = told(to);
            assert_eq!(letters.len(), 2, "{to}");
            let last = &letters[1];
            assert!(urls[6..].iter().all(|u| last.text.contains(u.as_str())), "{}", last.text);
            assert!(!last.subject.contains("in part"), "{}", last.subject);
        }
        site.advance(Span::days(1));
        assert_eq!((told(OWNER).len(), told(COMPLAINANT).len()), (2, 2));
    }
}
