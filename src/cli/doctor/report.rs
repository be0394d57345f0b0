//! What was found, line by line.

/// What was found.
#[derive(Default)]
pub(super) struct Report {
    pub wrong: usize,
}

impl Report {
    pub fn good(&mut self, what: &str, words: &str) {
        println!("  ok    {what}: {words}");
    }
    pub fn note(&mut self, what: &str, words: &str) {
        println!("  note  {what}: {words}");
    }
    pub fn bad(&mut self, what: &str, words: &str) {
        self.wrong += 1;
        println!("  WRONG {what}: {words}");
    }
}
