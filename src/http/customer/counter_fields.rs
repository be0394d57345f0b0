//! The fields of a counter-notice as typed; the customer's page and the one of staff share them.

use crate::domain::regimes::us_512::counter_notice::{CounterNotice, RawCounterNotice};
use crate::http::form::{Errors, Form};

/// What was typed.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Fields {
    /// Row numbers of the disputed locations.
    pub urls: Vec<i64>,
    pub why: String,
    pub name: String,
    pub street: String,
    pub city: String,
    pub zip: String,
    pub country: String,
    pub phone: String,
    pub perjury: bool,
    pub place: String,
    pub service: bool,
    pub signature: String,
}

impl Fields {
    /// Reads the submitted form.
    pub fn read(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            urls: form.all("urls[]").iter().filter_map(|v| v.parse().ok()).collect(),
            why: text("why"),
            name: text("cn-name"),
            street: text("cn-addr"),
            city: text("cn-city"),
            zip: text("cn-zip"),
            country: text("cn-country"),
            phone: text("cn-tel"),
            perjury: form.ticked("cn-perjury"),
            place: text("j"),
            service: form.ticked("cn-service"),
            signature: text("cn-sig"),
        }
    }

    /// Whether an address is selected.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    pub fn disputes(&self, id: &i64) -> bool {
        self.urls.contains(id)
    }

    /// The same as [`Self::check`], with words for staff who enter what the customer sent on paper.
    pub fn check_entered(&self) -> (Option<CounterNotice>, Errors) {
        let (said, errors) = self.check();
        let entered = errors.in_words(|field, words| match field {
            "u0" => "Select at least one address that is disputed".to_owned(),
            "cn-name" => "Enter the customer’s full legal name".to_owned(),
            "cn-addr" => "Enter a street address where legal papers can reach the customer".to_owned(),
            "cn-perjury" => "Confirm that it has the statement under penalty of perjury".to_owned(),
            "j-us" => "Choose whether the customer’s address is in the United States".to_owned(),
            "cn-service" => "Confirm that it accepts service of process".to_owned(),
            "cn-sig" => "Enter the name as signed".to_owned(),
            _ => words,
        });
        (said, entered)
    }

    /// The counter-notice, or every error at once.
    pub fn check(&self) -> (Option<CounterNotice>, Errors) {
        let raw = RawCounterNotice {
            locations: self.urls.clone(),
            reason: self.why.clone(),
            name: self.name.clone(),
            street: self.street.clone(),
            city: self.city.clone(),
            postal_code: self.zip.clone(),
            country: self.country.clone(),
            phone: self.phone.clone(),
            perjury: self.perjury,
            jurisdiction: self.place.strip_prefix("j-").unwrap_or_default().parse().ok(),
            service: self.service,
            signature: self.signature.clone(),
        };
        let mut errors = Errors::default();
        match raw.parse() {
            Ok(said) => (Some(said), errors),
            Err(faults) => {
                errors.extend(faults);
                (None, errors)
            }
        }
    }
}
