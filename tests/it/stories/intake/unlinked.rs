//! The complainant learns nothing of the customer: also not which addresses belong to one, and a full copy of the notice.

use safeharbor::domain::base::moment::Span;
use sha2::{Digest, Sha256};

use crate::on_both;
use crate::support::{CUSTOMERS, Page, TestSite, complete_form};

/// Two addresses of one customer, and of two.
const ONE: [&str; 2] = ["https://alder-photo.example/a.jpg", "https://www.alder-photo.example/b.jpg"];
const TWO: [&str; 2] = ["https://alder-photo.example/a.jpg", "https://brightmoor.example/b.jpg"];

/// A text without what differs by chance: references, times, digests, tokens, and the addresses themselves.
fn plain(text: &str, urls: [&str; 2]) -> String {
    let text = text.replace(urls[0], "FIRST").replace(urls[1], "SECOND");
    let word = |w: &str| {
        let bare = w.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let chance = (bare.len() == 11 && bare.starts_with("N-")) || w.contains("/n/") || w.contains("/notices/sent/");
        let hex = bare.len() >= 8 && bare.bytes().all(|b| b.is_ascii_hexdigit());
        if chance || hex { "…".to_owned() } else { w.to_owned() }
    };
    text.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

fn check(site: &TestSite, urls: [&str; 2]) -> Page {
    let form = complete_form("Joel Finch", "rights@holtfinch.example", &urls.join("\n"));
    site.client().post("/notices/new", &form)
}

/// Everything a complainant sees of a notice about two addresses, from the check to the outcome.
fn seen(site: &TestSite, urls: [&str; 2], who: &str) -> Vec<(&'static str, String)> {
    let mut all = vec![("check", plain(&check(site, urls).text(), urls))];
    let receipt = site.report_as("Joel Finch", who, &urls.join("\n"));
    all.push(("receipt", plain(&receipt.text(), urls)));
    site.run_due();
    let letter = site.letter_to(who);
    let status = |site: &TestSite| plain(&site.client().get(&letter.link()).text(), urls);
    all.push(("acknowledgement", plain(&format!("{}\n{}", letter.subject, letter.text), urls)));
    all.push(("forwarded", status(site)));
    let staff = site.staff("agent");
    for case in &receipt.cases {
        let path = format!("/staff/cases/{case}/close");
        let page = staff.get(&path);
        let form = [("choice", "no_action"), ("why", "Checked by staff.")];
        assert_eq!(staff.post_with_seal(&page, &path, &form).status, 303);
    }
    site.run_due();
    all.push(("closed", status(site)));
    all.push(("letters at once", site.letters_to(who).len().to_string()));
    site.advance(Span::hours(24));
    let told = site.letters_to(who);
    all.push(("letters", told.len().to_string()));
    let last = told.last().unwrap();
    all.push(("outcome", plain(&format!("{}\n{}", last.subject, last.text), urls)));
    all
}

/// What the same looks like at the API, for a caller without a key and for a sender's own.
fn answers(site: &TestSite, urls: [&str; 2], who: &str) -> Vec<(&'static str, String)> {
    let mut notice = crate::api::notice(&urls);
    notice["complainant"]["email"] = who.into();
    let mut all = Vec::new();
    for (name, program) in [("stranger", site.stranger()), ("key", site.program("notices:write"))] {
        notice["works"][0]["title"] = name.into();
        let sent = program.post("/api/v1/notices", &notice);
        assert_eq!(sent.status, 201, "{}", sent.text);
        assert!(!sent.text.contains("C-"), "{}", sent.text);
        let json = sent.json();
        all.push((
            name,
            format!("{} {}", json["cases"], plain(&json["locations"].to_string().replace(['"', ','], " "), urls)),
        ));
        if program.secret.is_some() {
            let path = format!("/api/v1/notices/{}", json["reference"].as_str().unwrap());
            let read = program.get(&path);
            assert!(read.status == 200 && !read.text.contains("C-"), "{}", read.text);
            all.push(("read", plain(&read.json()["locations"].to_string().replace(['"', ','], " "), urls)));
        }
    }
    all
}

on_both! {
    /// Every page, letter, count and answer is the same whether two addresses have one customer or two.
    fn two_addresses_do_not_tell_whose_they_are(site: TestSite) {
        site.customers(CUSTOMERS);
        // Another week for each, at the same hour, and a first-time sender for each.
        let one = seen(&site, ONE, "rights@holtfinch.example");
        site.advance(Span::days(13));
        let two = seen(&site, TWO, "rights@holtfinch.example.example");
        for ((name, one), (_, two)) in one.iter().zip(&two) {
            let days = |text: &str| {
                let mut text = text.replace("holtfinch.example.example", "holtfinch.example");
                for day in ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] {
                    text = text.replace(day, "Day");
                }
                text.split(' ').filter(|w| w.parse::<u32>().map_or(true, |n| n < 3)).collect::<Vec<_>>().join(" ")
            };
            assert_eq!(days(one), days(two), "{name}");
            assert!(!one.contains("C-") && !two.contains("customers") || *name == "acknowledgement", "{name}: {two}");
        }
        assert_eq!(answers(&site, ONE, "api@one.example"), answers(&site, TWO, "api@two.example"));
    }

    /// A case that is held looks like one that was forwarded: what moves together is not seen.
    fn a_held_case_does_not_show(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/\nhttps://brightmoor.example/b.jpg");
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 0, "a whole site: staff look first");
        let status = site.client().get(&site.letter_to("rights@holtfinch.example").link());
        assert_eq!(status.body.matches(">Being processed</span>").count(), 3, "both addresses, and the summary: {}", status.text());
        for word in ["review", "Forwarded", "C-", "until"] {
            assert!(!status.text().contains(word), "{word}: {}", status.text());
        }
    }

    /// The sender gets the whole notice back: in the letter, on the page, as JSON, and byte for byte.
    fn the_sender_has_a_copy(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg\nhttps://elsewhere.example/b.jpg");
        site.run_due();
        let letter = site.letter_to("rights@holtfinch.example");
        let (client, link) = (site.client(), letter.link());
        let page = client.get(&link);
        let copy = client.get(&format!("{link}/copy"));
        let flat = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in ["Heron at Dawn", "Color photograph, 2019", "Maren Holt", "+44 20 7946 0958", "14 Wharf Lane", "Joel Finch", "https://alder-photo.example/a.jpg", "https://elsewhere.example/b.jpg"] {
            assert!(flat.contains(said), "{said} in the letter: {flat}");
            assert!(page.text().contains(said), "{said} on the page");
            assert!(copy.body.contains(said), "{said} in {}", copy.body);
        }
        for said in ["good faith belief", "penalty of perjury"] {
            assert!(flat.contains(said) && page.text().contains(said), "{said}");
        }
        assert!(copy.headers["content-disposition"].starts_with("attachment"));
        let json: serde_json::Value = serde_json::from_str(&copy.body).unwrap();
        let original = client.get(&format!("{link}/original"));
        let digest: String = Sha256::digest(original.body.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(json["sha256"], digest.as_str(), "what was received is what the digest is of");
        assert!(original.body.contains("works%5B0%5D.title=Heron+at+Dawn"), "{}", original.body);
        site.advance(Span::days(366));
        for path in ["copy", "original"] {
            assert_eq!(client.get(&format!("{link}/{path}")).status, 404, "{path}");
        }
    }

    /// Of a document with several notices, or a mail that somebody else sent, the copy is of one's own notice alone.
    fn a_copy_is_of_ones_own(site: TestSite) {
        site.customers(CUSTOMERS);
        let other = crate::api::documents::acns("H-9", "198.51.100.9", "").replace("holtfinch.example", "somebody.example");
        let both = format!("{}{other}", crate::api::documents::acns("H-8", "198.51.100.8", ""));
        let sent = site.stranger().ask("POST", "/api/v1/notices", "text/xml", both.as_bytes()).json();
        let path = sent["status_url"].as_str().unwrap().trim_start_matches("https://copyright.northwind.example").to_owned();
        let client = site.client();
        assert_eq!(client.get(&format!("{path}/original")).status, 404);
        assert!(!client.get(&path).body.contains(&format!("{path}/original")));
        let copy = client.get(&format!("{path}/copy"));
        assert!(copy.body.contains("holtfinch") && !copy.body.contains("somebody"), "{}", copy.body);
    }
}
