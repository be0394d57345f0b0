//! `GET /staff/outbox`: every letter, and what the receiving server said.

pub mod webhooks;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::cases::timeline::{delivery, letter_name};
use super::layout::desk::{CAP, Desk};
use crate::app::App;
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::moment::Moment;
use crate::http::access::Staff;
use crate::http::error::HttpError;
use crate::http::page::{Mark, ok};
use crate::storage::outbox::letters::{self, LetterRow};
use crate::storage::outbox::letters_to;

const PAGE: i64 = 50;

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Want {
    state: Option<String>,
    address: Option<String>,
    before: Option<i64>,
}

struct Line {
    letter: LetterRow,
    name: &'static str,
    mark: Mark,
    when: String,
    /// Can be sent again.
    again: bool,
}

#[derive(Template)]
#[template(path = "staff/outbox.html")]
struct OutboxPage {
    desk: Desk,
    state: String,
    address: String,
    way: String,
    /// View, heading, count.
    views: Vec<(&'static str, &'static str, i64)>,
    lines: Vec<Line>,
    with_deadline: usize,
    next: Option<i64>,
}

/// Views: name in the address, heading, states.
const VIEWS: [(&str, &str, &[&str]); 6] = [
    ("", "All", &["failed", "bounced", "deferred", "queued", "sending", "accepted", "withheld", "gathered"]),
    ("failed", "Refused or bounced, need attention", &["failed", "bounced"]),
    ("deferred", "Deferred, retried", &["deferred"]),
    ("queued", "Queued", &["queued", "sending"]),
    ("withheld", "Withheld: over a receiver’s limit, or no mail server", &["withheld", "gathered"]),
    ("accepted", "Accepted by the server", &["accepted"]),
];

/// Shows the page.
pub async fn show(app: Data<App>, who: Staff, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    let desk = Desk::load(&app, who, "outbox").await?;
    let want = want.into_inner();
    let state = want.state.clone().unwrap_or_default();
    let (_, _, states) = VIEWS.into_iter().find(|(name, _, _)| *name == state).ok_or(HttpError::NotFound)?;
    let address = want.address.clone().unwrap_or_default().trim().chars().take(254).collect::<String>();
    let wanted = EmailAddress::parse(&address);
    let before = want.before;
    let (found, counts) = app
        .read(move |c| {
            let found = match &wanted {
                Some(address) => letters_to::newest(c, address.as_str(), before, PAGE)?,
                None => letters::in_states(c, states, before, PAGE)?,
            };
            let mut counts = Vec::new();
            for (name, heading, states) in VIEWS {
                counts.push((name, heading, letters::count_in(c, states, CAP)?));
            }
            Ok((found, counts))
        })
        .await?;
    let full = found.len() == usize::try_from(PAGE).unwrap_or(0);
    let next = found.last().filter(|_| full).map(|l| l.id);
    let lines: Vec<Line> = found.into_iter().map(line).collect();
    let with_deadline = lines.iter().filter(|l| l.mark.name == "bounced" && l.letter.carries_deadline).count();
    ok(&OutboxPage { desk, state, address, way: app.transport.describe(), views: counts, lines, with_deadline, next })
}

fn line(letter: LetterRow) -> Line {
    Line {
        name: letter_name(&letter.kind),
        mark: delivery(&letter).into(),
        when: Moment(letter.settled_at.unwrap_or(letter.created_at)).stamp(),
        again: matches!(letter.state.as_str(), "failed" | "deferred" | "withheld"),
        letter,
    }
}
