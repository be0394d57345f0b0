//! `GET /staff/customers/{id}`: strikes over time, cases, contacts, assets, and the decision.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::base::ids::{CaseId, CustomerId};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::customers::asset::Asset;
use crate::domain::enforcement::decision::{DecisionKind, DecisionState};
use crate::domain::enforcement::policy::Segment;
use crate::domain::enforcement::standing::Standing;
use crate::domain::record::event::Subject;
use crate::http::access::Staff;
use crate::http::charts::{StrikeBar, meter, strike_timeline};
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{Mark, html};
use crate::http::staff::cases::timeline::{Entry, merge};
use crate::http::staff::layout::desk::Desk;
use crate::storage::cases::{self, Case};
use crate::storage::customers::assets::{self, AssetRow, FOR_EVER};
use crate::storage::customers::contacts::{self, Contact};
use crate::storage::customers::{self, Customer};
use crate::storage::enforcement::decisions::{self, Decision};
use crate::storage::enforcement::flags::{self, Flag};
use crate::storage::enforcement::policies::{self, Published};
use crate::storage::enforcement::strikes::{self, Strike};
use crate::storage::record::events;
use crate::storage::{Conn, StorageError};

/// Rows of each list.
const PAGE: i64 = 50;

struct AssetLine {
    shown: String,
    when: String,
}

/// A case with what became of it.
struct CaseLine {
    case: Case,
    mark: Mark,
    strike: Option<Strike>,
}

#[derive(Template)]
#[template(path = "staff/customer.html")]
pub(in crate::http::staff) struct CustomerPage {
    desk: Desk,
    customer: Customer,
    segment: Segment,
    contacts: Vec<Contact>,
    assets: Vec<AssetLine>,
    more_assets: bool,
    cases: Vec<CaseLine>,
    next: Option<i64>,
    strikes: Vec<Strike>,
    chart: String,
    meter: String,
    flag: Option<Flag>,
    decisions: Vec<(Decision, String, Option<String>)>,
    timeline: Vec<Entry>,
    next_expiry: Option<Moment>,
    published: Published,
    errors: Errors,
    why: String,
    chosen: String,
    /// Of the second person.
    note: String,
}

impl CustomerPage {
    fn mark(&self) -> Mark {
        self.customer.standing.label().into()
    }
    fn ended(&self, active: bool) -> usize {
        use crate::domain::enforcement::strikes::StrikeStatus;
        let status = if active { StrikeStatus::Expired } else { StrikeStatus::Voided };
        self.strikes.iter().filter(|s| s.status == status).count()
    }
    fn pending(&self) -> Option<&(Decision, String, Option<String>)> {
        self.decisions.iter().find(|(d, _, _)| d.state == DecisionState::Pending)
    }
    fn settled(&self) -> Vec<&(Decision, String, Option<String>)> {
        self.decisions.iter().filter(|(d, _, _)| d.state != DecisionState::Pending).collect()
    }
    /// What can be decided now, with what it means.
    fn choices(&self) -> Vec<(DecisionKind, &'static str, &'static str)> {
        let suspend = (DecisionKind::Suspend, "Suspend the account", "All services go offline.");
        let terminate = (DecisionKind::Terminate, "Terminate the account", "The account ends.");
        let warn = (DecisionKind::Warn, "Send a written warning", "Services stay online.");
        let none = (DecisionKind::NoAction, "No action", "The account is flagged again at the next strike.");
        let lift = (
            DecisionKind::Lift,
            "Lift the suspension",
            "Services come back. Strikes stay and count until they run out.",
        );
        match self.customer.standing {
            Standing::Terminated => vec![],
            Standing::Suspended => vec![lift, terminate],
            _ => vec![suspend, terminate, warn, none],
        }
    }
    fn grounds(&self) -> Vec<String> {
        let mut grounds: Vec<String> = self
            .flag
            .iter()
            .flat_map(|f| f.reasons.iter().map(crate::domain::enforcement::strikes::FlagReason::shown))
            .collect();
        if self.customer.unanswered > 0 && !grounds.iter().any(|g| g.contains("unanswered")) {
            grounds.push(format!("Notices left unanswered: {} of {}", self.customer.unanswered, self.customer.cases));
        }
        grounds.push("Removed material put back".to_owned());
        grounds.push("Mitigating: compromised server, good cooperation".to_owned());
        grounds
    }
    /// Field of the reason to void a strike.
    fn void_field(&self, strike: &Strike) -> String {
        format!("void-{}", strike.id)
    }
    fn waiting(&self) -> Option<String> {
        self.flag.as_ref().map(|f| self.desk.now.since(f.raised_at).in_words())
    }
    fn may_approve(&self) -> bool {
        self.desk.is_lead() && self.pending().is_some_and(|(d, _, _)| d.proposed_by != self.desk.who.member.id)
    }
    fn needs_second(&self) -> bool {
        self.published.policy.second_approver
    }
}

#[derive(Deserialize)]
pub struct Want {
    before: Option<i64>,
}

/// Shows an account.
pub async fn show(app: Data<App>, who: Staff, path: Path<i64>, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    page(&app, who, CustomerId(path.into_inner()), want.before, Typed::default()).await
}

/// What was typed into the decision, when it comes back with errors.
#[derive(Default)]
pub(in crate::http::staff) struct Typed {
    pub errors: Errors,
    pub why: String,
    pub chosen: String,
    /// Of the second person.
    pub note: String,
}

/// The page, with errors of a decision where there are any.
pub(in crate::http::staff) async fn page(
    app: &App,
    who: Staff,
    id: CustomerId,
    before: Option<i64>,
    typed: Typed,
) -> Result<HttpResponse, HttpError> {
    let desk = Desk::load(app, who, "repeat").await?;
    let page = app.read(move |c| load(c, desk, id, before, typed)).await?;
    let status = if page.errors.is_empty() {
        actix_web::http::StatusCode::OK
    } else {
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    html(status, &page)
}

fn load(
    conn: &mut Conn,
    desk: Desk,
    id: CustomerId,
    before: Option<i64>,
    typed: Typed,
) -> Result<CustomerPage, StorageError> {
    let customer = customers::get(conn, id)?;
    let published = policies::in_force(conn, desk.now)?;
    let segment = published.policy.segment(&customer.segment);
    let all_strikes = strikes::of_customer(conn, id, PAGE)?;
    let found = cases::of_customer(conn, id, before, PAGE)?;
    let full = found.len() == usize::try_from(PAGE).unwrap_or(0);
    let next = found.last().filter(|_| full).map(|c| c.id.0);
    let some_assets = assets::of_customer(conn, id, 0, PAGE)?;
    let about = events::of(conn, Subject::Customer(id), None, 50)?;
    let strike_cases: Vec<CaseId> = all_strikes.iter().map(|s| s.case_id).collect();
    let strike_cases = cases::get_many(conn, &strike_cases)?;
    Ok(CustomerPage {
        contacts: contacts::of_customer(conn, id)?,
        more_assets: some_assets.len() == usize::try_from(PAGE).unwrap_or(0),
        assets: some_assets.iter().map(asset_line).collect(),
        cases: found.into_iter().map(|case| case_line(case, &all_strikes)).collect(),
        next,
        chart: chart(&all_strikes, &strike_cases, desk.now),
        meter: meter(customer.active_strikes, segment.threshold),
        flag: flags::open_of(conn, id)?,
        decisions: decisions::of_customer(conn, id)?,
        timeline: merge(&about, &[]),
        next_expiry: strikes::next_expiry(conn, id)?,
        strikes: all_strikes,
        segment,
        customer,
        published,
        errors: typed.errors,
        why: typed.why,
        chosen: typed.chosen,
        note: typed.note,
        desk,
    })
}

fn asset_line(row: &AssetRow) -> AssetLine {
    let from = if row.valid_from == 0 { String::new() } else { format!("from {}", Moment(row.valid_from).short_day()) };
    let until = if row.valid_until == FOR_EVER {
        String::new()
    } else {
        format!("until {}", Moment(row.valid_until).short_day())
    };
    AssetLine { shown: Asset::shown(&row.key), when: [from, until].join(" ").trim().to_owned() }
}

fn case_line(case: Case, strikes: &[Strike]) -> CaseLine {
    let strike = case.strike_id.and_then(|id| strikes.iter().find(|s| s.id == id)).cloned();
    CaseLine { mark: case.state.label().into(), strike, case }
}

/// Bars from the first strike shown to the end of the last, at least half a year.
fn chart(strikes: &[Strike], of_strikes: &[Case], now: Moment) -> String {
    let day = Span::days(1).0;
    let start = strikes.iter().map(|s| s.received_at).min().unwrap_or(now);
    let end = strikes.iter().map(|s| s.expires_at).max().unwrap_or(now).max(now + Span::days(30));
    let days = |at: Moment| (at.0 - start.0) / day;
    let bars: Vec<StrikeBar> = strikes
        .iter()
        .take(30)
        .map(|s| StrikeBar {
            from: days(s.received_at),
            until: days(s.expires_at),
            status: s.status,
            label: of_strikes.iter().find(|c| c.id == s.case_id).map(|c| c.reference.to_string()).unwrap_or_default(),
        })
        .collect();
    strike_timeline(&bars, days(end), days(now), (&start.short_day(), &end.short_day()))
}
