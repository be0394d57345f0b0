//! A readable summary as PDF: headings and lines, broken at the width of the page. The exact texts stand in the other
//! files of the archive; what the font has no letter for is shown as a box here.

use std::sync::Arc;

use krilla::Document;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::text::{Font, TextDirection};

use crate::domain::base::visible::visible_line;

/// One block of the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Title(String),
    Heading(String),
    /// A label and its value.
    Fact(String, String),
    Line(String),
}

/// A4 in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
/// Size of ordinary text, and of a letter of it: the font gives every letter the same width.
const SIZE: f32 = 8.5;
const LETTER: f32 = 0.602;
const LEADING: f32 = 12.0;
/// Letters in a line.
const COLUMNS: usize = 94;
/// Letters of a label.
const LABEL: usize = 24;

/// The PDF could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the summary could not be made: {0}")]
pub struct PdfError(String);

/// A line ready to be drawn.
struct Drawn {
    text: String,
    size: f32,
    bold: bool,
    before: f32,
    column: usize,
}

/// Writes the summary; `foot` stands at the end of every page.
pub fn write(title: &str, blocks: &[Block], foot: &str) -> Result<Vec<u8>, PdfError> {
    let read = |bytes: &'static [u8]| {
        Font::new(Arc::new(bytes.to_vec()).into(), 0).ok_or_else(|| PdfError("a font cannot be read".to_owned()))
    };
    let (plain, bold) = (read(dejavu::sans_mono::regular())?, read(dejavu::sans::bold())?);
    let lines: Vec<Drawn> = blocks.iter().flat_map(lines_of).collect();
    let pages = paginate(&lines);
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(title.to_owned()).language("en".to_owned()));
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| PdfError("page size".to_owned()))?;
    let count = pages.len();
    for (number, page_lines) in pages.into_iter().enumerate() {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        surface.set_fill(Some(Fill { opacity: NormalizedF32::ONE, ..Fill::default() }));
        let mut y = MARGIN;
        for line in page_lines {
            y += line.before + LEADING.max(line.size * 1.3);
            let x = MARGIN + letters(line.column) * SIZE * LETTER;
            let typeface = if line.bold { bold.clone() } else { plain.clone() };
            surface.draw_text(Point::from_xy(x, y), typeface, line.size, &line.text, false, TextDirection::Auto);
        }
        let last = format!("{foot}, page {} of {count}", number + 1);
        let at = Point::from_xy(MARGIN, HEIGHT - MARGIN / 2.0);
        surface.draw_text(at, plain.clone(), 7.0, &last, false, TextDirection::Auto);
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|e| PdfError(format!("{e:?}")))
}

fn letters(n: usize) -> f32 {
    f32::from(u16::try_from(n).unwrap_or(u16::MAX))
}

fn lines_of(block: &Block) -> Vec<Drawn> {
    let plain = |text: String, column: usize, before: f32| Drawn { text, size: SIZE, bold: false, before, column };
    match block {
        Block::Title(text) => vec![Drawn { text: shown(text), size: 16.0, bold: true, before: 0.0, column: 0 }],
        Block::Heading(text) => vec![Drawn { text: shown(text), size: 11.0, bold: true, before: 12.0, column: 0 }],
        Block::Line(text) => wrap(text, COLUMNS).into_iter().map(|t| plain(t, 0, 0.0)).collect(),
        Block::Fact(label, value) => {
            let mut out = vec![plain(shown(&label.chars().take(LABEL - 2).collect::<String>()), 0, 0.0)];
            let value = wrap(value, COLUMNS - LABEL);
            // The first line of the value stands beside the label.
            out.extend(
                value.into_iter().enumerate().map(|(n, t)| plain(t, LABEL, if n == 0 { -LEADING } else { 0.0 })),
            );
            out
        }
    }
}

/// Lines of one page each.
fn paginate(lines: &[Drawn]) -> Vec<Vec<&Drawn>> {
    let mut pages: Vec<Vec<&Drawn>> = vec![Vec::new()];
    let mut y = MARGIN;
    for line in lines {
        let height = line.before + LEADING.max(line.size * 1.3);
        // A heading at the foot of a page would stand alone.
        let room = if line.bold { 3.0 * LEADING } else { 0.0 };
        if y + height + room > HEIGHT - MARGIN && line.before >= 0.0 {
            pages.push(Vec::new());
            y = MARGIN;
        }
        y += height;
        if let Some(page) = pages.last_mut() {
            page.push(line);
        }
    }
    pages
}

/// With what cannot be seen written out: it would move or turn the text.
fn shown(text: &str) -> String {
    visible_line(text).into_owned()
}

/// Breaks text at blanks, and long words at the width.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut out = Vec::new();
    for line in text.lines() {
        let mut now = String::new();
        let mut held = 0;
        for word in shown(line).split(' ').filter(|w| !w.is_empty()) {
            let letters: Vec<char> = word.chars().collect();
            for piece in letters.chunks(width) {
                if held > 0 && held + 1 + piece.len() > width {
                    out.push(std::mem::take(&mut now));
                    held = 0;
                }
                if held > 0 {
                    now.push(' ');
                    held += 1;
                }
                now.extend(piece);
                held += piece.len();
            }
        }
        out.push(now);
    }
    if out.is_empty() {
        out.push(String::new());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_the_width() {
        assert_eq!(wrap("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("a\u{202e}b", 99), ["a⟨U+202E⟩b"]);
    }

    #[test]
    fn a_long_summary_has_several_pages() {
        let blocks: Vec<Block> = (0..300).map(|n| Block::Fact(format!("Fact {n}"), "Grüße ".repeat(30))).collect();
        let pdf = write("Case C-1", &blocks, "Case C-1").unwrap();
        assert!(pdf.starts_with(b"%PDF-"), "{:?}", &pdf[..8]);
        let lines: Vec<Drawn> = blocks.iter().flat_map(lines_of).collect();
        assert!(paginate(&lines).len() > 10);
    }
}
