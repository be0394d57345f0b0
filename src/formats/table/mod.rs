//! Tables of text with a heading line: CSV as RFC 4180 has it and as spreadsheets write it, with commas, semicolons, tabs
//! or bars, with or without Excel's `sep=` line.
//!
//! A quotation mark that is opened and never closed would make one field of all that follows. Here the line it stands on
//! is named, and the lines after it are read as if it were not there.

mod split;
mod text;

use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};

use split::{Split, delimiter_of, separator, split};
use text::{Line, Lines, MAX_LINE, encoding_of};

/// Most lines of one quoted field.
const MAX_LINES: usize = 50;
/// Most bytes of one record that goes over several lines.
const MAX_RECORD: usize = 64 * 1024;

/// A record: its line, and its fields without blanks around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub line: u64,
    pub fields: Vec<String>,
}

/// A line that is no record, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub line: u64,
    pub why: String,
}

/// Why a file is no table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("this is {0}, not a text file; save it as CSV")]
    NotText(&'static str),
    #[error("the file is empty; the first line must name the columns")]
    Empty,
    #[error("the first line cannot be read: {0}")]
    Heading(&'static str),
}

/// A table being read.
pub struct Table<R> {
    lines: Lines<R>,
    /// Lines that were read ahead.
    again: VecDeque<Line>,
    delimiter: char,
    headings: Vec<String>,
    encoding: &'static str,
}

impl<R: Read + Seek> Table<R> {
    /// Reads the headings. `is_known` tells whether a heading is one that is looked for.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no text, or has no first line.
    pub fn open(mut file: R, is_known: impl Fn(&str) -> bool) -> Result<Self, TableError> {
        let mut start = [0; 8];
        let read = file.read(&mut start)?;
        if let Some(kind) = kind_of(&start[..read]) {
            return Err(TableError::NotText(kind));
        }
        file.seek(SeekFrom::Start(0))?;
        let encoding = encoding_of(&mut file)?;
        let mut lines = Lines::new(file, encoding);
        let (heading, named) = heading(&mut lines)?;
        let delimiter = named.unwrap_or_else(|| delimiter_of(&heading, is_known));
        let headings = match split(&heading, delimiter) {
            Split::Whole(fields) => fields,
            Split::Open => return Err(TableError::Heading("a quotation mark is not closed")),
            Split::Malformed => return Err(TableError::Heading("a field goes on behind its quotation mark")),
        };
        Ok(Self { lines, again: VecDeque::new(), delimiter, headings, encoding: encoding.name() })
    }

    /// Names of the columns, as written.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// Name of the encoding (WHATWG Encoding Standard).
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// Bytes read so far, as UTF-8.
    pub fn bytes(&self) -> u64 {
        self.lines.bytes()
    }

    /// The next record, or a line that is none; nothing at the end.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn read(&mut self) -> io::Result<Option<Result<Record, Broken>>> {
        loop {
            let Some(first) = self.line()? else { return Ok(None) };
            if !first.text.trim().is_empty() {
                return self.record(first).map(Some);
            }
        }
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        match self.again.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.read(),
        }
    }

    fn record(&mut self, first: Line) -> io::Result<Result<Record, Broken>> {
        let (number, mut text) = (first.number, first.text);
        if first.is_cut {
            return Ok(Err(Broken { line: number, why: format!("the line is longer than {MAX_LINE} bytes") }));
        }
        let mut more: Vec<Line> = Vec::new();
        loop {
            match split(&text, self.delimiter) {
                Split::Whole(fields) => return Ok(self.whole((number, &text), fields, more)),
                Split::Malformed if more.is_empty() => {
                    let why = "the field goes on behind its closing quotation mark; within a field it is written twice";
                    return Ok(Err(self.back(number, why, more)));
                }
                Split::Malformed => return Ok(Err(self.back(number, NOT_CLOSED, more))),
                Split::Open => {}
            }
            let next = if more.len() + 1 < MAX_LINES && text.len() < MAX_RECORD { self.line()? } else { None };
            let Some(next) = next else { return Ok(Err(self.back(number, NOT_CLOSED, more))) };
            text.push('\n');
            text.push_str(&next.text);
            more.push(next);
        }
    }

    fn whole(&mut self, (line, text): (u64, &str), mut fields: Vec<String>, more: Vec<Line>) -> Result<Record, Broken> {
        let wanted = self.headings.len();
        if swallows_records(text.lines().next().unwrap_or_default(), &more, self.delimiter, wanted) {
            return Err(self.back(line, NOT_CLOSED, more));
        }
        while fields.len() > wanted && fields.last().is_some_and(String::is_empty) {
            fields.pop();
        }
        if fields.len() == wanted {
            return Ok(Record { line, fields });
        }
        let why = format!("{} fields, and the first line names {wanted} columns", fields.len());
        Err(self.back(line, &why, more))
    }

    /// The lines that were read ahead are read again, each by itself.
    fn back(&mut self, line: u64, why: &str, more: Vec<Line>) -> Broken {
        for line in more.into_iter().rev() {
            self.again.push_front(line);
        }
        Broken { line, why: why.to_owned() }
    }
}

const NOT_CLOSED: &str =
    "a quotation mark is opened and not closed, as it seems; the lines after this one are read by themselves";

/// The heading line, and the delimiter where a line before it names one.
fn heading<R: Read>(lines: &mut Lines<R>) -> Result<(String, Option<char>), TableError> {
    let mut named = None;
    loop {
        let line = lines.read()?.ok_or(TableError::Empty)?;
        if line.text.contains('\0') {
            return Err(TableError::NotText("a binary file"));
        }
        match separator(&line.text).filter(|_| named.is_none()) {
            Some(delimiter) => named = Some(delimiter),
            None if line.text.trim().is_empty() => {}
            None => return Ok((line.text, named)),
        }
    }
}

/// Whether a quoted field that goes over several lines has taken other records along. Text over several lines that looks
/// like it by chance is refused too, and named: a customer that is lost in silence costs more.
fn swallows_records(first: &str, more: &[Line], delimiter: char, columns: usize) -> bool {
    let Some((last, within)) = more.split_last() else { return false };
    let has_all = |text: &str| text.matches(delimiter).count() + 1 >= columns;
    if within.iter().any(|line| has_all(&line.text)) {
        return true;
    }
    let before_mark = last.text.split('"').next().unwrap_or_default();
    let alone = matches!(split(&last.text, delimiter), Split::Whole(fields) if fields.len() >= columns);
    // A field that ends at the beginning of its last line leaves as many there as a record has. That of the first column
    // does so by right: there the first line tells, which has all the columns where its mark is one too many.
    let is_first_column = !before_mark.contains(delimiter);
    has_all(before_mark) || (alone && (!is_first_column || has_all(first)))
}

/// What a file is that is no text.
fn kind_of(start: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 4] = [
        (b"PK\x03\x04", "a workbook of Excel or LibreOffice, or another ZIP archive"),
        (b"\xD0\xCF\x11\xE0", "a workbook of Excel"),
        (b"\x1F\x8B", "a compressed file"),
        (b"%PDF", "a PDF"),
    ];
    kinds.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests;
