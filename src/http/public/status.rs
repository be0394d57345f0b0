//! `GET /n/{token}`: where a notice stands, in plain words, and what its sender can do. Never the customer's
//! identity before a counter-notice; then name, address and telephone number, as 17 USC 512(g)(2)(B) asks.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::receipt::{Sent, open};
use super::status_words::{self, Attention};
use crate::app::App;
use crate::domain::case::CaseState;
use crate::domain::counter_notice::CounterState;
use crate::domain::elements::Class;
use crate::domain::finding::{Finding, Weight};
use crate::domain::ids::CounterId;
use crate::domain::token::PlainToken;
use crate::http::error::HttpError;
use crate::http::form::{Errors, Form};
use crate::http::page::{Frame, Mark, Tag, html};
use crate::http::seal;
use crate::storage::attachments::{self, Attachment};
use crate::storage::cases::Case;
use crate::storage::counter_notices::{self, Counter};
use crate::storage::court_actions::{self, Filed};
use crate::storage::locations::{self, LocationRow};
use crate::storage::notices::{self, NoticeRecord};
use crate::storage::withdrawals::{self, Withdrawal};
use crate::storage::{Conn, StorageError};

/// Cases whose addresses are listed.
const DETAILED: usize = 50;

/// A counter-notice with the case it disputes, what it came with, and what was filed about it.
pub(super) struct Disputed {
    pub counter: Counter,
    pub case: Case,
    pub locations: Vec<LocationRow>,
    pub files: Vec<Attachment>,
    pub filed: Vec<Filed>,
}

/// Everything the page shows.
pub(super) struct Loaded {
    pub sent: Sent,
    pub cases: Vec<(Case, Vec<LocationRow>)>,
    pub disputes: Vec<Disputed>,
    pub withdrawals: Vec<Withdrawal>,
    pub cured_by: Option<NoticeRecord>,
    pub cures: Option<NoticeRecord>,
    pub repeats: Option<NoticeRecord>,
}

#[derive(Template)]
#[template(path = "public/status.html")]
struct Status {
    frame: Frame,
    l: Loaded,
    missing: Vec<Finding>,
    attention: Vec<Attention>,
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
        status_words::title(self.attention.len(), self.l.sent.notice.withdrawn_at.is_some(), self.missing_first())
    }
    fn missing_first(&self) -> Option<usize> {
        self.can_cure().then_some(self.missing.len())
    }
    fn stands(&self, state: &CaseState) -> (Mark, String) {
        status_words::stands(state)
    }
    /// Addresses of a case that are not listed.
    fn unlisted(&self, case: &Case, rows: &[LocationRow]) -> usize {
        usize::try_from(case.locations).unwrap_or(0).saturating_sub(rows.len())
    }
    /// Addresses without a case that are not listed.
    fn more_left_out(&self) -> usize {
        let cases: usize = self.l.cases.iter().map(|(c, _)| usize::try_from(c.locations).unwrap_or(0)).sum();
        let all = usize::try_from(self.l.sent.notice.locations).unwrap_or(0);
        let unmatched = if self.complete() { all.saturating_sub(cases) } else { self.l.sent.left_out.len() };
        unmatched.saturating_sub(self.l.sent.left_out.len())
    }
    /// Listed addresses that can be taken back one by one.
    fn selectable(&self) -> Vec<&LocationRow> {
        self.l.cases.iter().flat_map(|(_, rows)| rows).filter(|r| r.withdrawn_at.is_none()).collect()
    }
    /// Cases of which something can be taken back.
    fn withdrawable(&self) -> Vec<&Case> {
        let open = |rows: &[LocationRow]| rows.is_empty() || rows.iter().any(|r| r.withdrawn_at.is_none());
        self.l.cases.iter().filter(|(_, rows)| open(rows)).map(|(case, _)| case).collect()
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn value(&self, counter: &CounterId, name: &str) -> &str {
        if self.typed_for == counter.0 { self.typed.get(name) } else { "" }
    }
    /// An error of the form of one counter-notice; the first form carries the ids that the summary links to.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn error(&self, counter: &CounterId, field: &str) -> Option<&str> {
        if self.typed_for == counter.0 { self.errors.at(field) } else { None }
    }
}

fn load(conn: &mut Conn, mut sent: Sent) -> Result<Loaded, StorageError> {
    let mut cases = Vec::new();
    for case in std::mem::take(&mut sent.cases) {
        // Addresses of the first cases only; every case has its line.
        let most = if cases.len() < DETAILED { 100 } else { 0 };
        let rows = locations::of_case(conn, case.id, 0, most)?;
        cases.push((case, rows));
    }
    let ids: Vec<_> = cases.iter().map(|(c, _)| c.id).collect();
    let counters = counter_notices::of_cases(conn, &ids)?;
    let filed = court_actions::of_counters(conn, &counters.iter().map(|c| c.id).collect::<Vec<_>>())?;
    let by_id: HashMap<_, _> = cases.iter().map(|(c, _)| (c.id, c)).collect();
    let mut disputes = Vec::new();
    for counter in counters {
        let Some(case) = by_id.get(&counter.case) else { continue };
        let sent_with = attachments::of_case(conn, counter.case)?;
        disputes.push(Disputed {
            case: (*case).clone(),
            locations: locations::of_counter(conn, counter.id)?,
            files: sent_with.into_iter().filter(|f| f.counter_id == Some(counter.id.0)).collect(),
            filed: filed.iter().filter(|f| f.counter == counter.id).cloned().collect(),
            counter,
        });
    }
    let other = |conn: &mut Conn, id: Option<_>| id.map(|id| notices::get(conn, id)).transpose();
    Ok(Loaded {
        disputes,
        withdrawals: withdrawals::of_notice(conn, sent.notice.id)?,
        cured_by: notices::cured_by(conn, sent.notice.id)?,
        cures: other(conn, sent.notice.cures)?,
        repeats: other(conn, sent.notice.duplicate_of)?,
        cases,
        sent,
    })
}

/// Shows the page.
pub async fn show(app: Data<App>, path: Path<String>) -> Result<HttpResponse, HttpError> {
    let token = PlainToken::parse(&path).ok_or(HttpError::LinkShut)?;
    page(&app, &token, Errors::default(), (Form::default(), 0)).await
}

/// The page, with the errors of a form of it.
pub(super) async fn page(
    app: &App,
    token: &PlainToken,
    errors: Errors,
    (typed, typed_for): (Form, i64),
) -> Result<HttpResponse, HttpError> {
    let (wanted, now) = (token.clone(), app.clock.now());
    let found = app
        .read(move |c| {
            let Some(sent) = open(c, &wanted, now)? else { return Ok(None) };
            load(c, sent).map(Some)
        })
        .await?;
    let l = found.ok_or(HttpError::LinkShut)?;
    let missing: Vec<Finding> =
        l.sent.notice.findings.iter().filter(|f| f.code.weight() == Weight::Missing).cloned().collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Status {
        frame: Frame::new(app, Tag::Private("Private page for this notice".to_owned())),
        attention: status_words::attention(&l, missing.len()),
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
