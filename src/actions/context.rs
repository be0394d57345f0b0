//! What every action works with: one write transaction, the settings, and the errors.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::Config;
use crate::domain::base::ids::{CaseId, CustomerId, Kind, NoticeId, Reference};
use crate::domain::base::moment::Moment;
use crate::domain::cases::case::InvalidTransition;
use crate::domain::enforcement::decision::InvalidDecision;
use crate::domain::record::event::{Label, Owners, Subject};
use crate::entropy::Entropy;
use crate::mail::letter::{LetterError, RenderContext};
use crate::storage::enforcement::policies::{self, Published};
use crate::storage::outbox::webhooks::{self, Endpoint};
use crate::storage::{Conn, StorageError};

/// What actions need beside the database: settings and randomness.
#[derive(Clone, Debug)]
pub struct Context {
    pub config: Config,
    pub entropy: Entropy,
}

/// One write transaction in progress.
pub struct Tx<'a> {
    pub conn: &'a mut Conn,
    pub now: Moment,
    pub context: &'a Context,
    /// What was put on record so far, as the figures of the process count it.
    pub recorded: Vec<Label>,
    /// Whom subjects concern, as far as that is known.
    pub(in crate::actions) owners: HashMap<Subject, Owners>,
    /// The policy in force, once it was asked for.
    pub(in crate::actions) policy: Option<Arc<Published>>,
    /// Systems that want to be told, once somebody asked.
    pub(in crate::actions) endpoints: Option<Arc<Vec<Endpoint>>>,
}

impl<'a> Tx<'a> {
    /// A transaction that begins now.
    pub fn new(conn: &'a mut Conn, now: Moment, context: &'a Context) -> Self {
        Self { conn, now, context, recorded: Vec::new(), owners: HashMap::new(), policy: None, endpoints: None }
    }
}

/// What a transaction goes by and does not change.
#[derive(Clone)]
pub(in crate::actions) struct Snapshot {
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

    /// All endpoints of webhooks; looked up once a transaction, as most have several events.
    pub(in crate::actions) fn endpoints(&mut self) -> Result<Arc<Vec<Endpoint>>, ActionError> {
        if let Some(known) = &self.endpoints {
            return Ok(Arc::clone(known));
        }
        let all = Arc::new(webhooks::all(self.conn)?);
        self.endpoints = Some(Arc::clone(&all));
        Ok(all)
    }

    /// Goes by the policy and the systems to be told that were found a moment before, when what is done was prepared.
    pub(in crate::actions) fn use_snapshot(&mut self, snapshot: &Snapshot) {
        self.policy = Some(Arc::clone(&snapshot.policy));
        self.endpoints = Some(Arc::clone(&snapshot.endpoints));
    }

    /// What a transaction goes by, for one that follows.
    pub(in crate::actions) fn snapshot(&mut self) -> Result<Snapshot, ActionError> {
        Ok(Snapshot { policy: self.policy()?, endpoints: self.endpoints()? })
    }

    /// Stores something under a reference that is not taken: 40 bits are short enough to be read out, not to be unique
    /// by chance. `store` says nothing where it is taken.
    pub(crate) fn under_fresh_reference<I>(
        &mut self,
        kind: Kind,
        mut store: impl FnMut(&mut Conn, &Reference) -> Result<Option<I>, StorageError>,
    ) -> Result<(I, Reference), ActionError> {
        loop {
            let reference = self.context.entropy.reference(kind, self.now);
            if let Some(id) = store(self.conn, &reference)? {
                return Ok((id, reference));
            }
        }
    }

    /// What a letter is rendered with, if it is sent now.
    pub fn render_context(&self) -> RenderContext {
        RenderContext::new(&self.context.config, self.now)
    }

    /// An address on our site.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.context.config.server.public_url)
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
