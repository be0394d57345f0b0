//! What the checks of mail domains prove, and what they do not.

use super::mail_in::{WORDS, on_each, write, xml};
use crate::support::TestSite;

const OURS: &str = "Authentication-Results: mx.northwind.example;";

fn notice(number: &str, headers: &str) -> String {
    write(
        &format!("Message-ID: <{number}{}@holtfinch.example>\n{headers}", headers.len()),
        &format!("{WORDS}{}", xml(number)),
    )
}

impl TestSite {
    fn facts(&self, submission: i64) -> String {
        self.staff("viewer").get(&format!("/staff/submissions/{submission}/read")).text()
    }
}

/// Every header of our own server counts, whichever comes first; headers of others prove nothing.
#[test]
fn all_results_of_our_server_count() {
    on_each(|site| {
        let spoof = format!(
            "{OURS} dkim=none\n{OURS} dmarc=FAIL (p=reject dis=none) header.from=holtfinch.example\nAuthentication-Results: other.example; dmarc=pass"
        );
        let done = site.take(&notice("H-1", &spoof));
        assert_eq!((done.notices.len(), site.open_reviews()), (1, vec!["signals"]), "looked at before it is forwarded");
        let good =
            format!("{OURS} spf=fail smtp.mailfrom=fwd.example\n{OURS} dmarc=pass header.from=holtfinch.example");
        let done = site.take(&notice("H-2", &good));
        assert_eq!(site.open_reviews(), ["signals"], "the second one is forwarded");
        let facts = site.facts(done.submission);
        for fact in
            ["spf fail", "dmarc pass", "spf=fail smtp.mailfrom=fwd.example", "proved_from rights@holtfinch.example"]
        {
            assert!(facts.contains(fact), "{fact}: {facts}");
        }
    });
}

/// A retraction takes something back where its whole address is proved; another person at the same provider claims it.
#[test]
fn a_retraction_is_the_senders_or_a_claim() {
    on_each(|site| {
        let pass = format!("{OURS} dmarc=pass header.from=holtfinch.example");
        let taken = site.take(&notice("H-1", &pass));
        site.run_due();
        let reference = taken.notices[0].0.reference.to_string();
        let withdrawn =
            || site.client().get(&format!("/n/{}", taken.notices[0].1.reveal())).text().contains("ithdrawn");
        let back = xml("H-1").replace("</Infringement>", "<Type Retraction=\"true\">INFO</Type></Infringement>");
        let retract = |n: u8, from: &str, headers: &str| {
            write(&format!("Message-ID: <b{n}@holtfinch.example>\n{headers}"), &back)
                .replace("rights@holtfinch.example>\r\nTo", &format!("{from}>\r\nTo"))
        };
        for (n, from, headers) in [
            (1, "mallory@holtfinch.example", pass.as_str()),
            (2, "rights@holtfinch.example", ""),
            (
                3,
                "rights@holtfinch.example",
                "Authentication-Results: other.example; dmarc=pass header.from=holtfinch.example",
            ),
            (4, "rights@holtfinch.example", &format!("{OURS} dmarc=pass header.from=evil.example")),
            (5, "rights@holtfinch.example>, <mallory@evil.example", pass.as_str()),
            (6, "rights@holtfinch.example", &format!("{OURS} dmarc=pass\n{OURS} dmarc=none")),
        ] {
            site.take(&retract(n, from, headers));
            assert!(!withdrawn(), "{from} {headers}");
        }
        assert_eq!(site.open_reviews(), ["retraction"; 6]);
        let page = site.staff("agent").get(&format!("/staff/notices/{reference}")).text();
        assert!(page.contains("it is withdrawn"), "{page}");
        site.take(&retract(7, "Rights@HOLTFINCH.example", &pass));
        assert!(withdrawn(), "the sender itself");
    });
}

/// Who hands mail over with a key of the API is not who wrote it.
#[test]
fn the_key_of_a_mail_server_is_nobodys_identity() {
    on_each(|site| {
        let program = site.program("mail:write");
        let hand = |raw: &str| program.ask("POST", "/api/v1/intake/mail", "message/rfc822", raw.as_bytes()).json();
        let first = hand(&notice("H-1", ""));
        assert_eq!(first["notices"][0]["class"], "complete");
        let back = xml("H-1").replace("</Infringement>", "<Type Retraction=\"true\">INFO</Type></Infringement>");
        hand(&write("Message-ID: <b@x.example>", &back));
        assert_eq!((site.open_reviews(), site.kinds("notice.withdrawn").len()), (vec!["retraction"], 0));
    });
}
