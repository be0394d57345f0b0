//! The demo's past: lived through by the real actions and jobs under a clock that is moved by hand, so that
//! every record, letter and hash is one the program itself made.

mod cast;
mod disputes;
mod follow;
mod mails;
mod stories;

use std::collections::HashMap;
use std::path::Path;

use cast::{ACCOUNTS, REFUSING, SENDERS};
pub use cast::{PASSWORD, REPORT_THIS, SETTINGS, STAFF};

use disputes::FOLLOW;
use mails::{KEYS, MAILS};
use stories::{STORIES, Story, Then};

use crate::actions::{
    ActionError, Answer, Envelope, ImportAsset, ImportLine, Proposal, answer_case, close_case, disable_locations,
    import_customers, make_key, propose_decision, put_staff, receive_mail, receive_notice, settle_decision,
};
use crate::app::{App, StartError};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::answer::AnswerKind;
use crate::domain::asset::Asset;
use crate::domain::case::Outcome;
use crate::domain::contact::EmailAddress;
use crate::domain::decision::DecisionKind;
use crate::domain::event::Actor;
use crate::domain::ids::{CaseId, Reference, StaffId};
use crate::domain::moment::{Moment, Span};
use crate::domain::notice::{RawLocation, RawNotice, RawStatements, RawWork, Role};
use crate::domain::scope::read_list;
use crate::domain::token::PlainToken;
use crate::entropy::Entropy;
use crate::formats;
use crate::jobs;
use crate::mail::transport::{Sent, Transport};
use crate::password;
use crate::storage::api_keys::NewKey;
use crate::storage::submissions::Submission;
use crate::storage::{cases, customers};

/// Something that happens in the past.
#[derive(Clone, Copy, Debug)]
enum Scene {
    /// Story number: the notice arrives.
    Notice(usize),
    /// The customer answers.
    Customer(usize),
    /// Staff step in.
    Staff(usize),
    /// What follows a notice, by number.
    Follow(usize),
    /// A mailbox of a customer is closed: letters to it are refused from now on.
    MailboxCloses,
    /// A mail comes in, as received.
    Mail(&'static str),
    /// A decision about an account: number, kind, proposed only.
    Decide(&'static str, DecisionKind, bool),
}

/// Makes the demo's data up to `now`, and writes the letters of the past into the mail folder.
pub async fn make(config: &Config, now: Moment) -> Result<(), StartError> {
    let start = now - Span::days(300);
    let transport = Transport::memory();
    let clock = Clock::manual(start);
    let entropy = Entropy::from_os();
    let app = App::start_with(config.clone(), clock.clone(), entropy, transport.clone()).await?;
    let people = hire(&app).await?;
    settle_in(&app).await?;
    give_keys(&app, &people).await?;
    let mut cast = Cast { app, people, opened: HashMap::new(), transport: transport.clone() };
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
    let hash = password::hash(&app.house.entropy, PASSWORD).map_err(|e| ActionError::Refused(e.to_string()))?;
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
            let email = EmailAddress::parse(email)?;
            Some(line(Some(((*role).to_owned(), (*name).to_owned(), email, String::new())), None))
        });
        let assets = account.assets.iter().filter_map(|text| {
            let asset = Asset::parse(text).ok()?;
            Some(line(None, Some(ImportAsset { asset, from: None, until: None })))
        });
        let lines: Vec<ImportLine> = contacts.chain(assets).collect();
        app.write(move |tx| import_customers(tx, &lines)).await?;
    }
    Ok(())
}

/// Keys whose secrets nobody knows: they show what the page looks like.
async fn give_keys(app: &App, people: &HashMap<&'static str, (StaffId, Actor)>) -> Result<(), ActionError> {
    let Some((_, admin)) = people.get("admin") else { return Ok(()) };
    for (name, scopes) in KEYS {
        let scopes = read_list(scopes).map_err(|e| ActionError::Refused(e.to_string()))?;
        let new = NewKey { name: (*name).to_owned(), scopes, expires_at: Some(app.clock.now() + Span::days(730)) };
        let by = admin.clone();
        app.write(move |tx| make_key(tx, &new, &by)).await?;
    }
    Ok(())
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

struct Cast {
    app: App,
    people: HashMap<&'static str, (StaffId, Actor)>,
    /// Cases opened by each story.
    opened: HashMap<usize, Vec<CaseId>>,
    transport: Transport,
}

impl Cast {
    async fn play(&mut self, scene: Scene) -> Result<(), ActionError> {
        match scene {
            Scene::Notice(number) => self.send(number).await,
            Scene::Customer(number) => self.answer(number).await,
            Scene::Staff(number) => self.step_in(number).await,
            Scene::Follow(step) => self.follow(step).await,
            Scene::Mail(raw) => {
                let read = formats::mail::read(raw.as_bytes());
                let submission = Submission::new("mail", "message/rfc822", raw.as_bytes().to_vec());
                let envelope = Envelope::default();
                self.app
                    .write(move |tx| receive_mail(tx, submission, &envelope, (read.as_ref(), &[])))
                    .await
                    .map(|_| ())
            }
            Scene::MailboxCloses => {
                let refusal = Sent::Refused("550 5.1.1 no such user".to_owned());
                self.transport.with_memory(|m| m.answers.push((REFUSING.to_owned(), refusal)));
                Ok(())
            }
            Scene::Decide(account, kind, proposed_only) => self.decide(account, kind, proposed_only).await,
        }
    }

    async fn send(&mut self, number: usize) -> Result<(), ActionError> {
        let raw = notice(&STORIES[number]);
        let body = serde_json::to_vec(&raw).unwrap_or_default();
        let submission = Submission {
            sender_address: "192.0.2.200".to_owned(),
            user_agent: "Demo".to_owned(),
            ..Submission::new("form", "application/json", body)
        };
        let token = self.app.house.entropy.link(self.app.clock.now());
        let received = self.app.write(move |tx| receive_notice(tx, submission, (&raw.into(), None), &token)).await?;
        let references: Vec<Reference> = received.cases;
        let ids = self
            .app
            .read(move |c| {
                let mut ids = Vec::new();
                for reference in &references {
                    ids.extend(cases::by_reference(c, reference)?.map(|case| case.id));
                }
                Ok(ids)
            })
            .await?;
        self.opened.insert(number, ids);
        Ok(())
    }

    async fn answer(&mut self, number: usize) -> Result<(), ActionError> {
        let (kind, note) = match STORIES[number].then {
            Then::Removed(_) => (AnswerKind::Removed, "Taken down. Sorry about that."),
            Then::Disputed(..) => (
                AnswerKind::Disputed,
                "This is my own pattern; I published it a year before theirs. Drafts with dates are available.",
            ),
            Then::Resolved(..) => (AnswerKind::Resolved, "We bought a licence from them yesterday, number 4471."),
            Then::MoreTime(_) => (AnswerKind::MoreTime, "I am travelling and can look at it the day after tomorrow."),
            Then::NotMine(_) => (AnswerKind::NotMine, "It belongs to my own customer. I have passed it on."),
            Then::Silence | Then::SilenceDisabled => return Ok(()),
        };
        for id in self.opened.get(&number).cloned().unwrap_or_default() {
            let answer = Answer { kind, note: note.to_owned(), files: Vec::new() };
            self.app.write(move |tx| answer_case(tx, id, &answer, &Actor::CustomerLink)).await?;
        }
        Ok(())
    }

    async fn step_in(&mut self, number: usize) -> Result<(), ActionError> {
        let Some((_, actor)) = self.people.get("agent").cloned() else { return Ok(()) };
        for id in self.opened.get(&number).cloned().unwrap_or_default() {
            let actor = actor.clone();
            let then = STORIES[number].then;
            self.app
                .write(move |tx| match then {
                    Then::Disputed(..) => close_case(
                        tx,
                        id,
                        Outcome::NoAction,
                        "The drafts show the pattern before the complainant's own date.",
                        &actor,
                    ),
                    Then::Resolved(..) => {
                        close_case(tx, id, Outcome::Resolved, "The complainant confirmed the licence by mail.", &actor)
                    }
                    _ => disable_locations(
                        tx,
                        id,
                        None,
                        "No answer by the deadline; the material was still online.",
                        &actor,
                    ),
                })
                .await?;
        }
        Ok(())
    }

    async fn decide(
        &mut self,
        account: &'static str,
        kind: DecisionKind,
        proposed_only: bool,
    ) -> Result<(), ActionError> {
        let customer = self.app.read(move |c| customers::by_external_id(c, account)).await?;
        let (Some(customer), Some((first, actor))) = (customer, self.people.get("agent").cloned()) else {
            return Ok(());
        };
        let proposal = Proposal {
            kind,
            grounds: vec![format!("Active strikes: {}", customer.active_strikes), format!("Notices left unanswered: {}", customer.unanswered)],
            reasons: "Several notices in a few months were left without an answer, and material came back after it was removed.".to_owned(),
        };
        let id = self.app.write(move |tx| propose_decision(tx, customer.id, &proposal, first, &actor)).await?;
        if proposed_only || !matches!(kind, DecisionKind::Suspend | DecisionKind::Terminate) {
            return Ok(());
        }
        self.app.clock.advance(Span::hours(3));
        let Some((second, lead)) = self.people.get("lead").cloned() else { return Ok(()) };
        self.app.write(move |tx| settle_decision(tx, id, true, "", second, &lead)).await
    }
}

fn notice(story: &Story) -> RawNotice {
    let sender = &SENDERS[story.sender];
    let mut raw = RawNotice::default();
    raw.complainant.name = sender.name.to_owned();
    raw.complainant.organization = sender.organization.to_owned();
    raw.complainant.email = sender.email.to_owned();
    raw.complainant.phone = "+1 212 555 0117".to_owned();
    raw.complainant.role = if sender.acts_for.is_empty() { Role::Owner } else { Role::Agent };
    raw.rights_owner.name = sender.acts_for.to_owned();
    let (title, description) = sender.work;
    if story.lacks != "work" {
        raw.works =
            vec![RawWork { title: title.to_owned(), description: description.to_owned(), ..RawWork::default() }];
    }
    raw.locations =
        story.urls.iter().map(|url| RawLocation { url: (*url).to_owned(), ..RawLocation::default() }).collect();
    raw.statements = RawStatements {
        good_faith: true,
        accurate: true,
        authorized_under_penalty_of_perjury: true,
        fair_use_considered: story.sender != cast::GREYLINE,
    };
    if story.lacks != "signature" {
        let signed = if sender.name.is_empty() { "Greyline Enforcement Desk" } else { sender.name };
        raw.signature = signed.to_owned();
    }
    raw
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
