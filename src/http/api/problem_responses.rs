//! The problems that every address can answer with, for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Content, Ref, RefOr};

/// The problems any address can answer with.
pub(super) struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let known = [
            ("401", "No key, or one that does not work"),
            ("403", "The key may not do this"),
            ("404", "There is no such thing"),
            ("409", "Not possible in its present state"),
            ("413", "Larger than one request may be"),
            ("415", "A media type this address does not take"),
            ("422", "Cannot be read; every fault is named"),
            ("429", "Too many requests; see Retry-After"),
            ("500", "Something went wrong on our side"),
            ("503", "Nothing can be stored right now; see Retry-After"),
        ];
        let content = || Content::new(Some(Ref::from_schema_name("Problem")));
        let response = |words: &str| {
            ResponseBuilder::new().description(words).content("application/problem+json", content()).build()
        };
        known.into_iter().map(|(status, words)| (status.to_owned(), RefOr::T(response(words)))).collect()
    }
}
