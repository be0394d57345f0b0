//! `GET` and `POST /respond/{token}`: what was reported, the time left, and the answer. Opening the link
//! changes nothing, however often a mail scanner does it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::answer_fields::Typed;
use super::new_link;
use super::shut_link::Shut;
use crate::actions::answer_case;
use crate::app::App;
use crate::domain::access::token::{PlainToken, Purpose};
use crate::domain::base::moment::Moment;
use crate::domain::cases::answer::AnswerKind;
use crate::domain::cases::case::{CaseState, Outcome};
use crate::domain::enforcement::policy::Policy;
use crate::domain::enforcement::strikes::StrikeStatus;
use crate::domain::intake::notice::Work;
use crate::domain::material::location_state::LocationState;
use crate::domain::record::event::Actor;
use crate::domain::regimes::us_512::counter_notice::CounterState;
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{Frame, Tag, html, see};
use crate::http::seal;
use crate::http::uploads::SentFiles;
use crate::storage::access::links::{self, Target};
use crate::storage::cases::responses::{self, Response};
use crate::storage::cases::{self, Case};
use crate::storage::customers::{self, Customer};
use crate::storage::disputes::counter_notices::{self, Counter};
use crate::storage::enforcement::{policies, strikes};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::works;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::{Conn, StorageError};

/// Locations on one page; the letter promises all of them, so a longer list has further pages.
const SHOWN: i64 = 1000;

/// What a link opens.
pub(super) struct Opened {
    pub case: Case,
    pub notice: NoticeRecord,
    pub works: Vec<Work>,
    pub customer: Customer,
    pub locations: Vec<LocationRow>,
    pub answers: Vec<Response>,
    pub policy: Policy,
    /// Until when the strike of this case counts, where it counts.
    pub counts_until: Option<Moment>,
    pub deadline: Option<Moment>,
    /// Disabled addresses, whichever page of the list is shown.
    pub disabled: Vec<LocationRow>,
    pub counters: Vec<Counter>,
}

impl Opened {
    /// The last answer asked for more time, and the new deadline runs.
    pub fn asked_for_time(&self) -> bool {
        let asked = self.answers.first().is_some_and(|last| last.kind == AnswerKind::MoreTime);
        asked && matches!(self.case.state, CaseState::Awaiting(_))
    }
    /// Addresses that a counter-notice can dispute: disabled, and not disputed already.
    pub fn disputable(&self) -> Vec<LocationRow> {
        let open = |r: &&LocationRow| {
            !self.counters.iter().any(|c| r.counter_id == Some(c.id.0) && c.state != CounterState::Moot)
        };
        self.disabled.iter().filter(open).cloned().collect()
    }
}

fn open(conn: &mut Conn, token: &PlainToken, after: i32, now: Moment) -> Result<Result<Opened, Shut>, StorageError> {
    let Some(link) = links::find(conn, token, Purpose::Respond)? else { return Ok(Err(Shut::Mistyped)) };
    if let Some(at) = link.revoked_at {
        return Ok(Err(Shut::Revoked(at)));
    }
    if link.expires_at <= now {
        return Ok(Err(Shut::Expired(link.expires_at)));
    }
    let Target::Case(id) = link.target else { return Ok(Err(Shut::Mistyped)) };
    let case = cases::get(conn, id)?;
    let strike = case.strike_id.map(|id| strikes::get(conn, id)).transpose()?;
    let policy = policies::in_force(conn, now)?.policy;
    Ok(Ok(Opened {
        notice: notices::get(conn, case.notice_id)?,
        works: works::of_notice(conn, case.notice_id)?,
        customer: customers::get(conn, case.customer_id)?,
        locations: locations::of_case(conn, id, after, SHOWN)?,
        answers: responses::of_case(conn, id)?,
        policy,
        counts_until: strike.filter(|s| s.status == StrikeStatus::Active).map(|s| s.expires_at),
        deadline: cases::deadline(conn, id)?,
        disabled: locations::in_states(conn, id, &[LocationState::Disabled], None)?,
        counters: counter_notices::of_cases(conn, &[id])?,
        case,
    }))
}

#[derive(Template)]
#[template(path = "customer/respond.html")]
struct RespondPage {
    frame: Frame,
    opened: Opened,
    errors: Errors,
    typed: Typed,
    token: String,
    csrf: String,
    now: Moment,
    local: String,
    /// Width of the time that is over, of 600.
    spent: i64,
    statements: Vec<&'static str>,
    share_contact: bool,
    agent_name: String,
}

impl RespondPage {
    fn count(&self) -> u32 {
        self.opened.case.locations
    }
    /// Where the next page of locations goes on.
    fn next(&self) -> Option<i32> {
        let full = self.opened.locations.len() == usize::try_from(SHOWN).unwrap_or(0);
        self.opened.locations.last().filter(|_| full).map(|row| row.position)
    }
    fn addresses(&self) -> String {
        if self.count() == 1 { "1 address".to_owned() } else { format!("{} addresses", self.count()) }
    }
    /// How long there is to answer, where no deadline runs yet.
    fn period(&self) -> Option<String> {
        if let CaseState::Undelivered(u) = &self.opened.case.state { Some(u.period.as_period()) } else { None }
    }
    fn deadline(&self) -> Moment {
        self.opened.deadline.unwrap_or(self.now)
    }
    fn left(&self) -> String {
        self.deadline().since(self.now).in_words()
    }
    fn late(&self) -> bool {
        self.opened.deadline.is_some_and(|deadline| self.now > deadline)
    }
    fn threshold(&self) -> u32 {
        self.opened.policy.segment(&self.opened.customer.segment).threshold
    }
    fn segment(&self) -> String {
        self.opened.policy.segment(&self.opened.customer.segment).label
    }
    fn downstream(&self) -> bool {
        self.opened.policy.segment(&self.opened.customer.segment).downstream_provider
    }
    fn chosen(&self, answer: &str) -> bool {
        self.typed.answer == answer
    }
    fn extension_left(&self) -> bool {
        let extended = self.opened.case.state.forwarded().is_some_and(|f| f.extended);
        self.opened.case.state.open_for_answer(self.now) && !extended && !self.late()
    }
    /// How to reach the complaining party, as in the letter.
    fn contact(&self) -> Vec<String> {
        self.opened.notice.complainant.reach(self.share_contact)
    }
}

#[derive(Template)]
#[template(path = "customer/responded.html")]
struct RespondedPage {
    frame: Frame,
    opened: Opened,
    token: String,
    now: Moment,
}

impl RespondedPage {
    fn last(&self) -> Option<&Response> {
        self.opened.answers.first()
    }
    fn deadline(&self) -> Moment {
        self.opened.deadline.unwrap_or(self.now)
    }
    fn can_change(&self) -> bool {
        self.opened.case.state.open_for_answer(self.now)
    }
    fn closed(&self) -> bool {
        matches!(self.opened.case.state, CaseState::Closed(..))
    }
    fn heading(&self) -> &'static str {
        let running = |c: &Counter| c.state == CounterState::Running;
        match (&self.opened.case.state, self.last()) {
            (CaseState::Closed(..), _) if self.opened.counters.iter().any(running) => "Your counter-notice is running",
            (CaseState::Closed(Outcome::Disabled, _), _) => "Access is disabled",
            (CaseState::Closed(Outcome::Restored, _), _) => "Access has returned",
            (CaseState::Closed(Outcome::Withdrawn, _), _) => "The notice was withdrawn",
            (CaseState::Closed(..), _) => "This case is closed",
            (CaseState::Awaiting(_), Some(_)) => "You have more time",
            _ => "Thank you. Your answer is recorded",
        }
    }
    fn outcome(&self) -> String {
        match &self.opened.case.state {
            CaseState::Closed(outcome, at) => format!("{}, {}", outcome.label(), at.long()),
            _ => String::new(),
        }
    }
}

#[derive(Deserialize)]
pub struct Want {
    change: Option<String>,
    /// Position of the last location on the page before.
    after: Option<i32>,
}

/// Shows the case, or the answer that was given.
pub async fn show(app: Data<App>, path: Path<String>, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    let (token, opened) = match load(&app, &path, want.after.unwrap_or(0)).await? {
        Ok(found) => found,
        Err(shut) => return new_link::explain(&app, shut),
    };
    let now = app.clock.now();
    let open = opened.case.state.open_for_answer(now);
    let answered = matches!(opened.case.state, CaseState::Answered(..)) || opened.asked_for_time();
    if open && (!answered || want.change.is_some() || want.after.is_some()) {
        return form_page(&app, opened, &token, Typed::default(), Errors::default());
    }
    let page = RespondedPage { frame: frame(&app, &opened), token: token.reveal().to_owned(), now, opened };
    html(StatusCode::OK, &page)
}

/// Records the answer.
pub async fn submit(app: Data<App>, path: Path<String>, sent: SentFiles) -> Result<HttpResponse, HttpError> {
    let form = sent.form;
    let (token, opened) = match load(&app, &path, 0).await? {
        Ok(found) => found,
        Err(shut) => return new_link::explain(&app, shut),
    };
    if !seal::fits(&app.secret, "respond", token.reveal(), form.get("csrf")) {
        return Err(HttpError::Stale);
    }
    let typed = Typed::read(&form);
    let mut answer = match (typed.answer(), sent.refused.is_empty()) {
        (Ok(answer), true) => answer,
        (found, _) => {
            let mut errors = found.err().unwrap_or_default();
            for words in sent.refused {
                errors.add("files", words);
            }
            return form_page(&app, opened, &token, typed, errors);
        }
    };
    answer.files = sent.files;
    let id = opened.case.id;
    app.write(move |tx| answer_case(tx, id, &answer, &Actor::CustomerLink)).await?;
    Ok(see(&format!("/respond/{}", token.reveal())))
}

pub(super) async fn load(app: &App, path: &str, after: i32) -> Result<Result<(PlainToken, Opened), Shut>, HttpError> {
    let Some(token) = PlainToken::parse(path) else { return Ok(Err(Shut::Mistyped)) };
    let (wanted, now) = (token.clone(), app.clock.now());
    let found = app.read(move |c| open(c, &wanted, after, now)).await?;
    Ok(found.map(|opened| (token, opened)))
}

pub(super) fn frame(app: &App, opened: &Opened) -> Frame {
    Frame::new(app, Tag::Private(format!("Private link for {}", opened.case.site)))
}

fn form_page(
    app: &App,
    opened: Opened,
    token: &PlainToken,
    typed: Typed,
    errors: Errors,
) -> Result<HttpResponse, HttpError> {
    let now = app.clock.now();
    let forwarded = opened.case.state.forwarded();
    let (all, over) = forwarded.map_or((1, 0), |f| (f.deadline.since(f.at).0.max(1), now.since(f.at).0));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let deadline = opened.deadline.unwrap_or(now);
    let page = RespondPage {
        frame: frame(app, &opened),
        errors,
        typed,
        token: token.reveal().to_owned(),
        csrf: seal::seal(&app.secret, "respond", token.reveal()),
        now,
        local: deadline.local_sentence(&app.config().agent.time_zone).unwrap_or_default(),
        spent: (over.min(all) / (all / 600).max(1)).min(600),
        statements: opened.notice.statements.told(),
        share_contact: app.config().mail.share_full_contact,
        agent_name: app.config().agent.name.clone(),
        opened,
    };
    html(status, &page)
}
