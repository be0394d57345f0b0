//! Notices and their receipts.

use serde::Serialize;
use utoipa::ToSchema;

use super::case::CaseBrief;
use crate::actions::Received;
use crate::domain::intake::notice::{RawStatements, Role, Work};
use crate::domain::material::location_state::LocationState;
use crate::domain::regimes::us_512::finding::{Finding, Weight, missing_elements};
use crate::domain::regimes::us_512::verify::Verdict;
use crate::storage::cases::Case;
use crate::storage::intake::notices::NoticeRecord;
use crate::storage::material::public_states::Located;

/// A coded remark of the validator.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingOut {
    /// Stable code, such as `work.missing`; the list is in docs/legal-rules.md.
    #[schema(example = "statement.authority_missing")]
    pub code: &'static str,
    /// Paragraph of 17 USC 512(c)(3)(A).
    #[schema(example = "(vi)")]
    pub element: &'static str,
    /// `missing`, `doubt` or `remark`.
    pub weight: &'static str,
    /// What was seen.
    pub evidence: String,
    /// What to do.
    pub remedy: &'static str,
}

impl From<&Finding> for FindingOut {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.as_str(),
            element: finding.code.element().numeral(),
            weight: match finding.code.weight() {
                Weight::Missing => "missing",
                Weight::Doubt => "doubt",
                Weight::Remark => "remark",
            },
            evidence: finding.evidence.clone(),
            remedy: finding.code.remedy(),
        }
    }
}

fn findings(list: &[Finding]) -> Vec<FindingOut> {
    list.iter().map(FindingOut::from).collect()
}

fn missing(list: &[Finding]) -> Vec<&'static str> {
    missing_elements(list).into_iter().map(crate::domain::regimes::us_512::elements::Element::numeral).collect()
}

/// For whom an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Who sent the notice: learns nothing of customers, nor which locations belong to one.
    Sender,
    /// The host's own systems.
    Host,
}

/// What became of one location; never a word about the customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationMatch {
    /// As it was written.
    pub location: String,
    /// `hosted`, `duplicate` (in hand already, in an earlier notice of the same sender), `not_hosted` or `unreadable`.
    pub state: &'static str,
    /// Where it stands: `in_hand`, `disputed`, `said_resolved`, `removed`, `disabled`, `resolved`, `no_action`,
    /// `restored`, `withdrawn`, `duplicate`, `not_hosted` or `unreadable`. Not in a receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands: Option<&'static str>,
    /// The case it belongs to, where one was opened; only to keys of the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

/// The receipt of a notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    #[schema(example = "N-7KQ4-M2XD")]
    pub reference: String,
    /// `complete`, `curable` (a signature or statement is missing) or `defective` (no work, location or contact).
    pub class: &'static str,
    /// Paragraphs of 17 USC 512(c)(3)(A) that are missing.
    pub missing: Vec<&'static str>,
    pub findings: Vec<FindingOut>,
    pub locations: Vec<LocationMatch>,
    /// References of the cases that were opened, to a key of the host (one that may read notices or cases); empty to
    /// senders, who are not told which locations belong to one customer.
    pub cases: Vec<String>,
    /// Private address at which the sender follows the notice.
    pub status_url: String,
    /// The further notices of a document that held several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub further: Vec<Receipt>,
}

impl Receipt {
    /// The receipt of one notice, for a sender or for the host.
    pub fn of(received: &Received, status_url: String, viewer: Viewer) -> Self {
        let Verdict { class, findings: list } = &received.verdict;
        let locations = received.locations.iter().map(|l| LocationMatch {
            location: l.as_written.clone(),
            state: l.state,
            stands: None,
            case: l.case.as_ref().filter(|_| viewer == Viewer::Host).map(ToString::to_string),
        });
        Self {
            reference: received.reference.to_string(),
            class: class.code(),
            missing: missing(list),
            findings: findings(list),
            locations: locations.collect(),
            cases: received.cases.iter().filter(|_| viewer == Viewer::Host).map(ToString::to_string).collect(),
            status_url,
            further: Vec::new(),
        }
    }
}

/// A document that became no notice: it only takes earlier ones back, or could not be read in time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retracted {
    /// Number under which it is kept.
    pub submission: i64,
    /// How many. One that surely comes from who sent the notice withdraws it; the host's staff look at the others.
    pub retractions: usize,
    /// Why it was not read, where it was not. It is kept as it was sent, and the host's staff read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

/// Who sent a notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplainantOut {
    pub name: String,
    pub organization: String,
    pub email: String,
    pub phone: String,
    pub address: String,
    pub role: Role,
}

/// A work as understood.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkOut {
    pub title: String,
    pub description: String,
    pub original: String,
}

impl From<Work> for WorkOut {
    fn from(work: Work) -> Self {
        Self { title: work.title, description: work.description, original: work.original }
    }
}

/// A notice in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeBrief {
    pub reference: String,
    pub received_at: String,
    pub class: &'static str,
    /// The sender's own number.
    pub sender_reference: String,
    pub organization: String,
    pub email: String,
    pub locations: u32,
    pub hosted: u32,
}

impl From<&NoticeRecord> for NoticeBrief {
    fn from(n: &NoticeRecord) -> Self {
        Self {
            reference: n.reference.to_string(),
            received_at: n.received_at.iso(),
            class: n.class.code(),
            sender_reference: n.sender_reference.clone(),
            organization: n.complainant.organization.clone(),
            email: n.complainant.email_written.clone(),
            locations: n.locations,
            hosted: n.hosted,
        }
    }
}

/// A notice as understood. The original is kept byte for byte beside it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeOut {
    pub reference: String,
    pub received_at: String,
    pub class: &'static str,
    pub missing: Vec<&'static str>,
    pub findings: Vec<FindingOut>,
    pub complainant: ComplainantOut,
    pub rights_owner: String,
    pub works: Vec<WorkOut>,
    pub locations: Vec<LocationMatch>,
    pub statements: RawStatements,
    pub signature: String,
    pub sender_reference: String,
    /// Empty to senders.
    pub cases: Vec<CaseBrief>,
    /// Reference of the earlier notice that it completes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cures: Option<String>,
    /// Reference of the earlier notice that it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats: Option<String>,
    /// When it was taken back as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<String>,
}

impl NoticeOut {
    /// A notice with its works, locations and, for the host, its cases.
    pub fn of(n: &NoticeRecord, works: Vec<Work>, located: &[Located], cases: &[Case]) -> Self {
        let locations = located.iter().map(|Located { row, state }| LocationMatch {
            location: row.as_written.clone(),
            stands: Some(state.code()),
            state: match row.state() {
                LocationState::NotHosted => "not_hosted",
                LocationState::Unreadable => "unreadable",
                LocationState::Duplicate => "duplicate",
                _ => "hosted",
            },
            case: cases.iter().find(|c| Some(c.id.0) == row.case_id).map(|c| c.reference.to_string()),
        });
        Self {
            reference: n.reference.to_string(),
            received_at: n.received_at.iso(),
            class: n.class.code(),
            missing: missing(&n.findings),
            findings: findings(&n.findings),
            complainant: ComplainantOut {
                name: n.complainant.name.clone(),
                organization: n.complainant.organization.clone(),
                email: n.complainant.email_written.clone(),
                phone: n.complainant.phone.clone(),
                address: n.complainant.address.clone(),
                role: n.complainant.role,
            },
            rights_owner: n.rights_owner.clone(),
            works: works.into_iter().map(WorkOut::from).collect(),
            locations: locations.collect(),
            statements: n.statements,
            signature: n.signature.clone(),
            sender_reference: n.sender_reference.clone(),
            cases: cases.iter().map(CaseBrief::from).collect(),
            cures: None,
            repeats: None,
            withdrawn_at: n.withdrawn_at.map(crate::domain::base::moment::Moment::iso),
        }
    }
}
