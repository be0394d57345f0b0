//! `GET /api/v1/docs`: the OpenAPI document as a page. No script, nothing from elsewhere.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde_json::Value;

use super::openapi::document;
use crate::app::App;
use crate::http::error::HttpError;
use crate::http::page::{Frame, Tag, ok};

/// One way to ask an address.
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: Vec<String>,
    open: bool,
    parameters: Vec<Parameter>,
    bodies: Vec<Shape>,
    answers: Vec<Shape>,
}

struct Parameter {
    name: String,
    place: String,
    about: String,
    required: bool,
}

/// A body or an answer: its status or media type, and the schema it has.
struct Shape {
    name: String,
    about: String,
    schema: String,
}

/// A type with its fields.
struct Schema {
    name: String,
    about: String,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    kind: String,
    link: String,
    about: String,
}

struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

#[derive(Template)]
#[template(path = "public/api_docs.html")]
struct DocsPage {
    frame: Frame,
    about: String,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

impl DocsPage {
    /// Text with what stands between backticks marked as code.
    fn parts(&self, text: &str) -> Vec<(bool, String)> {
        text.split('`').enumerate().map(|(n, part)| (n % 2 == 1, part.to_owned())).collect()
    }
}

/// Shows the page.
pub async fn show(app: Data<App>) -> Result<HttpResponse, HttpError> {
    let document = serde_json::to_value(document()).map_err(|e| HttpError::Internal(e.to_string()))?;
    let mut groups: Vec<Group> = list(&document["tags"])
        .map(|t| Group { name: text(t, "name"), about: text(t, "description"), operations: Vec::new() })
        .collect();
    for (path, item) in map(&document["paths"]) {
        for (method, operation) in map(item) {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            if let Some(group) = groups.iter_mut().find(|g| g.name == tag) {
                group.operations.push(read_operation(method, path, operation));
            }
        }
    }
    let schemas = map(&document["components"]["schemas"]).map(|(name, schema)| read_schema(name, schema)).collect();
    let frame = Frame::new(&app, Tag::Menu("api"));
    let page = DocsPage { frame, about: text(&document["info"], "description"), groups, schemas };
    ok(&page)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn map(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn read_operation(method: &str, path: &str, operation: &Value) -> Operation {
    let parameters = list(&operation["parameters"]).map(|p| Parameter {
        name: text(p, "name"),
        place: text(p, "in"),
        about: text(p, "description"),
        required: p["required"].as_bool().unwrap_or(false),
    });
    let bodies = map(&operation["requestBody"]["content"]).map(|(kind, content)| Shape {
        name: kind.clone(),
        about: String::new(),
        schema: reference(&content["schema"]),
    });
    let answers = map(&operation["responses"]).map(|(status, response)| Shape {
        name: status.clone(),
        about: text(response, "description"),
        schema: map(&response["content"]).map(|(_, c)| reference(&c["schema"])).next().unwrap_or_default(),
    });
    Operation {
        id: format!("{method}{}", path.replace(|c: char| !c.is_ascii_alphanumeric(), "-")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(operation, "summary"),
        about: text(operation, "description").split("\n\n").map(str::to_owned).filter(|p| !p.is_empty()).collect(),
        open: list(&operation["security"]).any(|s| s.as_object().is_some_and(serde_json::Map::is_empty)),
        parameters: parameters.collect(),
        bodies: bodies.collect(),
        answers: answers.filter(|a| a.name.starts_with(['2', '3'])).collect(),
    }
}

/// The name of the schema that is meant, empty where it is a plain value.
fn reference(schema: &Value) -> String {
    let of = |v: &Value| v["$ref"].as_str().and_then(|r| r.rsplit('/').next()).map(str::to_owned);
    let nested = list(&schema["oneOf"]).find_map(of);
    of(schema).or_else(|| of(&schema["items"])).or(nested).unwrap_or_default()
}

fn read_schema(name: &str, schema: &Value) -> Schema {
    let parts: Vec<&Value> = list(&schema["allOf"]).chain([schema]).collect();
    let inherited = list(&schema["allOf"]).filter_map(|p| p.get("$ref").map(|_| reference(p)));
    let mut fields: Vec<Field> = inherited
        .map(|link| Field { name: String::new(), kind: "all fields of".to_owned(), about: String::new(), link })
        .collect();
    for part in parts {
        fields.extend(map(&part["properties"]).map(|(name, field)| Field {
            name: name.clone(),
            kind: kind(field),
            link: reference(field),
            about: text(field, "description"),
        }));
    }
    let variants = list(&schema["enum"]).filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    let about =
        [text(schema, "description"), variants].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    Schema { name: name.to_owned(), about, fields }
}

fn kind(field: &Value) -> String {
    match &field["type"] {
        Value::String(kind) if kind == "array" => "list of".to_owned() + &item_kind(field),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let named =
                kinds.iter().filter_map(Value::as_str).filter(|k| *k != "null").collect::<Vec<_>>().join(" or ");
            if named == "array" { "list of".to_owned() + &item_kind(field) } else { named }
        }
        _ => String::new(),
    }
}

fn item_kind(field: &Value) -> String {
    field["items"]["type"].as_str().map(|k| format!(" {k}")).unwrap_or_default()
}
