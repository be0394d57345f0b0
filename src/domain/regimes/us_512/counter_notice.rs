//! Counter-notices, 17 USC 512(g)(3): what one must say, and what follows.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::base::contact::{many_lines, one_line};

/// The statement of (g)(3)(C).
pub const PERJURY: &str = "Under penalty of perjury, I have a good faith belief that the material was removed or disabled as a result of mistake or misidentification of the material to be removed or disabled.";
/// The second half of (g)(3)(D).
pub const SERVICE: &str =
    "I will accept service of process from the person who sent the notice, or from that person’s agent.";
/// Version of the wording of these statements.
pub const WORDING: i32 = 1;

/// Whose court the customer consents to: (g)(3)(D).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jurisdiction {
    /// The address is in the United States: its own district.
    UnitedStates,
    /// Outside: any district in which the service provider may be found.
    Outside,
}

impl Jurisdiction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::UnitedStates, Self::Outside];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnitedStates => "us",
            Self::Outside => "outside",
        }
    }
    /// The consent in words; `host` is the service provider.
    pub fn consent(self, host: &str) -> String {
        match self {
            Self::UnitedStates => "I consent to the jurisdiction of the Federal District Court for the judicial district in which my address is located.".to_owned(),
            Self::Outside => format!("I consent to the jurisdiction of any judicial district in which {host} may be found."),
        }
    }
}

impl FromStr for Jurisdiction {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        [Self::UnitedStates, Self::Outside].into_iter().find(|j| j.code() == code).ok_or(())
    }
}

/// A counter-notice as filled in.
#[derive(Clone, Debug, Default)]
pub struct RawCounterNotice {
    /// Row numbers of the disputed locations.
    pub locations: Vec<i64>,
    pub reason: String,
    pub name: String,
    pub street: String,
    pub city: String,
    pub postal_code: String,
    pub country: String,
    pub phone: String,
    pub perjury: bool,
    pub jurisdiction: Option<Jurisdiction>,
    pub service: bool,
    pub signature: String,
}

/// A counter-notice with all elements of (g)(3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterNotice {
    pub locations: Vec<i64>,
    pub reason: String,
    pub name: String,
    /// Several lines.
    pub address: String,
    pub phone: String,
    pub jurisdiction: Jurisdiction,
    pub signature: String,
}

/// A field and what to do about it.
pub type Fault = (&'static str, String);

impl RawCounterNotice {
    /// All elements, or every fault at once.
    pub fn parse(&self) -> Result<CounterNotice, Vec<Fault>> {
        let mut faults: Vec<Fault> = Vec::new();
        let mut need = |field: &'static str, text: &str, words: &str| {
            let text = one_line(text, 200);
            if text.is_empty() {
                faults.push((field, words.to_owned()));
            }
            text
        };
        let name = need("cn-name", &self.name, "Enter your full legal name");
        let street = many_lines(&self.street, 500);
        if street.is_empty() {
            need("cn-addr", "", "Enter a street address where legal papers can reach you");
        }
        let city = need("cn-city", &self.city, "Enter the city or town");
        let country = need("cn-country", &self.country, "Enter the country");
        let phone = need("cn-tel", &self.phone, "Enter a telephone number");
        let signature = need("cn-sig", &self.signature, "Type your full legal name to sign");
        let postal_code = one_line(&self.postal_code, 40);
        if self.locations.is_empty() {
            faults.push(("u0", "Select at least one address that you dispute".to_owned()));
        }
        if !self.perjury {
            let words = "Tick the statement under penalty of perjury; a counter-notice does not count without it";
            faults.push(("cn-perjury", words.to_owned()));
        }
        let Some(jurisdiction) = self.jurisdiction else {
            faults.push(("j-us", "Choose whether your address is in the United States".to_owned()));
            return Err(sorted(faults, self.service));
        };
        if faults.is_empty() && self.service {
            let place = [city, postal_code].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
            let address = [street, place, country].join("\n");
            let reason = many_lines(&self.reason, 4000);
            let locations = self.locations.clone();
            return Ok(CounterNotice { locations, reason, name, address, phone, jurisdiction, signature });
        }
        Err(sorted(faults, self.service))
    }
}

/// Faults in the order of the page.
fn sorted(mut faults: Vec<Fault>, service: bool) -> Vec<Fault> {
    const ORDER: [&str; 10] =
        ["u0", "cn-name", "cn-addr", "cn-city", "cn-country", "cn-tel", "cn-perjury", "j-us", "cn-service", "cn-sig"];
    if !service {
        faults.push(("cn-service", "Tick that you accept service of process; the statute asks for it".to_owned()));
    }
    faults.sort_by_key(|(field, _)| ORDER.iter().position(|o| o == field));
    faults
}

/// Where a counter-notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CounterState {
    /// The ten business days run.
    Running,
    /// The complainant told of a court action in time: access stays disabled.
    Stopped,
    /// The window is open and the host's systems or staff were asked to restore access.
    Due,
    /// Access has returned.
    Restored,
    /// The notice was withdrawn meanwhile; nothing is left to dispute.
    Moot,
}

impl CounterState {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Running, Self::Stopped, Self::Due, Self::Restored, Self::Moot];
    /// As stored and in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Due => "due",
            Self::Restored => "restored",
            Self::Moot => "moot",
        }
    }
    /// Mark in the stylesheet and word for people.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Running => ("disputed", "Counter-notice running"),
            Self::Stopped => ("disabled", "Stopped by a court action"),
            Self::Due => ("overdue", "Restore now"),
            Self::Restored => ("ok", "Restored"),
            Self::Moot => ("withdrawn", "Notice withdrawn"),
        }
    }
    /// The same after the words that a counter-notice was received.
    pub fn about_it(self) -> &'static str {
        match self {
            Self::Running => "waiting period running",
            Self::Stopped => "stopped by a court action",
            Self::Due => "waiting period over",
            Self::Restored => "access restored",
            Self::Moot => "notice withdrawn",
        }
    }
    /// Whether the dispute is still open: a court action received now stops it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Due)
    }
}

impl FromStr for CounterState {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|s| s.code() == code).ok_or(())
    }
}

/// What was filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// An action in a court seeking an order to restrain the customer, 17 USC 512(g)(2)(C).
    Court,
    /// A claim before the Copyright Claims Board, 17 USC 1507(d).
    ClaimsBoard,
}

impl ActionKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Court, Self::ClaimsBoard];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Court => "court",
            Self::ClaimsBoard => "ccb",
        }
    }
    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Court => "Court action",
            Self::ClaimsBoard => "Copyright Claims Board claim",
        }
    }
}

impl FromStr for ActionKind {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        [Self::Court, Self::ClaimsBoard].into_iter().find(|k| k.code() == code).ok_or(())
    }
}

/// A court action as told.
#[derive(Clone, Debug, Default)]
pub struct RawCourtAction {
    pub kind: Option<ActionKind>,
    pub court: String,
    pub docket: String,
    /// `2026-12-01`.
    pub filed_on: String,
    /// "I have filed an action seeking a court order to restrain the customer …"
    pub filed: bool,
}

/// A court action with everything that makes it one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourtAction {
    pub kind: ActionKind,
    pub court: String,
    pub docket: String,
    pub filed_on: String,
}

impl RawCourtAction {
    /// Everything, or every fault at once. `today` is the latest day in any zone.
    pub fn parse(&self, today: &str) -> Result<CourtAction, Vec<Fault>> {
        let mut faults: Vec<Fault> = Vec::new();
        let (court, docket) = (one_line(&self.court, 200), one_line(&self.docket, 100));
        if self.kind.is_none() {
            faults.push(("k-court", "Choose a court action or a claim before the Copyright Claims Board".to_owned()));
        }
        if court.is_empty() && self.kind != Some(ActionKind::ClaimsBoard) {
            faults.push(("court", "Name the court".to_owned()));
        }
        if docket.is_empty() {
            faults.push(("docket", "Enter the case or docket number".to_owned()));
        }
        match self.filed_on.parse::<jiff::civil::Date>() {
            Err(_) => faults.push(("filed", "Enter the date of filing".to_owned())),
            Ok(day) if day.to_string().as_str() > today => {
                faults.push(("filed", "Enter a date of filing that is not in the future".to_owned()));
            }
            Ok(_) => {}
        }
        if !self.filed {
            faults.push(("filed-ok", "Confirm that the action has been filed".to_owned()));
        }
        match self.kind {
            Some(kind) if faults.is_empty() => {
                let court = if court.is_empty() { "Copyright Claims Board".to_owned() } else { court };
                Ok(CourtAction { kind, court, docket, filed_on: self.filed_on.clone() })
            }
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> RawCounterNotice {
        RawCounterNotice {
            locations: vec![1],
            reason: "My own photograph.".into(),
            name: "Idris Moor".into(),
            street: "88 Tamarack Avenue".into(),
            city: "Duluth".into(),
            postal_code: "MN 55802".into(),
            country: "USA".into(),
            phone: "+1 218 555 0164".into(),
            perjury: true,
            jurisdiction: Some(Jurisdiction::UnitedStates),
            service: true,
            signature: "Idris Moor".into(),
        }
    }

    #[test]
    fn every_element_is_needed_and_every_fault_is_named() {
        let parsed = whole().parse().unwrap();
        assert_eq!(parsed.address, "88 Tamarack Avenue\nDuluth MN 55802\nUSA");
        let faults = RawCounterNotice::default().parse().unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|(f, _)| *f).collect();
        assert_eq!(
            fields,
            [
                "u0",
                "cn-name",
                "cn-addr",
                "cn-city",
                "cn-country",
                "cn-tel",
                "cn-perjury",
                "j-us",
                "cn-service",
                "cn-sig"
            ]
        );
        for (field, broken) in [
            ("u0", RawCounterNotice { locations: vec![], ..whole() }),
            ("cn-name", RawCounterNotice { name: "  ".into(), ..whole() }),
            ("cn-perjury", RawCounterNotice { perjury: false, ..whole() }),
            ("j-us", RawCounterNotice { jurisdiction: None, ..whole() }),
            ("cn-service", RawCounterNotice { service: false, ..whole() }),
            ("cn-sig", RawCounterNotice { signature: String::new(), ..whole() }),
        ] {
            let faults = broken.parse().unwrap_err();
            assert!(faults.len() == 1 && faults[0].0 == field, "{field}: {faults:?}");
        }
        // A postal code and a reason are not demanded: not every country has one, and (g)(3) asks for no reason.
        assert!(RawCounterNotice { postal_code: String::new(), reason: String::new(), ..whole() }.parse().is_ok());
    }

    #[test]
    fn a_court_action_has_number_and_date() {
        let whole = RawCourtAction {
            kind: Some(ActionKind::ClaimsBoard),
            docket: "22-CCB-0035".into(),
            filed_on: "2026-12-01".into(),
            filed: true,
            ..RawCourtAction::default()
        };
        assert_eq!(whole.parse("2026-12-02").unwrap().court, "Copyright Claims Board");
        assert_eq!(whole.parse("2026-11-30").unwrap_err()[0].0, "filed");
        assert_eq!(RawCourtAction::default().parse("2026-12-02").unwrap_err().len(), 5);
        let court = RawCourtAction { kind: Some(ActionKind::Court), ..whole };
        assert_eq!(court.parse("2026-12-02").unwrap_err()[0].0, "court");
    }
}
