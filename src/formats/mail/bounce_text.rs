//! What mail servers write in their own words, in their operators' languages, where they send no report.

use mail_parser::Message;

use super::returned::{is_daemon, returned};
use super::types::{Block, Bounce, Fate, Mail};
use crate::domain::base::contact::{EmailAddress, one_line};

/// Text that is looked through for addresses, in bytes.
const MAX_LOOKED_AT: usize = 100_000;
/// Addresses taken from it.
const MAX_ADDRESSES: usize = 100;

/// Parts of subjects of mail servers in lower case, accents taken off Latin letters.
const SUBJECTS: [&str; 67] = [
    // English
    "undeliver",
    "undelivered",
    "delivery status",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery problem",
    "delivery error",
    "failure notice",
    "returned mail",
    "returned to sender",
    "mail delivery",
    "could not be delivered",
    "not delivered",
    "delivery delayed",
    // German
    "unzustellbar",
    "nicht zustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "zustellungsfehler",
    "ubermittlungsfehler",
    // French
    "non distribu",
    "non remis",
    "non delivr",
    "non livre",
    "echec de la remise",
    "echec de remise",
    "echec de la distribution",
    "echec de livraison",
    "echec d'envoi",
    // Spanish
    "no entregado",
    "no se puede entregar",
    "no se pudo entregar",
    "no se ha podido entregar",
    "error de entrega",
    "error en la entrega",
    "fallo en la entrega",
    // Portuguese
    "nao entregue",
    "nao foi possivel entregar",
    "falha na entrega",
    "falha de entrega",
    // Italian
    "mancato recapito",
    "mancata consegna",
    "non recapitabile",
    "non consegnat",
    "impossibile recapitare",
    // Dutch
    "onbestelbaar",
    "niet bezorgd",
    "niet afgeleverd",
    "kan niet worden",
    // Nordic
    "kunde inte levereras",
    "gar inte att leverera",
    "oleverbar",
    "kunne ikke leveres",
    "kan ikke leveres",
    // Polish, Czech, Hungarian, Turkish
    "niedostarcz",
    "nie mozna dostarczyc",
    "nedorucitel",
    "kezbesithetetlen",
    "teslim edilemedi",
    // Russian, Ukrainian
    "недоставлен",
    "не доставлен",
    "не удалось доставить",
    // Japanese, Chinese, Korean
    "配信不能",
    "未配信",
    "退信",
    "배달되지",
];

/// A bounce in a mail server's own words: by its sender and subject, with our letter or its header in it.
///
/// One that needs an envelope without a sender to be taken for one is left to [`likely`].
pub(super) fn free_form(message: &Message<'_>, mail: &Mail) -> Option<Bounce> {
    let failed = message.header_raw("X-Failed-Recipients").map(|r| one_line(r, 2000));
    let certain = failed.is_some() || ((mail.no_return || is_daemon(mail)) && has_subject(mail));
    certain.then(|| bounce(message, mail, failed.as_deref()))
}

/// What is a bounce if its envelope has no sender: a mail server's address or subject, and a Message-ID that it gives
/// back. A person can write so too.
pub(super) fn likely(message: &Message<'_>, mail: &Mail) -> Option<Bounce> {
    if mail.auto_reply || !(has_subject(mail) || is_daemon(mail)) {
        return None;
    }
    let bounce = Bounce { by_server: true, ..bounce(message, mail, None) };
    (!bounce.about.is_empty()).then_some(bounce)
}

fn has_subject(mail: &Mail) -> bool {
    let subject = without_accents(&mail.subject);
    SUBJECTS.iter().any(|part| subject.contains(part))
}

fn bounce(message: &Message<'_>, mail: &Mail, failed: Option<&str>) -> Bounce {
    let subject = without_accents(&mail.subject);
    let late = ["delay", "warning", "verzoger", "retard", "retras", "ritard", "vertrag"];
    let answer = mail.text.lines().map(str::trim).find(|line| has_code(line));
    let recipients = match failed {
        Some(listed) => listed.split(',').filter_map(EmailAddress::parse).collect(),
        None => addresses_in(&mail.text),
    };
    let block = Block {
        recipients,
        fate: if late.iter().any(|word| subject.contains(word)) { Fate::Delayed } else { Fate::Failed },
        answer: one_line(answer.unwrap_or(&mail.subject), 500),
    };
    Bounce { blocks: vec![block], about: returned(message), by_server: mail.no_return || is_daemon(mail) }
}

/// Whether a line has a reply code (RFC 5321 section 4.2) or an enhanced one (RFC 3463) in it.
fn has_code(line: &str) -> bool {
    let mut words =
        line.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '<' | '>' | '#' | ':' | '-'));
    words.any(|word| {
        let word = word.trim_end_matches(['.', ',', ';', '-']);
        let figures =
            |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let enhanced = || {
            let mut parts = word.split('.');
            matches!(parts.next(), Some("4" | "5"))
                && parts.next().is_some_and(|p| figures(p, 3))
                && parts.next().is_some_and(|p| figures(p, 3))
                && parts.next().is_none()
        };
        (word.len() == 3 && word.starts_with("55") && figures(word, 3)) || enhanced()
    }) || line.get(..3).is_some_and(|c| matches!(c.as_bytes(), [b'4' | b'5', b'0'..=b'5', b'0'..=b'9']))
}

/// Email addresses in a text.
fn addresses_in(text: &str) -> Vec<EmailAddress> {
    let text = &text[..text.floor_char_boundary(MAX_LOOKED_AT)];
    let words =
        text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | ',' | ';'));
    let addresses = words.filter(|word| word.contains('@')).filter_map(|word| {
        EmailAddress::parse(word.trim_start_matches("mailto:").trim_matches(['.', ':', '\'', '’', '«', '»', '“', '”']))
    });
    let mut found: Vec<EmailAddress> = Vec::new();
    for address in addresses {
        if found.len() >= MAX_ADDRESSES {
            break;
        }
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// In lower case, Latin letters without their accents: servers write them either way.
pub(super) fn without_accents(text: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ě' | 'ę' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => 'u',
        'š' | 'ś' | 'ş' => 's',
        'ž' | 'ż' | 'ź' => 'z',
        'ý' => 'y',
        'ł' => 'l',
        'ř' => 'r',
        '’' => '\'',
        other => other,
    };
    // Accents that stand by themselves (U+0300 and on) are left out.
    text.to_lowercase().chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).map(plain).collect()
}
