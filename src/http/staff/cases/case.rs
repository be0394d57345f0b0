//! `GET /staff/cases/{reference}`: facts, findings, locations, timeline with every letter, actions,
//! customer and complainant. `POST`: the steps that need no page of their own.

use std::collections::{BTreeSet, HashMap};

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::timeline::{Entry, merge};
use crate::actions::{
    ask_probe, confirm_disabled, confirm_restored, forward_case, note_case, remind_customer, send_again,
};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::Reference;
use crate::domain::base::moment::Moment;
use crate::domain::cases::case::CaseState;
use crate::domain::enforcement::policy::Policy;
use crate::domain::intake::notice::Work;
use crate::domain::material::location_state::LocationState;
use crate::domain::record::event::Subject;
use crate::domain::regimes::us_512::elements::Element;
use crate::domain::regimes::us_512::finding::{Finding, Weight, weight_on};
use crate::http::access::{Staff, StaffForm};
use crate::http::charts::meter;
use crate::http::error::HttpError;
use crate::http::page::{Mark, ok, see};
use crate::http::staff::layout::desk::Desk;
use crate::storage::cases::responses::{self, Response};
use crate::storage::cases::reviews::{self, Review};
use crate::storage::cases::{self, Case};
use crate::storage::customers::contacts::{self, Contact};
use crate::storage::customers::{self, Customer};
use crate::storage::disputes::attachments::{self, Attachment};
use crate::storage::disputes::counter_notices::{self, Counter};
use crate::storage::disputes::court_actions::{self, Filed};
use crate::storage::enforcement::policies;
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::works;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::material::probes::{self, Probe};
use crate::storage::material::same_material;
use crate::storage::outbox::letters;
use crate::storage::record::events;
use crate::storage::senders::{self, Sender};
use crate::storage::{Conn, StorageError};

/// Locations on a page.
const PAGE: i64 = 200;

pub(in crate::http::staff) struct Loaded {
    pub case: Case,
    pub notice: NoticeRecord,
    pub works: Vec<Work>,
    pub customer: Customer,
    pub contacts: Vec<Contact>,
    pub locations: Vec<LocationRow>,
    pub siblings: Vec<Case>,
    pub answers: Vec<Response>,
    pub reviews: Vec<Review>,
    pub timeline: Vec<Entry>,
    pub policy: Policy,
    pub reported: i64,
    pub disabled: i64,
    /// Disabled and not disputed.
    pub undisputed: i64,
    pub asked_to_disable: i64,
    pub asked_to_restore: i64,
    pub counters: Vec<Counter>,
    pub filed: Vec<Filed>,
    pub files: Vec<Attachment>,
    pub probes: HashMap<i64, Probe>,
    pub sender: Option<Sender>,
    /// Other cases in hand about the addresses on this page.
    pub also_in: Vec<String>,
}

/// One element of the statute on this notice.
struct ElementLine {
    element: Element,
    mark: Mark,
    evidence: String,
}

#[derive(Template)]
#[template(path = "staff/case.html")]
struct CasePage {
    desk: Desk,
    l: Loaded,
    elements: Vec<ElementLine>,
    strikes: String,
    next: Option<i32>,
    /// Looking at addresses is switched on.
    probing: bool,
    /// A step for selected addresses was asked for, and none was selected.
    none_selected: bool,
}

impl CasePage {
    fn mark(&self) -> Mark {
        self.l.case.state.label().into()
    }
    fn open(&self) -> bool {
        !matches!(self.l.case.state, CaseState::Closed(..))
    }
    fn held(&self) -> bool {
        matches!(self.l.case.state, CaseState::InReview | CaseState::Received | CaseState::Unconfirmed(_))
    }
    /// Forwarded, and nobody has been reached.
    fn undelivered(&self) -> bool {
        matches!(self.l.case.state, CaseState::Undelivered(_))
    }
    /// Nobody has been reached: another way of notifying the customer can be recorded, and starts the clock.
    fn can_record_contact(&self) -> bool {
        match &self.l.case.state {
            CaseState::InReview | CaseState::Undelivered(_) => true,
            CaseState::Closed(..) => self.l.case.forwarded_at.is_some() && self.l.case.reached_at.is_none(),
            _ => false,
        }
    }
    fn awaiting(&self) -> bool {
        matches!(self.l.case.state, CaseState::Awaiting(_))
    }
    /// Addresses can be selected for something.
    fn selects(&self) -> bool {
        self.desk.is_agent() && !self.held() && (self.open() || self.l.disabled > 0)
    }
    fn filed_for(&self, counter: &Counter) -> Vec<&Filed> {
        self.l.filed.iter().filter(|f| f.counter == counter.id).collect()
    }
    fn probe(&self, row: &LocationRow) -> Option<&Probe> {
        self.l.probes.get(&row.id)
    }
    fn can_extend(&self) -> bool {
        matches!(self.l.case.state, CaseState::Awaiting(_) | CaseState::Unanswered(_))
    }
    fn segment(&self) -> String {
        self.l.policy.segment(&self.l.customer.segment).label
    }
    fn deadline(&self) -> Option<Moment> {
        self.l.case.state.forwarded().map(|f| f.deadline)
    }
    fn left(&self) -> String {
        match self.deadline() {
            Some(at) if at > self.desk.now => format!("{} left", at.since(self.desk.now).short()),
            Some(at) => format!("{} late", self.desk.now.since(at).short()),
            None => String::new(),
        }
    }
    fn late(&self) -> bool {
        self.deadline().is_some_and(|at| self.desk.now > at)
    }
    fn forwarded_after(&self) -> Option<String> {
        self.l.case.forwarded_at.map(|at| at.since(self.l.case.received_at).in_words())
    }
}

#[derive(Deserialize)]
pub struct Want {
    after: Option<i32>,
    /// `none`: a step for selected addresses was asked for, and none was selected.
    selected: Option<String>,
}

/// Finds a case by the reference in the address.
pub(in crate::http::staff) fn find(conn: &mut Conn, text: &str) -> Result<Case, StorageError> {
    let missing = || StorageError::NotFound { table: "cases", id: text.chars().take(20).collect() };
    let reference: Reference = text.parse().map_err(|_| missing())?;
    cases::by_reference(conn, &reference)?.ok_or_else(missing)
}

fn load(conn: &mut Conn, text: &str, after: i32, now: Moment) -> Result<Loaded, StorageError> {
    let case = find(conn, text)?;
    let of_case = events::of(conn, Subject::Case(case.id), None, 100)?;
    let sent = letters::of_case(conn, case.id)?;
    let policy = policies::in_force(conn, now)?;
    let notice = notices::get(conn, case.notice_id)?;
    let shown = locations::of_case(conn, case.id, after, PAGE)?;
    let counters = counter_notices::of_cases(conn, &[case.id])?;
    Ok(Loaded {
        works: works::of_notice(conn, case.notice_id)?,
        customer: customers::get(conn, case.customer_id)?,
        contacts: contacts::of_customer(conn, case.customer_id)?,
        siblings: cases::of_notice(conn, case.notice_id, 21)?
            .into_iter()
            .filter(|c| c.id != case.id)
            .take(20)
            .collect(),
        answers: responses::of_case(conn, case.id)?,
        reviews: reviews::of_case(conn, case.id)?,
        timeline: merge(&of_case, &sent),
        policy: policy.policy,
        reported: locations::count_in(conn, case.id, &[LocationState::Reported])?,
        disabled: locations::count_in(conn, case.id, &[LocationState::Disabled])?,
        undisputed: locations::count_undisputed(conn, case.id)?,
        asked_to_disable: locations::count_in(conn, case.id, &[LocationState::DisableRequested])?,
        asked_to_restore: locations::count_in(conn, case.id, &[LocationState::RestoreRequested])?,
        filed: court_actions::of_counters(conn, &counters.iter().map(|c| c.id).collect::<Vec<_>>())?,
        counters,
        files: attachments::of_case(conn, case.id)?,
        probes: probes::latest(conn, &shown.iter().map(|r| r.id).collect::<Vec<_>>())?,
        sender: notice.sender.map(|id| senders::get(conn, id)).transpose()?,
        also_in: also_in(conn, &case, &shown)?,
        locations: shown,
        notice,
        case,
    })
}

/// Other cases in hand that name some of the same material.
fn also_in(conn: &mut Conn, case: &Case, shown: &[LocationRow]) -> Result<Vec<String>, StorageError> {
    let materials: Vec<i64> = shown.iter().map(|r| r.material).collect();
    let named = same_material::named_before(conn, &materials)?;
    let others: BTreeSet<String> =
        named.into_iter().filter(|n| n.case != case.id && n.in_hand()).map(|n| n.case_reference).collect();
    Ok(others.into_iter().take(20).collect())
}

/// Shows a case.
pub async fn show(
    app: Data<App>,
    who: Staff,
    path: Path<String>,
    want: Query<Want>,
) -> Result<HttpResponse, HttpError> {
    let (now, after) = (app.clock.now(), want.after.unwrap_or(0));
    let l = app.read(move |c| load(c, &path, after, now)).await?;
    let desk = Desk::load(&app, who, "queue").await?;
    let strikes = meter(l.customer.active_strikes, l.policy.segment(&l.customer.segment).threshold);
    let probing = app.config().probe.enabled;
    let full = l.locations.len() == usize::try_from(PAGE).unwrap_or(0);
    let next = l.locations.last().filter(|_| full).map(|row| row.position);
    let none_selected = want.selected.as_deref() == Some("none");
    ok(&CasePage { desk, elements: elements(&l.notice, &l.works), strikes, next, probing, none_selected, l })
}

fn elements(notice: &NoticeRecord, works: &[Work]) -> Vec<ElementLine> {
    Element::ALL
        .into_iter()
        .map(|element| {
            let mark = match weight_on(&notice.findings, element) {
                Some(Weight::Missing) => ("missing", "Missing"),
                Some(_) => ("doubt", "Check"),
                None => ("ok", "Present"),
            };
            let facts = facts(element, notice, works);
            let of_element = notice.findings.iter().filter(|f| f.code.element() == element);
            let remarks: Vec<String> = of_element.map(remark).collect();
            let evidence = [facts].into_iter().chain(remarks).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(". ");
            ElementLine { element, mark: mark.into(), evidence }
        })
        .collect()
}

fn remark(finding: &Finding) -> String {
    let evidence = if finding.evidence.is_empty() { String::new() } else { format!(" ({})", finding.evidence) };
    format!("{}{evidence} [{}]", finding.code.remedy(), finding.code.as_str())
}

fn facts(element: Element, notice: &NoticeRecord, works: &[Work]) -> String {
    let s = &notice.statements;
    let said = |made: bool| if made { "stated" } else { "not stated" };
    match element {
        Element::Signature if notice.signature.is_empty() => String::new(),
        Element::Signature => format!("“{}”", notice.signature),
        Element::Work => format!("{} named", works.len()),
        Element::Material => format!("{} listed, {} on our network", notice.locations, notice.hosted),
        Element::Contact => {
            let c = &notice.complainant;
            let ways = [
                ("email", !c.email_written.is_empty()),
                ("telephone", !c.phone.is_empty()),
                ("postal address", !c.address.is_empty()),
            ];
            let given: Vec<&str> = ways.into_iter().filter_map(|(way, given)| given.then_some(way)).collect();
            format!("Given: {}", if given.is_empty() { "nothing".to_owned() } else { given.join(", ") })
        }
        Element::GoodFaith => format!("Good faith {}, wording version {}", said(s.good_faith), notice.wording),
        Element::Authority => {
            format!(
                "Accuracy {}, authority under penalty of perjury {}",
                said(s.accurate),
                said(s.authorized_under_penalty_of_perjury)
            )
        }
    }
}

/// Steps without a page of their own: forward, remind, note.
pub async fn submit(app: Data<App>, path: Path<String>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Agent)?;
    let actor = sent.staff.actor();
    let case = app.read(move |c| find(c, &path)).await?;
    let (id, reference) = (case.id, case.reference);
    match sent.form.get("do") {
        "forward" => app.write(move |tx| forward_case(tx, id, &actor)).await?,
        "confirm-disabled" => app.write(move |tx| confirm_disabled(tx, id, None, &actor)).await?,
        "confirm-restored" => app.write(move |tx| confirm_restored(tx, id, None, &actor)).await?,
        "look" => app.write(move |tx| ask_probe(tx, id, None, &actor)).await?,
        "send-again" => app.write(move |tx| send_again(tx, id, &actor)).await?,
        "remind" => app.write(move |tx| remind_customer(tx, id, &actor)).await?,
        "note" => {
            let note = sent.form.get("note").to_owned();
            app.write(move |tx| note_case(tx, id, &note, &actor)).await?;
        }
        _ => return Err(HttpError::BadRequest("This button is not known.".to_owned())),
    }
    Ok(see(&format!("/staff/cases/{reference}")))
}
