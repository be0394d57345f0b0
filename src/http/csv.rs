//! Cells of comma-separated values.

/// A cell that no spreadsheet takes for a formula.
pub(super) fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if risky { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_name_cannot_become_a_formula() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("Alder, Inc."), "\"Alder, Inc.\"");
    }
}
