//! Letters are data until they are sent: nothing a stranger wrote becomes structure, what was sent is on record byte for
//! byte but for the tokens, and a token stands nowhere once its letter is settled.

use diesel::prelude::*;
use safeharbor::domain::access::token::PlainToken;
use safeharbor::domain::base::ids::LetterId;
use safeharbor::domain::base::moment::Span;
use safeharbor::mail::letter::REDACTED;
use safeharbor::mail::transport::Sent;
use safeharbor::storage::engine::schema::{letter_data, letters};
use safeharbor::storage::outbox::sent_letters::{self, SentLetter};
use sha2::{Digest, Sha256};

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

const OWNER: &str = "owner@alder-photo.example";

/// Row number, state and tokens of every letter, oldest first.
fn rows(site: &TestSite) -> Vec<(i64, String, String)> {
    let all = |c: &mut safeharbor::storage::Conn| {
        let all = letters::table.order(letters::id).select((letters::id, letters::state, letters::tokens));
        Ok(all.load(c)?)
    };
    site.wait(site.app.read(all)).unwrap()
}

fn sent(site: &TestSite, id: i64) -> Option<SentLetter> {
    site.wait(site.app.read(move |c| sent_letters::get(c, LetterId(id)))).unwrap()
}

/// The bytes of every message that left, by the number of its letter.
fn messages(site: &TestSite) -> Vec<(i64, Vec<u8>)> {
    let number = |name: &str| name.split('-').next().unwrap_or_default().parse().unwrap_or(0);
    site.messages().into_iter().map(|(name, bytes)| (number(&name), bytes)).collect()
}

/// A message with the tokens of its private links blanked out, as whoever reads it by eye would do it.
fn blanked(message: &[u8], token: &str) -> Vec<u8> {
    let text = String::from_utf8(message.to_vec()).unwrap();
    let (broken, unbroken) = (text.matches("=\r\n").count(), text.replace("=\r\n", ""));
    assert!(broken > 0 && unbroken.contains(token));
    unbroken.replace(token, REDACTED).into_bytes()
}

on_both! {
    /// What is on record is what was sent, byte for byte, but for the token; the digest is that of the bytes as sent.
    fn a_letter_is_on_record_exactly_as_sent(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let all = messages(&site);
        assert_eq!(all.len(), 2);
        for (id, message) in all {
            let kept = sent(&site, id).unwrap();
            assert_eq!(kept.digest, Sha256::digest(&message).to_vec());
            assert_eq!(kept.message.len(), message.len());
            let unbroken = String::from_utf8(message.clone()).unwrap().replace("=\r\n", "");
            let path = if unbroken.contains("/respond/") { "/respond/" } else { "/n/" };
            let at = unbroken.find(path).unwrap() + path.len();
            let token = unbroken[at..at + PlainToken::LENGTH].to_owned();
            let record = String::from_utf8(kept.message).unwrap().replace("=\r\n", "");
            assert_eq!(record.as_bytes(), blanked(&message, &token));
            assert!(!record.contains(&token));
        }
        assert!(rows(&site).iter().all(|(_, state, tokens)| state == "accepted" && tokens.is_empty()));
    }

    /// A reported address that looks like one of our private links is nobody's secret: it stays as it was written.
    fn an_address_like_a_private_link_stays(site: TestSite) {
        site.customers(CUSTOMERS);
        let look_alike = format!("https://alder-photo.example/n/{}", "a1b2".repeat(13));
        let receipt = site.report(&look_alike);
        site.run_due();
        let to_customer = |name: &str| name.contains("notice_to_customer").then(|| name[..6].parse().unwrap());
        let id: i64 = site.messages().iter().find_map(|(name, _)| to_customer(name)).unwrap();
        let record = String::from_utf8(sent(&site, id).unwrap().message).unwrap().replace("=\r\n", "");
        assert!(record.contains(&look_alike), "{record}");
        let page = site.staff("viewer").get(&format!("/staff/letters/{id}"));
        assert!(page.text().contains(&look_alike) && page.text().contains(REDACTED));
        assert!(receipt.status == 200);
    }

    /// A letter that waits has its token by name; one that was given up has none, and gets a new one when it is sent
    /// again, which works.
    fn a_letter_given_up_keeps_no_token(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse(OWNER, Sent::Later("450 busy".into()));
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let (id, state, tokens) = rows(&site).pop().unwrap();
        assert!(state == "deferred" && tokens.starts_with(r#"{"respond":""#), "{state} {tokens}");
        let old: PlainToken = PlainToken::parse(&tokens[12..12 + PlainToken::LENGTH]).unwrap();
        let data: String = site
            .wait(site.app.read(move |c| {
                Ok(letter_data::table.find(id).select(letter_data::data).first(c)?)
            }))
            .unwrap();
        assert!(!data.contains(old.reveal()), "{data}");
        let staff = site.staff("agent");
        let preview = staff.get(&format!("/staff/letters/{id}"));
        assert!(preview.text().contains(REDACTED) && !preview.body.contains(old.reveal()));
        site.accept_all();
        site.refuse(OWNER, Sent::Refused("550 unknown".into()));
        site.advance(Span::days(1));
        let (_, state, tokens) = rows(&site).into_iter().find(|(n, ..)| *n == id).unwrap();
        assert!(state == "failed" && tokens.is_empty(), "{state} {tokens}");
        assert!(sent(&site, id).is_none(), "nothing was sent");
        site.accept_all();
        let staff = site.staff("agent");
        let again = staff.post_with_seal(&staff.get(&format!("/staff/letters/{id}")), &format!("/staff/letters/{id}/retry"), &[]);
        assert_eq!(again.status, 303, "{}", again.text());
        site.run_due();
        let link = site.letter_to(OWNER).link();
        assert!(!link.contains(old.reveal()));
        assert_eq!(site.client().get(&link).status, 200);
        assert!(rows(&site).into_iter().any(|(n, state, tokens)| n == id && state == "accepted" && tokens.is_empty()));
    }
}
