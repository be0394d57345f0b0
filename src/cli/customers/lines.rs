//! One line of a file into what it says of an account.

use std::collections::HashMap;

use super::columns::Written;
use crate::actions::{ImportAsset, ImportLine};
use crate::app::App;
use crate::cli::error::CliError;
use crate::domain::base::contact::{EmailAddress, one_line};
use crate::domain::base::moment::Moment;
use crate::domain::customers::asset::Asset;
use crate::storage::customers;
use crate::storage::customers::contacts::{OWNER, PutContact};

/// Accounts whose name and segment are remembered between batches; beyond that they are looked up.
const REMEMBERED: usize = 50_000;

/// Reads lines; remembers what earlier lines said of an account.
pub(super) struct Parser {
    segments: Vec<String>,
    known: HashMap<String, (String, String)>,
}

impl Parser {
    pub(super) fn new(segments: Vec<String>) -> Self {
        Self { segments, known: HashMap::new() }
    }

    /// A batch is stored: what it said can be looked up, and needs no memory beyond a bound.
    pub(super) fn stored(&mut self) {
        if self.known.len() > REMEMBERED {
            self.known.clear();
        }
    }

    /// What a line says; why it says nothing.
    pub(super) async fn parse(&mut self, app: &App, written: &Written) -> Result<Result<ImportLine, String>, CliError> {
        let account = one_line(&written.account, 100);
        if account.is_empty() {
            return Ok(Err("account is empty".to_owned()));
        }
        if !self.known.contains_key(&account) && (written.name.is_empty() || written.segment.is_empty()) {
            let wanted = account.clone();
            if let Some(c) = app.read(move |c| customers::by_external_id(c, &wanted)).await? {
                self.known.insert(account.clone(), (c.name, c.segment));
            }
        }
        Ok(self.line(account, written))
    }

    fn line(&mut self, account: String, w: &Written) -> Result<ImportLine, String> {
        let before = self.known.get(&account).cloned();
        let pick = |given: &str, known: Option<&String>, what: &str| -> Result<String, String> {
            let given = one_line(given, 200);
            if given.is_empty() {
                return known.cloned().ok_or_else(|| format!("{what} is empty on the first line of account {account}"));
            }
            Ok(given)
        };
        let name = pick(&w.name, before.as_ref().map(|b| &b.0), "name")?;
        let segment = pick(&w.segment, before.as_ref().map(|b| &b.1), "segment")?;
        if !self.segments.contains(&segment) {
            return Err(format!("segment {segment:?} is not in the policy; allowed: {}", self.segments.join(", ")));
        }
        let contact = contact(w)?;
        let asset = asset(w)?;
        self.known.insert(account.clone(), (name.clone(), segment.clone()));
        Ok(ImportLine { external_id: account, name, segment, contact, asset })
    }
}

pub(super) fn contact(w: &Written) -> Result<Option<PutContact>, String> {
    if w.contact_email.is_empty() {
        let given = [&w.contact_role, &w.contact_name, &w.contact_phone];
        let given = given.iter().any(|text| text.as_ref().is_some_and(|t| !t.is_empty()));
        return if given { Err("contact_email is empty".to_owned()) } else { Ok(None) };
    }
    let email = EmailAddress::parse(&w.contact_email)
        .ok_or_else(|| format!("{:?} is not an email address", w.contact_email))?;
    let said = |text: &Option<String>, most: usize| text.as_ref().map(|t| one_line(t, most));
    let role = said(&w.contact_role, 60).map(|role| if role.is_empty() { OWNER.to_owned() } else { role });
    let (name, phone) = (said(&w.contact_name, 200), said(&w.contact_phone, 60));
    Ok(Some(PutContact { role, name, email, phone }))
}

pub(super) fn asset(w: &Written) -> Result<Option<ImportAsset>, String> {
    if w.asset.is_empty() {
        return if w.valid_from.is_empty() && w.valid_until.is_empty() {
            Ok(None)
        } else {
            Err("asset is empty".to_owned())
        };
    }
    let asset = Asset::parse(&w.asset).map_err(|e| e.to_string())?;
    let (from, until) = (moment(&w.valid_from)?, moment(&w.valid_until)?);
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        return Err("valid_until is not after valid_from".to_owned());
    }
    Ok(Some(ImportAsset { asset, from, until }))
}

fn moment(text: &str) -> Result<Option<Moment>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    Moment::parse(&whole)
        .map(Some)
        .ok_or_else(|| format!("{text:?} is not a date like 2026-03-10 or 2026-03-10T14:22:00Z"))
}
