//! `POST /staff/theme`: light, dark, or what the system says.

use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;

use crate::http::access::StaffForm;

/// Sets the cookie and goes back to the page of the sign-in, where the choice is: no other page loses what was typed.
pub async fn submit(sent: StaffForm) -> HttpResponse {
    let theme = match sent.form.get("theme") {
        "light" => "light",
        "dark" => "dark",
        _ => "",
    };
    let cookie = Cookie::build("theme", theme)
        .path("/staff")
        .same_site(SameSite::Strict)
        .http_only(true)
        .max_age(Duration::days(365));
    HttpResponse::SeeOther().cookie(cookie.finish()).insert_header((header::LOCATION, "/staff/account#theme")).finish()
}
