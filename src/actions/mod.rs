//! What can be done: one use case, one file, one write transaction.
//!
//! Form, API, mail, command line and timers reach the same action; an entrance never changes state by
//! itself. An action reads like the procedure in a manual: load, ask the domain for the transition, save,
//! record the event, queue the letter.

mod admit_notice;
mod answer_case;
mod approve_decision;
mod close_case;
mod complete_letter;
mod confirm_clock;
mod confirm_sender;
mod count_strike;
mod disable_locations;
mod end_links;
mod end_missing;
mod expire_strike;
mod export_evidence;
mod extend_deadline;
mod find_repeats;
mod flag_customer;
mod forward_case;
mod hold_notices;
mod import_customers;
mod keep_files;
mod link_notice;
mod lose_contact;
mod mail_facts;
mod mail_thread;
mod make_key;
mod match_locations;
mod note_case;
mod once;
mod open_cases;
mod open_house;
mod outbox_limits;
mod pass_deadline;
mod prepare_notices;
mod private_links;
mod propose_decision;
mod publish_policy;
mod put_back;
mod put_customer;
mod put_staff;
mod reach_customer;
mod receipt;
mod receive_counter_notice;
mod receive_court_action;
mod receive_document;
mod receive_mail;
mod receive_notice;
mod record_bounce;
mod record_delivery;
mod record_probe;
mod release_locations;
mod remind_customer;
mod remind_host;
mod renew_link;
mod restore_locations;
mod retry_letter;
mod review_done;
mod running_deadline;
mod second_factor;
mod send_digest;
mod send_gathered;
mod send_notice;
mod set_sender;
mod show_letter;
mod sign_in;
mod staff_access;
mod stand_up;
mod take_over;
mod tell_outcome;
mod tell_sender;
mod tell_withdrawals;
mod told;
mod void_strike;
mod webhooks;
mod weigh_bounce;
mod withdraw_notice;

pub use answer_case::{Answer, answer_case};
pub use approve_decision::settle_decision;
pub use close_case::close_case;
pub use complete_letter::complete_letter;
pub use confirm_clock::confirm_clock;
pub use confirm_sender::{confirm_sender, stop_waiting};
pub use disable_locations::{confirm_disabled, disable_locations};
pub use end_links::end_links;
pub use end_missing::{Ending, end_missing};
pub use expire_strike::expire_strike;
pub use export_evidence::record_export;
pub use extend_deadline::extend_deadline;
pub use forward_case::forward_case;
pub use import_customers::{
    Account as ImportedAccount, ImportAsset, ImportLine, Imported, LineChanges, import_customers,
};
pub use lose_contact::not_reached;
pub use make_key::{PREFIX as KEY_PREFIX, make_key, revoke_key};
pub use match_locations::match_locations;
pub use note_case::note_case;
pub use once::{Answer as OnceAnswer, Once, once};
pub use open_house::open_house;
pub use pass_deadline::pass_deadline;
pub use prepare_notices::{OfDocument, Prepared, prepare_notice, prepare_notices};
pub use propose_decision::{Proposal, propose_decision};
pub use publish_policy::publish_policy;
pub use put_back::put_back;
pub use put_customer::{AssetLine, LineOutcome, PutCustomer, end_asset, import_assets, put_customer, replace_assets};
pub use put_staff::put_staff;
pub use reach_customer::{ContactMade, record_contact};
pub use receive_counter_notice::receive_counter_notice;
pub use receive_court_action::receive_court_action;
pub use receive_document::{Taken, receive_document};
pub use receive_mail::{Envelope, MailKind, MailOutcome, receive_mail};
pub use receive_notice::{Kept, MatchedLocation, Received, keep_unreadable, receive_notice, receive_unreadable};
pub use record_delivery::record_delivery;
pub use record_probe::{ask_probe, claim_probe, record_probe};
pub use remind_customer::remind_customer;
pub use remind_host::remind_host;
pub use renew_link::renew_link;
pub use restore_locations::{confirm_restored, restore_locations};
pub use retry_letter::retry_letter;
pub use review_done::review_done;
pub use running_deadline::running_deadline;
pub use second_factor::{
    pass_second_step, renew_recovery_codes, reset_second_factor, turn_off_second_factor, turn_on_second_factor,
};
pub use send_digest::send_digest;
pub use send_gathered::send_gathered;
pub use send_notice::send_again;
pub use set_sender::set_sender;
pub use show_letter::{ShownLetter, show_letter};
pub use sign_in::{sign_in, sign_out};
pub use staff_access::{disable_staff, enable_staff, remove_staff};
pub use take_over::{Conflict, ConflictOutcome};
pub use tell_outcome::tell_gathered_outcome;
pub use tell_withdrawals::tell_withdrawals;
pub use void_strike::void_strike;
pub use webhooks::{add_endpoint, replay_delivery, rotate_secret, switch_endpoint};
pub use withdraw_notice::{Scope as WithdrawScope, Withdrawing, withdraw_notice};

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::Config;
use crate::domain::case::InvalidTransition;
use crate::domain::decision::InvalidDecision;
use crate::domain::event::{Actor, Event, EventKind, Label, Owners, Recorded, Subject, Vault};
use crate::domain::ids::{CaseId, CustomerId, Kind, NoticeId, Reference};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::private_link::NamedTokens;
use crate::domain::visible::visible_line;
use crate::entropy::Entropy;
use crate::mail::letter::{Letter, LetterError, RenderContext};
use crate::storage::events::Recorder;
use crate::storage::letter_data::LetterData;
use crate::storage::letters::NewLetter;
use crate::storage::policies::{self, Published};
use crate::storage::webhooks::Endpoint;
use crate::storage::{Conn, StorageError, events, letters};

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
    policy: Option<Arc<Published>>,
    /// Systems that want to be told, once somebody asked.
    endpoints: Option<Arc<Vec<Endpoint>>>,
}

impl<'a> Tx<'a> {
    /// A transaction that begins now.
    pub fn new(conn: &'a mut Conn, now: Moment, house: &'a House) -> Self {
        Self { conn, now, house, recorded: Vec::new(), owners: HashMap::new(), policy: None, endpoints: None }
    }
}

/// What a transaction goes by and does not change.
#[derive(Clone)]
struct Ground {
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
    fn goes_by(&mut self, ground: &Ground) {
        self.policy = Some(Arc::clone(&ground.policy));
        self.endpoints = Some(Arc::clone(&ground.endpoints));
    }

    /// What a transaction goes by, for one that follows.
    fn ground(&mut self) -> Result<Ground, ActionError> {
        Ok(Ground { policy: self.policy()?, endpoints: webhooks::endpoints(self)? })
    }

    /// Appends to the record.
    pub fn event(&mut self, subject: Subject, actor: &Actor, event: Event) -> Result<(), ActionError> {
        let what = told::with_digests(self, subject, event)?;
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
        let basis = crate::domain::contact::one_line(basis, 500);
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
        webhooks::tell(self, subject, event)
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
        outbox_limits::pass(self, id, (new.kind, to.address), about)
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
    let text = crate::domain::contact::many_lines(text, 4000);
    if text.is_empty() {
        return Err(ActionError::Refused("Give a reason. It stays on the record.".to_owned()));
    }
    Ok(text)
}
