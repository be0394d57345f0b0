//! The receipt for a letter that a person wrote by mail: it arrived, a person reads it.

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct MailReceived {
    pub received: Moment,
    /// Of the mail that came in.
    pub subject: String,
    /// Number of the submission.
    pub number: i64,
    /// The form, for whoever cannot wait.
    pub form: String,
}

impl Letter for MailReceived {
    const KIND: &'static str = "mail_received";

    fn subject(&self, _: &RenderContext) -> String {
        format!("We have your email [submission {}]", self.number)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new("We have your email");
        body.paragraph("It has arrived, and a person will read it. If it is a copyright notice, we will email you its reference and what we found as soon as that is done.");
        body.fact("Submission", self.number.to_string()).fact("Subject", &self.subject);
        body.fact("Received", self.received.full());
        body.paragraph("A notice sent with the form is checked right away, and you get its reference immediately.");
        body.public_button("Send a notice with the form", &self.form);
        body.reason("You are receiving this email because you wrote to our copyright agent. This is an automatic receipt, sent at most three times a day. It is not legal advice.");
        body
    }
}
