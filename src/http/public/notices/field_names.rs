//! Where on the form an error of a notice belongs.

use validator::{ValidationErrors, ValidationErrorsKind};

/// Shape errors with their path: `works[1].title`.
pub(in crate::http) fn flatten(prefix: &str, errors: &ValidationErrors) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (field, kind) in errors.errors() {
        let path = if prefix.is_empty() { field.to_string() } else { format!("{prefix}.{field}") };
        match kind {
            ValidationErrorsKind::Field(list) => {
                let words = list.iter().find_map(|e| e.message.as_ref()).map_or("too long", |m| m.as_ref());
                found.push((path, format!("Shorten this: {words}")));
            }
            ValidationErrorsKind::Struct(inner) => found.extend(flatten(&path, inner)),
            ValidationErrorsKind::List(items) => {
                for (n, inner) in items {
                    found.extend(flatten(&format!("{path}[{n}]"), inner));
                }
            }
        }
    }
    found.sort();
    found
}

/// The field of the page that a path of the notice was typed into.
pub(in crate::http) fn field_of(path: &str) -> String {
    let work = path.strip_prefix("works[").and_then(|rest| rest.split_once("]."));
    if let Some((n, field)) = work {
        let n = n.parse::<usize>().unwrap_or(0) + 1;
        let short = match field {
            "title" => "title",
            "description" => "desc",
            _ => "orig",
        };
        return format!("w{n}-{short}");
    }
    match path {
        "complainant.name" => "name",
        "complainant.organization" => "org",
        "complainant.email" => "email",
        "complainant.phone" => "tel",
        "complainant.address.street" => "post",
        "complainant.address.country" => "country",
        "rights_owner.name" => "owner",
        "signature" => "sig",
        "works" => "works-list",
        p if p.starts_with("locations") => "ip",
        _ => "name",
    }
    .to_owned()
}
