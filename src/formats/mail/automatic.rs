//! Which mails machines write, and which of them are answers by themselves.

use mail_parser::Message;

use super::bounce_text::without_accents;
use super::headers::raw_headers;

/// Whether a machine may have written it, or a list passed it on: it is never answered (RFC 3834 section 2). A person may
/// stand behind it all the same, as behind the mail of a help desk.
pub(super) fn is_automatic(message: &Message<'_>) -> bool {
    let value = |name: &'static str| raw_headers(message, name).first().map(|v| v.to_lowercase());
    let submitted = value("Auto-Submitted").is_some_and(|v| !v.trim().starts_with("no"));
    let precedence = value("Precedence").is_some_and(|v| ["bulk", "junk", "list", "auto_reply"].contains(&v.trim()));
    let marked = ["X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe", "X-Loop"];
    submitted
        || precedence
        || marked.into_iter().any(|name| value(name).is_some())
        || is_answer(message)
        || is_away(message)
}

/// Whether its header says that it answers a mail by itself: `Auto-Submitted: auto-replied` (RFC 3834 section 5), and what
/// was used before that. What else a machine marks, a person may have written.
pub(super) fn is_answer(message: &Message<'_>) -> bool {
    let values = |name: &'static str| raw_headers(message, name).into_iter().map(|v| v.trim().to_lowercase());
    let submitted = values("Auto-Submitted").any(|v| v.starts_with("auto-replied"));
    let precedence = values("Precedence").any(|v| v == "auto_reply" || v == "auto-reply");
    let marked = ["X-Autoreply", "X-Autorespond"].into_iter().any(|name| values(name).any(|v| v != "no"));
    submitted || precedence || marked
}

/// How subjects begin while somebody is away, in lower case and without accents.
const AWAY: [&str; 35] = [
    "automatic reply",
    "automated reply",
    "auto-reply",
    "auto reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "out of office",
    "out of the office",
    "out-of-office",
    "on vacation",
    "vacation reply",
    "automatische antwort",
    "abwesenheit",
    "abwesend",
    "nicht im buro",
    "reponse automatique",
    "absence du bureau",
    "absent du bureau",
    "respuesta automatica",
    "fuera de la oficina",
    "fuera de oficina",
    "resposta automatica",
    "ausencia temporaria",
    "risposta automatica",
    "fuori sede",
    "automatisch antwoord",
    "afwezigheid",
    "autosvar",
    "automatiskt svar",
    "automatisk svar",
    "automatyczna odpowiedz",
    "автоматический ответ",
    "自動応答",
];

/// Whether the subject begins as programs write it while somebody is away. A person can begin so too ("Out of Office: pirated
/// copies of our film"), so that it says something only of a mail that answers one of ours.
pub(super) fn is_away(message: &Message<'_>) -> bool {
    let subject = without_accents(message.subject().unwrap_or_default().trim_start());
    AWAY.iter().any(|start| subject.starts_with(start))
        || subject.starts_with("自动回复")
        || subject.starts_with("자동 회신")
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn only_what_answers_by_itself_is_an_automatic_answer() {
        for (header, automatic, answer) in [
            ("Auto-Submitted: auto-replied (vacation)", true, true),
            ("AUTO-SUBMITTED: Auto-Replied; owner-email=a@b.example", true, true),
            ("Precedence: auto_reply", true, true),
            ("X-Autoreply: yes", true, true),
            ("X-Autorespond: vacation", true, true),
            ("Auto-Submitted: auto-generated", true, false),
            ("Precedence: bulk", true, false),
            ("Precedence: list", true, false),
            ("X-Auto-Response-Suppress: OOF, AutoReply", true, false),
            ("List-Id: <x.example>", true, false),
            ("X-Loop: rt@x.example", true, false),
            ("Auto-Submitted: no", false, false),
        ] {
            let mail = read(format!("From: a@b.example\n{header}\n\nbody").as_bytes()).unwrap();
            assert_eq!((mail.automatic, mail.auto_reply), (automatic, answer), "{header}");
        }
        for (subject, away) in [
            ("Automatic reply: Copyright notice", true),
            ("Automatische Antwort: Copyright notice", true),
            ("=?utf-8?q?R=C3=A9ponse_automatique?= : x", true),
            ("=?utf-8?b?6Ieq5Yqo5Zue5aSNOiB4?=", true),
            ("Auto: Bild ohne Erlaubnis", false),
            ("We were out of office when this came", false),
        ] {
            let mail = read(format!("From: a@b.example\nSubject: {subject}\n\nbody").as_bytes()).unwrap();
            assert_eq!((mail.away, mail.automatic, mail.auto_reply), (away, away, false), "{subject}");
        }
    }
}
