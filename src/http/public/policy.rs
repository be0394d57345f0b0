//! `GET /policy`: the repeat-infringer policy in plain words, 17 USC 512(i)(1)(A). Every number on the page
//! comes from the version in force.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::app::App;
use crate::domain::base::moment::Span;
use crate::http::error::HttpError;
use crate::http::page::{Frame, Tag, ok};
use crate::storage::enforcement::policies::{self, Published};

#[derive(Template)]
#[template(path = "public/policy.html")]
struct PolicyPage {
    frame: Frame,
    current: Published,
    all: Vec<Published>,
}

impl PolicyPage {
    fn has_window(&self) -> bool {
        self.current.policy.incident_window > Span(0)
    }
}

/// Shows the page.
pub async fn show(app: Data<App>) -> Result<HttpResponse, HttpError> {
    let now = app.clock.now();
    let (current, all) = app.read(move |c| Ok((policies::in_force(c, now)?, policies::all(c)?))).await?;
    ok(&PolicyPage { frame: Frame::new(&app, Tag::Menu("policy")), current, all })
}
