//! Addresses in what somebody typed or pasted: a letter, a list, one line of a form.
//!
//! People write `1. https://…`, two addresses on a line, `[words](https://…)`, `hxxps://host[.]example`, or only
//! `www.host.example/x`. What surrounds an address is left out, what is broken in a way that leaves one reading is put
//! right. Time is linear in the length of the text.

use super::location::{MAX_URL, SCHEMES};
use crate::domain::base::visible::is_hidden;

/// Ways of writing a scheme so that mail programs make no link of it.
const MASKED: [(&str, &str); 6] =
    [("hxxps", "https"), ("hxxp", "http"), ("h**ps", "https"), ("h**p", "http"), ("meows", "https"), ("meow", "http")];

/// The addresses in a text in the order they stand, each once, at most `most`.
pub fn find_addresses(text: &str, most: usize) -> Vec<String> {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut pieces = visible.split(ends_address).filter(|p| !p.is_empty()).peekable();
    while let Some(piece) = pieces.next() {
        let unmasked = unmask(piece);
        // `https:// host.example/x`: the blank came from a line that was wrapped.
        let joined = match pieces.peek() {
            Some(next) if is_bare_scheme(&unmasked) && begins_with_host(&unmask(next)) => {
                let joined = unmasked.clone() + &unmask(next);
                pieces.next();
                joined
            }
            _ => unmasked,
        };
        for address in in_piece(&joined) {
            if found.len() == most {
                return found;
            }
            if address.len() <= MAX_URL && seen.insert(address.clone()) {
                found.push(address);
            }
        }
    }
    found
}

/// Whether a character has no width of its own or only turns the direction of writing (Unicode 16, chapter 23).
pub(in crate::domain) fn is_invisible(c: char) -> bool {
    is_hidden(c) && !c.is_control() && !c.is_whitespace()
}

/// What stands around addresses and never in them, as people write them.
fn ends_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '|' | '`' | '{' | '}' | '«' | '»' | '‹' | '›' | '“' | '”' | '„')
        || matches!(
            c,
            '，' | '。' | '；' | '、' | '：' | '「' | '」' | '『' | '』' | '（' | '）' | '【' | '】' | '《' | '》'
        )
}

/// `hxxps[:]//host[.]example` as it was before it was made harmless.
fn unmask(piece: &str) -> String {
    let mut out = piece.to_owned();
    if piece.contains(['[', '(']) {
        for (masked, plain) in
            [("[.]", "."), ("(.)", "."), ("[dot]", "."), ("(dot)", "."), ("[://]", "://"), ("[:]", ":")]
        {
            if out.contains(masked) {
                out = out.replace(masked, plain);
            }
        }
    }
    let lower = out.to_ascii_lowercase();
    for (masked, plain) in MASKED {
        if let Some(at) = lower.find(masked)
            && lower[at + masked.len()..].starts_with(':')
        {
            out.replace_range(at..at + masked.len(), plain);
            break;
        }
    }
    out
}

fn is_bare_scheme(piece: &str) -> bool {
    let label_off = piece.rsplit(['=', '(', '[']).next().unwrap_or(piece);
    label_off.strip_suffix("://").is_some_and(|s| {
        let scheme = s.rsplit(':').next().unwrap_or(s);
        SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme))
    })
}

/// The addresses in a piece of text without blanks: usually none or one, several where they are set apart by a comma,
/// a semicolon or a closing bracket.
fn in_piece(piece: &str) -> Vec<String> {
    let starts = starts(piece);
    if starts.is_empty() {
        return repaired(piece).or_else(|| without_scheme(piece)).into_iter().collect();
    }
    // `archive.example/web/https://…`: the one within belongs to the one around it.
    let around = without_label(piece);
    if piece[..starts[0]].contains('/') && begins_with_host(around) {
        return without_scheme(piece).into_iter().collect();
    }
    let emphasized = piece.starts_with(['*', '_']);
    let ends = starts.iter().skip(1).copied().chain([piece.len()]);
    let each = starts.iter().zip(ends).filter_map(|(from, to)| trimmed(&piece[*from..to], emphasized));
    each.collect()
}

/// Where addresses begin: at the first scheme, and at each further one that a separator stands before. Others belong
/// to the address they stand in, as in those of archives and redirects.
fn starts(piece: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for (colon, _) in piece.match_indices("://") {
        let before = &piece[..colon];
        let letters = before.bytes().rev().take_while(u8::is_ascii_alphabetic).take(8).count();
        let word = &before[colon - letters..].to_ascii_lowercase();
        let Some(scheme) = SCHEMES.iter().find(|s| word.ends_with(**s)) else { continue };
        let at = colon - scheme.len();
        let apart = piece[..at].ends_with([',', ';', ')', ']', '(', '[', '*']);
        if found.is_empty() || apart {
            found.push(at);
        }
    }
    found
}

/// `https:/host.example` and `http//host.example`.
fn repaired(piece: &str) -> Option<String> {
    let bare = without_label(piece);
    let lower = bare.get(..6)?.to_ascii_lowercase();
    let scheme = ["https", "http", "ftp"].into_iter().find(|s| lower.starts_with(s))?;
    let rest = bare.get(scheme.len()..)?;
    let host = rest.strip_prefix(":/").or_else(|| rest.strip_prefix("//")).or_else(|| rest.strip_prefix(":\\\\"))?;
    let host = host.trim_start_matches(['/', ':', '\\']);
    begins_with_host(host).then(|| trimmed(&format!("{scheme}://{host}"), false)).flatten()
}

/// `www.host.example`, and `host.example/path`. A name alone could be that of a file.
fn without_scheme(piece: &str) -> Option<String> {
    let bare = without_label(piece);
    let named = begins_with_host(bare) && (bare.contains('/') || bare.to_ascii_lowercase().starts_with("www."));
    if !named || bare.contains('@') {
        return None;
    }
    trimmed(&format!("https://{bare}"), piece.starts_with(['*', '_']))
}

/// Without what lists and labels write before an address.
fn without_label(piece: &str) -> &str {
    let opened = |c: char| matches!(c, '(' | '[' | '*' | '_' | '\'' | '’' | '‘' | '-' | '–' | '•' | '·' | '#' | '>');
    let bare = piece.trim_start_matches(opened);
    // `URL:host.example/x`, `copy=host.example/x`; the colon of `host.example:8080/x` stands after a dot.
    match bare.find([':', '=']) {
        Some(at) if !bare[..at].contains(['.', '/']) && !bare[at..].starts_with(":/") => {
            bare[at + 1..].trim_start_matches(opened)
        }
        _ => bare,
    }
}

/// Whether a text begins with a host name: labels of letters and digits, the last of letters alone.
fn begins_with_host(text: &str) -> bool {
    let host = text.split(['/', '?', '#', ':', ',', ';', ')']).next().unwrap_or_default().trim_end_matches('.');
    let label =
        |l: &str| !l.is_empty() && l.len() <= 63 && l.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let mut labels = host.rsplit('.');
    let last = labels.next().unwrap_or_default();
    let top = last.chars().count() >= 2
        && (last.chars().all(char::is_alphabetic) || last.to_ascii_lowercase().starts_with("xn--"));
    host.len() <= 253 && top && host.contains('.') && labels.all(label)
}

/// Without the punctuation of the sentence an address stands in. Closing brackets stay where they were opened inside.
fn trimmed(address: &str, emphasized: bool) -> Option<String> {
    let (mut round, mut square) = (0_i64, 0_i64);
    for c in address.chars() {
        match c {
            '(' => round += 1,
            ')' => round -= 1,
            '[' => square += 1,
            ']' => square -= 1,
            _ => {}
        }
    }
    let mut end = address.len();
    for c in address.chars().rev() {
        let cut = match c {
            ')' if round < 0 => {
                round += 1;
                true
            }
            ']' if square < 0 => {
                square += 1;
                true
            }
            '(' => {
                round -= 1;
                true
            }
            '[' => {
                square -= 1;
                true
            }
            '*' | '_' => emphasized,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '‘' | '\\' => true,
            _ => false,
        };
        if !cut {
            break;
        }
        end -= c.len_utf8();
    }
    let address = &address[..end];
    let host = address.split_once("://")?.1;
    (!host.trim_matches('/').is_empty()).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        find_addresses(text, 100)
    }

    #[test]
    fn addresses_are_found_without_what_surrounds_them() {
        for (text, right) in [
            ("Link:https://a.example/1", "https://a.example/1"),
            ("1.https://a.example/1", "https://a.example/1"),
            ("12) https://a.example/1;", "https://a.example/1"),
            ("Infringing=https://a.example/1?x=1", "https://a.example/1?x=1"),
            ("[picture](https://a.example/1.jpg)", "https://a.example/1.jpg"),
            ("(see https://a.example/1_(2).jpg)", "https://a.example/1_(2).jpg"),
            ("www.a.example/1.jpg", "https://www.a.example/1.jpg"),
            ("www.a.example.", "https://www.a.example"),
            ("URL: a.example/1.jpg", "https://a.example/1.jpg"),
            ("URL:a.example:8080/1.jpg", "https://a.example:8080/1.jpg"),
            ("HTTPS://A.EXAMPLE/1.jpg", "HTTPS://A.EXAMPLE/1.jpg"),
            ("`https://a.example/1.jpg`", "https://a.example/1.jpg"),
            ("{https://a.example/1.jpg}", "https://a.example/1.jpg"),
            ("«https://a.example/1.jpg»", "https://a.example/1.jpg"),
            ("https://a.example/1.jpg\u{200b}", "https://a.example/1.jpg"),
            ("\u{feff}https://a.example/1.jpg", "https://a.example/1.jpg"),
            ("https:// a.example/1.jpg", "https://a.example/1.jpg"),
            ("*https://a.example/1.jpg*", "https://a.example/1.jpg"),
            ("http://a.example/****", "http://a.example/****"),
            ("hxxps[:]//a[.]example/1.jpg", "https://a.example/1.jpg"),
            ("> https://a.example/1.jpg", "https://a.example/1.jpg"),
            ("https:/a.example/1.jpg", "https://a.example/1.jpg"),
            ("http//a.example/1.jpg", "http://a.example/1.jpg"),
            ("https://a.example/1.jpg (cached)", "https://a.example/1.jpg"),
            ("rtmp://a.example/live/1", "rtmp://a.example/live/1"),
            ("链接：https://a.example/1.jpg。谢谢", "https://a.example/1.jpg"),
            ("https://archive.example/web/https://a.example/1", "https://archive.example/web/https://a.example/1"),
            ("https://a.example/?u=https://b.example/1", "https://a.example/?u=https://b.example/1"),
        ] {
            assert_eq!(found(text), [right], "{text}");
        }
    }

    #[test]
    fn several_on_a_line_are_several() {
        let right = ["https://a.example/1", "https://a.example/2", "https://a.example/3"];
        assert_eq!(found("https://a.example/1, https://a.example/2;https://a.example/3"), right);
        assert_eq!(found("https://a.example/1,https://a.example/2,https://a.example/3."), right);
        assert_eq!(found("a.example/1 a.example/2 a.example/3"), right);
        assert_eq!(found("https://a.example/1,2.jpg"), ["https://a.example/1,2.jpg"]);
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "heron.jpg",
            "and/or",
            "24/7",
            "e.g./i.e.",
            "joel@holt.example",
            "mailto:joel@holt.example",
            "https://",
            "://",
            "1.5/2",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_can_be_looked_through(text in "(\\PC|://|https|[.,;()*\\[\\] ]){0,80}") {
            for address in find_addresses(&text, 20) {
                prop_assert!(!address.contains(char::is_whitespace));
            }
        }
    }
}
