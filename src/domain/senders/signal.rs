//! What makes a notice worth a look before it is forwarded. A signal never refuses a complete notice and never
//! changes its class; it can only route it to a person. BMG v. Cox, 881 F.3d 293 (4th Cir. 2018): notices of a
//! sender one does not like are still notices.

use std::str::FromStr;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};

use crate::domain::base::contact::EmailAddress;
use crate::domain::intake::notice::Notice;
use crate::domain::intake::similarity::plain;

/// One kind of signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// A free-mail address speaks for an organization.
    FreeMailBrand,
    /// One address has used several names.
    ManyNames,
    /// Only whole sites are named.
    WholeDomain,
    /// The text asks for money.
    PaymentDemand,
    /// The same words were sent for other works.
    SameBody,
    /// The mail fails the checks of its own domain.
    MailUnauthenticated,
    /// Many notices at once from a sender not seen before.
    Burst,
}

impl Signal {
    /// All signals.
    pub const ALL: [Self; 7] = [
        Self::FreeMailBrand,
        Self::ManyNames,
        Self::WholeDomain,
        Self::PaymentDemand,
        Self::SameBody,
        Self::MailUnauthenticated,
        Self::Burst,
    ];
    /// As stored and in the configuration.
    pub fn code(self) -> &'static str {
        match self {
            Self::FreeMailBrand => "free_mail_brand",
            Self::ManyNames => "many_names",
            Self::WholeDomain => "whole_domain",
            Self::PaymentDemand => "payment_demand",
            Self::SameBody => "same_body",
            Self::MailUnauthenticated => "mail_unauthenticated",
            Self::Burst => "burst",
        }
    }
    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::FreeMailBrand => "A free-mail address speaks for an organization",
            Self::ManyNames => "The address has used several names",
            Self::WholeDomain => "Only whole sites are named",
            Self::PaymentDemand => "The text asks for money",
            Self::SameBody => "The same words were sent for other works",
            Self::MailUnauthenticated => "The mail fails the checks of its own domain",
            Self::Burst => "Many notices at once from a new sender",
        }
    }
}

impl FromStr for Signal {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|s| s.code() == code).ok_or(())
    }
}

/// A signal on a notice, with what it was seen by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub signal: Signal,
    pub evidence: String,
}

/// What is known about a sender before this notice is counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// Names the address has used, this one included.
    pub names: u32,
    /// Notices in the last day, this one included; counted until there are more than [`BURST`].
    pub in_a_day: u32,
    /// First seen less than a week ago.
    pub new: bool,
    /// The same descriptions came with other works.
    pub same_body: bool,
}

/// Names after which an address is remarkable; two happen when a colleague helps out.
const NAMES: u32 = 3;
/// Notices a day after which a new sender is remarkable.
pub const BURST: u32 = 20;

/// Looks a notice over. `payment` are words in it or around it that ask for money; `mail_failed` says that
/// authentication failed.
pub fn look(notice: &Notice, payment: Option<&str>, mail_failed: Option<&str>, known: Known) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut add = |signal, evidence: String| seen.push(Seen { signal, evidence });
    let c = &notice.complainant;
    if let Some(domain) = c.email.as_ref().map(EmailAddress::domain).filter(|d| is_free_mail(d))
        && !c.organization.is_empty()
    {
        add(Signal::FreeMailBrand, format!("{} by {domain}", c.organization));
    }
    if known.names >= NAMES {
        add(Signal::ManyNames, format!("{} names", known.names));
    }
    if !notice.locations.is_empty()
        && notice.locations.iter().all(crate::domain::intake::location::Location::is_whole_site)
    {
        add(Signal::WholeDomain, format!("{} named", notice.locations.len()));
    }
    if let Some(words) = payment {
        add(Signal::PaymentDemand, format!("“{words}”"));
    }
    if known.same_body {
        add(Signal::SameBody, String::new());
    }
    if let Some(result) = mail_failed {
        add(Signal::MailUnauthenticated, result.to_owned());
    }
    if known.new && known.in_a_day > BURST {
        add(Signal::Burst, format!("more than {BURST} in a day"));
    }
    seen
}

/// Providers at which anybody gets an address.
const FREE_MAIL: [&str; 36] = [
    "126.com",
    "163.com",
    "aol.com",
    "bk.ru",
    "duck.com",
    "fastmail.com",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "inbox.ru",
    "laposte.net",
    "libero.it",
    "list.ru",
    "live.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "outlook.com",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "t-online.de",
    "tutanota.com",
    "web.de",
    "yahoo.co.uk",
    "yahoo.com",
    "yandex.ru",
    "zoho.com",
];

/// Whether anybody gets an address at a domain.
pub fn is_free_mail(domain: &str) -> bool {
    FREE_MAIL.binary_search(&domain.to_ascii_lowercase().as_str()).is_ok()
}

/// Phrases that ask for money. 41.25(3) of Canada's Copyright Act forbids them in notices; in the United States
/// they are a reason to look, no more.
const PAYMENT: [&str; 14] = [
    "pay a settlement",
    "pay the settlement",
    "settlement offer",
    "settlement amount",
    "settlement fee",
    "settle this matter by paying",
    "make a payment",
    "payment of $",
    "payment of usd",
    "pay the amount",
    "pay us",
    "bitcoin",
    "retroactive license fee",
    "compensation payment",
];

/// What finds each of them; made once.
static FINDERS: LazyLock<Vec<(&str, Finder<'static>)>> =
    LazyLock::new(|| PAYMENT.iter().map(|phrase| (*phrase, Finder::new(*phrase))).collect());

/// The first phrase in the descriptions of a notice that asks for money.
pub fn payment_in(notice: &Notice) -> Option<&'static str> {
    notice.works.iter().find_map(|w| payment_words(&w.description))
}

/// The first phrase in a text that asks for money.
pub fn payment_words(text: &str) -> Option<&'static str> {
    // Mail is read with its line breaks; a phrase may run over one.
    let text = plain(text);
    let (phrase, _) = FINDERS.iter().find(|(_, finder)| finder.find(text.as_bytes()).is_some())?;
    Some(phrase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::intake::notice::{RawLocation, RawNotice, RawWork};

    fn notice(email: &str, organization: &str, url: &str, description: &str) -> Notice {
        let mut raw = RawNotice::default();
        raw.complainant.email = email.into();
        raw.complainant.organization = organization.into();
        raw.locations = vec![RawLocation { url: url.into(), ..RawLocation::default() }];
        raw.works = vec![RawWork { description: description.into(), ..RawWork::default() }];
        raw.understand()
    }

    fn codes(notice: &Notice, prose: &str, failed: Option<&str>, known: Known) -> Vec<Signal> {
        let payment = payment_in(notice).or_else(|| payment_words(prose));
        look(notice, payment, failed, known).into_iter().map(|s| s.signal).collect()
    }

    #[test]
    fn each_signal_is_seen_and_an_ordinary_notice_shows_none() {
        let ordinary = notice("rights@holtfinch.example", "Holt & Finch", "https://a.example/1.jpg", "A photograph");
        assert_eq!(codes(&ordinary, "", None, Known { names: 2, in_a_day: 50, ..Known::default() }), []);
        let free = notice("studio.rights@gmail.com", "Big Studio", "https://a.example/1.jpg", "");
        assert_eq!(codes(&free, "", None, Known::default()), [Signal::FreeMailBrand]);
        let person = notice("astrid@gmail.com", "", "https://a.example/1.jpg", "");
        assert_eq!(codes(&person, "", None, Known::default()), [], "a person may have a free address");
        let whole = notice("a@b.example", "", "https://a.example/", "");
        assert_eq!(codes(&whole, "", None, Known::default()), [Signal::WholeDomain]);
        let money = "You can make\na payment at our portal";
        assert_eq!(codes(&ordinary, money, None, Known::default()), [Signal::PaymentDemand]);
        assert_eq!(codes(&ordinary, "", Some("dmarc=fail"), Known::default()), [Signal::MailUnauthenticated]);
        let busy = Known { names: 3, in_a_day: 21, new: true, same_body: true };
        assert_eq!(codes(&ordinary, "", None, busy), [Signal::ManyNames, Signal::SameBody, Signal::Burst]);
    }

    #[test]
    fn the_list_of_providers_is_sorted() {
        assert!(FREE_MAIL.is_sorted());
        assert!(is_free_mail("GMail.com") && !is_free_mail("holtfinch.example"));
    }
}
