//! The notices that machines wrote into a mail. Each letter in it is gone through once, whatever is attached to it.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::parts::{Letter, Parts};
use crate::domain::intake::notice::{RawLocation, RawStatements};
use crate::domain::intake::parsed_notice::{Reading, Unreadable};
use crate::formats::{MAX_NOTICES, acns, letter, xarf};

/// Most problems that are told.
const MAX_PROBLEMS: usize = 20;

/// What was found so far.
#[derive(Default)]
struct Found {
    readings: Vec<Reading>,
    problems: Vec<String>,
    known: HashSet<Sameness>,
}

/// Every notice in the parts. The same notice inline and attached is one: the attachment is read first, as it
/// is what no gateway has rewritten.
pub(super) fn read(parts: &Parts) -> (Vec<Reading>, Vec<String>) {
    let mut found = Found::default();
    for message in &parts.letters {
        found.attached(message);
        if acns::is_in(&message.text) {
            found.take(acns::read(&message.text));
        }
    }
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
            let with_letter = |found| with_letter(found, statements, signature.as_deref());
            reports.for_each(|json| self.take(xarf::read(json.as_bytes()).map(with_letter)));
        }
    }

    fn take(&mut self, read: Result<Vec<Reading>, Unreadable>) {
        match read {
            Ok(found) => {
                for reading in found {
                    if self.readings.len() < MAX_NOTICES && self.known.insert(sameness(&reading)) {
                        self.readings.push(reading);
                    }
                }
            }
            Err(problem) if self.problems.len() < MAX_PROBLEMS => self.problems.push(problem.0),
            Err(_) => {}
        }
    }
}

/// A XARF report has no room for statements; the letter it comes with has.
fn with_letter(mut readings: Vec<Reading>, made: RawStatements, signature: Option<&str>) -> Vec<Reading> {
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
fn sameness(reading: &Reading) -> Sameness {
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
