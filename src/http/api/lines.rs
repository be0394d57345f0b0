//! Bodies of one JSON value a line (NDJSON), read as they come: memory does not grow with the body.

use actix_web::web::Payload;
use futures_util::StreamExt;

/// Longest line.
pub(super) const MAX_LINE: usize = 1_000_000;

/// One line with its number.
pub(super) struct Line {
    pub number: u64,
    /// Nothing where the line is longer than [`MAX_LINE`].
    pub bytes: Option<Vec<u8>>,
}

/// The lines of a body.
pub(super) struct Lines {
    payload: Payload,
    held: Vec<u8>,
    number: u64,
    /// In the middle of a line that is too long.
    skipping: bool,
    ended: bool,
}

impl Lines {
    pub fn new(payload: Payload) -> Self {
        Self { payload, held: Vec::new(), number: 0, skipping: false, ended: false }
    }

    /// Lines that are there, at most `most`; waits for the first. Empty at the end of the body.
    pub async fn some(&mut self, most: usize) -> Vec<Line> {
        let mut found = Vec::new();
        loop {
            while found.len() < most && self.has_line() {
                found.extend(self.take());
            }
            if !found.is_empty() || self.ended {
                return found;
            }
            match self.payload.next().await {
                Some(Ok(chunk)) => self.held.extend_from_slice(&chunk),
                // A body that breaks off ends with its last whole line.
                Some(Err(_)) => self.end(false),
                None => self.end(true),
            }
        }
    }

    fn end(&mut self, whole: bool) {
        self.ended = true;
        if whole && !self.held.is_empty() {
            self.held.push(b'\n');
        } else {
            self.held.clear();
        }
    }

    /// Whether a whole line is there; the beginning of one that is too long is let go.
    fn has_line(&mut self) -> bool {
        let whole = self.held.contains(&b'\n');
        if !whole && self.held.len() > MAX_LINE {
            self.held.clear();
            self.skipping = true;
        }
        whole
    }

    /// The next line, unless it says nothing.
    fn take(&mut self) -> Option<Line> {
        let end = self.held.iter().position(|b| *b == b'\n')?;
        let mut bytes: Vec<u8> = self.held.drain(..=end).collect();
        self.number += 1;
        let too_long = std::mem::take(&mut self.skipping) || bytes.len() > MAX_LINE;
        bytes.truncate(bytes.trim_ascii_end().len());
        let line = Line { number: self.number, bytes: (!too_long).then_some(bytes) };
        let says_something = line.bytes.as_ref().is_none_or(|b| !b.is_empty());
        says_something.then_some(line)
    }
}
