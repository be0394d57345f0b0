//! The one way into the outbox: a letter is stored as its values, and the limits of its receiver may hold it back.

use super::limits;
use crate::actions::context::{About, ActionError, To, Tx};
use crate::domain::access::private_link::NamedTokens;
use crate::domain::base::language::Language;
use crate::domain::base::visible::visible_line;
use crate::mail::letter::{Letter, LetterError};
use crate::storage::outbox::letter_data::LetterData;
use crate::storage::outbox::letters::{self, NewLetter};

impl Tx<'_> {
    /// Puts a letter into the outbox: its values, and the tokens of its links by name. It is rendered when it is sent; the
    /// limits of its receiver may hold it back there.
    pub fn queue<L: Letter>(&mut self, letter: &L, to: &To<'_>, about: About) -> Result<(), ActionError> {
        let json = serde_json::to_string(letter).map_err(|source| LetterError::Data { kind: L::KIND, source })?;
        let unique = self.context.entropy.token().after(self.now);
        let new = NewLetter {
            message_id: format!("<{unique}@{}>", self.context.config.mail.from.domain()),
            kind: L::KIND,
            case: about.case,
            notice: about.notice,
            customer: about.customer,
            answers: about.mail,
            to_name: to.name.to_owned(),
            to_address: to.address.to_owned(),
            subject: visible_line(&letter.subject(&self.render_context())).into_owned(),
            data: LetterData { language: Language::English, version: L::DATA_VERSION, json },
            tokens: NamedTokens::of(&letter.private_links()),
            carries_deadline: L::CARRIES_DEADLINE,
        };
        let id = letters::queue(self.conn, &new, self.now)?;
        limits::pass(self, id, (new.kind, to.address), about)
    }
}
