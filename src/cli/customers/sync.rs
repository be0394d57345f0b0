//! `--sync`: what is not in the file ends. Assets and contacts of the accounts in it that it does not name, and all assets
//! of accounts that are not in it; those stay on record, with their contacts, since their cases go on.
//!
//! The file is read once before: of what it names eight bytes each are kept, and counted is what would end. Too much of
//! it, and nothing is done.

use std::path::Path;

use super::file::{Import, Outcome, fingerprint};
use super::lines;
use crate::actions::{Ending, end_missing};
use crate::app::App;
use crate::cli::error::CliError;
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::CustomerId;
use crate::domain::customers::asset::Asset;
use crate::storage::customers::{self, Customer, assets, contacts};
use crate::storage::{Conn, StorageError};

/// Accounts looked at together.
const TOGETHER: i64 = 200;
/// Of all there is, what may end without being asked for, in percent.
const USUAL: u8 = 10;
/// Of few, so many may, up to half.
const FEW: u64 = 10;

/// What the file names, as sorted fingerprints.
#[derive(Default)]
struct Named {
    accounts: Vec<u64>,
    /// Account and contact; account alone where it has any.
    contacts: Vec<u64>,
    /// Account and asset; asset alone.
    assets: Vec<u64>,
    has_contacts: bool,
    has_assets: bool,
}

/// How much there is, and how much of it ends.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    all: u64,
    ends: u64,
}

impl Count {
    fn is_too_much(self, max: Option<u8>) -> bool {
        let share = self.all * u64::from(max.unwrap_or(USUAL)) / 100;
        let allowed = if max.is_some() { share } else { share.max(FEW.min(self.all / 2)) };
        self.ends > allowed
    }
}

/// What is not in a file.
pub(super) struct Missing {
    named: Named,
}

impl Missing {
    /// Reads a file and finds what is not in it.
    ///
    /// # Errors
    ///
    /// In words, before anything was changed: more than a share of all would end.
    pub(super) async fn find(app: &App, file: &Path, import: &Import, max: Option<u8>) -> Result<Self, CliError> {
        let missing = Self { named: Named::of(file, import)? };
        let (mut accounts, mut found) = (Count::default(), [Count::default(); 2]);
        missing
            .walk(app, |page| {
                for one in page {
                    accounts.all += 1;
                    accounts.ends += u64::from(!one.is_named && !one.ending.assets.is_empty());
                    found[0].all += one.assets;
                    found[0].ends += one.ending.assets.len() as u64;
                    found[1].all += one.contacts;
                    found[1].ends += one.ending.contacts.len() as u64;
                }
            })
            .await?;
        let counts = [("accounts", accounts), ("assets", found[0]), ("contacts", found[1])];
        let much: Vec<String> = counts
            .iter()
            .filter(|(_, count)| count.is_too_much(max))
            .map(|(what, count)| format!("{} of {} {what}", count.ends, count.all))
            .collect();
        if much.is_empty() {
            return Ok(missing);
        }
        Err(CliError::Words(format!(
            "{} are not in the file and would end. Nothing was changed. If that is right: --max-ended PERCENT",
            much.join(", ")
        )))
    }

    /// Ends it, or says what would end. Where a line of the file was bad nothing ends: what it names is not known.
    pub(super) async fn settle(&self, app: &App, outcome: &Outcome, dry_run: bool) -> Result<(), CliError> {
        if !outcome.bad.is_empty() {
            println!("Nothing was ended: lines with errors ({}) may name what seems to be missing.", outcome.bad.len());
            return Ok(());
        }
        let mut endings: Vec<Ending> = Vec::new();
        let (mut assets, mut contacts) = (0, 0);
        let mut after = None;
        while let Some((page, last)) = self.page(app, after).await? {
            after = Some(last);
            for one in page.into_iter().filter(|one| !one.ending.is_empty()) {
                assets += one.ending.assets.len();
                contacts += one.ending.contacts.len();
                if dry_run {
                    one.tell();
                }
                endings.push(one.ending);
            }
            let some = std::mem::take(&mut endings);
            if !dry_run && !some.is_empty() {
                app.write(move |tx| end_missing(tx, &some)).await?;
            }
        }
        let verb = if dry_run { "would end" } else { "ended" };
        println!(
            "Not in the file: {assets} assets {verb}, {contacts} contacts {}.",
            if dry_run { "would be removed" } else { "removed" }
        );
        Ok(())
    }

    async fn walk(&self, app: &App, mut each: impl FnMut(&[Found])) -> Result<(), CliError> {
        let mut after = None;
        while let Some((page, last)) = self.page(app, after).await? {
            after = Some(last);
            each(&page);
        }
        Ok(())
    }

    /// The next accounts and what of theirs is missing; nothing at the end.
    async fn page(&self, app: &App, after: Option<i64>) -> Result<Option<(Vec<Found>, i64)>, CliError> {
        let now = app.clock.now();
        let rows = app
            .read(move |c: &mut Conn| {
                let page = customers::list(c, after, TOGETHER)?;
                let with = page.into_iter().map(|customer| {
                    let assets = assets::open_of(c, customer.id, now)?;
                    let contacts = contacts::of_customer(c, customer.id)?;
                    Ok((customer, assets, contacts.into_iter().map(|contact| contact.email).collect()))
                });
                with.collect::<Result<Vec<Row>, StorageError>>()
            })
            .await?;
        let Some(last) = rows.last().map(|(customer, ..)| customer.id.0) else { return Ok(None) };
        Ok(Some((rows.into_iter().map(|row| self.named.missing(row)).collect(), last)))
    }
}

/// An account with its open assets and the addresses of its contacts.
type Row = (Customer, Vec<assets::AssetRow>, Vec<String>);

/// An account, what it has, and what of it the file does not name.
struct Found {
    external_id: String,
    is_named: bool,
    assets: u64,
    contacts: u64,
    ending: Ending,
    shown: Vec<String>,
}

impl Found {
    fn tell(&self) {
        let why = if self.is_named { "" } else { ", which is not in the file" };
        for asset in &self.shown {
            println!("would end asset {asset} of {}{why}", self.external_id);
        }
        for contact in &self.ending.contacts {
            println!("would remove contact {contact:?} of {}", self.external_id);
        }
    }
}

impl Named {
    fn of(file: &Path, import: &Import) -> Result<Self, CliError> {
        let (mut table, columns) = import.open(file)?;
        let mut named =
            Self { has_contacts: columns.has("contact_email"), has_assets: columns.has("asset"), ..Self::default() };
        while let Some(record) = table.read()? {
            // What is bad here is bad in the import too, and then nothing ends.
            let Ok(record) = record else { continue };
            let written = columns.take(record);
            let account = one_line(&written.account, 100);
            if let Ok(Some(contact)) = lines::contact(&written) {
                named.contacts.push(fingerprint(&account));
                named.contacts.push(fingerprint(&(&account, contact.email.as_str())));
            }
            if let Ok(Some(asset)) = lines::asset(&written) {
                let key = asset.asset.key();
                named.assets.push(fingerprint(&(&account, &key)));
                named.assets.push(fingerprint(&key));
            }
            named.accounts.push(fingerprint(&account));
        }
        for list in [&mut named.accounts, &mut named.contacts, &mut named.assets] {
            list.sort_unstable();
            list.dedup();
        }
        Ok(named)
    }

    fn missing(&self, (customer, rows, emails): Row) -> Found {
        let has = |list: &[u64], what: u64| list.binary_search(&what).is_ok();
        let account = customer.external_id;
        let is_named = has(&self.accounts, fingerprint(&account));
        // What the file gives to another account moves there with the import.
        let is_missing = |key: &String| {
            self.has_assets && !has(&self.assets, fingerprint(&(&account, key))) && !has(&self.assets, fingerprint(key))
        };
        let (all_assets, all_contacts) = (rows.len() as u64, emails.len() as u64);
        let ended: Vec<_> = rows.into_iter().filter(|row| is_missing(&row.key)).collect();
        // An account is never left without anybody to write to.
        let names_contacts = self.has_contacts && is_named && has(&self.contacts, fingerprint(&account));
        let gone = |email: &String| names_contacts && !has(&self.contacts, fingerprint(&(&account, email.as_str())));
        let contacts: Vec<String> = emails.into_iter().filter(gone).collect();
        let shown = ended.iter().map(|row| Asset::shown(&row.key)).collect();
        let ending =
            Ending { customer: CustomerId(customer.id.0), assets: ended.iter().map(|row| row.id).collect(), contacts };
        Found { external_id: account, is_named, assets: all_assets, contacts: all_contacts, ending, shown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_depends_on_how_much_there_is() {
        for (all, ends, max, too_much) in [
            (1000, 100, None, false),
            (1000, 101, None, true),
            (4, 2, None, false),
            (4, 3, None, true),
            (1, 1, None, true),
            (50, 10, None, false),
            (50, 11, None, true),
            (4, 4, Some(100), false),
            (10, 3, Some(20), true),
            (0, 0, None, false),
        ] {
            assert_eq!(Count { all, ends }.is_too_much(max), too_much, "{ends} of {all}, {max:?}");
        }
    }
}
