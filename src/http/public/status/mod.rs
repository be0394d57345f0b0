//! `GET /n/{token}`: where a notice stands, in plain words, and what its sender can do. Never the customer's
//! identity before a counter-notice; then name, address and telephone number, as 17 USC 512(g)(2)(B) asks.

pub mod confirm;
pub mod copy;
mod loaded;
pub mod steps;
pub(in crate::http::public) mod words;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::notices::receipt::{Sent, open};
use crate::app::App;
use crate::domain::access::token::PlainToken;
use crate::domain::base::ids::CounterId;
use crate::domain::base::moment::Moment;
use crate::domain::intake::notice::Work;
use crate::domain::regimes::us_512::counter_notice::CounterState;
use crate::domain::regimes::us_512::elements::Class;
use crate::domain::regimes::us_512::finding::{Finding, Weight};
use crate::http::error::HttpError;
use crate::http::form::{Errors, Form};
use crate::http::page::{Frame, Tag, html};
use crate::http::seal;
use crate::storage::disputes::attachments;
use crate::storage::disputes::counter_notices;
use crate::storage::disputes::court_actions;
use crate::storage::disputes::withdrawals;
use crate::storage::enforcement::policies;
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::works;
use crate::storage::material::locations;
use crate::storage::material::public_states::{self, Located};
use crate::storage::{Conn, StorageError};
use loaded::{Disputed, Loaded};
use words::Attention;

/// Addresses on one page.
const SHOWN: usize = 500;

#[derive(Template)]
#[template(path = "public/status.html")]
struct Status {
    frame: Frame,
    l: Loaded,
    missing: Vec<Finding>,
    attention: Vec<Attention>,
    works: Vec<Work>,
    statements: Vec<&'static str>,
    longest: String,
    /// Addresses of earlier pages.
    after: usize,
    token: String,
    csrf: String,
    errors: Errors,
    /// What was typed into the form of a court action, and for which counter-notice.
    typed: Form,
    typed_for: i64,
}

impl Status {
    fn complete(&self) -> bool {
        self.l.sent.notice.class == Class::Complete
    }
    /// Nothing is to be added any more.
    fn can_cure(&self) -> bool {
        !self.complete() && self.l.cured_by.is_none() && self.l.sent.notice.withdrawn_at.is_none()
    }
    fn can_withdraw(&self) -> bool {
        self.l.sent.notice.withdrawn_at.is_none()
    }
    fn title(&self) -> String {
        words::title(self.attention.len(), self.l.sent.notice.withdrawn_at.is_some(), self.missing_first())
    }
    fn missing_first(&self) -> Option<usize> {
        self.can_cure().then_some(self.missing.len())
    }
    /// The addresses of this page.
    fn shown(&self) -> &[Located] {
        let until = self.l.located.len().min(self.after.saturating_add(SHOWN));
        self.l.located.get(self.after..until).unwrap_or_default()
    }
    /// Where the next page goes on.
    fn next(&self) -> Option<usize> {
        let next = self.after.saturating_add(SHOWN);
        (next < self.l.located.len()).then_some(next)
    }
    /// Addresses of this page that can be taken back one by one.
    fn selectable(&self) -> Vec<&Located> {
        self.shown().iter().filter(|l| l.can_be_withdrawn()).collect()
    }
    /// Until when the sender can confirm the email address.
    fn confirm_by(&self) -> Option<Moment> {
        self.l.sent.confirm_by()
    }
    /// The earlier notice that this one repeats. Only for a sender who is proved: whoever types another's address must
    /// not learn of that other's notices.
    fn repeats(&self) -> Option<&NoticeRecord> {
        self.l.repeats.as_ref().filter(|_| self.l.sent.notice.proof.is_identity())
    }
    /// The waiting period of a counter-notice runs.
    fn is_disputed(&self) -> bool {
        self.l.disputes.iter().any(|d| d.counter.state.is_open())
    }
    /// Nothing more happens by itself.
    fn is_over(&self) -> bool {
        self.l.summary.iter().all(|(state, _)| state.has_ended())
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn value(&self, counter: &CounterId, name: &str) -> &str {
        if self.typed_for == counter.0 { self.typed.get(name) } else { "" }
    }
    /// Whether an address was selected to be withdrawn.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn is_ticked(&self, location: &i64) -> bool {
        self.typed.all("urls[]").contains(&location.to_string().as_str())
    }
    /// An error of the form of one counter-notice; the first form carries the ids that the summary links to.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn error(&self, counter: &CounterId, field: &str) -> Option<&str> {
        if self.typed_for == counter.0 { self.errors.at(field) } else { None }
    }
}

fn load(conn: &mut Conn, sent: Sent) -> Result<Loaded, StorageError> {
    let ids: Vec<_> = sent.cases.iter().map(|c| c.id).collect();
    let counters = counter_notices::of_cases(conn, &ids)?;
    let filed = court_actions::of_counters(conn, &counters.iter().map(|c| c.id).collect::<Vec<_>>())?;
    let mut disputes = Vec::new();
    for counter in counters {
        let sent_with = attachments::of_case(conn, counter.case)?;
        disputes.push(Disputed {
            locations: locations::of_counter(conn, counter.id)?,
            files: sent_with.into_iter().filter(|f| f.counter_id == Some(counter.id.0)).collect(),
            filed: filed.iter().filter(|f| f.counter == counter.id).cloned().collect(),
            counter,
        });
    }
    let other = |conn: &mut Conn, id: Option<_>| id.map(|id| notices::get(conn, id)).transpose();
    let located = public_states::of_notice(conn, sent.notice.id)?;
    Ok(Loaded {
        disputes,
        withdrawals: withdrawals::of_notice(conn, sent.notice.id)?,
        cured_by: notices::cured_by(conn, sent.notice.id)?,
        cures: other(conn, sent.notice.cures)?,
        repeats: other(conn, sent.notice.duplicate_of)?,
        summary: public_states::summary(&located),
        located,
        sent,
    })
}

/// Which page of the addresses.
#[derive(Deserialize)]
pub struct Want {
    after: Option<usize>,
}

/// Shows the page.
pub async fn show(app: Data<App>, path: Path<String>, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    let token = PlainToken::parse(&path).ok_or(HttpError::LinkShut)?;
    show_from(&app, &token, want.after.unwrap_or(0), Errors::default(), (Form::default(), 0)).await
}

/// The page, with the errors of a form of it.
pub(super) async fn page(
    app: &App,
    token: &PlainToken,
    errors: Errors,
    typed: (Form, i64),
) -> Result<HttpResponse, HttpError> {
    show_from(app, token, 0, errors, typed).await
}

async fn show_from(
    app: &App,
    token: &PlainToken,
    after: usize,
    errors: Errors,
    (typed, typed_for): (Form, i64),
) -> Result<HttpResponse, HttpError> {
    let (wanted, now) = (token.clone(), app.clock.now());
    let found = app
        .read(move |c| {
            let Some(sent) = open(c, &wanted, now)? else { return Ok(None) };
            let works = works::of_notice(c, sent.notice.id)?;
            let policy = policies::in_force(c, now)?.policy;
            Ok(Some((load(c, sent)?, works, policy)))
        })
        .await?;
    let (l, works, policy) = found.ok_or(HttpError::LinkShut)?;
    let missing: Vec<Finding> =
        l.sent.notice.findings.iter().filter(|f| f.code.weight() == Weight::Missing).cloned().collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Status {
        frame: Frame::new(app, Tag::Private("Private page for this notice".to_owned())),
        attention: words::attention(&l, missing.len()),
        statements: l.sent.notice.statements.made(),
        longest: policy.segments.values().map(|s| s.deadline).max().unwrap_or_default().as_period(),
        works,
        after,
        l,
        missing,
        token: token.reveal().to_owned(),
        csrf: seal::seal(&app.secret, "status", token.reveal()),
        errors,
        typed,
        typed_for,
    };
    html(status, &page)
}
