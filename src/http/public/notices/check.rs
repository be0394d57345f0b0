//! The page to read everything again before it is sent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::fields::Fields;
use super::tally::Tally;
use crate::app::App;
use crate::domain::access::token::PlainToken;
use crate::domain::base::moment::Moment;
use crate::domain::intake::location::{Location, Place};
use crate::domain::intake::notice::Notice;
use crate::domain::regimes::us_512::statements;
use crate::http::error::HttpError;
use crate::http::page::{Frame, Mark, Tag, html_of};
use crate::http::seal;

/// Locations shown; the rest are counted.
const SHOWN: usize = 500;

struct Line {
    shown: String,
    mark: Mark,
    note: &'static str,
}

#[derive(Template)]
#[template(path = "public/notice_check.html")]
struct CheckPage {
    frame: Frame,
    notice: Notice,
    acting_as: String,
    lines: Vec<Line>,
    more: usize,
    tally: Tally,
    statements: Vec<(&'static str, bool)>,
    now: Moment,
    pairs: Vec<(String, String)>,
    submission: String,
    seal: String,
}

/// Shows what will be sent, and for each location whether it is hosted here.
pub(in crate::http::public) async fn show(
    app: &App,
    size: usize,
    fields: Fields,
    sorted: Vec<(Location, bool)>,
    tally: Tally,
    token: &PlainToken,
) -> Result<HttpResponse, HttpError> {
    let (submission, seal) = (token.reveal().to_owned(), seal::seal(&app.secret, "notice", token.reveal()));
    let (frame, now) = (Frame::new(app, Tag::Menu("report")), app.clock.now());
    let make = move || page(&fields, sorted, tally, (frame, now, submission, seal));
    let page = app.parse(size, make).await?;
    html_of(app, size, StatusCode::OK, page).await
}

fn page(
    fields: &Fields,
    sorted: Vec<(Location, bool)>,
    tally: Tally,
    (frame, now, submission, seal): (Frame, Moment, String, String),
) -> CheckPage {
    let notice = fields.raw().understand();
    let acting_as = match (fields.agent, fields.owner.as_str()) {
        (false, _) => "Copyright owner".to_owned(),
        (true, "") => "Authorized agent of the owner".to_owned(),
        (true, owner) => format!("Authorized agent of {owner}"),
    };
    CheckPage {
        frame,
        acting_as,
        more: sorted.len().saturating_sub(SHOWN),
        lines: sorted.into_iter().take(SHOWN).map(|(location, hosted)| line(&location, hosted)).collect(),
        tally,
        statements: vec![
            (statements::GOOD_FAITH, fields.good_faith),
            (statements::FAIR_USE, fields.fair_use),
            (statements::ACCURATE, fields.accurate),
            (statements::AUTHORITY, fields.authority),
        ],
        now,
        pairs: fields.pairs(),
        submission,
        seal,
        notice,
    }
}

fn line(location: &Location, hosted: bool) -> Line {
    let (mark, note) = match (&location.place, hosted) {
        (Place::Unreadable(_), _) => (
            ("doubt", "Not readable"),
            "This is not a web address. It is kept as you wrote it, but we cannot act on it.",
        ),
        (_, true) => (("ok", "Hosted by us"), ""),
        (_, false) => (
            ("notours", "Not ours"),
            "This address points to another network. We cannot act on it; please contact that host.",
        ),
    };
    let note = if hosted && location.is_whole_site() {
        "This names a whole site. Link to the exact page or file: our staff look at this before it is forwarded."
    } else {
        note
    };
    Line { shown: location.shown().to_owned(), mark: mark.into(), note }
}
