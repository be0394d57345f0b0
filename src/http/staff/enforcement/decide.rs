//! Decisions on accounts: proposed by one, settled by another; and strikes voided by a lead.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::actions::{ActionError, Proposal, propose_decision, settle_decision, void_strike};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::{CustomerId, DecisionId, StrikeId};
use crate::domain::enforcement::decision::DecisionKind;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::see;
use crate::http::staff::customers::customer::{Typed, page};
use crate::storage::enforcement::{decisions, strikes};

/// `POST /staff/customers/{id}/decisions`.
pub async fn propose(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    let StaffForm { staff, form } = sent;
    staff.require(StaffRole::Agent)?;
    let id = CustomerId(path.into_inner());
    let mut errors = Errors::default();
    let kind = form.get("decision").parse::<DecisionKind>();
    if kind.is_err() {
        errors.add("d-suspend", "Choose what should happen");
    }
    let reasons = form.get("why").to_owned();
    if reasons.is_empty() {
        errors.add("why", "Give the reasons");
    }
    let chosen = form.get("decision").to_owned();
    let typed = |errors| Typed { errors, why: reasons.clone(), chosen: chosen.clone(), ..Typed::default() };
    let (Ok(kind), true) = (kind, errors.is_empty()) else {
        return page(&app, staff, id, None, typed(errors)).await;
    };
    let grounds = form.all("grounds[]").into_iter().map(str::to_owned).collect();
    let proposal = Proposal { kind, grounds, reasons: reasons.clone() };
    let (by, actor) = (staff.member.id, staff.actor());
    match app.write(move |tx| propose_decision(tx, id, &proposal, by, &actor)).await {
        Ok(_) => Ok(see(&format!("/staff/customers/{id}"))),
        Err(ActionError::Refused(words)) => {
            errors.add("why", words);
            page(&app, staff, id, None, typed(errors)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /staff/decisions/{id}`: the second person.
pub async fn settle(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Lead)?;
    let id = DecisionId(path.into_inner());
    let agree = match sent.form.get("do") {
        "approve" => true,
        "reject" => false,
        _ => return Err(HttpError::BadRequest("This button is not known.".to_owned())),
    };
    let (by, actor, note) = (sent.staff.member.id, sent.staff.actor(), sent.form.get("note").to_owned());
    let customer = app.read(move |c| decisions::get(c, id)).await?.customer_id;
    let done = app.write(move |tx| settle_decision(tx, id, agree, &note, by, &actor)).await;
    let typed = sent.form.get("note").to_owned();
    back(&app, sent.staff, customer, done, ("note", Typed { note: typed, ..Typed::default() })).await
}

/// `POST /staff/strikes/{id}/void`.
pub async fn void(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Lead)?;
    let id = StrikeId(path.into_inner());
    let (actor, why) = (sent.staff.actor(), sent.form.get("why").to_owned());
    let customer = app.read(move |c| strikes::get(c, id)).await?.customer_id;
    let done = app.write(move |tx| void_strike(tx, id, &why, &actor)).await;
    let field = format!("void-{id}");
    back(&app, sent.staff, customer, done, (&field, Typed::default())).await
}

/// Back to the account; what was refused comes back as an error at its field.
async fn back(
    app: &App,
    staff: Staff,
    customer: CustomerId,
    done: Result<(), ActionError>,
    (field, mut typed): (&str, Typed),
) -> Result<HttpResponse, HttpError> {
    let words = match done {
        Ok(()) => return Ok(see(&format!("/staff/customers/{customer}"))),
        Err(ActionError::Refused(words)) => words,
        Err(ActionError::Decision(error)) => format!("{error}."),
        Err(other) => return Err(other.into()),
    };
    typed.errors.add(field, words);
    page(app, staff, customer, None, typed).await
}
