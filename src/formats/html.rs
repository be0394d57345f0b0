//! The text of a web page as a person reads it: blocks and cells apart, links and pictures with their addresses.

use std::fmt::Write;

use html5gum::{HtmlString, StartTag, Token, Tokenizer};

/// Elements whose content nobody reads.
const UNREAD: [&[u8]; 6] = [b"script", b"style", b"title", b"template", b"noscript", b"svg"];
/// Elements that stand in a line of text. Every other element ends the line.
const INLINE: [&[u8]; 35] = [
    b"a", b"abbr", b"acronym", b"b", b"bdi", b"bdo", b"big", b"cite", b"code", b"data", b"del", b"dfn", b"em", b"font",
    b"i", b"img", b"ins", b"kbd", b"label", b"mark", b"q", b"s", b"samp", b"small", b"span", b"strike", b"strong",
    b"sub", b"sup", b"time", b"tt", b"u", b"var", b"wbr", b"nobr",
];
/// Longest address of a link that is shown.
const LONGEST: usize = 4000;

/// Text of a page, at most about `most` bytes. Time is linear in the length of the page.
pub fn text_of_html(html: &str, most: usize) -> String {
    let mut page = Page::default();
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.open(&tag),
            Token::EndTag(tag) => page.close(&tag.name),
            Token::String(text) => page.say(&String::from_utf8_lossy(&text)),
            _ => {}
        }
        if page.text.len() > most {
            break;
        }
    }
    page.end_link();
    page.text.trim().to_owned()
}

#[derive(Default)]
struct Page {
    text: String,
    /// How many elements that nobody reads are open.
    unread: usize,
    /// How many `pre` are open: their blanks and line breaks count.
    preformatted: usize,
    /// Address of the link that is open, and where its words begin.
    link: Option<(String, usize)>,
}

impl Page {
    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        if UNREAD.contains(&name) {
            self.unread += usize::from(!tag.self_closing);
            return;
        }
        match name {
            b"br" => self.text.push('\n'),
            b"td" | b"th" => self.gap('\t'),
            _ if !INLINE.contains(&name) => self.gap('\n'),
            _ => {}
        }
        match name {
            b"pre" => self.preformatted += 1,
            b"a" => {
                self.end_link();
                self.link = address(tag, b"href").map(|href| (href, self.text.len()));
            }
            b"area" => self.name_address(tag, b"href"),
            b"img" | b"video" | b"audio" | b"source" | b"embed" | b"iframe" => self.name_address(tag, b"src"),
            b"object" => self.name_address(tag, b"data"),
            _ => {}
        }
    }

    fn close(&mut self, name: &HtmlString) {
        let name: &[u8] = name;
        if UNREAD.contains(&name) {
            self.unread = self.unread.saturating_sub(1);
            return;
        }
        match name {
            b"a" => self.end_link(),
            b"pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.gap('\n');
            }
            b"td" | b"th" => {}
            _ if !INLINE.contains(&name) => self.gap('\n'),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        if self.unread > 0 {
            return;
        }
        if self.preformatted > 0 {
            self.text.push_str(text);
            return;
        }
        for c in text.chars() {
            if !c.is_whitespace() {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
                self.text.push(' ');
            }
        }
    }

    /// Ends a line or a cell, once.
    fn gap(&mut self, with: char) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        if let Some((_, from)) = &mut self.link {
            *from = (*from).min(end);
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') && (with == '\n' || !self.text.ends_with('\t')) {
            self.text.push(with);
        }
    }

    /// The address of a picture or film stands where it does.
    fn name_address(&mut self, tag: &StartTag<()>, attribute: &[u8]) {
        if let (0, Some(address)) = (self.unread, address(tag, attribute)) {
            let _ = write!(self.text, " <{address}> ");
        }
    }

    /// Behind the words of a link stands where it leads, unless they say it.
    fn end_link(&mut self) {
        if let Some((href, from)) = self.link.take()
            && self.unread == 0
            && !self.text[from..].contains(&href)
        {
            let _ = write!(self.text, " <{href}>");
        }
    }
}

/// A whole address in an attribute; nothing where it is none, or leads to another part of the mail (`cid:`).
fn address(tag: &StartTag<()>, attribute: &[u8]) -> Option<String> {
    let value = tag.attributes.get(attribute)?;
    let text: String = String::from_utf8_lossy(value).chars().filter(|c| !c.is_whitespace()).collect();
    let scheme = text.split_once("://")?.0.to_ascii_lowercase();
    (crate::domain::intake::location::SCHEMES.contains(&scheme.as_str()) && text.len() < LONGEST).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        text_of_html(html, 10_000)
    }

    #[test]
    fn blocks_and_cells_are_apart() {
        assert_eq!(text("<div>one</div><div>two</div>"), "one\ntwo");
        assert_eq!(
            text("<table><tr><td>1</td><td>one</td></tr><tr><td>2</td><td>two</td></tr></table>"),
            "1\tone\n2\ttwo"
        );
        assert_eq!(text("<ul><li>one<li>two</ul>"), "one\ntwo");
        assert_eq!(text("one<br>two<BR/>three"), "one\ntwo\nthree");
        assert_eq!(text("https://a.example/<wbr>one <b>bo</b>ld &amp; more"), "https://a.example/one bold & more");
        assert_eq!(text("<p>one\n   two</p>\n\n<p>three</p>"), "one two\nthree");
        assert_eq!(text("<pre>one\n  two</pre>three"), "one\n  two\nthree");
    }

    #[test]
    fn what_is_not_read_is_left_out() {
        assert_eq!(
            text("<head><title>t</title><style>p{}</style></head><body>one<script>x()</script><!-- no --></body>"),
            "one"
        );
    }

    #[test]
    fn links_say_where_they_lead() {
        for html in [
            "<a href=\"https://a.example/1\">here</a>",
            "<A HREF='https://a.example/1'>here</A>",
            "<a href = https://a.example/1 >here</a>",
            "<a href=\"https://a.example/1\">here",
        ] {
            assert_eq!(text(html), "here <https://a.example/1>", "{html}");
        }
        assert_eq!(text("<a href=\"https://a.example/1\">https://a.example/1</a>"), "https://a.example/1");
        assert_eq!(text("<p>See <img src=\"https://a.example/1.jpg\" alt=\"\"></p>"), "See  <https://a.example/1.jpg>");
        assert_eq!(text("<img src=cid:1><a href=\"mailto:a@b.example\">write</a>"), "write");
    }

    #[test]
    fn what_is_left_open_ends_with_the_page() {
        assert_eq!(text("<div><a href='https://a.example/1"), "");
        assert_eq!(text_of_html(&"<p>long ".repeat(1000), 100).len() / 100, 1);
    }
}
