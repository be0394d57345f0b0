use safeharbor::domain::base::moment::Span;

use crate::on_both;
use crate::support::{CUSTOMERS, Page, TestSite};

/// Opens the link in the newest letter and answers.
fn answer(site: &TestSite, to: &str, form: &[(&str, &str)]) -> Page {
    let link = site.letter_to(to).link();
    let client = site.client();
    let mut page = client.get(&link);
    if !page.body.contains("name=\"csrf\"") {
        page = client.get(&format!("{link}?change=1"));
    }
    let sent = client.post_with_seal(&page, &link, form);
    if sent.status == 303 { client.get(&sent.location) } else { sent }
}

on_both! {
    /// Removed: the answer is recorded, counts, and the case closes at the deadline.
    fn removed(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        site.advance(Span::hours(5));
        let page = answer(&site, "owner@alder-photo.example", &[("answer", "removed"), ("rm", "rm-all"), ("rm-note", "Gone.")]);
        let text = page.text();
        assert!(text.contains("Thank you. Your answer is recorded") && text.contains("I have removed it"), "{text}");
        assert!(text.contains("One strike is recorded") && text.contains("It stops counting on 6 September 2026"), "{text}");
        site.run_due();
        let copy = site.letter_to("owner@alder-photo.example");
        assert!(copy.subject.starts_with("Your answer is recorded"), "{}", copy.subject);
        site.advance(Span::hours(48));
        let staff = site.staff("viewer");
        let case = staff.get(&format!("/staff/cases/{}", receipt.reference('C')));
        let text = case.text();
        assert!(text.contains("Removed") && text.contains("Case closed: removed by the customer"), "{text}");
        assert!(text.contains("Counted"), "{text}");
        let status = site.client().get(&site.letters_to("rights@holtfinch.example")[0].link());
        assert!(status.text().contains("The customer says that the material is removed"), "{}", status.text());
    }

    /// Only some removed: counts, and a person looks at the rest; the deadline does not close it.
    fn removed_in_part(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg\nhttps://alder-photo.example/b.jpg");
        site.run_due();
        let to = "owner@alder-photo.example";
        let empty = answer(&site, to, &[("answer", "removed"), ("rm", "rm-some")]);
        assert!(empty.status == 422 && empty.text().contains("Say which addresses you have removed"), "{}", empty.text());
        answer(&site, to, &[("answer", "removed"), ("rm", "rm-some"), ("rm-note", "The first one.")]);
        site.advance(Span::hours(60));
        let staff = site.staff("agent");
        assert!(staff.get("/staff/?view=review").text().contains("Only some of it was removed"));
        let text = staff.get(&format!("/staff/cases/{}", receipt.reference('C'))).text();
        assert!(text.contains("2 reported of 2") && text.contains("Counted") && !text.contains("Case closed"), "{text}");
    }

    /// Opening the link changes nothing, however often a scanner does it.
    fn a_scanner_changes_nothing(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let path = format!("/staff/cases/{}", receipt.reference('C'));
        let staff = site.staff("viewer");
        let before = staff.get(&path).body;
        let link = site.letter_to("owner@alder-photo.example").link();
        for _ in 0..20 {
            assert_eq!(site.client().get(&link).status, 200);
        }
        assert_eq!(staff.get(&path).body, before);
    }

    /// An answer can be corrected until the deadline; a corrected removal takes its strike back.
    fn an_answer_is_corrected(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let to = "owner@alder-photo.example";
        let link = site.letter_to(to).link();
        answer(&site, to, &[("answer", "removed"), ("rm", "rm-all")]);
        let client = site.client();
        let again = client.get(&format!("{link}?change=1"));
        let sent = client.post_with_seal(&again, &link, &[("answer", "dispute"), ("dis-why", "I took it myself.")]);
        assert_eq!(sent.status, 303);
        let staff = site.staff("lead");
        let case = staff.get(&format!("/staff/cases/{}", receipt.reference('C'))).text();
        assert!(case.contains("Disputed") && case.contains("I took it myself.") && case.contains("1 earlier: I have removed it"), "{case}");
        assert!(case.contains("0 / 3"), "the strike is taken back: {case}");
        let customer = staff.get("/staff/customers/1").text();
        assert!(customer.contains("1, of which 0 expired and 1 voided"), "{customer}");
        site.advance(Span::hours(49));
        let late = client.get(&format!("{link}?change=1"));
        assert!(!late.body.contains("name=\"csrf\"") && late.text().contains("I dispute this"), "{}", late.text());
    }

    /// Disputed: staff decide; closing without action leaves no strike.
    fn disputed(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let empty = answer(&site, "owner@alder-photo.example", &[("answer", "dispute")]);
        assert_eq!(empty.status, 422);
        assert!(empty.text().contains("Say why the notice is wrong"));
        answer(&site, "owner@alder-photo.example", &[("answer", "dispute"), ("dis-why", "My own photograph.")]);
        let staff = site.staff("agent");
        assert!(staff.get("/staff/?view=review").text().contains("The customer disputes it"));
        let path = format!("/staff/cases/{}/close", receipt.reference('C'));
        let page = staff.get(&path);
        let without = staff.post_with_seal(&page, &path, &[("choice", "no_action")]);
        assert!(without.status == 422 && without.text().contains("Give a reason"), "{}", without.text());
        let done = staff.post_with_seal(&page, &path, &[("choice", "no_action"), ("why", "Drafts with dates were shown.")]);
        assert_eq!(done.status, 303);
        let case = staff.get(&done.location).text();
        assert!(case.contains("Does not count") && case.contains("Drafts with dates were shown."), "{case}");
        assert!(!staff.get("/staff/?view=review").text().contains("The customer disputes it"));
    }

    /// Resolved: the complainant is asked to confirm.
    fn resolved(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        answer(&site, "owner@alder-photo.example", &[("answer", "resolved"), ("res-how", "License 4471.")]);
        site.run_due();
        let letter = site.letter_to("rights@holtfinch.example");
        assert!(letter.subject.starts_with("Was this resolved with you?"), "{}", letter.subject);
        assert!(!letter.text.contains("Alder Photo Studio") && !letter.text.contains("4471"));
    }

    /// More time: the deadline moves once, by the policy's extension.
    fn more_time_once(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        site.advance(Span::hours(10));
        let page = answer(&site, "owner@alder-photo.example", &[("answer", "other"), ("o", "o-time"), ("o-note", "Travelling.")]);
        let text = page.text();
        assert!(text.contains("Saturday 14 March 2026, 14:22 UTC"), "{text}");
        assert!(text.contains("You have more time") && text.contains("Travelling."), "it is confirmed: {text}");
        let link = site.letters_to("owner@alder-photo.example")[0].link();
        let client = site.client();
        assert!(client.get(&link).text().contains("You have more time"), "on every later visit too");
        let form = client.get(&format!("{link}?change=1"));
        assert!(form.body.contains("id=\"removed\"") && !form.body.contains("id=\"o-time\""), "the second time it is not offered");
        let again = client.post_with_seal(&form, &link, &[("answer", "other"), ("o", "o-time"), ("o-note", "Again.")]);
        assert_eq!(again.status, 422);
        assert!(again.text().contains("The deadline can be moved once"), "{}", again.text());
        site.advance(Span::hours(60));
        assert!(!site.staff("viewer").get("/staff/?view=awaiting").text().contains("none"), "still awaiting");
        site.advance(Span::hours(30));
        assert!(site.staff("viewer").get("/staff/?view=unanswered").text().contains("Unanswered"));
    }

    /// The reminder goes out at half time, once; silence is unanswered and counts; a late answer is taken.
    fn silence(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let to = "owner@alder-photo.example";
        site.advance(Span::hours(23));
        assert_eq!(site.letters_to(to).len(), 1);
        site.advance(Span::hours(2));
        assert_eq!(site.letters_to(to).len(), 2);
        let reminder = site.letter_to(to);
        assert!(reminder.subject.starts_with("Reminder: answer by Thu 12 March, 14:22 UTC"), "{}", reminder.subject);
        let flat = reminder.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("you had 23 hours left") && flat.contains("Your account then has 1 active strike; a review"), "{flat}");
        site.advance(Span::hours(10));
        assert_eq!(site.letters_to(to).len(), 2, "one reminder");
        site.advance(Span::hours(20));
        let staff = site.staff("agent");
        assert!(staff.get("/staff/?view=unanswered").text().contains(&receipt.reference('C')));
        assert!(staff.get("/staff/customers/1").text().contains("1 of 1"), "one unanswered");
        let page = site.client().get(&reminder.link());
        assert!(page.text().contains("You did not answer in time"), "{}", page.text());
        answer(&site, to, &[("answer", "removed"), ("rm", "rm-all")]);
        let customer = staff.get("/staff/customers/1").text();
        assert!(customer.contains("0 of 1") && customer.contains("1 / 3"), "{customer}");
    }

    /// A process that was down for a week catches up: no reminder after the deadline.
    fn a_late_start_catches_up(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        site.advance(Span::days(7));
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        assert!(site.staff("viewer").get("/staff/?view=unanswered").text().contains("alder-photo.example"));
    }

    /// Staff record an answer that came by telephone, and move a deadline; both with a reason.
    fn staff_answer_and_extend(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let staff = site.staff("agent");
        let base = format!("/staff/cases/{}", receipt.reference('C'));
        let extend = format!("{base}/extend");
        let done = staff.post_with_seal(&staff.get(&extend), &extend, &[("choice", "72h"), ("why", "Illness.")]);
        assert_eq!(done.status, 303, "{}", done.text());
        site.run_due();
        let letter = site.letter_to("owner@alder-photo.example");
        assert!(letter.subject.starts_with("New deadline: answer by Sun 15 March, 14:22 UTC"), "{}", letter.subject);
        let path = format!("{base}/answer");
        let done = staff.post_with_seal(&staff.get(&path), &path, &[("choice", "removed"), ("why", "By telephone, 15:02, Rowan Alder.")]);
        assert_eq!(done.status, 303, "{}", done.text());
        assert!(staff.get(&base).text().contains("by Agent Person"));
    }

    /// One step on many cases: confirmed first, done one by one, told for each.
    fn staff_act_on_many(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipts: Vec<_> = (1..=3).map(|n| site.report(&format!("https://alder-photo.example/{n}")).reference('C')).collect();
        site.run_due();
        let staff = site.staff("agent");
        let query: String = receipts.iter().map(|r| format!("&case={r}")).collect();
        let page = staff.get(&format!("/staff/bulk?do=remind{query}"));
        assert!(page.text().contains("3 selected. Nothing has been done yet."), "{}", page.text());
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 3);
        let send = |step: &str, more: &[(&str, &str)]| {
            let mut form = vec![("do", step)];
            form.extend(receipts.iter().map(|r| ("case", r.as_str())));
            form.extend_from_slice(more);
            staff.post_with_seal(&page, "/staff/bulk", &form)
        };
        assert!(send("remind", &[]).text().contains("Done for 3 of 3 cases"));
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 6);
        assert_eq!(send("disable", &[]).status, 422);
        assert!(send("disable", &[("why", "Court order.")]).text().contains("Done for 3 of 3 cases"));
        let again = send("extend", &[("choice", "24h"), ("why", "x")]).text();
        assert!(again.contains("Done for 0 of 3 cases") && again.contains("cannot be extended"), "{again}");
        let none = staff.get("/staff/bulk?do=remind");
        assert!(none.status == 422 && none.text().contains("Select at least one case in the queue"), "{}", none.text());
        assert!(none.body.contains("href=\"/staff/\"") && none.body.contains("topbar"), "a page of the desk");
    }

    /// Access disabled by staff: recorded, closes, counts.
    fn disabled_by_staff(site: TestSite) {
        site.customers(CUSTOMERS);
        let receipt = site.report("https://alder-photo.example/a.jpg\nhttps://alder-photo.example/b.jpg");
        site.run_due();
        site.advance(Span::hours(50));
        let staff = site.staff("agent");
        let base = format!("/staff/cases/{}", receipt.reference('C'));
        let first = staff.get(&base).field("url");
        let some = format!("{base}/disable?url={first}");
        let page = staff.get(&some);
        assert!(page.text().contains("the 1 selected address"), "{}", page.text());
        let path = format!("{base}/disable");
        let done = staff.post_with_seal(&page, &path, &[("url", first.as_str()), ("why", "Still online.")]);
        assert_eq!(done.status, 303);
        assert!(staff.get(&base).text().contains("1 reported of 2"));
        staff.post_with_seal(&staff.get(&path), &path, &[("why", "Still online.")]);
        let text = staff.get(&base).text();
        assert!(text.contains("0 reported of 2") && text.contains("Case closed: access disabled") && text.contains("Counted"), "{text}");
    }
}
