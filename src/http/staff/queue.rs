//! `GET /staff/`: what needs someone now. Needs review, awaiting customer, answered, unanswered, flagged;
//! search by reference, customer, domain, sender.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::desk::Desk;
use crate::actions::review_done as mark_done;
use crate::app::App;
use crate::domain::contact::one_line;
use crate::domain::elements::Element;
use crate::domain::finding::weight_on;
use crate::domain::ids::{CustomerId, Kind, NoticeId, Reference};
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::role::StaffRole;
use crate::http::access::{Staff, StaffForm};
use crate::http::charts::{meter, six};
use crate::http::error::HttpError;
use crate::http::page::{Mark, ok, see};
use crate::storage::cases::{self, Case, Place};
use crate::storage::customers::{self, Customer};
use crate::storage::reviews::{self, Review};
use crate::storage::{Conn, StorageError, decisions, flags, notices, policies, search};

/// Rows of a whole view, and of each group on the first page.
const PAGE: i64 = 50;
const GROUP: i64 = 6;

#[derive(Clone, Debug, Deserialize)]
pub struct Want {
    view: Option<String>,
    q: Option<String>,
    segment: Option<String>,
    /// Place in the list to go on from: `time.row`.
    after: Option<String>,
}

/// A case in a list.
pub(super) struct Line {
    pub case: Case,
    pub account: String,
    pub account_id: CustomerId,
    pub account_name: String,
    pub segment: String,
    pub mark: Mark,
    pub due: String,
    pub due_at: String,
    /// `late`, `soon` or nothing.
    pub urgency: &'static str,
    pub strikes: String,
    pub six: String,
}

/// A review in a list.
struct ReviewLine {
    review: Review,
    case: Option<Case>,
    since: String,
}

/// A flagged account in a list.
struct FlagLine {
    customer: Customer,
    reasons: Vec<String>,
    since: String,
    strikes: String,
}

/// A decision that waits for a second person.
struct PendingLine {
    customer: Customer,
    kind: &'static str,
    first: String,
    since: String,
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
    /// Customers found by a search.
    found: Vec<Customer>,
    notice: Option<String>,
    next: Option<String>,
}

impl QueuePage {
    fn empty(&self) -> bool {
        self.groups.iter().all(|g| g.lines.is_empty())
            && self.reviews.is_empty()
            && self.flags.is_empty()
            && self.pending.is_empty()
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
            if q.is_empty() { view(c, desk, &want, &policy) } else { result(c, desk, &q, &policy) }
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
        found: Vec::new(),
        notice: None,
        next: None,
    }
}

const STATES: [(&str, &str, &str); 5] = [
    ("unanswered", "unanswered", "Unanswered, past the customer deadline"),
    ("held", "review", "Held before forwarding"),
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
    if whole || view == "flagged" {
        page.flags = flag_lines(conn, if whole { GROUP } else { 500 }, policy, now)?;
        page.pending = pending_lines(conn, now)?;
    }
    let only = Some(segment.as_str()).filter(|s| !s.is_empty());
    for (name, state, title) in STATES {
        let shown = view == name || (whole && matches!(name, "unanswered" | "awaiting"));
        if !shown {
            continue;
        }
        let limit = if whole { GROUP } else { PAGE };
        let found = cases::in_state(conn, state, only, after.map(|(at, id)| Place(at, id)), limit)?;
        let more = i64::try_from(found.len()).unwrap_or(0) == limit;
        if more && !whole {
            page.next = found.last().map(cases::place).map(|Place(at, id)| format!("{at}.{id}"));
        }
        page.groups.push(Group { title, view: name, lines: lines(conn, found, policy, now)?, more: more && whole });
    }
    Ok(page)
}

fn read_place(text: &str) -> Option<(i64, i64)> {
    let (at, id) = text.split_once('.')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

fn result(conn: &mut Conn, desk: Desk, q: &str, policy: &Policy) -> Result<QueuePage, StorageError> {
    let now = desk.now;
    let ids = search::customers(conn, q, 20)?;
    let mut page = page(desk, "search", "", policy);
    page.found = customers::get_many(conn, &ids)?;
    let found = search::cases(conn, q, &ids, PAGE)?;
    let mut found = cases::get_many(conn, &found)?;
    found.sort_by_key(|c| std::cmp::Reverse(c.id));
    page.groups.push(Group { title: "Cases", view: "search", lines: lines(conn, found, policy, now)?, more: false });
    page.notice = Some(format!("Cases and accounts for “{q}”: at most {PAGE}, newest first."));
    Ok(page)
}

/// Cases with what a table shows of them: one query for the customers, one for the findings.
pub(super) fn lines(
    conn: &mut Conn,
    found: Vec<Case>,
    policy: &Policy,
    now: Moment,
) -> Result<Vec<Line>, StorageError> {
    let customer_ids: Vec<CustomerId> = found.iter().map(|c| c.customer_id).collect();
    let notice_ids: Vec<NoticeId> = found.iter().map(|c| c.notice_id).collect();
    let accounts = customers::get_many(conn, &customer_ids)?;
    let findings = notices::findings_of(conn, &notice_ids)?;
    Ok(found
        .into_iter()
        .filter_map(|case| {
            let account = accounts.iter().find(|a| a.id == case.customer_id)?;
            let of_notice = findings.get(&case.notice_id).map_or(&[][..], Vec::as_slice);
            let weights = Element::ALL.map(|e| weight_on(of_notice, e));
            let (due, due_at, urgency) = due(&case, now);
            let rule = policy.segment(&account.segment);
            Some(Line {
                account: account.external_id.clone(),
                account_id: account.id,
                account_name: account.name.clone(),
                strikes: meter(account.active_strikes, rule.threshold),
                segment: rule.label,
                mark: case.state.label().into(),
                six: six(&weights),
                due,
                due_at,
                urgency,
                case,
            })
        })
        .collect())
}

/// How much time is left, when that is, and how urgent.
fn due(case: &Case, now: Moment) -> (String, String, &'static str) {
    let Some(forwarded) = case.state.forwarded() else {
        let at = case.closed_at.unwrap_or(case.received_at);
        return (at.stamp(), if case.closed_at.is_some() { "closed" } else { "received" }.to_owned(), "");
    };
    let left = forwarded.deadline.since(now);
    if now > forwarded.deadline {
        return (format!("{} late", now.since(forwarded.deadline).short()), forwarded.deadline.tiny(), "late");
    }
    let soon = left < crate::domain::moment::Span::hours(6);
    (left.short(), forwarded.deadline.tiny(), if soon { "soon" } else { "" })
}

fn review_lines(
    conn: &mut Conn,
    after: Option<(i64, i64)>,
    limit: i64,
    now: Moment,
) -> Result<Vec<ReviewLine>, StorageError> {
    let open = reviews::open(conn, after, limit)?;
    let ids: Vec<_> = open.iter().filter_map(|r| r.about.case).collect();
    let of_reviews = cases::get_many(conn, &ids)?;
    Ok(open
        .into_iter()
        .map(|review| ReviewLine {
            case: review.about.case.and_then(|id| of_reviews.iter().find(|c| c.id == id).cloned()),
            since: now.since(review.raised_at).short(),
            review,
        })
        .collect())
}

fn flag_lines(conn: &mut Conn, limit: i64, policy: &Policy, now: Moment) -> Result<Vec<FlagLine>, StorageError> {
    let open = flags::open(conn, limit)?;
    let ids: Vec<CustomerId> = open.iter().map(|f| f.customer_id).collect();
    let accounts = customers::get_many(conn, &ids)?;
    Ok(open
        .into_iter()
        .filter_map(|flag| {
            let customer = accounts.iter().find(|a| a.id == flag.customer_id)?.clone();
            Some(FlagLine {
                strikes: meter(customer.active_strikes, policy.segment(&customer.segment).threshold),
                reasons: flag.reasons.iter().map(crate::domain::strikes::FlagReason::shown).collect(),
                since: now.since(flag.raised_at).short(),
                customer,
            })
        })
        .collect())
}

fn pending_lines(conn: &mut Conn, now: Moment) -> Result<Vec<PendingLine>, StorageError> {
    let open = decisions::pending(conn, 100)?;
    let ids: Vec<CustomerId> = open.iter().map(|(d, _)| d.customer_id).collect();
    let accounts = customers::get_many(conn, &ids)?;
    Ok(open
        .into_iter()
        .filter_map(|(decision, first)| {
            let customer = accounts.iter().find(|a| a.id == decision.customer_id)?.clone();
            let since = now.since(decision.proposed_at).short();
            Some(PendingLine { customer, kind: decision.kind.label(), first, since })
        })
        .collect())
}

/// `POST /staff/reviews/{id}/done`.
pub async fn review_done(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Agent)?;
    let (id, actor) = (path.into_inner(), sent.staff.actor());
    app.write(move |tx| mark_done(tx, id, &actor)).await?;
    Ok(see("/staff/?view=review"))
}
