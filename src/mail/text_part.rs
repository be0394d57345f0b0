//! The text part of a letter: 72 columns, addresses never wrapped.

use std::fmt::Write;

use super::letter::{Sender, USUAL};
use super::markup::Block;

/// Lines of the text part.
pub(super) const WIDTH: usize = 72;

/// The text part: 72 columns, addresses never wrapped.
pub fn text(blocks: &[Block], sender: &Sender) -> String {
    let mut out = String::with_capacity(USUAL);
    let mut why = "";
    for block in blocks {
        match block {
            Block::Heading(_) => continue,
            Block::Why(words) => {
                why = words;
                continue;
            }
            Block::Section(words) => wrap(&mut out, &words.to_uppercase(), "", ""),
            Block::Paragraph(words) => wrap(&mut out, &words.replace("**", ""), "", ""),
            Block::Deadline { label, time, zone } => {
                let _ = writeln!(out, "{label}\n    {time}");
                wrap(&mut out, zone, "    ", "    ");
            }
            Block::Button { words, address } => {
                let _ = writeln!(out, "{words}:\n{address}");
            }
            Block::Facts(rows) => text_facts(&mut out, rows),
            Block::Steps(items) => {
                for (item, n) in items.iter().zip(1..) {
                    wrap(&mut out, item, &format!("{n}. "), "   ");
                }
            }
            Block::Addresses(items) => {
                for (item, n) in items.iter().zip(1..) {
                    let _ = writeln!(out, "{n:>2}. {item}");
                }
            }
            Block::Quote(lines) => {
                for line in lines {
                    wrap(&mut out, line, "> ", "> ");
                }
            }
        }
        out.push('\n');
    }
    let _ = writeln!(
        out,
        "-- \n{}, Copyright Agent\n{}\n{}   {}\n",
        sender.legal_name, sender.address, sender.email, sender.phone
    );
    wrap(&mut out, why, "", "");
    out
}

fn text_facts(out: &mut String, rows: &[(String, String)]) {
    let width = rows.iter().map(|(label, _)| label.chars().count() + 2).max().unwrap_or(0);
    let mut last = "";
    for (label, value) in rows {
        let shown = if label == last { String::new() } else { format!("{label}:") };
        wrap(out, value, &format!("{shown:<width$}"), &" ".repeat(width));
        last = label;
    }
}

/// Writes words in lines of at most [`WIDTH`] columns; a longer word stands alone.
fn wrap(out: &mut String, words: &str, first: &str, rest: &str) {
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
