//! Bodies of one JSON value a line (NDJSON), read as they come: memory does not grow with the body.

use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt;
use memchr::memchr;

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
    held: BytesMut,
    number: u64,
    /// In the middle of a line that is too long.
    skipping: bool,
    ended: bool,
}

impl Lines {
    pub fn new(payload: Payload) -> Self {
        Self { payload, held: BytesMut::new(), number: 0, skipping: false, ended: false }
    }

    /// Lines that are there, at most `most`; waits for the first. Empty at the end of the body.
    pub async fn some(&mut self, most: usize) -> Vec<Line> {
        let mut found = Vec::new();
        loop {
            while found.len() < most
                && let Some(end) = self.end_of_line()
            {
                found.extend(self.take(end));
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
            self.held.extend_from_slice(b"\n");
        } else {
            self.held.clear();
        }
    }

    /// Where the first whole line ends, if one is there; the beginning of one that is too long is let go.
    fn end_of_line(&mut self) -> Option<usize> {
        let end = memchr(b'\n', &self.held);
        if end.is_none() && self.held.len() > MAX_LINE {
            self.held.clear();
            self.skipping = true;
        }
        end
    }

    /// The next line, unless it says nothing.
    fn take(&mut self, end: usize) -> Option<Line> {
        let whole = self.held.split_to(end + 1);
        self.number += 1;
        let too_long = std::mem::take(&mut self.skipping) || whole.len() > MAX_LINE;
        let bytes = whole.trim_ascii_end();
        let line = Line { number: self.number, bytes: (!too_long).then(|| bytes.to_vec()) };
        let says_something = line.bytes.as_ref().is_none_or(|b| !b.is_empty());
        says_something.then_some(line)
    }
}
