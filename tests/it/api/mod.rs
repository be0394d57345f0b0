//! Stories of programs: rights holders' systems, the host's billing and control panel.

mod batches;
mod cases;
mod customers;
mod document;
pub mod documents;
mod events;
mod examples;
mod keys;
mod notices;
mod webhooks;
mod withdrawals;

use serde_json::{Value, json};

/// A complete notice about some addresses.
pub fn notice(urls: &[&str]) -> Value {
    let locations: Vec<Value> = urls.iter().map(|url| json!({ "url": url })).collect();
    json!({
        "complainant": {"name": "Joel Finch", "organization": "Holt & Finch Picture Library", "email": "rights@holtfinch.example", "role": "agent"},
        "rights_owner": {"name": "Maren Holt"},
        "works": [{"title": "Heron at Dawn", "description": "Color photograph, 2019"}],
        "locations": locations,
        "statements": {"good_faith": true, "accurate": true, "authorized_under_penalty_of_perjury": true, "fair_use_considered": true},
        "signature": "Joel Finch",
        "reference": "HF-2231"
    })
}
