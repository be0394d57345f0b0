//! The notices that machines wrote into a mail. Each letter in it is gone through once, whatever is attached to it.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::parts::{LeftOut, Letter, Parts};
use crate::domain::intake::notice::{RawLocation, RawStatements};
use crate::domain::intake::parsed_notice::{ParsedNotice, ParsedNotices, Unreadable};
use crate::formats::limits::MAX_NOTICES;
use crate::formats::{acns, letter, xarf};

/// Most problems that are told.
const MAX_PROBLEMS: usize = 20;

/// What was found so far.
#[derive(Default)]
struct Found {
    readings: Vec<ParsedNotice>,
    problems: Vec<String>,
    left_out: usize,
    places_left_out: usize,
    known: HashSet<Sameness>,
}

/// Every notice in the parts. The same notice inline and attached is one: the attachment is read first, as it
/// is what no gateway has rewritten.
pub(super) fn read(parts: &Parts) -> (Vec<ParsedNotice>, Vec<String>) {
    let mut found = Found::default();
    for message in &parts.letters {
        found.attached(message);
        if acns::is_in(&message.text) {
            found.take(acns::read(&message.text));
        }
    }
    found.tell_left_out(&parts.left_out);
    (found.readings, found.problems)
}

impl Found {
    fn attached(&mut self, message: &Letter) {
        if !message.xml.is_empty() {
            match acns::letter_around(&message.text) {
                Ok(around) => message.xml.iter().for_each(|xml| self.take(acns::read_in(xml, &around))),
                Err(problem) => self.take(Err(problem)),
            }
        }
        let mut reports = message.json.iter().filter(|j| xarf::looks_like(j.as_bytes())).peekable();
        if reports.peek().is_some() {
            let (statements, signature) = (letter::statements(&message.text), letter::signature(&message.text));
            let with_letter = |found: ParsedNotices| ParsedNotices {
                all: with_letter(found.all, statements, signature.as_deref()),
                ..found
            };
            reports.for_each(|json| self.take(xarf::read(json.as_bytes()).map(with_letter)));
        }
    }

    fn take(&mut self, read: Result<ParsedNotices, Unreadable>) {
        match read {
            Ok(found) => {
                self.left_out += found.left_out;
                self.places_left_out += found.places_left_out;
                for reading in found.all {
                    if !self.known.insert(sameness(&reading)) {
                        continue;
                    }
                    if self.readings.len() < MAX_NOTICES {
                        self.readings.push(reading);
                    } else {
                        self.left_out += 1;
                    }
                }
            }
            Err(problem) => self.problem(problem.0),
        }
    }

    fn problem(&mut self, problem: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// What was not read of a mail with notices in it, first: a person has to look at the rest.
    fn tell_left_out(&mut self, parts: &LeftOut) {
        let read = self.readings.len();
        let documents = parts.documents;
        let told = [
            (self.left_out, format!("{read} of {} notices in this mail were read", read + self.left_out)),
            (self.places_left_out, format!("{} places in a notice were not read", self.places_left_out)),
            (parts.messages, format!("{} attached mails were not opened", parts.messages)),
            (documents, format!("{documents} attached documents were not read")),
            (usize::from(parts.text), "A text in this mail is too long and was not read to its end".to_owned()),
        ];
        if read > 0 {
            let told = told.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words);
            self.problems.splice(0..0, told);
        }
    }
}

/// A XARF report has no room for statements; the letter it comes with has.
fn with_letter(mut readings: Vec<ParsedNotice>, made: RawStatements, signature: Option<&str>) -> Vec<ParsedNotice> {
    for reading in &mut readings {
        reading.raw.statements = reading.raw.statements.or(made);
        if reading.raw.signature.is_empty() {
            reading.raw.signature = signature.unwrap_or_default().to_owned();
        }
    }
    readings
}

/// Sender's number, addresses and times: one notice however often it stands in a mail. The case number alone
/// is not enough, some senders use it for several addresses.
fn sameness(reading: &ParsedNotice) -> Sameness {
    let raw = &reading.raw;
    let of = |l: &RawLocation| format!("{}\0{}\0{:?}\0{}", l.url, l.ip, l.port, l.observed_at);
    let mut places: Vec<String> = raw.locations.iter().map(of).collect();
    places.sort_unstable();
    places.dedup();
    let head = format!("{}\0{}", raw.reference, reading.retraction);
    let sum = |hash: Sha256, text: &String| hash.chain_update(text).chain_update([0]);
    std::iter::once(&head).chain(&places).fold(Sha256::new(), sum).finalize().into()
}

/// A digest of what makes two readings the same notice.
type Sameness = [u8; 32];
