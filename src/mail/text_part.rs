//! The text part of a letter: 72 columns, addresses never wrapped.

use std::fmt::Write;

use super::blocks::{Block, Run};
use super::letterhead::{LetterError, Letterhead, Links};
use crate::domain::base::visible::visible_line;

/// Columns of the text part.
const WIDTH: usize = 72;
/// Bytes that the text part of most letters fits in.
const USUAL: usize = 4096;

/// The text part: 72 columns, addresses never wrapped. What cannot be seen is written out, line breaks in values too.
pub(super) fn text(blocks: &[Block], letterhead: &Letterhead, links: &Links<'_>) -> Result<String, LetterError> {
    let mut out = String::with_capacity(USUAL);
    let mut reason = "";
    for block in blocks {
        match block {
            Block::Heading(_) => continue,
            Block::Reason(text) => {
                reason = text;
                continue;
            }
            Block::Button { label, target } => {
                let address = links.target(target)?;
                let _ = writeln!(out, "{}:\n{}", visible_line(label), visible_line(&address));
            }
            other => text_block(&mut out, other),
        }
        out.push('\n');
    }
    let Letterhead { legal_name, address, email, phone, .. } = letterhead;
    let _ = writeln!(out, "-- \n{legal_name}, Copyright Agent\n{address}\n{email}   {phone}\n");
    wrap(&mut out, reason, "", "");
    Ok(out)
}

fn text_block(out: &mut String, block: &Block) {
    match block {
        Block::Section(title) => wrap(out, &title.to_uppercase(), "", ""),
        Block::Paragraph(runs) => {
            let words: String = runs.iter().map(Run::text).collect();
            wrap(out, &words, "", "");
        }
        Block::Deadline { label, time, zone } => {
            let _ = writeln!(out, "{}\n    {}", visible_line(label), visible_line(time));
            wrap(out, zone, "    ", "    ");
        }
        Block::Facts(rows) => text_facts(out, rows),
        Block::Steps(items) => {
            for (item, n) in items.iter().zip(1..) {
                wrap(out, item, &format!("{n}. "), "   ");
            }
        }
        Block::List(items) => {
            for item in items {
                wrap(out, item, "- ", "  ");
            }
        }
        Block::Addresses(items) => {
            for (item, n) in items.iter().zip(1..) {
                let _ = writeln!(out, "{n:>2}. {}", visible_line(item));
            }
        }
        Block::Verbatim(lines) => {
            for line in lines {
                let _ = writeln!(out, "{}", visible_line(line));
            }
        }
        Block::Quote(lines) => {
            for line in lines {
                wrap(out, line, "> ", "> ");
            }
        }
        Block::Heading(_) | Block::Button { .. } | Block::Reason(_) => {}
    }
}

fn text_facts(out: &mut String, rows: &[(String, String)]) {
    let width = rows.iter().map(|(label, _)| visible_line(label).chars().count() + 2).max().unwrap_or(0);
    let mut last = "";
    for (label, value) in rows {
        let shown = if label == last { String::new() } else { format!("{}:", visible_line(label)) };
        wrap(out, value, &format!("{shown:<width$}"), &" ".repeat(width));
        last = label;
    }
}

/// Writes words in lines of at most [`WIDTH`] columns; a longer word stands alone.
fn wrap(out: &mut String, words: &str, first: &str, rest: &str) {
    let words = &visible_line(words);
    if words.trim().is_empty() && first.trim().is_empty() {
        return;
    }
    let (mut columns, mut empty) = (columns_of(first), true);
    out.push_str(first);
    for word in words.split_whitespace() {
        let width = columns_of(word);
        if !empty && columns + 1 + width > WIDTH {
            out.push('\n');
            out.push_str(rest);
            (columns, empty) = (columns_of(rest), true);
        }
        if !empty {
            out.push(' ');
            columns += 1;
        }
        out.push_str(word);
        columns += width;
        empty = false;
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
}

fn columns_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::LetterBody;
    use super::*;
    use crate::mail::letter::Tokens;
    use crate::mail::letters::samples::context;

    #[test]
    fn addresses_are_never_wrapped_and_paragraphs_are() {
        let long = format!("https://a.example/{}", "x".repeat(90));
        let mut body = LetterBody::new("h");
        body.addresses([&long]).paragraph("word ".repeat(40));
        let context = context();
        let links = Links { public_url: &context.public_url, tokens: Tokens::Redacted };
        let text = text(&body.into_blocks(), &context.letterhead, &links).unwrap();
        assert!(text.contains(&long));
        assert!(text.lines().filter(|l| !l.contains("https")).all(|l| l.chars().count() <= WIDTH), "{text}");
    }
}
