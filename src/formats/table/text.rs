//! A file as lines of text, whatever it was saved as: UTF-8, UTF-16 (Excel's "Unicode text"), Windows-1252. Line ends
//! are those of any system. What is read at once is bounded.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Longest line in bytes; what is beyond is passed over, and the line is marked.
pub const MAX_LINE: usize = 1 << 20;
/// Bytes from which UTF-16 without a mark is recognized.
const HEAD: usize = 4096;

/// How a file is encoded: by its byte order mark; or UTF-16 where every other byte of the beginning is nothing; or UTF-8
/// where it is that all the way; or else Windows-1252, which has every letter of Latin-1. Reads the file once.
pub fn encoding_of(file: &mut (impl Read + Seek)) -> io::Result<&'static Encoding> {
    let mut chunk = vec![0; 64 * 1024];
    let mut carried: Vec<u8> = Vec::new();
    let found;
    let mut is_first = true;
    loop {
        let read = file.read(&mut chunk)?;
        let marked = Encoding::for_bom(&chunk[..read]).map(|(encoding, _)| encoding);
        if let Some(encoding) = marked.or_else(|| wide(&chunk[..read])).filter(|_| is_first) {
            found = encoding;
            break;
        }
        is_first = false;
        if read == 0 {
            found = if carried.is_empty() { UTF_8 } else { WINDOWS_1252 };
            break;
        }
        carried.extend_from_slice(&chunk[..read]);
        match std::str::from_utf8(&carried) {
            Ok(_) => carried.clear(),
            Err(error) if error.error_len().is_none() => drop(carried.drain(..error.valid_up_to())),
            Err(_) => {
                found = WINDOWS_1252;
                break;
            }
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(found)
}

/// UTF-16 without a mark: many bytes at odd or at even places are zero, and none at the others.
fn wide(start: &[u8]) -> Option<&'static Encoding> {
    let start = &start[..start.len().min(HEAD)];
    let zeros = |first: usize| start.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = start.len() / 4;
    match (even > many, odd > many) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// Bytes in UTF-8 from bytes in another encoding. What cannot be read becomes U+FFFD.
struct Utf8<R> {
    from: R,
    decoder: Decoder,
    waiting: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.ended || self.at < self.waiting.len() {
                let (_, taken, written, _) = self.decoder.decode_to_utf8(&self.waiting[self.at..], out, self.ended);
                self.at += taken;
                if written > 0 {
                    return Ok(written);
                }
            }
            if self.ended {
                return Ok(0);
            }
            self.waiting.resize(16 * 1024, 0);
            let read = self.from.read(&mut self.waiting)?;
            self.waiting.truncate(read);
            self.at = 0;
            if read == 0 {
                self.ended = true;
                let (_, _, written, _) = self.decoder.decode_to_utf8(&[], out, true);
                return Ok(written);
            }
        }
    }
}

/// One line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: u64,
    pub text: String,
    /// Longer than [`MAX_LINE`]: `text` is its beginning.
    pub is_cut: bool,
}

/// Lines, one after the other.
pub struct Lines<R> {
    input: BufReader<Utf8<R>>,
    number: u64,
    /// The last line ended in a carriage return: a line feed right behind it belongs to it.
    after_return: bool,
    bytes: u64,
}

impl<R: Read> Lines<R> {
    pub fn new(from: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        let utf8 = Utf8 { from, decoder, waiting: Vec::new(), at: 0, ended: false };
        Self { input: BufReader::with_capacity(64 * 1024, utf8), number: 0, after_return: false, bytes: 0 }
    }

    /// Bytes read so far, as UTF-8.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next line; nothing at the end.
    pub fn read(&mut self) -> io::Result<Option<Line>> {
        let (mut text, mut is_cut, mut any) = (Vec::new(), false, false);
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            if std::mem::take(&mut self.after_return) && buffer[0] == b'\n' {
                self.input.consume(1);
                self.bytes += 1;
                continue;
            }
            any = true;
            let end = memchr::memchr2(b'\n', b'\r', buffer);
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let room = MAX_LINE.saturating_sub(text.len());
            is_cut |= part.len() > room;
            text.extend_from_slice(&part[..part.len().min(room)]);
            self.after_return = end.is_some_and(|at| buffer[at] == b'\r');
            let taken = part.len() + usize::from(end.is_some());
            self.input.consume(taken);
            self.bytes += taken as u64;
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(Line { number: self.number, text: String::from_utf8_lossy(&text).into_owned(), is_cut }))
    }
}
