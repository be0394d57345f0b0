//! What is known about how a mail came in: facts for staff, and whose it is proved to be.

use serde_json::{Map, Value};

use crate::actions::context::Tx;
use crate::domain::base::contact::{EmailAddress, one_line};
use crate::formats::mail::{Mail, Verdict, outcome, verdicts};
use crate::storage::intake::submissions::Submission;

/// The methods whose outcome is a fact of its own.
const METHODS: [&str; 3] = ["spf", "dkim", "dmarc"];
/// The address that a mail is proved to come from.
const PROVED: &str = "proved_from";

/// The envelope a mail came in, where the entrance knows it.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// `MAIL FROM`; empty for the null sender.
    pub from: Option<String>,
    /// `RCPT TO`.
    pub to: Vec<EmailAddress>,
}

/// Notes the facts of a mail: never its text, which is in its bytes.
pub(in crate::actions) fn note(tx: &Tx<'_>, submission: &mut Submission, mail: &Mail, envelope: &Envelope) {
    let config = &tx.context.config;
    let facts = &mut submission.facts;
    facts.insert("subject".to_owned(), mail.subject.clone().into());
    facts.insert("from".to_owned(), mail.from.as_ref().map(ToString::to_string).unwrap_or_default().into());
    if !mail.message_id.is_empty() {
        facts.insert("message_id".to_owned(), mail.message_id.clone().into());
    }
    if let Some(person) =
        mail.answer_to(|a| config.is_own_address(a)).filter(|p| mail.from.as_ref() != Some(&p.address))
    {
        facts.insert("answers_go_to".to_owned(), person.address.to_string().into());
    }
    if let Some(from) = &envelope.from {
        facts.insert("mail_from".to_owned(), one_line(from, 254).into());
    }
    let found = verdicts(&mail.authentication, &config.inbound.authserv_id);
    authentication(facts, &found, mail);
    let proved = mail.from.as_ref().filter(|from| !config.is_own_address(from) && is_proved(facts, &found, mail, from));
    if let Some(from) = proved {
        facts.insert(PROVED.to_owned(), from.to_string().into());
    }
}

/// What the server in front says stands. What we looked up ourselves counts where that says nothing of a method: we do not
/// know who handed the mail over, so that our DMARC fails where SPF alone holds.
fn authentication(facts: &mut Map<String, Value>, found: &[Verdict], mail: &Mail) {
    for method in METHODS {
        let own = facts.get(&format!("own_{method}")).cloned();
        let own = own.filter(|result| !(method == "dmarc" && result == "fail" && spf_holds(found, mail)));
        if let Some(result) = outcome(found, method).map(Value::from).or(own) {
            facts.insert(method.to_owned(), result);
        }
    }
    if !found.is_empty() {
        let all: Vec<String> = found.iter().map(Verdict::shown).collect();
        facts.insert("authentication_results".to_owned(), one_line(&all.join("; "), 2000).into());
    }
}

/// Whether SPF passed for the domain in `From`.
fn spf_holds(found: &[Verdict], mail: &Mail) -> bool {
    let Some(from) = &mail.from else { return false };
    found.iter().filter(|v| v.method == "spf" && v.result == "pass").flat_map(|v| &v.properties).any(|(name, value)| {
        let domain = value.rsplit('@').next().unwrap_or_default();
        name == "smtp.mailfrom" && domain.eq_ignore_ascii_case(from.domain())
    })
}

/// Whether the domain of the one address in `From` vouches for the mail: DMARC passes, and for that domain.
fn is_proved(facts: &Map<String, Value>, found: &[Verdict], mail: &Mail, from: &EmailAddress) -> bool {
    let mut about = found.iter().filter(|v| v.method == "dmarc").flat_map(|v| &v.properties);
    let other = about.any(|(name, value)| name == "header.from" && !is_of(from.domain(), value));
    mail.one_sender && !other && facts.get("dmarc").is_some_and(|result| result == "pass")
}

/// Whether a domain is another one or below it.
fn is_of(domain: &str, other: &str) -> bool {
    let (domain, other) = (domain.to_lowercase(), other.rsplit('@').next().unwrap_or_default().to_lowercase());
    domain.strip_suffix(&other).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The address that a mail is proved to come from, by the facts that were noted.
pub(in crate::actions) fn proved_from(facts: &Map<String, Value>) -> Option<EmailAddress> {
    facts.get(PROVED).and_then(Value::as_str).and_then(EmailAddress::parse)
}

/// Which check of its own domain a mail fails: DMARC where it says so, otherwise SPF where no signature holds.
pub(in crate::actions) fn failed(facts: &Map<String, Value>) -> Option<String> {
    let result = |method: &str| facts.get(method).and_then(Value::as_str).unwrap_or_default();
    if result("dmarc") == "fail" {
        return Some("dmarc=fail".to_owned());
    }
    (result("dmarc") != "pass" && result("spf") == "fail" && result("dkim") != "pass").then(|| "spf=fail".to_owned())
}
