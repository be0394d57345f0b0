//! The fields of the notice form: from what was typed to a [`RawNotice`], and every error in it.

use validator::Validate;

use super::field_names::{field_of, flatten};
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::moment::Moment;
use crate::domain::intake::location::Place;
use crate::domain::intake::notice::{RawLocation, RawNotice, RawStatements, RawWork, Role};
use crate::domain::intake::pasted_location::read_line;
use crate::http::form::{Errors, Form};

/// One work as typed.
#[derive(Clone, Debug, Default)]
pub struct WorkFields {
    pub title: String,
    pub description: String,
    pub original: String,
}

/// The form as typed; nothing is lost when it comes back.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each statement is its own box on the form")]
pub struct Fields {
    pub agent: bool,
    pub owner: String,
    pub organization: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub country: String,
    pub post: String,
    pub works: Vec<WorkFields>,
    pub works_list: String,
    pub by_ip: bool,
    pub urls: String,
    pub ip: String,
    pub port: String,
    pub seen_date: String,
    pub seen_time: String,
    pub ip_detail: String,
    pub good_faith: bool,
    pub fair_use: bool,
    pub accurate: bool,
    pub authority: bool,
    pub signature: String,
    /// Token of the status page of the notice that this one completes.
    pub from: String,
}

/// Most works on the form; a representative list takes more.
const MAX_WORKS: usize = 200;

impl Fields {
    /// Reads the submitted form.
    pub(in crate::http) fn read(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        let mut works = Vec::new();
        while works.len() < MAX_WORKS {
            let at = |field: &str| format!("works[{}].{field}", works.len());
            if !form.ticked(&at("title")) {
                break;
            }
            works.push(WorkFields {
                title: text(&at("title")),
                description: text(&at("description")),
                original: text(&at("original")),
            });
        }
        if works.is_empty() {
            works.push(WorkFields::default());
        }
        Self {
            agent: form.get("role") == "role-agent",
            owner: text("owner"),
            organization: text("org"),
            name: text("name"),
            email: text("email"),
            phone: text("tel"),
            country: text("country"),
            post: text("post"),
            works,
            works_list: text("works-list"),
            by_ip: form.get("locator") == "ip",
            urls: text("urls"),
            ip: text("ip"),
            port: text("port"),
            seen_date: text("seen-date"),
            seen_time: text("seen-time"),
            ip_detail: text("ip-detail"),
            good_faith: form.ticked("st-faith"),
            fair_use: form.ticked("st-fair"),
            accurate: form.ticked("st-accurate"),
            authority: form.ticked("st-perjury"),
            signature: text("sig"),
            from: text("from"),
        }
    }

    /// The form filled in with a notice that was read from something else.
    pub fn from_raw(raw: &RawNotice) -> Self {
        let c = &raw.complainant;
        let lines = |list: Vec<&str>| list.join("\n");
        Self {
            agent: c.role == Role::Agent,
            owner: raw.rights_owner.name.clone(),
            organization: c.organization.clone(),
            name: c.name.clone(),
            email: c.email.clone(),
            phone: c.phone.clone(),
            post: c.address.street.clone(),
            works_list: lines(raw.works.iter().map(|w| w.title.as_str()).collect()),
            urls: lines(raw.locations.iter().map(|l| l.url.as_str()).collect()),
            good_faith: raw.statements.good_faith,
            fair_use: raw.statements.fair_use_considered,
            accurate: raw.statements.accurate,
            authority: raw.statements.authorized_under_penalty_of_perjury,
            signature: raw.signature.clone(),
            ..Self::default()
        }
    }

    /// The same as names and values, for the hidden fields of the page to check.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
        add("role", if self.agent { "role-agent" } else { "role-owner" });
        for (name, value) in [
            ("owner", &self.owner),
            ("org", &self.organization),
            ("name", &self.name),
            ("email", &self.email),
            ("tel", &self.phone),
            ("country", &self.country),
            ("post", &self.post),
            ("works-list", &self.works_list),
            ("urls", &self.urls),
            ("ip", &self.ip),
            ("port", &self.port),
            ("seen-date", &self.seen_date),
            ("seen-time", &self.seen_time),
            ("ip-detail", &self.ip_detail),
            ("sig", &self.signature),
            ("from", &self.from),
        ] {
            add(name, value);
        }
        add("locator", if self.by_ip { "ip" } else { "url" });
        for (work, n) in self.works.iter().zip(0..) {
            add(&format!("works[{n}].title"), &work.title);
            add(&format!("works[{n}].description"), &work.description);
            add(&format!("works[{n}].original"), &work.original);
        }
        let boxes = [
            ("st-faith", self.good_faith),
            ("st-fair", self.fair_use),
            ("st-accurate", self.accurate),
            ("st-perjury", self.authority),
        ];
        for (name, _) in boxes.into_iter().filter(|(_, ticked)| *ticked) {
            add(name, "yes");
        }
        pairs
    }

    /// The lines of the address field that are not empty.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.urls.lines().map(str::trim).filter(|l| !l.is_empty())
    }

    /// The notice all entrances share.
    pub fn raw(&self) -> RawNotice {
        let mut raw = RawNotice::default();
        raw.complainant.name.clone_from(&self.name);
        raw.complainant.organization.clone_from(&self.organization);
        raw.complainant.email.clone_from(&self.email);
        raw.complainant.phone.clone_from(&self.phone);
        raw.complainant.address.street.clone_from(&self.post);
        raw.complainant.address.country.clone_from(&self.country);
        raw.complainant.role = if self.agent { Role::Agent } else { Role::Owner };
        raw.rights_owner.name.clone_from(&self.owner);
        raw.works = self.works.iter().map(WorkFields::raw).collect();
        raw.works.extend(
            self.works_list
                .lines()
                .filter(|l| !l.trim().is_empty())
                .map(|title| RawWork { title: title.to_owned(), ..RawWork::default() }),
        );
        raw.locations = if self.by_ip {
            vec![self.address()]
        } else {
            self.lines().map(|url| RawLocation { url: url.to_owned(), ..RawLocation::default() }).collect()
        };
        raw.statements = RawStatements {
            good_faith: self.good_faith,
            accurate: self.accurate,
            authorized_under_penalty_of_perjury: self.authority,
            fair_use_considered: self.fair_use,
        };
        raw.signature.clone_from(&self.signature);
        raw
    }

    fn address(&self) -> RawLocation {
        RawLocation {
            ip: self.ip.clone(),
            port: self.port.parse().ok(),
            observed_at: self.seen().map(Moment::iso).unwrap_or_default(),
            file_name: self.ip_detail.clone(),
            ..RawLocation::default()
        }
    }

    fn seen(&self) -> Option<Moment> {
        let time = if self.seen_time.len() == 5 { format!("{}:00", self.seen_time) } else { self.seen_time.clone() };
        Moment::parse(&format!("{}T{time}Z", self.seen_date))
    }

    /// Everything that is wrong, at once, in the order of the page.
    pub(in crate::http) fn check(&self, raw: &RawNotice, max_locations: usize) -> Errors {
        let mut errors = Errors::default();
        self.check_sender(&mut errors);
        if raw.understand().works.is_empty() {
            errors.add("w1-title", "Name the work that was copied");
        }
        if self.by_ip {
            self.check_address(&mut errors);
        } else {
            self.check_urls(max_locations, &mut errors);
        }
        for (made, field, words) in [
            (self.good_faith, "st-faith", "Confirm the statement of good faith belief"),
            (self.accurate, "st-accurate", "Confirm that the information is accurate"),
            (self.authority, "st-perjury", "Confirm that you are the owner or authorized to act"),
        ] {
            if !made {
                errors.add(field, words);
            }
        }
        if self.signature.is_empty() {
            errors.add("sig", "Type your full legal name to sign");
        }
        if let Err(shape) = raw.validate() {
            for (path, words) in flatten("", &shape) {
                errors.add(field_of(&path), words);
            }
        }
        errors
    }

    fn check_sender(&self, errors: &mut Errors) {
        if self.name.is_empty() && self.organization.is_empty() {
            errors.add("name", "Enter your full name");
        }
        if !self.email.is_empty() && EmailAddress::parse(&self.email).is_none() {
            errors.add("email", "Enter an email address with a domain, like name@example.com");
        } else if self.email.is_empty() && self.phone.is_empty() && self.post.is_empty() {
            errors.add("email", "Enter an email address, or a telephone number or postal address below");
        }
    }

    fn check_urls(&self, max: usize, errors: &mut Errors) {
        let count = self.lines().count();
        if count == 0 {
            errors.add("urls", "Enter at least one web address");
        } else if count > max {
            let words =
                format!("You listed {count} addresses; at most {max} fit in one notice. Send the rest in another one");
            errors.add("urls", words);
        } else if self.lines().flat_map(read_line).all(|l| matches!(l.place, Place::Unreadable(_))) {
            let first: String = self.lines().next().unwrap_or_default().chars().take(60).collect();
            errors.add("urls", format!("Line 1 is not a web address: “{first}”"));
        }
    }

    fn check_address(&self, errors: &mut Errors) {
        if self.ip.parse::<std::net::IpAddr>().is_err() {
            errors.add("ip", "Enter an IP address, like 198.51.100.73 or 2001:db8::73");
        }
        if !self.port.is_empty() && self.port.parse::<u16>().is_err() {
            errors.add("port", "Enter a port between 1 and 65535, or leave it empty");
        }
        if self.seen_date.is_empty() != self.seen_time.is_empty() {
            errors.add("seen-date", "Enter both the date and the time it was seen");
        } else if !self.seen_date.is_empty() && self.seen().is_none() {
            errors.add("seen-date", "Enter the date and time like 2026-03-10 and 14:22");
        }
    }
}

impl WorkFields {
    fn raw(&self) -> RawWork {
        let original_urls = if self.original.is_empty() { Vec::new() } else { vec![self.original.clone()] };
        RawWork { title: self.title.clone(), description: self.description.clone(), original_urls }
    }
}
