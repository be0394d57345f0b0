//! `GET /staff/staff`: who can sign in, and taking access away or giving it back. Each step asks first, on a page of its
//! own. Adding somebody is left to the command line, which can hand over a password.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::actions::{ActionError, disable_staff, enable_staff, remove_staff};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::StaffId;
use crate::domain::base::moment::Moment;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{html, ok, see};
use crate::http::staff::layout::desk::Desk;
use crate::storage::access::staff_access::{self, StaffAccess};

/// What is done about somebody's access, from the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Disable,
    Enable,
    Remove,
}

impl Step {
    const ALL: [Self; 3] = [Self::Disable, Self::Enable, Self::Remove];

    fn read(text: &str) -> Result<Self, HttpError> {
        Self::ALL.into_iter().find(|step| step.code() == text).ok_or(HttpError::NotFound)
    }
    fn code(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Remove => "remove",
        }
    }
    fn title(self) -> &'static str {
        match self {
            Self::Disable => "Disable access",
            Self::Enable => "Enable access",
            Self::Remove => "Remove from the staff",
        }
    }
    /// What follows from it.
    fn about(self) -> &'static str {
        match self {
            Self::Disable => {
                "They are signed out everywhere and cannot sign in until an admin enables access again. Their second step ends."
            }
            Self::Enable => "They can sign in again, by the password alone. They set up a second step anew.",
            Self::Remove => {
                "They are signed out everywhere and cannot sign in again. Their email address can be given to someone else. What they did stays on record under their name. This cannot be undone."
            }
        }
    }
    /// Whether the page offers it for somebody.
    fn fits(self, who: &StaffAccess) -> bool {
        match self {
            Self::Disable => who.is_active(),
            Self::Enable => who.disabled_at.is_some() && who.removed_at.is_none(),
            Self::Remove => who.removed_at.is_none(),
        }
    }
}

#[derive(Template)]
#[template(path = "staff/people.html")]
struct PeoplePage {
    desk: Desk,
    people: Vec<StaffAccess>,
}

impl PeoplePage {
    fn is_self(&self, who: &StaffAccess) -> bool {
        self.desk.who.member.id == who.id
    }
    /// Steps that are offered. Nobody takes their own access away.
    fn steps(&self, who: &StaffAccess) -> Vec<Step> {
        if self.is_self(who) { Vec::new() } else { Step::ALL.into_iter().filter(|step| step.fits(who)).collect() }
    }
    /// Mark in the stylesheet, word, and since when.
    fn state(&self, who: &StaffAccess) -> (&'static str, &'static str, Option<Moment>) {
        match (who.removed_at, who.disabled_at) {
            (Some(at), _) => ("closed", "Removed", Some(at)),
            (None, Some(at)) => ("missing", "Disabled", Some(at)),
            (None, None) => ("ok", "Can sign in", None),
        }
    }
}

#[derive(Template)]
#[template(path = "staff/person_step.html")]
struct StepPage {
    desk: Desk,
    person: StaffAccess,
    step: Step,
    errors: Errors,
}

/// Everybody who was ever on the staff.
pub async fn show(app: Data<App>, who: Staff) -> Result<HttpResponse, HttpError> {
    who.require(StaffRole::Admin)?;
    let people = app.read(staff_access::everybody).await?;
    let desk = Desk::load(&app, who, "people").await?;
    ok(&PeoplePage { desk, people })
}

async fn find(app: &App, id: i64) -> Result<StaffAccess, HttpError> {
    app.read(move |c| staff_access::by_id(c, StaffId(id))).await?.ok_or(HttpError::NotFound)
}

/// Asks before a step.
pub async fn ask(app: Data<App>, who: Staff, path: Path<(i64, String)>) -> Result<HttpResponse, HttpError> {
    who.require(StaffRole::Admin)?;
    let (id, step) = path.into_inner();
    let (step, person) = (Step::read(&step)?, find(&app, id).await?);
    let desk = Desk::load(&app, who, "people").await?;
    ok(&StepPage { desk, person, step, errors: Errors::default() })
}

/// Does a step; what is refused comes back in words.
pub async fn change(app: Data<App>, path: Path<(i64, String)>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Admin)?;
    let (id, step) = path.into_inner();
    let (step, person) = (Step::read(&step)?, find(&app, id).await?);
    let (id, actor) = (person.id, sent.staff.actor());
    let done = app.write(move |tx| match step {
        Step::Disable => disable_staff(tx, id, &actor),
        Step::Enable => enable_staff(tx, id, &actor),
        Step::Remove => remove_staff(tx, id, &actor),
    });
    let words = match done.await {
        Ok(()) => return Ok(see("/staff/staff")),
        Err(ActionError::Refused(words)) => words,
        Err(other) => return Err(other.into()),
    };
    let mut errors = Errors::default();
    errors.add("step", words);
    let desk = Desk::load(&app, sent.staff, "people").await?;
    html(StatusCode::UNPROCESSABLE_ENTITY, &StepPage { desk, person, step, errors })
}
