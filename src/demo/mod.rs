//! The demo's past: lived through by the real actions and jobs under a clock that is moved by hand, so that
//! every record, letter and hash is one the program itself made.

mod cast;
mod disputes;
mod follow;
mod mails;
mod play;
mod scene;
mod stories;

use std::collections::HashMap;
use std::path::Path;

use cast::ACCOUNTS;
pub use cast::{PASSWORD, REPORT_THIS, SETTINGS, STAFF};

use disputes::FOLLOW;
use mails::{KEYS, MAILS};
use play::Cast;
use scene::Scene;
use stories::{STORIES, Then};

use crate::actions::{ActionError, ImportAsset, ImportLine, import_customers, make_key, put_staff};
use crate::app::{App, StartError};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::access::scope::{Scope, read_list};
use crate::domain::access::token::PlainToken;
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::ids::{ApiKeyId, StaffId};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::customers::asset::Asset;
use crate::domain::enforcement::decision::DecisionKind;
use crate::domain::record::event::Actor;
use crate::entropy::Entropy;
use crate::mail::transport::Transport;
use crate::storage::access::api_keys::NewKey;
use crate::storage::customers::assets::OnConflict;
use crate::storage::customers::contacts::PutContact;
use crate::{jobs, password};

/// Makes the demo's data up to `now`, and writes the letters of the past into the mail folder.
pub async fn make(config: &Config, now: Moment) -> Result<(), StartError> {
    let start = now - Span::days(300);
    let transport = Transport::memory();
    let clock = Clock::manual(start);
    let entropy = Entropy::from_os();
    let app = App::start_with(config.clone(), clock.clone(), entropy, transport.clone()).await?;
    let people = hire(&app).await?;
    settle_in(&app).await?;
    let key = give_keys(&app, &people).await?;
    let mut cast = Cast { app, people, key, opened: HashMap::new(), transport: transport.clone() };
    for (at, scene) in scenes(now) {
        pass_time(&cast.app, at).await;
        cast.play(scene).await?;
        jobs::run_cases(&cast.app).await;
    }
    pass_time(&cast.app, now).await;
    let folder = config.server.data_dir.join("mail");
    write_letters(&transport, &folder)
        .map_err(|e| StartError::Folder { folder: folder.display().to_string(), why: e.to_string() })
}

/// Moves the clock in steps of half a day, and lets the jobs do what fell due.
async fn pass_time(app: &App, until: Moment) {
    loop {
        let left = until.since(app.clock.now());
        if left == Span(0) {
            return;
        }
        app.clock.advance(left.min(Span::hours(12)));
        jobs::run_cases(app).await;
    }
}

async fn hire(app: &App) -> Result<HashMap<&'static str, (StaffId, Actor)>, ActionError> {
    let hash = password::hash(&app.context.entropy, PASSWORD).map_err(|e| ActionError::Refused(e.to_string()))?;
    let mut people = HashMap::new();
    for (email, name, role) in STAFF {
        let Some(address) = EmailAddress::parse(email) else { continue };
        let Ok(role_of) = role.parse() else { continue };
        let hash = hash.clone();
        let id = app.write(move |tx| put_staff(tx, &address, name, role_of, &hash)).await?;
        people.insert(*role, (id, Actor::Staff(id, (*name).to_owned())));
    }
    Ok(people)
}

async fn settle_in(app: &App) -> Result<(), ActionError> {
    for account in ACCOUNTS {
        let line = |contact, asset| ImportLine {
            external_id: account.number.to_owned(),
            name: account.name.to_owned(),
            segment: account.segment.to_owned(),
            contact,
            asset,
        };
        let contacts = account.contacts.iter().filter_map(|(role, name, email)| {
            let (role, name, phone) = (Some((*role).to_owned()), Some((*name).to_owned()), None);
            Some(line(Some(PutContact { role, name, email: EmailAddress::parse(email)?, phone }), None))
        });
        let assets = account.assets.iter().filter_map(|text| {
            let asset = Asset::parse(text).ok()?;
            Some(line(None, Some(ImportAsset { asset, from: None, until: None })))
        });
        let lines: Vec<ImportLine> = contacts.chain(assets).collect();
        app.write(move |tx| import_customers(tx, &lines, OnConflict::TakeOver)).await?;
    }
    Ok(())
}

/// Keys whose secrets nobody knows: they show what the page looks like. Returns the one that agencies send with.
async fn give_keys(
    app: &App,
    people: &HashMap<&'static str, (StaffId, Actor)>,
) -> Result<Option<ApiKeyId>, ActionError> {
    let mut for_notices = None;
    let Some((_, admin)) = people.get("admin") else { return Ok(None) };
    for (name, scopes) in KEYS {
        let scopes = read_list(scopes).map_err(|e| ActionError::Refused(e.to_string()))?;
        let new = NewKey { name: (*name).to_owned(), scopes, expires_at: Some(app.clock.now() + Span::days(730)) };
        let by = admin.clone();
        let sends = new.scopes.contains(&Scope::NoticesWrite);
        let (id, _) = app.write(move |tx| make_key(tx, &new, &by)).await?;
        if sends {
            for_notices = Some(id);
        }
    }
    Ok(for_notices)
}

/// Every scene with its time, in order.
fn scenes(now: Moment) -> Vec<(Moment, Scene)> {
    let mut all: Vec<(Moment, Scene)> = Vec::new();
    for (number, story) in STORIES.iter().enumerate() {
        let at = now - Span::hours(story.hours_ago);
        all.push((at, Scene::Notice(number)));
        match story.then {
            Then::Removed(h) | Then::MoreTime(h) | Then::NotMine(h) => {
                all.push((at + Span::hours(h), Scene::Customer(number)));
            }
            Then::Disputed(h, staff) | Then::Resolved(h, staff) => {
                all.push((at + Span::hours(h), Scene::Customer(number)));
                if staff {
                    all.push((at + Span::hours(h + 24), Scene::Staff(number)));
                }
            }
            Then::SilenceDisabled => all.push((at + Span::days(4), Scene::Staff(number))),
            Then::Silence => {}
        }
    }
    let ago = |days: i64| now - Span::days(days);
    all.extend(MAILS.iter().map(|(hours, raw)| (now - Span::hours(*hours), Scene::Mail(raw))));
    all.extend(FOLLOW.iter().enumerate().map(|(n, f)| (now - Span::hours(f.hours_ago), Scene::Follow(n))));
    all.push((ago(20), Scene::MailboxCloses));
    all.push((ago(124), Scene::Decide("NW-16618", DecisionKind::Suspend, false)));
    all.push((ago(72), Scene::Decide("NW-20977", DecisionKind::Warn, false)));
    all.push((now - Span::hours(30), Scene::Decide("NW-17091", DecisionKind::Suspend, true)));
    all.retain(|(at, _)| *at <= now);
    all.sort_by_key(|(at, _)| *at);
    all
}

/// The path in the newest letter to the demo customer whose address a visitor is asked to report.
pub fn customer_link(folder: &Path) -> Option<String> {
    let wanted = |name: &str| name.contains("-notice_to_customer-owner_at_alder-photo.example");
    let names = std::fs::read_dir(folder).ok()?.filter_map(|e| e.ok()?.file_name().into_string().ok());
    let newest = names.filter(|n| wanted(n)).max()?;
    let text = std::fs::read_to_string(folder.join(newest)).ok()?.replace("=\r\n", "");
    let at = text.find("/respond/")?;
    text.get(at..at + "/respond/".len() + PlainToken::LENGTH).map(str::to_owned)
}

fn write_letters(transport: &Transport, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let sent = transport.with_memory(|m| std::mem::take(&mut m.sent)).unwrap_or_default();
    for letter in sent {
        std::fs::write(folder.join(format!("{}.eml", letter.name)), letter.bytes)?;
    }
    Ok(())
}
