//! The OpenAPI document names every address of the API, and no other.

use std::collections::BTreeSet;

use safeharbor::http::api::{ROUTES, document};
use safeharbor::http::routes::Who;
use serde_json::Value;

use crate::support::{Backend, TestSite};

/// Method and path of everything in the document.
fn documented(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone())));
    all.collect()
}

#[test]
fn every_address_is_documented_with_its_answers() {
    let document = serde_json::to_value(document()).unwrap();
    let own = ["/api/v1/openapi.json", "/api/v1/docs"];
    let routes = ROUTES.iter().filter(|r| !own.contains(&r.path)).map(|r| (r.method.to_owned(), r.path.to_owned()));
    assert_eq!(documented(&document), routes.collect());
    for route in ROUTES.iter().filter(|r| !own.contains(&r.path)) {
        let operation = &document["paths"][route.path][route.method];
        let answers = operation["responses"].as_object().unwrap();
        for status in ["401", "403", "404", "409", "413", "415", "422", "429", "500", "503"] {
            assert!(answers.contains_key(status), "{} {}: {status}", route.method, route.path);
        }
        assert!(answers.keys().any(|s| s.starts_with('2')), "{} {}", route.method, route.path);
        let open = operation["security"].as_array().unwrap().iter().any(|s| s.as_object().unwrap().is_empty());
        assert_eq!(open, route.who == Who::Public, "{} {}", route.method, route.path);
    }
}

/// Generated clients name a function after each operation: two of one name would write over each other.
#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = serde_json::to_value(document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.values().flat_map(|item| item.as_object().unwrap().values());
    let names: Vec<&str> = operations.map(|o| o["operationId"].as_str().unwrap()).collect();
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!((names.len(), different.len()), (17, 17), "{names:?}");
    let plain = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric());
    assert!(different.iter().all(plain) && different.contains("createNotice") && different.contains("listNotices"));
    assert_eq!(document["servers"][0]["url"], "/");
    assert_eq!(
        document["info"]["license"],
        serde_json::json!({"name": "Apache License 2.0", "identifier": "Apache-2.0"})
    );
}

/// It is served, is OpenAPI 3.1, and every type it refers to is in it; the page made from it has no script.
#[test]
fn the_document_and_its_page_are_served() {
    let site = TestSite::open(Backend::Sqlite);
    let served = site.stranger().get("/api/v1/openapi.json");
    let json = served.json();
    assert_eq!((served.status, json["openapi"].as_str()), (200, Some("3.1.0")));
    let known = json["components"]["schemas"].as_object().unwrap();
    for (at, _) in served.text.match_indices("#/components/schemas/") {
        let name = served.text[at + 21..].split('"').next().unwrap();
        assert!(known.contains_key(name), "{name}");
    }
    let page = site.client().get("/api/v1/docs");
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("Send many notices") && !page.body.contains("<script") && !page.body.contains("http"),
        "nothing from elsewhere"
    );
}
