//! Customers, their contacts, assets and strikes.

use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::Conflict;
use crate::storage::customers::Customer;
use crate::storage::customers::contacts::Contact;
use crate::storage::enforcement::strikes::Strike;

/// A contact of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactOut {
    pub role: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    /// The last letter to it was refused or came back.
    pub failing: bool,
}

impl From<Contact> for ContactOut {
    fn from(c: Contact) -> Self {
        Self { role: c.role, name: c.name, email: c.email, phone: c.phone, failing: c.failed_at.is_some() }
    }
}

/// A strike.
#[derive(Debug, Serialize, ToSchema)]
pub struct StrikeOut {
    pub id: i64,
    /// `active`, `expired` or `voided`.
    pub status: &'static str,
    pub received_at: String,
    pub expires_at: String,
    pub policy_version: i64,
    pub ended_reason: String,
}

impl From<&Strike> for StrikeOut {
    fn from(s: &Strike) -> Self {
        Self {
            id: s.id.0,
            status: s.status.code(),
            received_at: s.received_at.iso(),
            expires_at: s.expires_at.iso(),
            policy_version: s.policy.0,
            ended_reason: s.ended_reason.clone(),
        }
    }
}

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerBrief {
    /// Account number at the host.
    pub external_id: String,
    pub name: String,
    pub segment: String,
    /// `good`, `warned`, `flagged`, `suspended` or `terminated`.
    pub standing: &'static str,
    pub standing_since: String,
    pub active_strikes: u32,
    pub total_strikes: u32,
    pub cases: u32,
    /// Cases that wait unanswered past their deadline.
    pub unanswered: u32,
}

impl From<&Customer> for CustomerBrief {
    fn from(c: &Customer) -> Self {
        Self {
            external_id: c.external_id.clone(),
            name: c.name.clone(),
            segment: c.segment.clone(),
            standing: c.standing.code(),
            standing_since: c.standing_since.iso(),
            active_strikes: c.active_strikes,
            total_strikes: c.total_strikes,
            cases: c.cases,
            unanswered: c.unanswered,
        }
    }
}

/// A customer with contacts and strikes.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerOut {
    #[serde(flatten)]
    pub customer: CustomerBrief,
    /// Strikes that bring an account of this segment before staff.
    pub threshold: u32,
    pub contacts: Vec<ContactOut>,
    /// The newest 200.
    pub strikes: Vec<StrikeOut>,
    /// In the answer to a PUT: assets that are or were another account's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub conflicts: Vec<ConflictOut>,
}

/// An asset that two accounts were said to have.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConflictOut {
    pub asset: String,
    /// The account that was said to have it.
    pub account: String,
    /// The other account.
    pub other: String,
    /// `taken_over`: it is the account's now, and the other's no longer. `gives_way`: the other account has a later start
    /// and keeps it from then on.
    pub outcome: String,
}

impl From<Conflict> for ConflictOut {
    fn from(found: Conflict) -> Self {
        let outcome = found.outcome.code().to_owned();
        Self { asset: found.asset, account: found.account, other: found.other, outcome }
    }
}

/// An asset of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssetOut {
    pub asset: String,
    /// `1970-01-01T00:00:00Z` where the host did not say since when.
    pub valid_from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
}
