//! `POST /staff/clock`: an administrator says that a clock that was not believed is right.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::actions::confirm_clock;
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::http::access::StaffForm;
use crate::http::error::HttpError;
use crate::http::page::see;

/// Confirms it; the jobs go on with their next round.
pub async fn confirm(app: Data<App>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Admin)?;
    let actor = sent.staff.actor();
    app.write(move |tx| confirm_clock(tx, &actor)).await?;
    Ok(see("/staff/"))
}
