//! Rows of the queue: each list is loaded with two or three queries, however long it is.

use crate::domain::base::ids::{CustomerId, NoticeId};
use crate::domain::base::moment::Moment;
use crate::domain::cases::case::CaseState;
use crate::domain::enforcement::policy::Policy;
use crate::domain::regimes::us_512::counter_notice::CounterState;
use crate::domain::regimes::us_512::elements::Element;
use crate::domain::regimes::us_512::finding::weight_on;
use crate::domain::regimes::us_512::put_back::Stands;
use crate::http::charts::{meter, six};
use crate::http::page::Mark;
use crate::storage::cases::reviews::{self, Review};
use crate::storage::cases::{self, Case};
use crate::storage::customers::{self, Customer};
use crate::storage::disputes::counter_notices::{self, Counter};
use crate::storage::enforcement::{decisions, flags};
use crate::storage::intake::notice_lists::{self, Ownerless};
use crate::storage::intake::notices::NoticeRecord;
use crate::storage::{Conn, StorageError};

/// A case in a list.
pub(in crate::http::staff) struct Line {
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
pub(in crate::http::staff) struct ReviewLine {
    pub review: Review,
    pub case: Option<Case>,
    pub since: String,
}

/// A notice about something that no account has.
pub(in crate::http::staff) struct OwnerlessLine {
    pub notice: NoticeRecord,
    /// Sites it names, the first few.
    pub sites: String,
}

/// A flagged account in a list.
pub(in crate::http::staff) struct FlagLine {
    pub customer: Customer,
    pub reasons: Vec<String>,
    pub since: String,
    pub strikes: String,
}

/// A counter-notice whose clock runs or is over.
pub(in crate::http::staff) struct CounterLine {
    pub counter: Counter,
    pub case: Case,
    /// `late`, `soon` or nothing.
    pub urgency: &'static str,
    pub left: String,
}

/// A decision that waits for a second person.
pub(in crate::http::staff) struct PendingLine {
    pub customer: Customer,
    pub kind: &'static str,
    pub first: String,
    pub since: String,
}

/// Cases with what a table shows of them: one query for the customers, one for the findings.
pub(in crate::http::staff) fn lines(
    conn: &mut Conn,
    found: Vec<Case>,
    policy: &Policy,
    now: Moment,
) -> Result<Vec<Line>, StorageError> {
    let customer_ids: Vec<CustomerId> = found.iter().map(|c| c.customer_id).collect();
    let notice_ids: Vec<NoticeId> = found.iter().map(|c| c.notice_id).collect();
    let accounts = customers::get_many(conn, &customer_ids)?;
    let findings = notice_lists::findings_of(conn, &notice_ids)?;
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
    if let CaseState::Undelivered(u) = &case.state {
        return ("no deadline".to_owned(), format!("sent {}", u.at.tiny()), "late");
    }
    if let CaseState::Answered(_, answered) = &case.state {
        return (answered.at.stamp(), "answered".to_owned(), "");
    }
    let Some(forwarded) = case.state.forwarded() else {
        let at = case.closed_at.unwrap_or(case.received_at);
        return (at.stamp(), if case.closed_at.is_some() { "closed" } else { "received" }.to_owned(), "");
    };
    let left = forwarded.deadline.since(now);
    if now > forwarded.deadline {
        return (format!("{} late", now.since(forwarded.deadline).short()), forwarded.deadline.tiny(), "late");
    }
    let soon = left < crate::domain::base::moment::Span::hours(6);
    (left.short(), forwarded.deadline.tiny(), if soon { "soon" } else { "" })
}

pub(in crate::http::staff) fn review_lines(
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

/// Notices about something that no account has, with the first addresses that are of none.
pub(in crate::http::staff) fn ownerless_lines(
    conn: &mut Conn,
    which: Ownerless,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<OwnerlessLine>, StorageError> {
    let found = notice_lists::without_owner(conn, which, before, limit)?;
    let ids: Vec<NoticeId> = found.iter().map(|n| n.id).collect();
    let mut named = match which {
        Ownerless::Whole => notice_lists::first_locations_of(conn, &ids, 3)?,
        Ownerless::InPart => notice_lists::first_ownerless_of(conn, &ids, 3)?,
    };
    let line =
        |notice: NoticeRecord| OwnerlessLine { sites: named.remove(&notice.id).unwrap_or_default().join(", "), notice };
    Ok(found.into_iter().map(line).collect())
}

pub(in crate::http::staff) fn flag_lines(
    conn: &mut Conn,
    limit: i64,
    policy: &Policy,
    now: Moment,
) -> Result<Vec<FlagLine>, StorageError> {
    let open = flags::open(conn, limit)?;
    let ids: Vec<CustomerId> = open.iter().map(|f| f.customer_id).collect();
    let accounts = customers::get_many(conn, &ids)?;
    Ok(open
        .into_iter()
        .filter_map(|flag| {
            let customer = accounts.iter().find(|a| a.id == flag.customer_id)?.clone();
            Some(FlagLine {
                strikes: meter(customer.active_strikes, policy.segment(&customer.segment).threshold),
                reasons: flag.reasons.iter().map(crate::domain::enforcement::strikes::FlagReason::shown).collect(),
                since: now.since(flag.raised_at).short(),
                customer,
            })
        })
        .collect())
}

/// Counter-notices, those that are due first.
pub(in crate::http::staff) fn counter_lines(
    conn: &mut Conn,
    limit: i64,
    now: Moment,
) -> Result<Vec<CounterLine>, StorageError> {
    let mut open = counter_notices::in_state(conn, CounterState::Due, limit)?;
    open.extend(counter_notices::in_state(conn, CounterState::Running, limit)?);
    let ids: Vec<_> = open.iter().map(|c| c.case).collect();
    let of = cases::get_many(conn, &ids)?;
    Ok(open
        .into_iter()
        .filter_map(|counter| {
            let case = of.iter().find(|c| c.id == counter.case)?.clone();
            let window = counter.put_back();
            let (urgency, left) = match window.stands(now) {
                Stands::Early => ("", format!("{} to go", window.from.since(now).short())),
                Stands::Due => ("soon", format!("{} left", window.until.since(now).short())),
                Stands::Alarm => ("late", format!("{} left", window.until.since(now).short())),
                Stands::Missed => ("late", format!("{} late", now.since(window.until).short())),
            };
            Some(CounterLine { counter, case, urgency, left })
        })
        .collect())
}

pub(in crate::http::staff) fn pending_lines(conn: &mut Conn, now: Moment) -> Result<Vec<PendingLine>, StorageError> {
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
