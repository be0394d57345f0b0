//! What is added to an incomplete notice: the fields of the missing elements alone.

use crate::domain::base::contact::EmailAddress;
use crate::domain::intake::notice::{RawLocation, RawNotice, RawWork};
use crate::domain::regimes::us_512::finding::Code;
use crate::domain::regimes::us_512::verify::verify;
use crate::http::form::{Errors, Form};

/// What was typed.
#[derive(Clone, Debug, Default)]
pub(in crate::http::public) struct Additions {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub post: String,
    pub work: String,
    pub work_description: String,
    pub urls: String,
    pub good_faith: bool,
    pub accurate: bool,
    pub authority: bool,
    pub signature: String,
}

impl Additions {
    /// Reads the submitted form.
    pub fn read(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            name: text("name"),
            email: text("email"),
            phone: text("tel"),
            post: text("post"),
            work: text("work"),
            work_description: text("work-description"),
            urls: text("urls"),
            good_faith: form.ticked("st-faith"),
            accurate: form.ticked("st-accurate"),
            authority: form.ticked("st-perjury"),
            signature: text("sig"),
        }
    }

    /// Adds what was typed; what the notice says already stays.
    pub fn add_to(&self, raw: &mut RawNotice) {
        let put = |field: &mut String, text: &str| {
            if !text.is_empty() {
                text.clone_into(field);
            }
        };
        put(&mut raw.complainant.name, &self.name);
        put(&mut raw.complainant.email, &self.email);
        put(&mut raw.complainant.phone, &self.phone);
        put(&mut raw.complainant.address.street, &self.post);
        put(&mut raw.signature, &self.signature);
        if !self.work.is_empty() || !self.work_description.is_empty() {
            let work =
                RawWork { title: self.work.clone(), description: self.work_description.clone(), ..RawWork::default() };
            raw.works.push(work);
        }
        let lines = self.urls.lines().map(str::trim).filter(|l| !l.is_empty());
        raw.locations.extend(lines.map(|url| RawLocation { url: url.to_owned(), ..RawLocation::default() }));
        raw.statements.good_faith |= self.good_faith;
        raw.statements.accurate |= self.accurate;
        raw.statements.authorized_under_penalty_of_perjury |= self.authority;
    }

    /// What is still missing, each at its field.
    pub fn check(&self, raw: &RawNotice, max_locations: usize) -> Errors {
        let mut errors = Errors::default();
        for code in verify(&raw.understand(), &[]).missing() {
            errors.add(field_of(code), code.remedy());
        }
        if !self.email.is_empty() && EmailAddress::parse(&self.email).is_none() {
            errors.add("email", "Enter an email address like name@example.com");
        }
        if raw.locations.len() > max_locations {
            errors.add("urls", format!("At most {max_locations} addresses fit in one notice"));
        }
        errors
    }
}

/// The field at which an element is added.
fn field_of(code: Code) -> &'static str {
    match code.as_str() {
        "signature.missing" => "sig",
        "work.missing" => "work",
        "contact.name_missing" => "name",
        "contact.missing" => "email",
        "statement.good_faith_missing" => "st-faith",
        "statement.accuracy_missing" => "st-accurate",
        "statement.authority_missing" => "st-perjury",
        _ => "urls",
    }
}
