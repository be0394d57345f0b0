//! The words of a letter as they are kept: what was sent, with the secrets of its links apart and the HTML part packed.
//!
//! A link opens a case to whoever holds it, so its token is kept only until the letter has left: apart from the words,
//! in a place that is then emptied. The HTML part says what the text part says in another dress and is five times its
//! size; packed against the text and the usual dress it is a tenth of that, byte for byte restorable.

use std::fmt;

use lz4_flex::block::{compress_prepend_size_with_dict, decompress_size_prepended_with_dict};
use memchr::memchr_iter;

use super::token::PlainToken;

/// Stands in kept words where a token was: the control character that has this meaning. No letter has it otherwise.
const TOKEN_WAS_HERE: char = '\u{1a}';
/// What is shown there.
const SHOWN: &str = "…";
/// What begins the path of a private link.
const BEFORE_TOKENS: [&str; 3] = ["/respond/", "/n/", "/confirm/"];
/// The usual dress of an HTML part. Letters on record are packed against it: another one gets a number of its own.
const DICTIONARY_1: &[u8] = include_bytes!("letter_words/dictionary_1.html");
/// Of the text part so much helps packing: as far as the format looks back, without the dress.
const TEXT_USED: usize = 0xffff - DICTIONARY_1.len();

/// How an HTML part is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As it was sent.
    Plain,
    /// An LZ4 block against the first dictionary, followed by the text part as kept.
    Lz4With1,
}

impl Packing {
    /// As stored.
    pub fn code(self) -> i32 {
        match self {
            Self::Plain => 0,
            Self::Lz4With1 => 1,
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: i32) -> Option<Self> {
        [Self::Plain, Self::Lz4With1].into_iter().find(|p| p.code() == code)
    }
}

/// Kept words. `Debug` shows nothing of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// The text part, without tokens.
    pub text: String,
    /// The HTML part, without tokens, packed.
    pub html: Vec<u8>,
    pub packing: Packing,
    /// The tokens in the order in which they stand in the text part and then in the HTML part, separated by commas; one
    /// that is the same as the one before is empty. Nothing once the letter has left.
    pub secrets: String,
}

/// Both parts of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    pub text: String,
    pub html: String,
}

/// Kept words that cannot be read: the database was changed by other hands.
#[derive(Debug, thiserror::Error)]
#[error("the HTML part of a letter cannot be unpacked: {0}")]
pub struct Damaged(String);

impl Kept {
    /// Takes the tokens out of the words of a new letter and packs them.
    pub fn of(text: &str, html: &str) -> Self {
        let (mut secrets, mut last) = (String::new(), "");
        let text = take_out(text, &mut secrets, &mut last);
        let html = take_out(html, &mut secrets, &mut last);
        let html = compress_prepend_size_with_dict(html.as_bytes(), &dictionary(&text));
        secrets.pop();
        Self { text, html, packing: Packing::Lz4With1, secrets }
    }

    /// What was sent or is to be sent; dots instead of tokens that are gone.
    pub fn sent(&self) -> Result<Parts, Damaged> {
        self.parts(&self.secrets)
    }

    /// What may be shown: dots instead of tokens.
    pub fn shown(&self) -> Result<Parts, Damaged> {
        // In words from before tokens stood apart they may still be.
        if self.packing == Packing::Plain {
            return Self::of(&self.text, &self.unpacked()?).parts("");
        }
        self.parts("")
    }

    fn parts(&self, secrets: &str) -> Result<Parts, Damaged> {
        let html = self.unpacked()?;
        let (mut secrets, mut last) = (secrets.split(','), SHOWN);
        let mut parts = [self.text.as_str(), &html].map(|part| put_back(part, &mut secrets, &mut last));
        Ok(Parts { text: std::mem::take(&mut parts[0]), html: std::mem::take(&mut parts[1]) })
    }

    fn unpacked(&self) -> Result<String, Damaged> {
        let bytes = match self.packing {
            Packing::Plain => self.html.clone(),
            Packing::Lz4With1 => decompress_size_prepended_with_dict(&self.html, &dictionary(&self.text))
                .map_err(|e| Damaged(e.to_string()))?,
        };
        String::from_utf8(bytes).map_err(|e| Damaged(e.to_string()))
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({} and {} bytes)", self.text.len(), self.html.len())
    }
}

/// What an HTML part is packed against.
fn dictionary(text: &str) -> Vec<u8> {
    let used = &text.as_bytes()[..text.len().min(TEXT_USED)];
    [DICTIONARY_1, used].concat()
}

/// Takes the tokens of private links out of a part and appends them to the list, each with a comma.
fn take_out<'a>(part: &'a str, secrets: &mut String, last: &mut &'a str) -> String {
    let (mut out, mut rest) = (String::with_capacity(part.len()), part);
    while let Some(start) = next_path(rest) {
        let length = rest[start..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        let found = &rest[start..start + length];
        push_without_marks(&mut out, &rest[..start]);
        if length == PlainToken::LENGTH {
            out.push(TOKEN_WAS_HERE);
            secrets.push_str(if *last == found { "" } else { found });
            secrets.push(',');
            *last = found;
        } else {
            out.push_str(found);
        }
        rest = &rest[start + length..];
    }
    push_without_marks(&mut out, rest);
    out
}

/// Where the token of the next private link would begin.
fn next_path(words: &str) -> Option<usize> {
    let after =
        |at: usize| BEFORE_TOKENS.iter().find(|path| words[at..].starts_with(**path)).map(|path| at + path.len());
    memchr_iter(b'/', words.as_bytes()).find_map(after)
}

fn push_without_marks(out: &mut String, words: &str) {
    words.split(TOKEN_WAS_HERE).for_each(|piece| out.push_str(piece));
}

/// Puts the next of these tokens wherever one was.
fn put_back<'a>(part: &str, secrets: &mut impl Iterator<Item = &'a str>, last: &mut &'a str) -> String {
    let mut pieces = part.split(TOKEN_WAS_HERE);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        *last = secrets.next().filter(|token| !token.is_empty()).unwrap_or(last);
        out.push_str(last);
        out.push_str(piece);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    const ONE: &str = "7hq2vx4m90tkeeb17hq2vx4m90tkeeb17hq2vx4m90tkeeb17hq2";
    const TWO: &str = "zhq2vx4m90tkeeb17hq2vx4m90tkeeb17hq2vx4m90tkeeb17hqz";

    #[test]
    fn a_letter_is_kept_without_its_tokens_and_sent_with_them() {
        let text = format!("a https://h.example/respond/{ONE}\nb https://h.example/n/{ONE} c /n/short");
        let html = format!("<a href='/respond/{TWO}/counter-notice'>{TWO}</a> /confirm/{ONE} /respond/{ONE}");
        let kept = Kept::of(&text, &html);
        assert_eq!(kept.sent().unwrap(), Parts { text: text.clone(), html: html.clone() });
        assert_eq!(kept.shown().unwrap().text, "a https://h.example/respond/…\nb https://h.example/n/… c /n/short");
        assert!(!kept.text.contains(ONE) && !kept.unpacked().unwrap().contains(ONE));
        assert_eq!(kept.secrets, format!("{ONE},,{TWO},{ONE},"));
        let left = Kept { secrets: String::new(), ..kept.clone() };
        assert_eq!(left.sent().unwrap(), kept.shown().unwrap());
        assert!(!format!("{kept:?}").contains("respond"));
    }

    #[test]
    fn plain_words_with_a_token_are_shown_without() {
        let words = format!("https://h.example/n/{ONE}");
        let secrets = String::new();
        let old = Kept { text: words.clone(), html: words.clone().into_bytes(), packing: Packing::Plain, secrets };
        assert_eq!(old.sent().unwrap().html, words);
        let dots = "https://h.example/n/…".to_owned();
        assert_eq!(old.shown().unwrap(), Parts { text: dots.clone(), html: dots });
    }

    #[test]
    fn words_cannot_ask_for_a_token() {
        let text = format!("I wrote \u{1a} and /respond/\u{1a} before https://h.example/n/{ONE}");
        let sent = Kept::of(&text, "").sent().unwrap();
        assert_eq!(sent.text, format!("I wrote  and /respond/ before https://h.example/n/{ONE}"));
    }

    #[test]
    fn the_usual_dress_stays_what_letters_on_record_are_packed_against() {
        let digest: String = Sha256::digest(DICTIONARY_1).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            digest, "69b0766871772938b4364a4e40de3799aa2f7796b3468c3ec0b088798839c67d",
            "give another dictionary another number"
        );
    }

    #[test]
    fn long_and_damaged_words() {
        let text = "Grüße, /respond/ ".repeat(9000);
        let mut kept = Kept::of(&text, &format!("<p>{text}</p>"));
        assert!(kept.html.len() < 2000, "{}", kept.html.len());
        assert_eq!(kept.sent().unwrap().html, format!("<p>{text}</p>"));
        kept.html.truncate(40);
        assert!(kept.sent().is_err());
    }

    proptest! {
        #[test]
        fn what_was_sent_comes_back(text in "[a-z/\\PC]{0,300}", html in "\\PC{0,300}", at in 0_usize..3) {
            let text = format!("{text}{}{ONE} {text}", BEFORE_TOKENS[at]);
            let html = format!("{html}{}{TWO}{html}{}{ONE}", BEFORE_TOKENS[at], BEFORE_TOKENS[2 - at]);
            prop_assert_eq!(Kept::of(&text, &html).sent().unwrap(), Parts { text, html });
        }
    }
}
