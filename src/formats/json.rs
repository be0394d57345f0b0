//! JSON of the API: one notice, every fault in it named at once with a pointer (RFC 6901).

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::domain::intake::notice::RawNotice;

/// One fault of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Pointer to the field, empty for the whole body.
    pub pointer: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A body that cannot be read, with every fault in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|f| if f.pointer.is_empty() { f.message.clone() } else { format!("{}: {}", f.pointer, f.message) }).collect::<Vec<_>>().join("; "))]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// One fault.
    pub fn one(pointer: &str, message: impl Into<String>) -> Self {
        Self(vec![Fault { pointer: pointer.to_owned(), message: message.into() }])
    }
}

/// Of larger bodies the first fault alone is named: listing all needs the whole value in memory.
const MAX_LISTED: usize = 200_000;

/// Most faults named in one answer.
const MAX_FAULTS: usize = 100;

/// Reads and bounds a notice.
pub fn read(bytes: &[u8]) -> Result<RawNotice, Faults> {
    read_as(bytes)
}

/// Reads any body of the API: syntax, then unknown fields and wrong types, then lengths and counts.
pub fn read_as<T>(bytes: &[u8]) -> Result<T, Faults>
where
    T: serde::de::DeserializeOwned + Validate + utoipa::ToSchema,
{
    let body: T = parse(bytes)?;
    body.validate().map_err(|errors| too_long(&errors))?;
    Ok(body)
}

fn parse<T: serde::de::DeserializeOwned + utoipa::ToSchema>(bytes: &[u8]) -> Result<T, Faults> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // A list would be taken for the fields of a structure in their order.
    if bytes.trim_ascii_start().first().is_some_and(|b| *b != b'{')
        && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
    {
        return Err(Faults::one("", "write an object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let error = match serde_path_to_error::deserialize(&mut reader) {
        Ok(body) => match reader.end() {
            Ok(()) => return Ok(body),
            Err(error) => return Err(Faults::one("", format!("this is more than one JSON value: {error}"))),
        },
        Err(error) => error,
    };
    if bytes.len() > MAX_LISTED {
        return Err(Faults(vec![first(&error)]));
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return Err(Faults::one("", format!("this is not JSON: {}", error.inner())));
    };
    let mut faults = Vec::new();
    let (schemas, root) = schemas::<T>();
    check(&value, &root, &schemas, "", &mut faults);
    if faults.is_empty() {
        faults.push(first(&error));
    }
    Err(Faults(faults))
}

/// The first thing that is wrong, as the parser says it.
fn first(error: &serde_path_to_error::Error<serde_json::Error>) -> Fault {
    let path: String = error.path().iter().map(|s| format!("/{s}")).collect();
    Fault { pointer: path.replace(['[', ']'], ""), message: error.inner().to_string() }
}

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// The schema of a type as in the OpenAPI document, and those it refers to.
fn schemas<T: utoipa::ToSchema>() -> (Schemas, RefOr<Schema>) {
    let mut all = Vec::new();
    T::schemas(&mut all);
    (all.into_iter().collect(), T::schema())
}

/// Compares a value with its schema: unknown fields by name, wrong types by pointer.
fn check(value: &Value, schema: &RefOr<Schema>, schemas: &Schemas, at: &str, faults: &mut Vec<Fault>) {
    if faults.len() >= MAX_FAULTS {
        return;
    }
    let schema = match schema {
        RefOr::T(schema) => schema,
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
            match schemas.get(name) {
                Some(RefOr::T(schema)) => schema,
                _ => return,
            }
        }
    };
    match schema {
        Schema::Object(object) if !object.properties.is_empty() => {
            let Value::Object(fields) = value else { return wrong(value, "an object", at, faults) };
            for (name, field) in fields {
                let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                match object.properties.get(name) {
                    Some(schema) => check(field, schema, schemas, &pointer, faults),
                    None if faults.len() < MAX_FAULTS => faults.push(Fault { pointer, message: unknown(name, object) }),
                    None => {}
                }
            }
            for name in object.required.iter().filter(|n| !fields.contains_key(*n)) {
                faults.push(Fault { pointer: format!("{at}/{name}"), message: "this field is needed".to_owned() });
            }
        }
        Schema::Object(object) => check_plain(value, object, at, faults),
        Schema::Array(array) => {
            let Value::Array(items) = value else { return wrong(value, "a list", at, faults) };
            if let utoipa::openapi::schema::ArrayItems::RefOrSchema(item) = &array.items {
                for (place, one) in items.iter().enumerate() {
                    check(one, item, schemas, &format!("{at}/{place}"), faults);
                }
            }
        }
        _ => {}
    }
}

fn check_plain(value: &Value, object: &utoipa::openapi::Object, at: &str, faults: &mut Vec<Fault>) {
    use utoipa::openapi::schema::{SchemaType, Type};
    let types: Vec<&Type> = match &object.schema_type {
        SchemaType::Type(one) => vec![one],
        SchemaType::Array(some) => some.iter().collect(),
        SchemaType::AnyValue => return,
    };
    let fits = types.iter().any(|t| match t {
        Type::String => value.is_string(),
        Type::Integer => value.is_i64() || value.is_u64(),
        Type::Number => value.is_number(),
        Type::Boolean => value.is_boolean(),
        Type::Null => value.is_null(),
        Type::Object => value.is_object(),
        Type::Array => value.is_array(),
    });
    let name = match types.first() {
        Some(Type::Integer) => "a whole number",
        Some(Type::Boolean) => "true or false",
        Some(Type::Object) => "an object",
        _ => "a text",
    };
    if !fits {
        wrong(value, name, at, faults);
    } else if let Some(allowed) = &object.enum_values
        && !allowed.contains(value)
    {
        let list: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        faults.push(Fault { pointer: at.to_owned(), message: format!("write one of {}", list.join(", ")) });
    }
}

fn wrong(value: &Value, expected: &str, at: &str, faults: &mut Vec<Fault>) {
    let advice = if value.is_null() { "; leave the field out where there is nothing to say" } else { "" };
    faults.push(Fault { pointer: at.to_owned(), message: format!("write {expected}{advice}") });
}

fn unknown(name: &str, object: &utoipa::openapi::Object) -> String {
    let shown: String = name.chars().take(60).collect();
    let known: Vec<&str> = object.properties.keys().map(String::as_str).collect();
    format!("there is no field “{shown}” here; known are {}", known.join(", "))
}

/// Lengths and counts that are over their bounds, as pointers.
pub fn too_long(errors: &ValidationErrors) -> Faults {
    let mut faults = Vec::new();
    collect(errors, "", &mut faults);
    faults.sort_by(|a: &Fault, b| a.pointer.cmp(&b.pointer));
    Faults(faults)
}

fn collect(errors: &ValidationErrors, at: &str, faults: &mut Vec<Fault>) {
    for (field, kind) in errors.errors() {
        let pointer = format!("{at}/{field}");
        match kind {
            ValidationErrorsKind::Field(list) => faults.extend(list.iter().take(MAX_FAULTS).map(|e| Fault {
                pointer: pointer.clone(),
                message: e.message.as_ref().map_or_else(|| e.code.to_string(), ToString::to_string),
            })),
            ValidationErrorsKind::Struct(inner) => collect(inner, &pointer, faults),
            ValidationErrorsKind::List(items) => {
                for (place, inner) in items.iter().take(MAX_FAULTS) {
                    collect(inner, &format!("{pointer}/{place}"), faults);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(json: &str) -> Vec<(String, String)> {
        read(json.as_bytes()).unwrap_err().0.into_iter().map(|f| (f.pointer, f.message)).collect()
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let found = faults(
            r#"{"complainant":{"nme":"x","role":"boss","phone":null},"locations":[{"url":"a"},{"port":"80"}],"extra":1}"#,
        );
        let pointers: Vec<&str> = found.iter().map(|(p, _)| p.as_str()).collect();
        assert_eq!(
            pointers,
            ["/complainant/nme", "/complainant/phone", "/complainant/role", "/extra", "/locations/1/port"]
        );
        assert!(found[0].1.contains("no field “nme”") && found[0].1.contains("organization"), "{found:?}");
        assert_eq!(found[2].1, "write one of \"owner\", \"agent\"");
    }

    #[test]
    fn lengths_have_pointers_too() {
        let long = "x".repeat(300);
        let found =
            faults(&format!(r#"{{"works":[{{"title":"a"}},{{"title":"{}"}}],"signature":"{long}"}}"#, long.repeat(2)));
        assert_eq!(found[0], ("/signature".to_owned(), "at most 200 characters".to_owned()));
        assert_eq!(found[1], ("/works/1/title".to_owned(), "at most 500 characters".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn nothing_sent_makes_it_panic(text in "\\PC{0,200}", key in "[a-z_]{1,12}", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = read(&bytes);
            let _ = read(text.as_bytes());
            let _ = read(format!("{{\"complainant\":{{\"{key}\":[{text}]}},\"{key}\":1,\"works\":[{{\"{key}\":null}}]}}").as_bytes());
        }
    }

    #[test]
    fn what_is_not_json_is_said() {
        assert!(faults("{")[0].1.starts_with("this is not JSON"));
        assert!(faults("{} {}")[0].1.starts_with("this is more than one"));
        assert_eq!(faults("[]")[0].1, "write an object");
        assert!(faults("\"x\"")[0].1.contains("object"));
        assert!(faults(r#"{"locations":[{"port":70000}]}"#)[0].0.contains("locations/0/port"));
    }
}
