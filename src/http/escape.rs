//! How values stand in pages: HTML is escaped, and characters that cannot be seen, that turn the direction of reading, or
//! that steer anything are written out (`⟨U+202E⟩`). Named in `askama.toml`, so that every template uses it.

use std::fmt;

use askama::filters::{Escaper, Html};

use crate::domain::base::visible::visible;

/// The escaper of pages.
#[derive(Clone, Copy, Debug)]
pub struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, string: &str) -> fmt::Result {
        Html.write_escaped_str(dest, &visible(string))
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    #[derive(Template)]
    #[template(ext = "html", source = r#"<p>{{ name }}</p><input value="{{ name|escape("field") }}">"#)]
    struct Page<'a> {
        name: &'a str,
    }

    #[test]
    fn what_cannot_be_seen_is_written_out_but_in_fields() {
        let page = Page { name: "a\u{202e}<b>\n\u{e0041}\u{1b}" }.render().unwrap();
        assert_eq!(
            page,
            "<p>a⟨U+202E⟩&#60;b&#62;\n⟨U+E0041⟩⟨U+001B⟩</p><input value=\"a\u{202e}&#60;b&#62;\n\u{e0041}\u{1b}\">"
        );
    }
}
