//! The fields of the answer: what was typed, and every error in it.

use crate::actions::Answer;
use crate::domain::cases::answer::AnswerKind;
use crate::http::form::{Errors, Form};

/// The fields of the answer as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub answer: String,
    pub some: bool,
    pub removed_note: String,
    pub resolved_note: String,
    pub dispute_note: String,
    pub other: String,
    pub other_note: String,
}

impl Typed {
    /// Reads the submitted form.
    pub fn read(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            answer: text("answer"),
            some: form.get("rm") == "rm-some",
            removed_note: text("rm-note"),
            resolved_note: text("res-how"),
            dispute_note: text("dis-why"),
            other: text("o"),
            other_note: text("o-note"),
        }
    }

    /// The answer, or every error at once.
    pub fn answer(&self) -> Result<Answer, Errors> {
        let mut errors = Errors::default();
        let mut need = |field: &str, text: &str, words: &str| {
            if text.is_empty() {
                errors.add(field, words);
            }
            text.to_owned()
        };
        let (kind, note) = match self.answer.as_str() {
            "removed" if self.some => {
                (AnswerKind::RemovedSome, need("rm-note", &self.removed_note, "Say which addresses you have removed"))
            }
            "removed" => (AnswerKind::Removed, self.removed_note.clone()),
            "resolved" => (AnswerKind::Resolved, need("res-how", &self.resolved_note, "Say how it was resolved")),
            "dispute" => (AnswerKind::Disputed, need("dis-why", &self.dispute_note, "Say why the notice is wrong")),
            "other" => (self.other_kind(&mut errors), self.other_note.clone()),
            _ => {
                errors.add("removed", "Choose one of the four answers");
                (AnswerKind::Removed, String::new())
            }
        };
        if self.answer == "other" && note.is_empty() {
            errors.add("o-note", "Explain in a few words");
        }
        let note = if self.answer == "other" { self.with_matter(&note) } else { note };
        if errors.is_empty() { Ok(Answer { kind, note, files: Vec::new() }) } else { Err(errors) }
    }

    fn other_kind(&self, errors: &mut Errors) -> AnswerKind {
        match self.other.as_str() {
            "o-time" => AnswerKind::MoreTime,
            "o-client" | "o-hack" | "o-wrong" => AnswerKind::NotMine,
            _ => {
                errors.add("o-client", "Choose a reason");
                AnswerKind::NotMine
            }
        }
    }

    fn with_matter(&self, note: &str) -> String {
        let matter = match self.other.as_str() {
            "o-client" => "It belongs to my own customer. ",
            "o-hack" => "Someone got into my account. ",
            "o-wrong" => "This is not my site or server. ",
            _ => "",
        };
        format!("{matter}{note}")
    }
}
