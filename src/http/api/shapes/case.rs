//! Cases.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::cases::case::CaseState;
use crate::storage::cases::Case;
use crate::storage::disputes::counter_notices::Counter;
use crate::storage::material::locations::LocationRow;

/// A case of a notice, without the customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseBrief {
    pub reference: String,
    /// `received`, `review`, `awaiting`, `answered`, `unanswered` or `closed`.
    pub state: &'static str,
    /// How it ended: `removed`, `disabled`, `resolved`, `no_action`, `restored` or `withdrawn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
}

impl From<&Case> for CaseBrief {
    fn from(case: &Case) -> Self {
        Self {
            reference: case.reference.to_string(),
            state: as_sender_sees(&case.state),
            outcome: outcome(&case.state),
        }
    }
}

/// A sender learns nothing of how the customer can be reached: it is forwarded once it was handed over.
fn as_sender_sees(state: &CaseState) -> &'static str {
    match state {
        CaseState::Undelivered(u) if u.stopped => "awaiting",
        CaseState::Undelivered(_) => "received",
        other => other.code(),
    }
}

fn outcome(state: &CaseState) -> Option<&'static str> {
    if let CaseState::Closed(outcome, _) = state { Some(outcome.code()) } else { None }
}

/// One notice against one customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseOut {
    pub reference: String,
    /// Reference of the notice.
    pub notice: String,
    /// Account number of the customer at the host.
    pub customer: String,
    pub segment: String,
    /// `received`, `review`, `forwarded` (nobody has been reached yet, and no deadline runs), `awaiting`, `answered`, `unanswered` or `closed`.
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
    /// Host name or address; the first where there are several.
    pub site: String,
    pub sender: String,
    pub locations: u32,
    pub received_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarded_at: Option<String>,
    /// When the customer was reached: a mail server took a letter over, or another way was recorded. The deadline runs
    /// from then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// Counts as a strike now.
    pub counts_as_strike: bool,
    /// The customer is a downstream provider; the case counts apart.
    pub downstream: bool,
}

impl CaseOut {
    /// A case with the names of its notice and customer.
    pub fn of(case: &Case, notice: String, customer: String) -> Self {
        Self {
            reference: case.reference.to_string(),
            notice,
            customer,
            segment: case.segment.clone(),
            state: case.state.code(),
            outcome: outcome(&case.state),
            site: case.site.clone(),
            sender: case.sender.clone(),
            locations: case.locations,
            received_at: case.received_at.iso(),
            forwarded_at: case.forwarded_at.map(crate::domain::base::moment::Moment::iso),
            reached_at: case.reached_at.map(crate::domain::base::moment::Moment::iso),
            deadline: case.state.forwarded().map(|f| f.deadline.iso()),
            answer: if let CaseState::Answered(_, answered) = &case.state { Some(answered.kind.code()) } else { None },
            closed_at: case.closed_at.map(crate::domain::base::moment::Moment::iso),
            downstream: case.downstream,
            counts_as_strike: case.strike_id.is_some() && case.counts,
        }
    }
}

/// One location of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseLocation {
    /// Number to name it in an action.
    pub id: i64,
    pub location: String,
    /// File name or hash, where it is an address.
    pub detail: String,
    /// `reported`, `removed`, `disable_requested`, `disabled`, `restore_requested`, `restored`, `released` (another
    /// notice keeps it disabled) or `withdrawn`.
    pub state: &'static str,
}

/// A case with its locations.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDetail {
    #[serde(flatten)]
    pub case: CaseOut,
    /// The first 10,000.
    pub reported: Vec<CaseLocation>,
    pub counter_notices: Vec<CounterOut>,
}

/// A counter-notice: when access returns, and whether something stopped it. Who signed it is not told here.
#[derive(Debug, Serialize, ToSchema)]
pub struct CounterOut {
    pub id: i64,
    pub received_at: String,
    /// `running`, `stopped`, `due`, `restored` or `moot`.
    pub state: &'static str,
    pub locations: u32,
    /// End of the tenth business day: not before.
    pub restore_from: String,
    /// End of the fourteenth business day: not after.
    pub restore_until: String,
}

impl From<&Counter> for CounterOut {
    fn from(c: &Counter) -> Self {
        let window = c.put_back();
        Self {
            id: c.id.0,
            received_at: c.received_at.iso(),
            state: c.state.code(),
            locations: c.locations,
            restore_from: window.from.iso(),
            restore_until: window.until.iso(),
        }
    }
}

impl From<LocationRow> for CaseLocation {
    fn from(row: LocationRow) -> Self {
        Self { id: row.id, state: row.state().code(), location: row.shown, detail: row.detail }
    }
}
