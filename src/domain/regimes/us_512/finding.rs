//! Coded remarks of the validator: the same code at the form, the API, in letters and before staff.

use serde::{Deserialize, Serialize};

use super::elements::Element;

/// One remark. `evidence` is a fact from the notice, never an opinion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The code, such as `work.missing`.
    pub code: Code,
    /// What was seen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence: String,
}

/// What a finding does to its element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The element is not there.
    Missing,
    /// The element is there; a person should look.
    Doubt,
    /// Worth knowing, nothing more.
    Remark,
}

macro_rules! codes {
    ($($variant:ident = $code:literal, $element:ident, $weight:ident, $remedy:literal;)+) => {
        /// Every rule of the validator has one code here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $remedy] #[serde(rename = $code)] $variant,)+
        }
        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// As stored and as in the API.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $code),+ } }
            /// The element of the statute it concerns.
            pub fn element(self) -> Element { match self { $(Self::$variant => Element::$element),+ } }
            /// What it does to that element.
            pub fn weight(self) -> Weight { match self { $(Self::$variant => Weight::$weight),+ } }
            /// What the sender can do, or what staff should look at.
            pub fn remedy(self) -> &'static str { match self { $(Self::$variant => $remedy),+ } }
        }
    };
}

codes! {
    SignatureMissing = "signature.missing", Signature, Missing, "Sign with the full name of the person sending the notice; a typed name is an electronic signature";
    SignatureDiffers = "signature.differs_from_name", Signature, Doubt, "The signature is another name than the sender's";
    WorkMissing = "work.missing", Work, Missing, "Name at least one copyrighted work: its title or a short description";
    WorkVague = "work.vague", Work, Doubt, "A work has a title but no description and no original to compare with";
    LocationMissing = "location.missing", Material, Missing, "List the exact addresses (URLs) of the material, or an IP address with port and time";
    LocationUnreadable = "location.unreadable", Material, Remark, "Some of what was listed is not an address; it is kept as written";
    LocationNoneReadable = "location.none_readable", Material, Missing, "None of what was listed is an address; copy each from the browser, starting with https://";
    LocationWholeDomain = "location.whole_domain", Material, Doubt, "Names a whole site, not the page or file on it";
    LocationNoTime = "location.time_missing", Material, Doubt, "An IP address without the time it was seen may have changed hands; give the time with its zone, like 2026-03-10T14:22:00Z";
    LocationMended = "location.mended", Material, Remark, "Addresses were written without https:// or made harmless; they were read as meant";
    LocationRepeated = "location.repeated", Material, Remark, "The same address is listed more than once and counts once";
    ContactNoName = "contact.name_missing", Contact, Missing, "Give your full name";
    ContactMissing = "contact.missing", Contact, Missing, "Give at least one way to reach you: an email address, a telephone number or a postal address";
    ContactBadEmail = "contact.email_unusable", Contact, Doubt, "The email address cannot be written to";
    GoodFaithMissing = "statement.good_faith_missing", GoodFaith, Missing, "Confirm the statement of good faith belief";
    FairUseNotStated = "statement.fair_use_not_stated", GoodFaith, Remark, "The sender did not say that fair use was considered; the statute does not ask for it";
    AccuracyMissing = "statement.accuracy_missing", Authority, Missing, "Confirm that the information in the notice is accurate";
    AuthorityMissing = "statement.authority_missing", Authority, Missing, "Confirm under penalty of perjury that you are the owner or authorized to act";
    OwnerNotNamed = "rights_owner.not_named", Authority, Doubt, "Acts for an owner who is not named";
    FormatMended = "format.mended", Material, Remark, "The machine-readable part does not follow its specification; it was read as meant";
    FormatCutOff = "format.cut_off", Material, Doubt, "The machine-readable part breaks off; what is there was read, more may be missing";
    FormatAddress = "format.address_unreadable", Material, Doubt, "An IP address in the machine-readable part cannot be read; it is kept as written and was not guessed";
    FormatPort = "format.port_unreadable", Material, Remark, "A port in the machine-readable part cannot be read; it was left out and not guessed";
    FormatTime = "format.time_unreadable", Material, Remark, "A time in the machine-readable part has no readable date, time and zone; it was left out and not guessed";
    FormatNoReference = "format.case_id_missing", Contact, Remark, "The machine-readable part has no case number of the sender";
    FormatTextDiffers = "format.text_differs", Material, Doubt, "The letter and the machine-readable part name different things; the machine-readable part was read";
    FormatSignature = "format.signature_unverified", Signature, Doubt, "Signed with a PGP signature, taken as an electronic signature; the signature itself was not verified";
    FormatSecrets = "format.secrets_removed", Material, Remark, "User names or passwords in the machine-readable part were not taken over";
    FormatSchema = "format.schema", Material, Remark, "The report does not follow the schema of its version; it was read as far as it could be";
}

impl Code {
    /// Whether a reader of a machine format says it, before the validator.
    pub fn is_of_reader(self) -> bool {
        self.as_str().starts_with("format.")
    }
}

impl Finding {
    /// A finding without evidence.
    pub fn new(code: Code) -> Self {
        Self { code, evidence: String::new() }
    }
    /// A finding with what was seen.
    pub fn with(code: Code, evidence: impl Into<String>) -> Self {
        Self { code, evidence: evidence.into() }
    }
}

/// The elements that are missing by these findings, in the order of the statute, each once.
pub fn missing_elements(findings: &[Finding]) -> Vec<Element> {
    Element::ALL
        .into_iter()
        .filter(|e| findings.iter().any(|f| f.code.element() == *e && f.code.weight() == Weight::Missing))
        .collect()
}

/// The heaviest weight on one element, or nothing where it is plainly present.
pub fn weight_on(findings: &[Finding], element: Element) -> Option<Weight> {
    let on = |weight| findings.iter().any(|f| f.code.element() == element && f.code.weight() == weight);
    if on(Weight::Missing) {
        Some(Weight::Missing)
    } else if on(Weight::Doubt) {
        Some(Weight::Doubt)
    } else {
        None
    }
}
