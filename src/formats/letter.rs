//! What a letter in plain text says with certainty: which statements are made, how it is signed, which
//! addresses stand in it. 17 USC 512(c)(3)(A)(i), (v), (vi).

pub use super::pgp::{is_clear_signed, without_marks as without_pgp};
use crate::domain::intake::found_address::find_addresses;
use crate::domain::intake::notice::MAX_LOCATIONS;
use crate::domain::intake::notice::RawStatements;

/// Longest letter looked through; statements stand near its beginning or end.
const MAX_LETTER: usize = 200_000;
/// Most addresses taken from one letter.
const MAX_URLS: usize = MAX_LOCATIONS;

/// The statements a letter makes. A sentence must say the whole of it: good faith *and* that the use is not
/// authorized; perjury *and* authority. Perjury over accuracy alone is not the statement of (vi).
pub fn statements(letter: &str) -> RawStatements {
    let mut made = RawStatements::default();
    for sentence in sentences(letter) {
        let has = |words: &[&str]| words.iter().any(|w| sentence.contains(w));
        let authority = has(&["authoriz", "authoris", "permitted"]);
        made.good_faith |= has(&["good faith", "good-faith"]) && has(&["belief", "believe"]) && authority;
        made.accurate |= has(&["information"]) && has(&["accurate"]);
        made.authorized_under_penalty_of_perjury |=
            has(&["penalty of perjury", "penalties of perjury"]) && (authority || has(&["owner"]));
        made.fair_use_considered |= has(&["fair use"]) && has(&["consider", "taken into account"]);
    }
    made
}

/// Words that end in a full stop and end no sentence.
const ABBREVIATIONS: [&str; 16] =
    ["pty", "ltd", "inc", "co", "corp", "llc", "mr", "mrs", "ms", "dr", "st", "no", "u.s", "u.s.c", "e.g", "i.e"];

/// Sentences in lower case, blanks run together, quotation marks of replies taken out. A paragraph ends one.
fn sentences(letter: &str) -> Vec<String> {
    let letter: String = letter.chars().take(MAX_LETTER).collect();
    let mut found = Vec::new();
    for paragraph in letter.replace("\r\n", "\n").split("\n\n") {
        let mut sentence = String::new();
        for word in paragraph.split_whitespace().filter(|w| !w.bytes().all(|b| b == b'>')) {
            let lower = word.to_lowercase();
            sentence.push_str(&lower);
            sentence.push(' ');
            let ends = lower.strip_suffix('.').is_some_and(|w| !ABBREVIATIONS.contains(&w.trim_start_matches('(')));
            if ends {
                found.push(std::mem::take(&mut sentence));
            }
        }
        found.push(sentence);
    }
    found
}

const CLOSINGS: [&str; 12] = [
    "regards",
    "best regards",
    "kind regards",
    "sincerely",
    "yours sincerely",
    "sincerely yours",
    "yours faithfully",
    "respectfully",
    "respectfully submitted",
    "yours truly",
    "best wishes",
    "very truly yours",
];
const LABELS: [&str; 6] = [
    "digital signature for copyright claim",
    "electronic signature",
    "digital signature",
    "signature",
    "signed",
    "/s/",
];

/// The typed name a letter is signed with: after a label, or below a closing.
pub fn signature(letter: &str) -> Option<String> {
    labeled_signature(letter).or_else(|| closing_signature(letter))
}

/// The first name after a label such as `Signed:`.
pub fn labeled_signature(letter: &str) -> Option<String> {
    lines(letter).find_map(after_label)
}

/// The name below the last closing such as `Regards,`.
pub fn closing_signature(letter: &str) -> Option<String> {
    let mut below = "";
    for line in lines(letter).rev() {
        let closing = line.trim_end_matches([',', '.', '!']).to_lowercase();
        if let Some(name) = CLOSINGS.contains(&closing.as_str()).then(|| as_name(below)).flatten() {
            return Some(name);
        }
        below = line;
    }
    None
}

/// Lines that say something, without the quotation marks of replies.
fn lines(letter: &str) -> impl DoubleEndedIterator<Item = &str> {
    letter.lines().map(|l| l.trim_start_matches(['>', ' ']).trim()).filter(|l| !l.is_empty())
}

fn after_label(line: &str) -> Option<String> {
    let lower = line.to_lowercase();
    let label = LABELS.iter().find(|l| lower.starts_with(**l))?;
    let rest = line.get(label.len()..)?.trim_start();
    let named = if *label == "/s/" { rest } else { rest.strip_prefix(':')?.trim() };
    as_name(named)
}

/// A line that can be a name: one to five words of letters.
fn as_name(line: &str) -> Option<String> {
    let line = line.trim_start_matches("/s/").trim();
    let words = line.split_whitespace().count();
    let letters = line.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’' | ','));
    let fits = (1..=5).contains(&words) && line.len() <= 80 && letters && line.chars().any(char::is_uppercase);
    fits.then(|| line.trim_end_matches([',', '.']).to_owned())
}

/// Addresses in a letter in the order they stand, each once, also those made harmless (`hxxp`, `[.]`).
pub fn urls(letter: &str) -> Vec<String> {
    find_addresses(letter, MAX_URLS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statement_is_found_by_itself() {
        let made = statements(
            "We have a good faith belief that the use\n> of the film is not authorized by the owner, its agent, or the\nlaw.\n\nThe information in this notice is accurate. Under penalty of perjury, we are authorized to act for the owner.",
        );
        assert!(made.good_faith && made.accurate && made.authorized_under_penalty_of_perjury);
        assert!(!made.fair_use_considered);
        let none = statements("In good faith we write to you. This is no statement under penalty of perjury.");
        assert_eq!(none, RawStatements::default());
        let accuracy = statements("I swear under penalty of perjury that the information is accurate.");
        assert!(accuracy.accurate && !accuracy.authorized_under_penalty_of_perjury, "perjury attaches to authority");
    }

    #[test]
    fn a_signature_stands_after_a_label_or_below_a_closing() {
        for (letter, name) in [
            ("Text\n\nRegards,\n\nDavid Gamble\nExample Inc.", Some("David Gamble")),
            ("Signature: Joël O'Finch-Smith", Some("Joël O'Finch-Smith")),
            ("/s/ Maren Holt", Some("Maren Holt")),
            ("Sincerely,\n+1 207 555 0100", None),
            ("Regards of the night are a film", None),
            ("", None),
        ] {
            assert_eq!(signature(letter).as_deref(), name, "{letter}");
        }
    }
}
