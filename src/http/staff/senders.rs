//! `GET /staff/senders`: how reliable each complainant and each sending domain has been; one sender; what staff set.
//! Standing never refuses a notice.

use std::collections::HashMap;
use std::fmt::Write;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::cases::timeline::{Entry, merge};
use super::layout::desk::{CAP, Desk};
use crate::actions::{ActionError, set_sender};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::SenderId;
use crate::domain::record::event::Subject;
use crate::domain::senders::sender::{ENOUGH, Grade, SenderCounts, Setting, WATCH_BELOW};
use crate::http::access::{Staff, StaffForm};
use crate::http::charts::percent_bar;
use crate::http::csv::cell;
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{Mark, html, ok, see};
use crate::storage::intake::notice_lists;
use crate::storage::intake::notices::NoticeRecord;
use crate::storage::record::events;
use crate::storage::senders::{self, Sender, Wanted, sender_figures};
use crate::storage::{Conn, StorageError};

const PAGE: i64 = 50;

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Want {
    q: Option<String>,
    standing: Option<String>,
    least: Option<i64>,
    by: Option<String>,
    after: Option<String>,
}

/// A sender with its figures.
struct Line {
    sender: Sender,
    counts: SenderCounts,
    /// Notices in its name that are not proved to be its own.
    claims: SenderCounts,
    precision: String,
}

impl Line {
    fn mark(&self) -> Mark {
        self.sender.label().into()
    }
}

#[derive(Template)]
#[template(path = "staff/senders.html")]
struct SendersPage {
    desk: Desk,
    lines: Vec<Line>,
    all: i64,
    watched: i64,
    restricted: i64,
    /// Of the senders on the page.
    sum: SenderCounts,
    want: Want,
    q: String,
    next: Option<String>,
}

impl SendersPage {
    fn grades(&self) -> [Grade; 5] {
        Grade::ALL
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn chosen(&self, grade: &Grade) -> bool {
        self.want.standing.as_deref() == Some(grade.code())
    }
    fn least(&self) -> i64 {
        self.want.least.unwrap_or(1)
    }
    fn domains(&self) -> bool {
        self.want.by.as_deref() == Some("domain")
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn share(&self, part: &i64) -> String {
        if self.sum.sent == 0 {
            "–".to_owned()
        } else {
            format!("{}%", (*part * 100 + self.sum.sent / 2) / self.sum.sent)
        }
    }
}

fn wanted(want: &Want) -> Wanted {
    let after = want.after.as_deref().and_then(|a| a.split_once('.'));
    Wanted {
        domains: want.by.as_deref() == Some("domain"),
        grade: want.standing.as_deref().and_then(|s| s.parse().ok()),
        at_least: want.least.unwrap_or(0),
        after: after.and_then(|(sent, id)| Some((sent.parse().ok()?, id.parse().ok()?))),
    }
}

fn lines(
    conn: &mut Conn,
    found: Vec<Sender>,
    now: crate::domain::base::moment::Moment,
) -> Result<Vec<Line>, StorageError> {
    let ids: Vec<SenderId> = found.iter().map(|s| s.id).collect();
    let counts: HashMap<SenderId, SenderCounts> = sender_figures::counts_of(conn, &ids, now)?;
    let claims: HashMap<SenderId, SenderCounts> = sender_figures::claims_of(conn, &ids, now)?;
    Ok(found
        .into_iter()
        .map(|sender| {
            let counts = counts.get(&sender.id).copied().unwrap_or_default();
            Line {
                claims: claims.get(&sender.id).copied().unwrap_or_default(),
                precision: counts.precision().map_or_else(String::new, |p| percent_bar(p, WATCH_BELOW)),
                sender,
                counts,
            }
        })
        .collect())
}

/// Shows the list.
pub async fn show(app: Data<App>, who: Staff, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    let desk = Desk::load(&app, who, "senders").await?;
    let want = want.into_inner();
    let page = app
        .read(move |c| {
            let q = one_line(want.q.as_deref().unwrap_or_default(), 200);
            let found =
                if q.is_empty() { senders::list(c, &wanted(&want), PAGE)? } else { senders::search(c, &q, PAGE)? };
            let full = q.is_empty() && found.len() == usize::try_from(PAGE).unwrap_or(0);
            let next = found.last().filter(|_| full).map(|s| format!("{}.{}", s.sent, s.id));
            let lines = lines(c, found, desk.now)?;
            Ok(SendersPage {
                all: senders::count_graded(c, None, CAP)?,
                watched: senders::count_graded(c, Some(Grade::Watch), CAP)?,
                restricted: senders::count_graded(c, Some(Grade::Restricted), CAP)?,
                sum: sum(&lines),
                lines,
                want,
                q,
                next,
                desk,
            })
        })
        .await?;
    ok(&page)
}

fn sum(lines: &[Line]) -> SenderCounts {
    let mut sum = SenderCounts::default();
    for Line { counts, .. } in lines {
        sum.sent += counts.sent;
        sum.complete += counts.complete;
        sum.withdrawn += counts.withdrawn;
        sum.countered += counts.countered;
    }
    sum
}

/// The list as comma-separated values; every page of it.
pub async fn csv(app: Data<App>, _: Staff, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    let (mut wanted, now) = (wanted(&want), app.clock.now());
    let mut out = String::from(
        "sender,address,sent,valid,deficient,withdrawn,countered,unmatched,duplicate,unproved,precision,standing\n",
    );
    loop {
        let (asked, limit) = (wanted.clone(), 500);
        let page = app
            .read(move |c| {
                let found = senders::list(c, &asked, limit)?;
                lines(c, found, now)
            })
            .await?;
        for l in &page {
            let n = &l.counts;
            let precision = n.precision().map_or_else(String::new, |p| p.to_string());
            let _ = writeln!(
                out,
                "{},{},{},{},{},{},{},{},{},{},{precision},{}",
                cell(&l.sender.name),
                cell(&l.sender.address),
                n.sent,
                n.valid(),
                n.deficient(),
                n.withdrawn,
                n.countered,
                n.unmatched,
                n.duplicate,
                l.claims.sent,
                l.sender.grade.code()
            );
        }
        wanted.after = page.last().map(|l| (l.sender.sent, l.sender.id.0));
        if page.len() < 500 || out.len() > 20_000_000 {
            break;
        }
    }
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("content-disposition", "attachment; filename=\"senders.csv\""))
        .body(out))
}

#[derive(Template)]
#[template(path = "staff/sender.html")]
struct SenderPage {
    desk: Desk,
    line: Line,
    domain: Option<Sender>,
    addresses: Vec<Sender>,
    names: Vec<String>,
    recent: Vec<NoticeRecord>,
    timeline: Vec<Entry>,
    errors: Errors,
    why: String,
}

impl SenderPage {
    fn settings(&self) -> [Setting; 3] {
        Setting::ALL
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn is_set(&self, setting: &Setting) -> bool {
        self.line.sender.setting == *setting
    }
    fn enough(&self) -> i64 {
        ENOUGH
    }
}

async fn page(app: &App, who: Staff, id: i64, errors: Errors, why: String) -> Result<HttpResponse, HttpError> {
    let desk = Desk::load(app, who, "senders").await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = app
        .read(move |c| {
            let sender = senders::get(c, SenderId(id))?;
            let about = events::of(c, Subject::Sender(sender.id), None, 50)?;
            let domain = sender.domain.map(|d| senders::get(c, d)).transpose()?;
            let addresses = if sender.is_domain { senders::of_domain(c, sender.id, 50)? } else { Vec::new() };
            let names = senders::names_of(c, sender.id)?;
            let recent = notice_lists::of_sender(c, sender.id, 20)?;
            let line = lines(c, vec![sender], desk.now)?.pop();
            let line = line.ok_or(StorageError::NotFound { table: "senders", id: id.to_string() })?;
            Ok(SenderPage { desk, line, domain, addresses, names, recent, timeline: merge(&about, &[]), errors, why })
        })
        .await?;
    html(status, &page)
}

/// One sender.
pub async fn one(app: Data<App>, who: Staff, path: Path<i64>) -> Result<HttpResponse, HttpError> {
    page(&app, who, path.into_inner(), Errors::default(), String::new()).await
}

/// Sets how a sender is treated.
pub async fn set(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Lead)?;
    let (id, actor, why) = (path.into_inner(), sent.staff.actor(), sent.form.get("why").to_owned());
    let mut errors = Errors::default();
    let Ok(setting) = sent.form.get("setting").parse::<Setting>() else {
        errors.add("s-automatic", "Choose how the sender is treated");
        return page(&app, sent.staff, id, errors, why).await;
    };
    let reason = why.clone();
    match app.write(move |tx| set_sender(tx, SenderId(id), setting, &reason, &actor)).await {
        Ok(()) => Ok(see(&format!("/staff/senders/{id}"))),
        Err(ActionError::Refused(words)) => {
            errors.add("why", words);
            page(&app, sent.staff, id, errors, why).await
        }
        Err(other) => Err(other.into()),
    }
}
