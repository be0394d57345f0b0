//! The two parts of a message of ours.

use mail_parser::MessageParser;

/// The text part and the HTML part of a message; nothing where it has not both.
pub fn both_parts(message: &[u8]) -> Option<(String, String)> {
    let read = MessageParser::default().parse(message)?;
    let part = |ids: &[u32]| Some(read.part(*ids.first()?)?.text_contents()?.to_owned());
    Some((part(&read.text_body)?, part(&read.html_body)?))
}
