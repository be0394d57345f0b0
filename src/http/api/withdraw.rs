//! `POST /api/v1/notices/{reference}/withdraw`: its sender, or the host, takes a notice back.

use std::collections::{BTreeSet, HashMap};

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::answer::with_status;
use super::caller::{Caller, Raw, read_json};
use super::problem::ApiError;
use super::problem_responses::Problems;
use super::shapes::{NoticeOut, Viewer};
use crate::actions::{OnceAnswer, WithdrawScope, Withdrawing, once, withdraw_notice};
use crate::app::App;
use crate::domain::access::scope::Scope;
use crate::domain::base::ids::{NoticeId, Reference};
use crate::domain::record::event::Actor;
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::{submissions, works};
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::material::public_states;
use crate::storage::{Conn, StorageError, cases};

/// What is taken back, and why.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawBody {
    /// Stays on the record and is told to nobody but the host.
    #[serde(default)]
    #[validate(length(max = 1000, message = "at most 1,000 characters"))]
    reason: String,
    /// Only these locations, as they were written. Left out: the whole notice. An empty list is refused, so that a
    /// selection that found nothing never withdraws everything.
    #[serde(default)]
    #[validate(length(min = 1, max = 10_000, message = "1 to 10,000 locations; leave it out for the whole notice"))]
    #[schema(min_items = 1, max_items = 10_000)]
    locations: Option<Vec<String>>,
}

/// Withdraw a notice
///
/// Whole, or some of its locations. With `notices:write` those sent with the same key, with `cases:write` any. The
/// customers are told, what was withdrawn stops counting, and access returns where it was disabled for this notice
/// alone. It cannot be undone.
#[utoipa::path(post, path = "/api/v1/notices/{reference}/withdraw", operation_id = "withdrawNotice", tag = "Notices", request_body = WithdrawBody,
    params(("reference" = String, Path, description = "Such as N-7KQ4-M2XD", pattern = "^[A-Za-z0-9-]{1,20}$"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body within 24 hours get the same answer and do nothing again", min_length = 1, max_length = 200)),
    security(("key" = [])),
    responses((status = 200, description = "The notice after it", body = NoticeOut), Problems))]
pub async fn create(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    Raw(body): Raw,
) -> Result<HttpResponse, ApiError> {
    let any = caller.may(Scope::CasesWrite);
    let key = if any { None } else { Some(caller.with(Scope::NoticesWrite)?.id) };
    let wanted: WithdrawBody = read_json(&app, &body).await?;
    let reason = wanted.reason;
    let reference: Reference = path.parse().map_err(|_| ApiError::NotFound)?;
    let found = app.read(move |c| visible(c, &reference, key)).await?;
    let notice = found.ok_or(ApiError::NotFound)?;
    let scope = scope(&app, notice.id, wanted.locations).await?;
    let viewer = caller.viewer();
    let repeat = caller.once(&format!("POST /notices/{}/withdraw", notice.reference), &body, None);
    // The sender takes back what is theirs; the host does it in its own name.
    let actor = if any { caller.actor() } else { Actor::Complainant };
    let done = app.write(move |tx| {
        once(tx, repeat.as_ref(), |tx| {
            withdraw_notice(tx, notice.id, &scope, Withdrawing { via: "api", why: &reason }, &actor)?;
            let after = notices::get(tx.conn, notice.id)?;
            let json = serde_json::to_string(&detail(tx.conn, &after, viewer)?).unwrap_or_default();
            Ok(OnceAnswer { status: 200, json })
        })
    });
    let answer = done.await?;
    Ok(with_status(answer.status, answer.json))
}

fn visible(
    conn: &mut Conn,
    reference: &Reference,
    key: Option<crate::domain::base::ids::ApiKeyId>,
) -> Result<Option<NoticeRecord>, StorageError> {
    let Some(notice) = notices::by_reference(conn, reference)? else { return Ok(None) };
    let theirs = key.is_none() || submissions::key_of(conn, notice.submission_id)? == key;
    Ok(theirs.then_some(notice))
}

/// Locations by how they were written or are shown; every one that is not in the notice is named.
async fn scope(app: &App, notice: NoticeId, some: Option<Vec<String>>) -> Result<WithdrawScope, ApiError> {
    let Some(some) = some else { return Ok(WithdrawScope::Whole) };
    let rows = app.read(move |c| locations::of_notice(c, notice, 0, 100_000)).await?;
    let size = some.iter().map(String::len).sum();
    match app.parse(size, move || named(&rows, &some)).await? {
        Ok(ids) => Ok(WithdrawScope::Locations(ids)),
        Err(n) => Err(ApiError::fault(&format!("/locations/{n}"), "this is no location of the notice")),
    }
}

/// The rows that are named, each looked up once; the first that is none, by its place.
fn named(rows: &[LocationRow], wanted: &[String]) -> Result<BTreeSet<i64>, usize> {
    let mut by_name: HashMap<&str, i64> = HashMap::with_capacity(2 * rows.len());
    for row in rows {
        by_name.entry(&row.shown).or_insert(row.id);
        by_name.entry(&row.as_written).or_insert(row.id);
    }
    let ids = wanted.iter().enumerate().map(|(n, name)| by_name.get(name.as_str()).copied().ok_or(n));
    ids.collect()
}

/// A notice with everything in it that the viewer may know.
pub(super) fn detail(conn: &mut Conn, notice: &NoticeRecord, viewer: Viewer) -> Result<NoticeOut, StorageError> {
    let located = public_states::of_notice(conn, notice.id)?;
    let of_notice = match viewer {
        Viewer::Host => cases::of_notice(conn, notice.id, 10_000)?,
        Viewer::Sender => Vec::new(),
    };
    let mut out = NoticeOut::of(notice, works::of_notice(conn, notice.id)?, &located, &of_notice);
    out.cures = notice.cures.map(|id| notices::get(conn, id)).transpose()?.map(|n| n.reference.to_string());
    out.repeats = notice.duplicate_of.map(|id| notices::get(conn, id)).transpose()?.map(|n| n.reference.to_string());
    Ok(out)
}
