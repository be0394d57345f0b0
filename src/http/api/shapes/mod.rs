//! What the API says: one struct for each thing, the OpenAPI document is made from them.

mod case;
mod customer;
mod notice;

pub use case::{CaseDetail, CaseLocation, CaseOut, CounterOut};
pub use customer::{AssetOut, ConflictOut, ContactOut, CustomerBrief, CustomerOut, StrikeOut};
pub use notice::{NoticeBrief, NoticeOut, Receipt, Retracted, Viewer};

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::domain::record::event::Event;

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
    /// What happened. A version to come may add kinds.
    #[schema(schema_with = kinds)]
    pub kind: String,
    /// Who did it, with the name of today.
    pub actor: String,
    /// Who did it, without a name: `staff:7`, `key:3`, `system`, `customer_link`, `complainant` or `operator`.
    pub actor_id: String,
    /// What the event says; depends on its kind. In place of a private value that was forgotten stands when and why.
    #[schema(value_type = Object)]
    pub facts: serde_json::Map<String, serde_json::Value>,
    pub reason: String,
    /// Names of private values that were forgotten.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forgotten: Vec<String>,
}

/// Every kind of event.
fn kinds() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("What happened. A version to come may add kinds."))
        .examples(["case.forwarded"])
        .enum_values(Some(Event::KINDS.iter().copied()))
        .build()
        .into()
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; nothing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
