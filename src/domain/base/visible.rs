//! Text of strangers, shown as what it is: characters that draw nothing, turn the direction of reading, or steer a
//! terminal are written out (`⟨U+202E⟩`) where people read them. What is stored stays as it was sent.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// Several lines: every character that cannot be seen is written out; tabs and line breaks (LF, CR LF) stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let line_break = c == '\n' || (c == '\r' && rest.peek() == Some(&'\n'));
        push(&mut out, c, is_hidden(c) && c != '\t' && !line_break);
    }
    Cow::Owned(out)
}

/// One line: as [`visible`], with tabs and line breaks written out as well.
pub fn visible_line(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push(&mut out, c, is_hidden(c)));
    Cow::Owned(out)
}

fn push(out: &mut String, c: char, hidden: bool) {
    if hidden {
        let _ = write_escape(out, c);
    } else {
        out.push(c);
    }
}

/// Writes a character by its number: `⟨U+202E⟩`.
///
/// # Errors
/// Only those of the writer.
pub fn write_escape(out: &mut impl Write, c: char) -> fmt::Result {
    write!(out, "⟨U+{:04X}⟩", u32::from(c))
}

/// Whether a text surely has nothing hidden in it, as most have: printable ASCII.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (b' '..=b'~').contains(&b))
}

/// Whether a character draws nothing of its own and can change what stands around it: controls (C0, C1), marks of
/// direction (Unicode UAX 9), joiners and blanks without width, separators of lines, fillers, tags, variation selectors
/// of the supplement, and what is no character.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
                | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        for (text, line) in [
            ("plain", "plain"),
            ("Grüße, 東京", "Grüße, 東京"),
            ("a\u{202e}b", "a⟨U+202E⟩b"),
            ("a\u{2066}b\u{2069}", "a⟨U+2066⟩b⟨U+2069⟩"),
            ("pay\u{200b}pal", "pay⟨U+200B⟩pal"),
            ("\u{feff}x", "⟨U+FEFF⟩x"),
            ("\u{e0041}x", "⟨U+E0041⟩x"),
            ("a\u{1b}[31m", "a⟨U+001B⟩[31m"),
            ("a\u{9b}31m", "a⟨U+009B⟩31m"),
            ("a\u{2028}b", "a⟨U+2028⟩b"),
            ("a\r\n# b\tc", "a⟨U+000D⟩⟨U+000A⟩# b⟨U+0009⟩c"),
        ] {
            assert_eq!(visible_line(text), line, "{text:?}");
        }
        assert_eq!(visible("a\n\tb\r\n\r\u{202e}"), "a\n\tb\r\n⟨U+000D⟩⟨U+202E⟩");
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(visible("two words"), Cow::Borrowed(_)));
        assert!(matches!(visible_line("Grüße"), Cow::Borrowed(_)));
    }
}
