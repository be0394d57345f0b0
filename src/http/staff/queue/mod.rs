//! `GET /staff/`: what needs someone now. Needs review, awaiting customer, answered, unanswered, flagged;
//! search by reference, customer, domain, sender.

pub mod bulk;
pub(in crate::http::staff) mod lines;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::layout::desk::Desk;
use super::queue::lines::{
    CounterLine, FlagLine, Line, OwnerlessLine, PendingLine, ReviewLine, counter_lines, flag_lines, lines,
    ownerless_lines, pending_lines, review_lines,
};
use crate::actions::review_done as mark_done;
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::{Kind, Reference};
use crate::domain::enforcement::policy::Policy;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::page::{ok, see};
use crate::storage::cases::{self, Place};
use crate::storage::customers::{self, Customer};
use crate::storage::enforcement::policies;
use crate::storage::intake::notice_lists::Ownerless;
use crate::storage::intake::notices;
use crate::storage::{Conn, StorageError, search};

/// Rows of a whole view, and of each group on the first page.
const PAGE: i64 = 50;
const GROUP: i64 = 6;
/// Accounts on a page of a search.
const ACCOUNTS: i64 = 20;

#[derive(Clone, Debug, Deserialize)]
pub struct Want {
    view: Option<String>,
    q: Option<String>,
    segment: Option<String>,
    /// Place in the list to go on from: `time.row`.
    after: Option<String>,
}

/// One group of the table.
struct Group {
    title: &'static str,
    view: &'static str,
    lines: Vec<Line>,
    more: bool,
}

#[derive(Template)]
#[template(path = "staff/queue.html")]
struct QueuePage {
    desk: Desk,
    view: String,
    segment: String,
    segments: Vec<(String, String)>,
    groups: Vec<Group>,
    reviews: Vec<ReviewLine>,
    flags: Vec<FlagLine>,
    pending: Vec<PendingLine>,
    counters: Vec<CounterLine>,
    ownerless: Vec<OwnerlessLine>,
    /// Notices of which some addresses are of no account.
    in_part: Vec<OwnerlessLine>,
    /// Customers found by a search.
    found: Vec<Customer>,
    notice: Option<String>,
    next: Option<String>,
}

impl QueuePage {
    /// Whether the first page shows fewer than there are.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn cut(&self, shown: usize, all: &i64) -> bool {
        self.view.is_empty() && i64::try_from(shown).is_ok_and(|n| n < *all)
    }
    fn empty(&self) -> bool {
        self.groups.iter().all(|g| g.lines.is_empty())
            && self.reviews.is_empty()
            && self.flags.is_empty()
            && self.pending.is_empty()
            && self.counters.is_empty()
            && self.ownerless.is_empty()
            && self.in_part.is_empty()
            && self.found.is_empty()
    }
}

/// `/staff` without the slash.
pub async fn redirect(_: Staff) -> HttpResponse {
    see("/staff/")
}

/// Shows the queue, a view of it, or the result of a search.
pub async fn show(app: Data<App>, who: Staff, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    let want = want.into_inner();
    let q = one_line(&want.q.clone().unwrap_or_default(), 200);
    if let Some(path) = direct(&app, &q).await? {
        return Ok(see(&path));
    }
    let mut desk = Desk::load(&app, who, "queue").await?;
    let now = app.clock.now();
    desk.q.clone_from(&q);
    let page = app
        .read(move |c| {
            let policy = policies::in_force(c, now)?.policy;
            if q.is_empty() { view(c, desk, &want, &policy) } else { result(c, desk, (&q, &want), &policy) }
        })
        .await?;
    ok(&page)
}

/// A reference goes straight to its page.
async fn direct(app: &App, q: &str) -> Result<Option<String>, HttpError> {
    let Ok(reference) = q.parse::<Reference>() else { return Ok(None) };
    let wanted = reference.clone();
    let known = app
        .read(move |c| {
            Ok(match wanted.kind() {
                Kind::Case => cases::by_reference(c, &wanted)?.is_some(),
                Kind::Notice => notices::by_reference(c, &wanted)?.is_some(),
            })
        })
        .await?;
    let folder = if reference.kind() == Kind::Case { "cases" } else { "notices" };
    Ok(known.then(|| format!("/staff/{folder}/{reference}")))
}

fn page(desk: Desk, view: &str, segment: &str, policy: &Policy) -> QueuePage {
    QueuePage {
        desk,
        view: view.to_owned(),
        segment: segment.to_owned(),
        segments: policy.segments.iter().map(|(name, s)| (name.clone(), s.label.clone())).collect(),
        groups: Vec::new(),
        reviews: Vec::new(),
        flags: Vec::new(),
        pending: Vec::new(),
        counters: Vec::new(),
        ownerless: Vec::new(),
        in_part: Vec::new(),
        found: Vec::new(),
        notice: None,
        next: None,
    }
}

const STATES: [(&str, &str, &str); 7] = [
    ("unanswered", "unanswered", "Unanswered, past the customer deadline"),
    ("held", "review", "Held before forwarding"),
    ("received", "received", "Received, not forwarded yet"),
    ("forwarded", "forwarded", "Forwarded, no one reached yet"),
    ("awaiting", "awaiting", "Awaiting customer"),
    ("answered", "answered", "Answered"),
    ("closed", "closed", "Closed"),
];

fn view(conn: &mut Conn, desk: Desk, want: &Want, policy: &Policy) -> Result<QueuePage, StorageError> {
    let view = want.view.clone().unwrap_or_default();
    let segment = want.segment.clone().filter(|s| policy.segments.contains_key(s)).unwrap_or_default();
    let after = want.after.as_deref().and_then(read_place);
    let now = desk.now;
    let mut page = page(desk, &view, &segment, policy);
    let whole = view.is_empty();
    if whole || view == "review" {
        page.reviews = review_lines(conn, after, if whole { GROUP } else { PAGE }, now)?;
        if !whole && page.reviews.len() == usize::try_from(PAGE).unwrap_or(0) {
            page.next = page.reviews.last().map(|l| format!("{}.{}", l.review.raised_at.0, l.review.id));
        }
    }
    if whole || view == "counter" {
        page.counters = counter_lines(conn, if whole { GROUP } else { 500 }, now)?;
    }
    if whole || view == "flagged" {
        page.flags = flag_lines(conn, if whole { GROUP } else { 500 }, policy, now)?;
        page.pending = pending_lines(conn, now)?;
    }
    let before = after.map(|(_, id)| id);
    if view == "without-owner" {
        page.ownerless = ownerless_lines(conn, Ownerless::Whole, before, PAGE)?;
        page.next = next_notice(&page.ownerless);
    }
    if view == "in-part" {
        page.in_part = ownerless_lines(conn, Ownerless::InPart, before, PAGE)?;
        page.next = next_notice(&page.in_part);
    }
    if whole || view == "requested" {
        requested(conn, &mut page, (before, whole), policy)?;
    }
    let only = Some(segment.as_str()).filter(|s| !s.is_empty());
    for (name, state, title) in STATES {
        let shown = view == name || (whole && name != "closed");
        if !shown {
            continue;
        }
        let limit = if whole { GROUP } else { PAGE };
        let mut found = cases::in_state(conn, state, only, after.map(|(at, id)| Place(at, id)), limit + 1)?;
        let more = i64::try_from(found.len()).is_ok_and(|n| n > limit);
        found.truncate(usize::try_from(limit).unwrap_or(0));
        if more && !whole {
            page.next = found.last().map(cases::place).map(|Place(at, id)| format!("{at}.{id}"));
        }
        page.groups.push(Group { title, view: name, lines: lines(conn, found, policy, now)?, more: more && whole });
    }
    Ok(page)
}

fn next_notice(lines: &[OwnerlessLine]) -> Option<String> {
    let full = lines.len() == usize::try_from(PAGE).unwrap_or(0);
    lines.last().filter(|_| full).map(|l| format!("0.{}", l.notice.id))
}

/// Adds the cases under which something was asked of the host and is not confirmed.
fn requested(
    conn: &mut Conn,
    page: &mut QueuePage,
    (after, whole): (Option<i64>, bool),
    policy: &Policy,
) -> Result<(), StorageError> {
    let limit = if whole { GROUP } else { PAGE };
    let ids = cases::requested(conn, after, limit)?;
    let full = i64::try_from(ids.len()).is_ok_and(|n| n == limit);
    if full && !whole {
        page.next = ids.last().map(|id| format!("0.{}", id.0));
    }
    let mut found = cases::get_many(conn, &ids)?;
    found.sort_by_key(|case| case.id);
    let (title, now) = ("To disable or restore, not confirmed yet", page.desk.now);
    // Few installations have any: an empty heading would only take place.
    if !whole || !found.is_empty() {
        let lines = lines(conn, found, policy, now)?;
        page.groups.push(Group { title, view: "requested", lines, more: full && whole });
    }
    Ok(())
}

fn read_place(text: &str) -> Option<(i64, i64)> {
    let (at, id) = text.split_once('.')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

/// Where the two lists of a search go on, `accounts_cases`; `-` for one that has no more.
fn search_places(text: Option<&str>) -> [Option<search::Place>; 2] {
    let Some((accounts, cases)) = text.and_then(|text| text.split_once('_')) else {
        return [Some(search::Place::default()); 2];
    };
    [accounts.parse().ok(), cases.parse().ok()]
}

fn result(conn: &mut Conn, desk: Desk, (q, want): (&str, &Want), policy: &Policy) -> Result<QueuePage, StorageError> {
    let now = desk.now;
    let mut page = page(desk, "search", "", policy);
    let [accounts, cases_from] = search_places(want.after.as_deref());
    let mut next = [None, None];
    if let Some(from) = accounts {
        let found = search::customers(conn, q, from, ACCOUNTS)?;
        page.found = customers::get_many(conn, &found.items)?;
        next[0] = found.next;
    }
    let mut found = Vec::new();
    if let Some(from) = cases_from {
        let some = search::cases(conn, q, from, PAGE)?;
        found = cases::get_many(conn, &some.items)?;
        next[1] = some.next;
    }
    found.sort_by_key(|c| std::cmp::Reverse(c.id));
    page.groups.push(Group { title: "Cases", view: "search", lines: lines(conn, found, policy, now)?, more: false });
    page.notice = Some(format!("Cases and accounts for “{q}”: at most {PAGE} on a page, newest first."));
    if next != [None, None] {
        let [accounts, cases] = next.map(|place| place.map_or_else(|| "-".to_owned(), |place| place.to_string()));
        page.next = Some(format!("{accounts}_{cases}"));
    }
    Ok(page)
}

/// `POST /staff/reviews/{id}/done`.
pub async fn review_done(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Agent)?;
    let (id, actor) = (path.into_inner(), sent.staff.actor());
    app.write(move |tx| mark_done(tx, id, &actor)).await?;
    Ok(see("/staff/?view=review"))
}
