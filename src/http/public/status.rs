//! `GET /n/{token}`: where a notice stands, in plain words. Never the customer's identity.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::receipt::{Sent, open};
use crate::app::App;
use crate::domain::case::{CaseState, Outcome};
use crate::domain::elements::Class;
use crate::domain::finding::{Finding, Weight};
use crate::domain::token::PlainToken;
use crate::http::error::HttpError;
use crate::http::page::{Frame, Mark, Tag, ok};
use crate::storage::cases::Case;
use crate::storage::locations::{self, LocationRow};

/// Cases whose addresses are listed.
const DETAILED: usize = 50;

#[derive(Template)]
#[template(path = "public/status.html")]
struct Status {
    frame: Frame,
    sent: Sent,
    cases: Vec<(Case, Vec<LocationRow>)>,
    missing: Vec<Finding>,
    token: String,
}

impl Status {
    fn complete(&self) -> bool {
        self.sent.notice.class == Class::Complete
    }
    /// Where a case stands, as a complainant may know it.
    fn stands(&self, state: &CaseState) -> (Mark, String) {
        let (mark, words) = match state {
            CaseState::Received => (("received", "Received"), "It is forwarded next.".to_owned()),
            CaseState::InReview => (("review", "In review"), "Our staff look at it before it is forwarded.".to_owned()),
            CaseState::Awaiting(f) => {
                (("awaiting", "Forwarded"), format!("The customer has until {} to answer.", f.deadline.long()))
            }
            CaseState::Answered(f, _) => (
                ("ok", "Answered"),
                format!("The customer has answered and can correct the answer until {}.", f.deadline.long()),
            ),
            CaseState::Unanswered(_) => (
                ("overdue", "No answer"),
                "The customer did not answer in time. Our staff decide what follows.".to_owned(),
            ),
            CaseState::Closed(Outcome::Removed, at) => {
                (("removed", "Removed"), format!("The customer removed the material. Closed on {}.", at.day()))
            }
            CaseState::Closed(Outcome::Disabled, at) => {
                (("disabled", "Disabled"), format!("We disabled access. Closed on {}.", at.day()))
            }
            CaseState::Closed(Outcome::Resolved, at) => {
                (("closed", "Resolved"), format!("Resolved between you and the customer. Closed on {}.", at.day()))
            }
            CaseState::Closed(Outcome::NoAction, at) => {
                (("closed", "Closed"), format!("Closed without action on {}.", at.day()))
            }
        };
        (mark.into(), words)
    }
    /// Addresses of a case that are not listed.
    fn unlisted(&self, case: &Case, rows: &[LocationRow]) -> usize {
        usize::try_from(case.locations).unwrap_or(0).saturating_sub(rows.len())
    }
    fn left_out(&self) -> u32 {
        self.sent.notice.not_hosted() + self.sent.notice.unreadable
    }
    fn location(&self, row: &LocationRow) -> Mark {
        match row.state.as_str() {
            "removed" => ("removed", "Removed"),
            "disabled" => ("disabled", "Disabled"),
            _ => ("awaiting", "Reported"),
        }
        .into()
    }
}

/// Shows the page.
pub async fn show(app: Data<App>, path: Path<String>) -> Result<HttpResponse, HttpError> {
    let token = PlainToken::parse(&path).ok_or(HttpError::LinkShut)?;
    let (reveal, now) = (token.reveal().to_owned(), app.clock.now());
    let found = app
        .read(move |c| {
            let Some(mut sent) = open(c, &token, now)? else { return Ok(None) };
            let mut cases = Vec::new();
            for case in std::mem::take(&mut sent.cases) {
                // Addresses of the first cases only; every case has its line.
                let most = if cases.len() < DETAILED { 100 } else { 0 };
                let rows = locations::of_case(c, case.id, 0, most)?;
                cases.push((case, rows));
            }
            Ok(Some((sent, cases)))
        })
        .await?;
    let (sent, cases) = found.ok_or(HttpError::LinkShut)?;
    let missing = sent.notice.findings.iter().filter(|f| f.code.weight() == Weight::Missing).cloned().collect();
    ok(&Status {
        frame: Frame::new(&app, Tag::Private("Private page".to_owned())),
        sent,
        cases,
        missing,
        token: reveal,
    })
}
