//! Cells of comma-separated values.

use crate::domain::base::visible::visible_line;

/// What a spreadsheet may take for the beginning of a formula, full-width forms as well.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A cell that no spreadsheet takes for a formula, with what cannot be seen written out.
pub(super) fn cell(text: &str) -> String {
    let text = visible_line(text);
    let risky = text.trim_start().starts_with(FORMULA);
    format!("\"{}{}\"", if risky { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_name_cannot_become_a_formula() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell(" ＝1+1"), "\"' ＝1+1\"");
        assert_eq!(cell("Alder, Inc."), "\"Alder, Inc.\"");
        assert_eq!(cell("a\u{202e}\nb"), "\"a⟨U+202E⟩⟨U+000A⟩b\"");
    }
}
