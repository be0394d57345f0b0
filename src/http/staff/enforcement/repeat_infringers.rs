//! `GET /staff/repeat-infringers`: figures, histogram, accounts by active strikes, and the repeat accounts
//! nobody has decided on: what every plaintiff asks for first.

use std::fmt::Write;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::CustomerId;
use crate::domain::base::moment::{Moment, Span};
use crate::domain::enforcement::decision::DecisionKind;
use crate::domain::enforcement::policy::Policy;
use crate::domain::enforcement::standing::Standing;
use crate::http::access::Staff;
use crate::http::charts::{histogram, meter, spark};
use crate::http::csv::cell;
use crate::http::error::HttpError;
use crate::http::page::{Mark, ok};
use crate::http::staff::layout::desk::Desk;
use crate::storage::customers::{self, Customer};
use crate::storage::enforcement::flags::{self, Flag};
use crate::storage::enforcement::policies::{self, Published};
use crate::storage::enforcement::standings::{self, Filter};
use crate::storage::enforcement::{decisions, strike_counts};
use crate::storage::{Conn, StorageError};

const PAGE: i64 = 50;
/// Suspended and terminated accounts are counted up to so many of each.
const COUNTED: i64 = 10_000;
/// Flagged accounts beside the chart.
const TOP: usize = 8;

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Want {
    segment: Option<String>,
    standing: Option<String>,
    least: Option<u32>,
    /// `downstream`: accounts that host customers of their own.
    view: Option<String>,
    after: Option<String>,
}

struct Line {
    customer: Customer,
    segment: String,
    meter: String,
    spark: String,
    mark: Mark,
    flagged_for: Option<String>,
}

struct Top {
    customer: Customer,
    since: String,
    words: String,
}

#[derive(Template)]
#[template(path = "staff/repeat_infringers.html")]
struct RepeatPage {
    desk: Desk,
    published: Published,
    lines: Vec<Line>,
    tops: Vec<Top>,
    chart: String,
    figures: Figures,
    waiting: i64,
    oldest: Option<String>,
    suspended: String,
    recent: i64,
    want: Want,
    next: Option<String>,
}

/// Accounts by their active strikes, downstream providers apart.
#[derive(Default)]
struct Figures {
    /// How many have each number of strikes.
    spread: Vec<(u32, i64)>,
    at_threshold: i64,
    /// Downstream providers at or over theirs.
    downstream_at: i64,
}

impl Figures {
    /// From counts by segment, in the order of strikes.
    fn of(policy: &Policy, counts: &[(String, u32, i64)]) -> Self {
        let mut all = Self::default();
        for (name, strikes, accounts) in counts {
            let segment = policy.segment(name);
            let over = if *strikes >= segment.threshold { *accounts } else { 0 };
            if segment.downstream_provider {
                all.downstream_at += over;
                continue;
            }
            all.at_threshold += over;
            match all.spread.last_mut() {
                Some((last, n)) if last == strikes => *n += accounts,
                _ => all.spread.push((*strikes, *accounts)),
            }
        }
        all
    }
    /// Accounts with a strike.
    fn with_strike(&self) -> i64 {
        self.spread.iter().map(|(_, n)| n).sum()
    }
}

impl RepeatPage {
    fn segments(&self) -> Vec<(String, String)> {
        self.published.policy.segments.iter().map(|(n, s)| (n.clone(), s.label.clone())).collect()
    }
    fn downstream(&self) -> bool {
        self.want.view.as_deref() == Some("downstream")
    }
    fn standings(&self) -> [Standing; 5] {
        Standing::ALL
    }
    #[expect(clippy::ref_option, reason = "templates pass fields by reference")]
    fn chosen(&self, field: &Option<String>, value: &str) -> bool {
        field.as_deref() == Some(value)
    }
    fn least(&self) -> u32 {
        self.want.least.unwrap_or(1)
    }
    fn thresholds(&self) -> String {
        let all: Vec<String> =
            self.published.policy.segments.values().map(|s| format!("{} ({})", s.threshold, s.label)).collect();
        all.join(", ")
    }
}

/// Shows the page.
pub async fn show(app: Data<App>, who: Staff, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    let desk = Desk::load(&app, who, "repeat").await?;
    let want = want.into_inner();
    let page = app.read(move |c| load(c, desk, want)).await?;
    ok(&page)
}

fn filter(want: &Want, downstream: Vec<String>) -> Filter {
    Filter {
        segments: downstream,
        all_but: want.view.as_deref() != Some("downstream"),
        segment: want.segment.as_deref().map(|s| one_line(s, 100)).filter(|s| !s.is_empty()),
        standing: want.standing.as_deref().and_then(|s| s.parse().ok()),
        at_least: want.least.unwrap_or(1),
    }
}

fn load(conn: &mut Conn, desk: Desk, want: Want) -> Result<RepeatPage, StorageError> {
    let now = desk.now;
    let published = policies::in_force(conn, now)?;
    let after = want
        .after
        .as_deref()
        .and_then(|a| a.split_once('.'))
        .and_then(|(s, id)| Some((s.parse().ok()?, id.parse().ok()?)));
    let apart = downstream(&published.policy);
    let found = standings::by_strikes(conn, &filter(&want, apart.clone()), after, PAGE)?;
    let full = found.len() == usize::try_from(PAGE).unwrap_or(0);
    let next = found.last().filter(|_| full).map(|c| format!("{}.{}", c.active_strikes, c.id));
    let open = flags::open(conn, 500)?;
    let figures = Figures::of(&published.policy, &strike_counts::all(conn)?);
    let since = now - Span::days(90);
    let ended = [Standing::Suspended, Standing::Terminated].map(|s| standings::count_in(conn, s, COUNTED));
    let suspended = ended.into_iter().sum::<Result<i64, _>>()?;
    Ok(RepeatPage {
        lines: lines(conn, found, &published, &open, now)?,
        tops: tops(conn, &open, &published, now)?,
        chart: histogram(&figures.spread),
        figures,
        waiting: desk.counts.flagged,
        oldest: open.first().map(|f| now.since(f.raised_at).in_words()),
        suspended: if suspended < COUNTED { suspended.to_string() } else { format!("{COUNTED} and more") },
        recent: decisions::effective_since(conn, &[DecisionKind::Suspend, DecisionKind::Terminate], since)?,
        published,
        want,
        next,
        desk,
    })
}

fn lines(
    conn: &mut Conn,
    found: Vec<Customer>,
    published: &Published,
    open: &[Flag],
    now: Moment,
) -> Result<Vec<Line>, StorageError> {
    let ids: Vec<CustomerId> = found.iter().map(|c| c.id).collect();
    let times = standings::strike_times(conn, &ids, now.month_start(11))?;
    Ok(found
        .into_iter()
        .map(|customer| {
            let segment = published.policy.segment(&customer.segment);
            let of_customer = times.get(&customer.id).map_or(&[][..], Vec::as_slice);
            let flag = open.iter().find(|f| f.customer_id == customer.id);
            Line {
                meter: meter(customer.active_strikes, segment.threshold),
                spark: spark(&by_month(of_customer, now)),
                mark: customer.standing.label().into(),
                flagged_for: flag.map(|f| now.since(f.raised_at).in_words()),
                segment: segment.label,
                customer,
            }
        })
        .collect())
}

/// Segments whose customers have customers of their own.
fn downstream(policy: &Policy) -> Vec<String> {
    policy.segments.iter().filter(|(_, s)| s.downstream_provider).map(|(name, _)| name.clone()).collect()
}

/// Strikes in each of the last twelve months, oldest first.
fn by_month(times: &[Moment], now: Moment) -> Vec<u32> {
    (0..12)
        .rev()
        .map(|back| {
            let (from, until) = (now.month_start(back), now.month_start(back).next_month());
            let n = times.iter().filter(|t| **t >= from && **t < until).count();
            u32::try_from(n).unwrap_or(u32::MAX)
        })
        .collect()
}

fn tops(conn: &mut Conn, open: &[Flag], published: &Published, now: Moment) -> Result<Vec<Top>, StorageError> {
    let first: Vec<&Flag> = open.iter().take(TOP).collect();
    let ids: Vec<CustomerId> = first.iter().map(|f| f.customer_id).collect();
    let accounts = customers::get_many(conn, &ids)?;
    Ok(first
        .into_iter()
        .filter_map(|flag| {
            let customer = accounts.iter().find(|a| a.id == flag.customer_id)?.clone();
            let threshold = published.policy.segment(&customer.segment).threshold;
            let words = format!(
                "{} / {threshold} active, {} of {} unanswered",
                customer.active_strikes, customer.unanswered, customer.cases
            );
            Some(Top { customer, since: now.since(flag.raised_at).in_words(), words })
        })
        .collect())
}

/// The table as comma-separated values; every page of it.
pub async fn csv(app: Data<App>, _: Staff, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    let now = app.clock.now();
    let policy = app.read(move |c| policies::in_force(c, now)).await?.policy;
    // Without a view the file has everybody, with the segment in a column of its own.
    let apart = if want.view.is_some() { downstream(&policy) } else { Vec::new() };
    let filter = filter(&want, apart);
    let mut out = String::from("account,name,segment,active_strikes,total_strikes,unanswered,cases,standing\n");
    let mut after = None;
    loop {
        let filter = filter.clone();
        let page = app.read(move |c| standings::by_strikes(c, &filter, after, 1000)).await?;
        for c in &page {
            let _ = writeln!(
                out,
                "{},{},{},{},{},{},{},{}",
                cell(&c.external_id),
                cell(&c.name),
                cell(&c.segment),
                c.active_strikes,
                c.total_strikes,
                c.unanswered,
                c.cases,
                c.standing.code()
            );
        }
        after = page.last().map(|c| (c.active_strikes, c.id.0));
        if page.len() < 1000 || out.len() > 20_000_000 {
            break;
        }
    }
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("content-disposition", "attachment; filename=\"repeat-infringers.csv\""))
        .body(out))
}
