//! `GET /`: the designated agent's card, 17 USC 512(c)(2), and the way to the form.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::app::App;
use crate::config::Agent;
use crate::domain::enforcement::policy::Policy;
use crate::http::error::HttpError;
use crate::http::page::{Frame, Tag, ok};
use crate::storage::enforcement::policies;

#[derive(Template)]
#[template(path = "public/home.html")]
struct Home {
    frame: Frame,
    agent: Agent,
    abuse_email: String,
    policy: Policy,
}

impl Home {
    fn longest(&self) -> String {
        self.policy.segments.values().map(|s| s.deadline).max().unwrap_or_default().as_period()
    }
}

/// Shows the page.
pub async fn show(app: Data<App>) -> Result<HttpResponse, HttpError> {
    let now = app.clock.now();
    let published = app.read(move |c| policies::in_force(c, now)).await?;
    let config = app.config();
    ok(&Home {
        frame: Frame::new(&app, Tag::Menu("agent")),
        agent: config.agent.clone(),
        abuse_email: config.host.abuse_email.to_string(),
        policy: published.policy,
    })
}
