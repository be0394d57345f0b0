//! One record into fields (RFC 4180), and which delimiter stands between them.

/// What may stand between fields.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// A record, or why it is none yet.
pub enum Split {
    /// Its fields, without blanks around them.
    Whole(Vec<String>),
    /// A quoted field is not closed.
    Open,
    /// Text stands behind a closing quotation mark.
    Malformed,
}

/// Fields of one record. A quotation mark counts where a field begins; elsewhere it is one.
pub fn split(text: &str, delimiter: char) -> Split {
    let mut fields = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    let blank = |c: char| c != delimiter && c.is_whitespace();
    loop {
        let after = if let Some(quoted) = rest.trim_start_matches(blank).strip_prefix('"') {
            let Some((field, after)) = unquote(quoted) else { return Split::Open };
            fields.push(field.trim().to_owned());
            let after = after.trim_start_matches(blank);
            if !after.is_empty() && !after.starts_with(delimiter) {
                return Split::Malformed;
            }
            after
        } else {
            let end = rest.find(delimiter).unwrap_or(rest.len());
            fields.push(rest[..end].trim().to_owned());
            &rest[end..]
        };
        match after.strip_prefix(delimiter) {
            Some(next) => rest = next,
            None => return Split::Whole(fields),
        }
    }
}

/// A quoted field up to its closing mark, and what follows; two marks are one.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let (mut field, mut rest) = (String::new(), quoted);
    loop {
        let at = rest.find('"')?;
        field.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Some((field, rest)),
        }
    }
}

/// The delimiter that Excel's first line names: `sep=;`.
pub fn separator(line: &str) -> Option<char> {
    let bare = line.trim_start_matches(['\u{feff}', '"']);
    let start = bare.get(..4)?;
    let named = bare[4..].chars().next().filter(|c| *c != '"' && !c.is_alphanumeric());
    named.filter(|_| start.eq_ignore_ascii_case("sep="))
}

/// The delimiter of a heading line: the first that brings a heading to light that is looked for, or else the one that
/// stands there most often.
pub fn delimiter_of(heading: &str, is_known: impl Fn(&str) -> bool) -> char {
    let known = |delimiter: &char| match split(heading, *delimiter) {
        Split::Whole(fields) => fields.len() > 1 && fields.iter().any(|field| is_known(field)),
        _ => false,
    };
    let most = || DELIMITERS.into_iter().rev().max_by_key(|d| heading.matches(*d).count()).unwrap_or(',');
    DELIMITERS.into_iter().find(known).unwrap_or_else(most)
}
