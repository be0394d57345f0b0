//! `GET /staff/account`: one's own sign-in: a second step, and the codes for the day the telephone is lost.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::actions::{ActionError, renew_recovery_codes, turn_off_second_factor, turn_on_second_factor};
use crate::app::App;
use crate::domain::access::second_factor::Secret;
use crate::domain::base::moment::Moment;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::limits::Limits;
use crate::http::page::{html, see};
use crate::http::seal;
use crate::http::staff::layout::desk::Desk;
use crate::storage::access::second_factors;

#[derive(Template)]
#[template(path = "staff/account.html")]
struct AccountPage {
    desk: Desk,
    errors: Errors,
    since: Option<Moment>,
    left: i64,
    /// Everybody needs one.
    required: bool,
    /// What the app is given; where there is none yet.
    secret: String,
    seal: String,
    picture: String,
    /// Recovery codes just made.
    codes: Vec<String>,
}

impl AccountPage {
    /// In groups of four, as it is typed.
    fn groups(&self) -> String {
        self.secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
    }
}

/// The picture an app reads, as SVG without style or script.
fn picture(address: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(address, EcLevel::M) else { return String::new() };
    let svg =
        code.render().min_dimensions(200, 200).dark_color(svg::Color("#000")).light_color(svg::Color("#fff")).build();
    // Inside a page there is no XML declaration.
    svg.split_once("?>").map_or(svg.clone(), |(_, rest)| rest.to_owned())
}

async fn page(app: &App, who: Staff, secret: Option<Secret>) -> Result<AccountPage, HttpError> {
    let id = who.member.id;
    let (since, left) =
        app.read(move |c| Ok((second_factors::since(c, id)?, second_factors::codes_left(c, id)?))).await?;
    let secret = secret.unwrap_or_else(|| Secret::from_random(app.context.entropy.bytes()));
    let address = secret.address(&format!("Safeharbor, {}", app.config().host.name), &who.member.email);
    let seal = seal::seal(&app.secret, "second factor", &format!("{} {}", who.csrf, secret.base32()));
    Ok(AccountPage {
        desk: Desk::load(app, who, "account").await?,
        errors: Errors::default(),
        since,
        left,
        required: app.config().staff.second_factor,
        picture: picture(&address),
        secret: secret.base32(),
        seal,
        codes: Vec::new(),
    })
}

/// Shows the page.
pub async fn show(app: Data<App>, who: Staff) -> Result<HttpResponse, HttpError> {
    html(StatusCode::OK, &page(&app, who, None).await?)
}

/// `POST /staff/account/{step}`: turns it on or off, or makes new recovery codes.
pub async fn submit(
    app: Data<App>,
    limits: Data<Limits>,
    path: Path<String>,
    sent: StaffForm,
) -> Result<HttpResponse, HttpError> {
    let StaffForm { staff, form } = sent;
    limits.sign_in.code_in_session(&staff.csrf)?;
    let (member, session, code) = (staff.member.clone(), staff.session.clone(), form.get("code").to_owned());
    let mut given = None;
    let done = match path.as_str() {
        "on" => {
            let text = form.get("secret");
            let ours = seal::fits(&app.secret, "second factor", &format!("{} {text}", staff.csrf), form.get("seal"));
            let secret = Secret::parse(text).filter(|_| ours).ok_or(HttpError::Stale)?;
            given = Some(secret.clone());
            app.write(move |tx| turn_on_second_factor(tx, &member, &session, &secret, &code)).await
        }
        "codes" => app.write(move |tx| renew_recovery_codes(tx, &member, &code)).await,
        "off" => app.write(move |tx| turn_off_second_factor(tx, &member, &code)).await.map(|()| Vec::new()),
        _ => return Err(HttpError::NotFound),
    };
    match done {
        Ok(codes) if codes.is_empty() => Ok(see("/staff/account")),
        Ok(codes) => html(StatusCode::OK, &AccountPage { codes, ..page(&app, staff, None).await? }),
        Err(ActionError::Refused(words)) => {
            let mut page = page(&app, staff, given).await?;
            page.errors.add(if path.as_str() == "off" { "code-off" } else { "code" }, words);
            html(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}
