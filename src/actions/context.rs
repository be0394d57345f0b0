//! What every action works with: one write transaction, the settings, and the errors.

use std::sync::Arc;

use crate::config::Config;
use crate::domain::access::private_link::NamedTokens;
use crate::domain::base::ids::{CaseId, CustomerId, Kind, NoticeId, Reference};
use crate::domain::base::language::Language;
use crate::domain::base::moment::Moment;
use crate::domain::base::visible::visible_line;
use crate::domain::cases::case::InvalidTransition;
use crate::domain::enforcement::decision::InvalidDecision;
use crate::domain::record::event::{Actor, Event, EventKind, Label, Owners, Recorded, Subject, Vault};
use crate::entropy::Entropy;
use crate::mail::letter::{Letter, LetterError, RenderContext};
use crate::storage::enforcement::policies::{self, Published};
use crate::storage::outbox::letter_data::LetterData;
use crate::storage::outbox::letters::{self, NewLetter};
use crate::storage::outbox::webhooks::Endpoint;
use crate::storage::record::events::{self, Recorder};
use crate::storage::{Conn, StorageError};

/// What actions need beside the database: settings and randomness.
#[derive(Clone, Debug)]
pub struct House {
    pub config: Config,
    pub entropy: Entropy,
}

/// One write transaction in progress.
pub struct Tx<'a> {
    pub conn: &'a mut Conn,
    pub now: Moment,
    pub house: &'a House,
    /// What was put on record so far, as the figures of the process count it.
    pub recorded: Vec<Label>,
    /// Whom subjects concern, once it was looked up.
    owners: HashMap<Subject, Owners>,
    /// The policy in force, once it was asked for.
    pub(in crate::actions) policy: Option<Arc<Published>>,
    /// Systems that want to be told, once somebody asked.
    pub(in crate::actions) endpoints: Option<Arc<Vec<Endpoint>>>,
}

impl<'a> Tx<'a> {
    /// A transaction that begins now.
    pub fn new(conn: &'a mut Conn, now: Moment, house: &'a House) -> Self {
        Self { conn, now, house, recorded: Vec::new(), owners: HashMap::new(), policy: None, endpoints: None }
    }
}

/// What a transaction goes by and does not change.
#[derive(Clone)]
pub(in crate::actions) struct Ground {
    policy: Arc<Published>,
    endpoints: Arc<Vec<Endpoint>>,
}

/// Why an action was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The case is in a state that does not allow it.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
    /// The standing does not allow it.
    #[error(transparent)]
    Decision(#[from] InvalidDecision),
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// The same idempotency key came with another request.
    #[error("this Idempotency-Key was used with another request; choose a new one")]
    Reused,
    /// Refused for a reason the person can act on.
    #[error("{0}")]
    Refused(String),
}

/// Who a letter goes to.
pub struct To<'a> {
    pub name: &'a str,
    pub address: &'a str,
}

/// What a letter is about.
#[derive(Clone, Copy, Default)]
pub struct About {
    pub case: Option<CaseId>,
    pub notice: Option<NoticeId>,
    pub customer: Option<CustomerId>,
    /// Whether who sent the notice surely is who gets the letter; looked up where it is not said.
    pub vouched: Option<bool>,
    /// The submission it answers, where that was a mail.
    pub mail: Option<i64>,
}

impl Tx<'_> {
    /// The policy in force.
    pub fn policy(&mut self) -> Result<Arc<Published>, ActionError> {
        if let Some(known) = &self.policy {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(policies::in_force(self.conn, self.now)?);
        self.policy = Some(Arc::clone(&found));
        Ok(found)
    }

    /// Goes by the policy and the systems to be told that were found a moment before, when what is done was prepared.
    pub(in crate::actions) fn goes_by(&mut self, ground: &Ground) {
        self.policy = Some(Arc::clone(&ground.policy));
        self.endpoints = Some(Arc::clone(&ground.endpoints));
    }

    /// What a transaction goes by, for one that follows.
    pub(in crate::actions) fn ground(&mut self) -> Result<Ground, ActionError> {
        Ok(Ground { policy: self.policy()?, endpoints: super::outbox::webhooks::endpoints(self)? })
    }

    /// Appends to the record.
    pub fn event(&mut self, subject: Subject, actor: &Actor, event: Event) -> Result<(), ActionError> {
        let what = super::record::row_digests::with_digests(self, subject, event)?;
        let salt = || self.house.entropy.salt();
        let mut recorder = Recorder { actor, now: self.now, salt: &salt, owners: &mut self.owners };
        events::append(self.conn, subject, &what, &mut recorder)?;
        self.published(subject, &what.event)
    }

    /// Appends to the records of many subjects, each named once, with a few statements for all.
    pub fn events(&mut self, happened: &[(Subject, Vec<Event>)], actor: &Actor) -> Result<(), ActionError> {
        let salt = || self.house.entropy.salt();
        let mut recorder = Recorder { actor, now: self.now, salt: &salt, owners: &mut self.owners };
        events::append_all(self.conn, happened, &mut recorder)?;
        let mut each = happened.iter().flat_map(|(subject, list)| list.iter().map(|event| (*subject, event)));
        each.try_for_each(|(subject, event)| self.published(subject, event))
    }

    /// Begins the record of what this transaction has just stored; whom it concerns is known then.
    pub fn first_event(
        &mut self,
        subject: Subject,
        owners: Owners,
        actor: &Actor,
        what: &Recorded,
    ) -> Result<(), ActionError> {
        self.owners.insert(subject, owners);
        let salt = || self.house.entropy.salt();
        let mut recorder = Recorder { actor, now: self.now, salt: &salt, owners: &mut self.owners };
        events::begin(self.conn, subject, what, &mut recorder)?;
        // Not everything about it may have been said.
        self.owners.remove(&subject);
        self.published(subject, &what.event)
    }

    /// Forgets the private values of a vault on a legal basis. Returns for each chain how many there were.
    pub fn forget(&mut self, vault: &Vault, basis: &str, actor: &Actor) -> Result<Vec<(Subject, usize)>, ActionError> {
        let basis = crate::domain::base::contact::one_line(basis, 500);
        if basis.is_empty() {
            return Err(ActionError::Refused("Name the legal basis. It stays on the record.".to_owned()));
        }
        let salt = || self.house.entropy.salt();
        let mut recorder = Recorder { actor, now: self.now, salt: &salt, owners: &mut self.owners };
        let found = events::forget::forget_vault(self.conn, vault, &basis, &mut recorder)?;
        self.recorded.extend(found.iter().map(|_| Label { kind: EventKind::ValuesForgotten, notice: None }));
        Ok(found)
    }

    fn published(&mut self, subject: Subject, event: &Event) -> Result<(), ActionError> {
        self.recorded.push(event.label());
        super::outbox::webhooks::tell(self, subject, event)
    }

    /// Puts a letter into the outbox: its values, and the tokens of its links by name. It is rendered when it is sent; the
    /// limits of its receiver may hold it back there.
    pub fn queue<L: Letter>(&mut self, letter: &L, to: &To<'_>, about: About) -> Result<(), ActionError> {
        let json = serde_json::to_string(letter).map_err(|source| LetterError::Data { kind: L::KIND, source })?;
        let unique = self.house.entropy.token().after(self.now);
        let new = NewLetter {
            message_id: format!("<{unique}@{}>", self.house.config.mail.from.domain()),
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
        super::outbox::limits::pass(self, id, (new.kind, to.address), about)
    }

    /// Stores something under a reference that is not taken: 40 bits are short enough to be read out, not to be unique
    /// by chance. `store` says nothing where it is taken.
    pub(crate) fn under_fresh_reference<I>(
        &mut self,
        kind: Kind,
        mut store: impl FnMut(&mut Conn, &Reference) -> Result<Option<I>, StorageError>,
    ) -> Result<(I, Reference), ActionError> {
        loop {
            let reference = self.house.entropy.reference(kind, self.now);
            if let Some(id) = store(self.conn, &reference)? {
                return Ok((id, reference));
            }
        }
    }

    /// What a letter is rendered with, if it is sent now.
    pub fn render_context(&self) -> RenderContext {
        RenderContext::new(&self.house.config, self.now)
    }

    /// An address on our site.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.house.config.server.public_url)
    }
}

/// A reason that staff must give: not empty, bounded.
pub(crate) fn reason(text: &str) -> Result<String, ActionError> {
    let text = crate::domain::base::contact::many_lines(text, 4000);
    if text.is_empty() {
        return Err(ActionError::Refused("Give a reason. It stays on the record.".to_owned()));
    }
    Ok(text)
}
