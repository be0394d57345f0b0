//! Text that was wrapped for sending (RFC 3676, format=flowed): lines that end in a blank go on in the next.

/// The paragraphs as they were typed. `delete_space` is DelSp=yes: the blank at the end was put there by the sender's
/// program and is no part of the text.
pub(super) fn unwrapped(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // How deep the line is quoted whose next line goes on.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        if open != Some(depth) {
            if !out.is_empty() {
                // What was to go on ends with the quotation it stands in.
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        let goes_on = content.ends_with(' ') && content != "-- ";
        out.push_str(if goes_on && delete_space { &content[..content.len() - 1] } else { content });
        open = goes_on.then_some(depth);
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::unwrapped;

    #[test]
    fn lines_that_end_in_a_blank_go_on() {
        let text = "The copy is at  \nhttps://a.example/long/ \npath.jpg\n\nRegards\n-- \nJoel\n";
        let right = "The copy is at https://a.example/long/path.jpg\n\nRegards\n-- \nJoel\n";
        assert_eq!(unwrapped(text, true), right);
        assert_eq!(unwrapped("one \ntwo\n", false), "one two\n");
    }

    #[test]
    fn quotations_keep_their_depth() {
        assert_eq!(unwrapped("> one \n> two\nthree\n>> four \n five\n", false), "> one two\nthree\n>> four \nfive\n");
    }
}
