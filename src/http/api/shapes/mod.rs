//! What the API says: one struct for each thing, the OpenAPI document is made from them.

mod case;
mod customer;
mod notice;

pub use case::{CaseDetail, CaseLocation, CaseOut, CounterOut};
pub use customer::{AssetOut, ConflictOut, ContactOut, CustomerBrief, CustomerOut, StrikeOut};
pub use notice::{NoticeBrief, NoticeOut, Receipt, Retracted, Viewer};

use serde::Serialize;
use utoipa::ToSchema;

/// One line of the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventOut {
    /// Place in the feed: send it as `after` to go on from here.
    pub id: i64,
    pub at: String,
    /// `notice`, `case`, `customer` or `installation`.
    pub about: String,
    /// Reference or account number; empty for the installation.
    pub reference: String,
    /// Such as `case.forwarded`.
    pub kind: String,
    pub actor: String,
    /// What the event says; depends on its kind.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    pub reason: String,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; nothing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
