//! Headers as they were written.

use mail_parser::Message;

use crate::domain::base::contact::one_line;

pub(super) fn raw_headers(message: &Message<'_>, name: &str) -> Vec<String> {
    let named = message.headers_raw().filter(|(n, _)| n.eq_ignore_ascii_case(name));
    named.map(|(_, value)| one_line(value, 4000)).take(50).collect()
}
