//! `GET /transparency` and `.csv`: counts by month and outcome. Aggregates only.

use std::collections::BTreeMap;
use std::fmt::Write;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use crate::app::App;
use crate::domain::base::moment::Moment;
use crate::http::charts::{Column, stacked};
use crate::http::error::HttpError;
use crate::http::page::{Frame, Tag, ok};
use crate::storage::record::figures;

/// Months shown, this one included.
const MONTHS: i64 = 12;

/// What is published: name of the figure, heading.
const FIGURES: [(&str, &str); 19] = [
    ("notices.complete", "Complete"),
    ("notices.curable", "Something missing"),
    ("notices.defective", "Not a notice"),
    ("notices.not_hosted", "Not on our network"),
    ("notices.repeats", "Repeats of earlier ones"),
    ("withdrawals", "Withdrawals"),
    ("cases.removed", "Removed by the customer"),
    ("cases.disabled", "Access disabled"),
    ("cases.resolved", "Resolved between the parties"),
    ("cases.no_action", "Closed without action"),
    ("cases.restored", "Access restored"),
    ("cases.withdrawn", "Withdrawn"),
    ("cases.open", "Open"),
    ("downstream", "Cases of our customers’ customers"),
    ("counter_notices", "Counter-notices"),
    ("counter_notices.stopped", "Stopped by a court action"),
    ("decisions.warn", "Warnings"),
    ("decisions.suspend", "Suspensions"),
    ("decisions.terminate", "Terminations"),
];

/// States of a case that is not closed.
const OPEN: [&str; 5] = ["cases.received", "cases.review", "cases.awaiting", "cases.answered", "cases.unanswered"];

/// One month: its name, and a figure for each of [`FIGURES`].
struct Month {
    name: String,
    values: Vec<i64>,
}

#[derive(Template)]
#[template(path = "public/transparency.html")]
struct Transparency {
    frame: Frame,
    months: Vec<Month>,
    rebuilt: Option<Moment>,
    from: Moment,
    chart: String,
}

impl Transparency {
    fn headings(&self) -> Vec<&'static str> {
        FIGURES.iter().map(|(_, heading)| *heading).collect()
    }
    fn total(&self, figure: &str) -> i64 {
        let at = FIGURES.iter().position(|(name, _)| *name == figure).unwrap_or(0);
        self.months.iter().map(|m| m.values[at]).sum()
    }
    fn received(&self) -> i64 {
        self.total("notices.complete") + self.total("notices.curable") + self.total("notices.defective")
    }
}

/// Shows the page.
pub async fn show(app: Data<App>) -> Result<HttpResponse, HttpError> {
    let (months, rebuilt, from) = load(&app).await?;
    let columns: Vec<Column> =
        months.iter().map(|m| Column { label: m.name.clone(), parts: m.values[0..3].to_vec() }).collect();
    let chart = stacked(
        "ch1",
        "Notices received each month, by class",
        &columns,
        &["Complete", "Something missing", "Not a notice"],
    );
    ok(&Transparency { frame: Frame::new(&app, Tag::Menu("transparency")), months, rebuilt, from, chart })
}

/// The same figures as comma-separated values.
pub async fn csv(app: Data<App>) -> Result<HttpResponse, HttpError> {
    let (months, _, _) = load(&app).await?;
    let mut out = String::from("month");
    for (name, _) in FIGURES {
        let _ = write!(out, ",{name}");
    }
    for month in &months {
        let values: Vec<String> = month.values.iter().map(ToString::to_string).collect();
        let _ = write!(out, "\n{},{}", month.name, values.join(","));
    }
    out.push('\n');
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("content-disposition", "attachment; filename=\"transparency.csv\""))
        .body(out))
}

async fn load(app: &App) -> Result<(Vec<Month>, Option<Moment>, Moment), HttpError> {
    let now = app.clock.now();
    let from = now.month_start(MONTHS - 1);
    let (rebuilt, found) = app.read(move |c| Ok((figures::rebuilt_at(c)?, figures::since(c, &from.month())?))).await?;
    let months = (0..MONTHS).rev().map(|back| now.month_start(back).month()).map(|name| {
        let values = found.get(&name).map_or_else(|| vec![0; FIGURES.len()], values);
        Month { name, values }
    });
    Ok((months.collect(), rebuilt, from))
}

fn values(month: &BTreeMap<String, i64>) -> Vec<i64> {
    let of = |name: &str| month.get(name).copied().unwrap_or(0);
    FIGURES
        .iter()
        .map(|(name, _)| match *name {
            "cases.open" => OPEN.iter().map(|s| of(s)).sum(),
            // Whatever became of them: they are counted apart.
            "downstream" => month.iter().filter(|(n, _)| n.starts_with("downstream.")).map(|(_, v)| *v).sum(),
            name => of(name),
        })
        .collect()
}
