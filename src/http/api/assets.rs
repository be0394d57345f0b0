//! `/api/v1/customers/{external_id}/assets` and `/api/v1/assets:import`: what ties a location to a customer.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::answer::{Paging, json, next, query, with_status};
use super::batch::is_ndjson;
use super::caller::{Caller, Raw};
use super::lines::{Line, Lines};
use super::problem::ApiError;
use super::problem_responses::Problems;
use super::shapes::{AssetOut, ConflictOut, Page};
use crate::actions::{
    ActionError, AssetLine, ConflictOutcome, ImportAsset, LineOutcome, Tx, end_asset, import_assets, replace_assets,
};
use crate::app::App;
use crate::domain::access::scope::Scope;
use crate::domain::base::contact::one_line;
use crate::domain::base::moment::Moment;
use crate::domain::customers::asset::Asset;
use crate::formats::json::{Faults, read_as};
use crate::storage::customers::assets::{self, FOR_EVER, OnConflict};
use crate::storage::customers::{self, Customer};
use crate::storage::{Conn, StorageError};

/// Lines of an import stored together.
const TOGETHER: usize = 1000;
/// Bad lines told one by one.
const TOLD: usize = 1000;

/// An asset: host name, `*.domain`, `host/path/`, address or range.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetBody {
    #[validate(length(max = 2000, message = "at most 2,000 characters"))]
    #[schema(example = "*.alder-photo.example")]
    asset: String,
    /// Since when it is the customer's. Left out: always where nobody had it before, from now on where another account had
    /// it, and unchanged where the customer has it already.
    #[serde(default)]
    #[validate(length(max = 40, message = "at most 40 characters"))]
    #[schema(example = "2026-03-01T00:00:00Z")]
    valid_from: String,
    /// Until when; left out: without end.
    #[serde(default)]
    #[validate(length(max = 40, message = "at most 40 characters"))]
    valid_until: String,
}

impl AssetBody {
    fn read(&self, at: &str) -> Result<ImportAsset, ApiError> {
        let asset = Asset::parse(&self.asset).map_err(|e| ApiError::fault(&format!("{at}/asset"), e.to_string()))?;
        let time = |text: &str, name: &str| -> Result<Option<Moment>, ApiError> {
            if text.is_empty() {
                return Ok(None);
            }
            let read = Moment::parse(text).filter(|m| m.0 >= 0);
            read.map(Some)
                .ok_or_else(|| ApiError::fault(&format!("{at}/{name}"), "write a time like 2026-03-10T14:22:00Z"))
        };
        let (from, until) = (time(&self.valid_from, "valid_from")?, time(&self.valid_until, "valid_until")?);
        if let Some(until) = until
            && until <= from.unwrap_or(Moment(0))
        {
            return Err(ApiError::fault(&format!("{at}/valid_until"), "write a time after valid_from"));
        }
        Ok(ImportAsset { asset, from, until })
    }
}

/// Reads a list; every wrong entry is named.
pub(super) fn assets_of(list: &[AssetBody], at: &str) -> Result<Vec<ImportAsset>, ApiError> {
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for (place, body) in list.iter().enumerate() {
        match body.read(&format!("{at}/{place}")) {
            Ok(asset) => good.push(asset),
            Err(ApiError::Faults(found, _)) if faults.len() < 100 => faults.extend(found.0),
            Err(_) => {}
        }
    }
    if faults.is_empty() { Ok(good) } else { Err(Faults(faults).into()) }
}

fn find(conn: &mut Conn, external_id: &str) -> Result<Customer, StorageError> {
    let missing = || StorageError::NotFound { table: "customers", id: external_id.to_owned() };
    customers::by_external_id(conn, external_id)?.ok_or_else(missing)
}

/// List the assets of a customer, past ones too
#[utoipa::path(get, path = "/api/v1/customers/{external_id}/assets", operation_id = "listAssets", tag = "Customers",
    params(("external_id" = String, Path, description = "Account number at the host, percent-encoded as one segment", min_length = 1, max_length = 100), Paging), security(("key" = [])),
    responses((status = 200, description = "A page", body = Page<AssetOut>), Problems))]
pub async fn list(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CustomersRead)?;
    let external_id = account(&path)?;
    let (limit, after) = query::<Paging>(&request)?.read()?;
    let rows = app
        .read(move |c| {
            let customer = find(c, &external_id)?;
            assets::of_customer(c, customer.id, after.unwrap_or(i64::MIN), limit)
        })
        .await?;
    let next = next(&rows, limit, |row| row.id.to_string());
    let items = rows.into_iter().map(|row| AssetOut {
        asset: Asset::shown(&row.key),
        valid_from: Moment(row.valid_from).iso(),
        valid_until: (row.valid_until != FOR_EVER).then(|| Moment(row.valid_until).iso()),
    });
    Ok(with_status(200, json(&Page { items: items.collect(), next })?))
}

/// All assets of a customer.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetsBody {
    #[validate(length(max = 10_000, message = "at most 10,000 assets; use assets:import for more"), nested)]
    assets: Vec<AssetBody>,
}

/// What is done about an asset that is another account's.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Conflicting {
    /// `take_over` (as it is when left out): what is said last counts, the other account's ends, and the answer names both.
    /// `refuse`: nothing is changed, and the answer names both.
    #[serde(default)]
    #[param(inline)]
    on_conflict: ConflictRule,
}

/// What is done about an asset that is another account's.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictRule {
    /// What is said last counts.
    #[default]
    TakeOver,
    /// Nothing is changed.
    Refuse,
}

impl Conflicting {
    /// As asked for in an address.
    pub(super) fn of(request: &HttpRequest) -> Result<OnConflict, ApiError> {
        Ok(match query::<Self>(request)?.on_conflict {
            ConflictRule::TakeOver => OnConflict::TakeOver,
            ConflictRule::Refuse => OnConflict::Refuse,
        })
    }
}

/// Assets that are or were another account's.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conflicts {
    conflicts: Vec<ConflictOut>,
}

/// Replace the assets of a customer
///
/// Those not listed end now and stay on record: a notice can be about a time when they were the customer's. An asset has
/// one owner at a time: one that is another account's is taken over, and both are named.
#[utoipa::path(put, path = "/api/v1/customers/{external_id}/assets", operation_id = "replaceAssets", tag = "Customers", request_body = AssetsBody,
    params(("external_id" = String, Path, description = "Account number at the host, percent-encoded as one segment", min_length = 1, max_length = 100), Conflicting), security(("key" = [])),
    responses((status = 200, description = "Up to date; these are or were another account's", body = Conflicts), (status = 204, description = "Up to date"), Problems))]
pub async fn put(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    request: HttpRequest,
    Raw(body): Raw,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CustomersWrite)?;
    let (external_id, on_conflict) = (account(&path)?, Conflicting::of(&request)?);
    let size = body.len();
    let read =
        move || -> Result<Vec<ImportAsset>, ApiError> { assets_of(&read_as::<AssetsBody>(&body)?.assets, "/assets") };
    let list = app.parse(size, read).await??;
    let actor = caller.actor();
    let put = app.write(move |tx| {
        let customer = find(tx.conn, &external_id)?;
        replace_assets(tx, customer.id, &list, on_conflict, &actor)
    });
    let conflicts: Vec<ConflictOut> = put.await?.into_iter().map(ConflictOut::from).collect();
    if conflicts.is_empty() {
        return Ok(HttpResponse::NoContent().finish());
    }
    Ok(with_status(200, json(&Conflicts { conflicts })?))
}

/// Which asset.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The asset, as it was put.
    #[param(example = "alder-photo.example")]
    asset: String,
}

/// End an asset of a customer
#[utoipa::path(delete, path = "/api/v1/customers/{external_id}/assets", operation_id = "endAsset", tag = "Customers",
    params(("external_id" = String, Path, description = "Account number at the host, percent-encoded as one segment", min_length = 1, max_length = 100), Which), security(("key" = [])),
    responses((status = 204, description = "It ends now; what it covered before stays on record"), Problems))]
pub async fn delete(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CustomersWrite)?;
    let external_id = account(&path)?;
    let which: Which = query(&request)?;
    let asset = Asset::parse(&which.asset).map_err(|e| ApiError::fault("/asset", e.to_string()))?;
    let actor = caller.actor();
    let ended = app.write(move |tx| {
        let customer = find(tx.conn, &external_id)?;
        end_asset(tx, customer.id, &asset.key(), &actor)
    });
    if ended.await? { Ok(HttpResponse::NoContent().finish()) } else { Err(ApiError::NotFound) }
}

/// One line of an import.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportBody {
    /// Account number of a customer that is known.
    #[validate(length(min = 1, max = 100, message = "1 to 100 characters"))]
    #[schema(example = "NW-20418")]
    external_id: String,
    #[validate(length(max = 2000, message = "at most 2,000 characters"))]
    #[schema(example = "alder-photo.example")]
    asset: String,
    #[serde(default)]
    #[validate(length(max = 40, message = "at most 40 characters"))]
    valid_from: String,
    #[serde(default)]
    #[validate(length(max = 40, message = "at most 40 characters"))]
    valid_until: String,
}

/// What an import did.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ImportResult {
    /// Lines that say something.
    lines: u64,
    /// Lines that changed something.
    changed: u64,
    /// Lines that could not be taken over; the others were.
    bad: u64,
    /// The first 1,000 of them.
    errors: Vec<LineProblem>,
    /// Lines whose asset was another account's and was taken over, or is from a later start on.
    conflicting: u64,
    /// The first 1,000 of them.
    conflicts: Vec<LineConflict>,
}

/// A line whose asset is or was another account's.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineConflict {
    line: u64,
    #[serde(flatten)]
    conflict: ConflictOut,
}

/// Why a line was not taken over.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineProblem {
    line: u64,
    detail: String,
}

impl ImportResult {
    fn take(&mut self, line: u64, name: &str, outcome: LineOutcome) {
        if !outcome.known {
            return self.bad(line, format!("there is no customer {name:?}; put it first"));
        }
        self.changed += u64::from(outcome.changed);
        for conflict in outcome.conflicts {
            if conflict.outcome == ConflictOutcome::Refused {
                self.bad(line, conflict.to_string());
                continue;
            }
            self.conflicting += 1;
            if self.conflicts.len() < TOLD {
                self.conflicts.push(LineConflict { line, conflict: conflict.into() });
            }
        }
    }

    fn bad(&mut self, line: u64, detail: String) {
        self.bad += 1;
        if self.errors.len() < TOLD {
            self.errors.push(LineProblem { line, detail });
        }
    }
}

/// Import assets of many customers
///
/// One asset a line (NDJSON). Adds and changes; ends nothing but what is another account's, and names both. A bad line is told with its number; the good ones
/// are kept. Sending the same again changes nothing.
#[utoipa::path(post, path = "/api/v1/assets:import", operation_id = "importAssets", tag = "Customers",
    request_body(content = ImportBody, content_type = "application/x-ndjson"), params(Conflicting), security(("key" = [])),
    responses((status = 200, description = "What it did", body = ImportResult), Problems))]
pub async fn import(
    app: Data<App>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CustomersWrite)?;
    is_ndjson(&request)?;
    let on_conflict = Conflicting::of(&request)?;
    let mut lines = Lines::new(payload);
    let mut result = ImportResult::default();
    loop {
        let some = lines.some(TOGETHER).await;
        if some.is_empty() {
            return Ok(with_status(200, json(&result)?));
        }
        let mut good = Vec::new();
        let size = some.iter().filter_map(|line| line.bytes.as_ref()).map(Vec::len).sum();
        let read = move || some.iter().map(|line| (line.number, read_line(line))).collect::<Vec<_>>();
        for (number, read) in app.parse(size, read).await? {
            result.lines += 1;
            match read {
                Ok(asset) => good.push((number, asset)),
                Err(detail) => result.bad(number, detail),
            }
        }
        store(&app, &caller, good, on_conflict, &mut result).await?;
    }
}

fn read_line(line: &Line) -> Result<AssetLine, String> {
    let bytes = line.bytes.as_ref().ok_or("the line is longer than 1,000,000 bytes")?;
    let body: ImportBody = read_as(bytes).map_err(|e| e.to_string())?;
    let asset = AssetBody { asset: body.asset, valid_from: body.valid_from, valid_until: body.valid_until };
    let asset = asset.read("").map_err(|e| e.to_string())?;
    Ok(AssetLine { external_id: one_line(&body.external_id, 100), asset })
}

async fn store(
    app: &App,
    caller: &Caller,
    good: Vec<(u64, AssetLine)>,
    on_conflict: OnConflict,
    result: &mut ImportResult,
) -> Result<(), ApiError> {
    let (numbers, batch): (Vec<u64>, Vec<AssetLine>) = good.into_iter().unzip();
    let names: Vec<String> = batch.iter().map(|l| l.external_id.clone()).collect();
    let actor = caller.actor();
    let done = app
        .bulk()
        .write(move |tx: &mut Tx<'_>| -> Result<_, ActionError> { import_assets(tx, &batch, on_conflict, &actor) })
        .await?;
    for ((number, name), outcome) in numbers.into_iter().zip(names).zip(done) {
        result.take(number, &name, outcome);
    }
    Ok(())
}

/// The account number in a path: one line of at most 100 characters.
pub(super) fn account(written: &str) -> Result<String, ApiError> {
    let account = one_line(written, 101);
    if account.is_empty() || account.chars().count() > 100 || account != written {
        return Err(ApiError::fault(
            "/external_id",
            "write 1 to 100 characters without control characters or blanks at the ends",
        ));
    }
    Ok(account)
}
