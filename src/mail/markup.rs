//! From the words of a letter to its two parts.
//!
//! A letter has one template in `templates/mail/`, so that the text and the HTML part cannot say different
//! things, and so that counsel can read it. Each line is one block:
//!
//! | line | becomes |
//! |---|---|
//! | `# …` | heading (HTML only; the subject says it in the text part) |
//! | `## …` | section |
//! | `! label \| time \| zone` | deadline box |
//! | `-> words \| address` | button, with the same link as visible text |
//! | `= label \| value` | row of facts |
//! | `* …` | numbered step |
//! | `@ …` | numbered address, never wrapped |
//! | `> …` | quoted words of a person |
//! | `-- …` | why the reader gets this letter |
//! | anything else | paragraph; `**…**` is strong |

/// One block of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Heading(String),
    Section(String),
    Deadline { label: String, time: String, zone: String },
    Button { words: String, address: String },
    Facts(Vec<(String, String)>),
    Steps(Vec<String>),
    Addresses(Vec<String>),
    Quote(Vec<String>),
    Why(String),
    Paragraph(String),
}

/// Reads the rendered template.
pub fn read(source: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in source.lines().map(str::trim_end).filter(|l| !l.trim().is_empty()) {
        let next = read_line(line);
        match (blocks.last_mut(), next) {
            (Some(Block::Facts(rows)), Block::Facts(more)) => rows.extend(more),
            (Some(Block::Steps(items)), Block::Steps(more))
            | (Some(Block::Addresses(items)), Block::Addresses(more))
            | (Some(Block::Quote(items)), Block::Quote(more)) => items.extend(more),
            (_, next) => blocks.push(next),
        }
    }
    blocks
}

fn read_line(line: &str) -> Block {
    let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    let pair = || {
        let (a, b) = rest.split_once('|').unwrap_or((rest, ""));
        (a.trim().to_owned(), b.trim().to_owned())
    };
    match mark {
        "#" => Block::Heading(rest.to_owned()),
        "##" => Block::Section(rest.to_owned()),
        "!" => {
            let (label, times) = pair();
            let (time, zone) = times.split_once('|').unwrap_or((&times, ""));
            Block::Deadline { label, time: time.trim().to_owned(), zone: zone.trim().to_owned() }
        }
        "->" => {
            let (words, address) = pair();
            Block::Button { words, address }
        }
        "=" => Block::Facts(vec![pair()]),
        "*" => Block::Steps(vec![rest.to_owned()]),
        "@" => Block::Addresses(vec![rest.to_owned()]),
        ">" => Block::Quote(vec![rest.to_owned()]),
        "--" => Block::Why(rest.to_owned()),
        _ => Block::Paragraph(line.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::html_part::html;
    use crate::mail::letter::Sender;
    use crate::mail::text_part::{WIDTH, text};

    fn sender() -> Sender {
        Sender {
            host: "Northwind".into(),
            legal_name: "Northwind, Inc.".into(),
            address: "410 Harbor Street".into(),
            email: "copyright@northwind.example".into(),
            phone: "+1 207 555 0142".into(),
        }
    }

    #[test]
    fn what_people_wrote_cannot_become_markup() {
        let blocks = read("= Works | <script>alert(1)</script> | x\n> \"quoted\" & <b>\n");
        let html = html(&blocks, &sender(), "s");
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
        assert!(text(&blocks, &sender()).contains("Works: <script>alert(1)</script> | x"));
    }

    #[test]
    fn addresses_are_never_wrapped_and_paragraphs_are() {
        let long = format!("https://a.example/{}", "x".repeat(90));
        let text = text(&read(&format!("@ {long}\n{}\n", "word ".repeat(40))), &sender());
        assert!(text.contains(&long));
        assert!(text.lines().filter(|l| !l.contains("https")).all(|l| l.chars().count() <= WIDTH), "{text}");
    }
}
