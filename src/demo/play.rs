//! Plays the scenes of the demo, by the same actions that people use.

use std::collections::HashMap;

use super::cast::{self, CORVID, GREYLINE, LUMINA, REFUSING, SENDERS};
use super::scene::Scene;
use super::stories::{STORIES, Story, Then};
use crate::actions::{
    ActionError, Answer, Envelope, Proposal, answer_case, close_case, disable_locations, propose_decision,
    receive_mail, receive_notice, settle_decision,
};
use crate::app::App;
use crate::domain::base::ids::{ApiKeyId, CaseId, Reference, StaffId};
use crate::domain::base::moment::Span;
use crate::domain::cases::answer::AnswerKind;
use crate::domain::cases::case::Outcome;
use crate::domain::enforcement::decision::DecisionKind;
use crate::domain::intake::notice::{RawLocation, RawNotice, RawStatements, RawWork, Role};
use crate::domain::record::event::Actor;
use crate::formats;
use crate::mail::transport::{Sent, Transport};
use crate::storage::intake::submissions::Submission;
use crate::storage::{cases, customers};

/// Who plays, and what came of it so far.
pub(super) struct Cast {
    pub(super) app: App,
    pub(super) people: HashMap<&'static str, (StaffId, Actor)>,
    /// Agencies that send many notices send them with this key.
    pub(super) key: Option<ApiKeyId>,
    /// Cases opened by each story.
    pub(super) opened: HashMap<usize, Vec<CaseId>>,
    pub(super) transport: Transport,
}

impl Cast {
    /// One scene.
    pub(super) async fn play(&mut self, scene: Scene) -> Result<(), ActionError> {
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
        let agency = [CORVID, LUMINA, GREYLINE].contains(&STORIES[number].sender);
        let key = self.key.filter(|_| agency);
        let submission = Submission {
            sender_address: "192.0.2.200".to_owned(),
            user_agent: "Demo".to_owned(),
            api_key: key,
            ..Submission::new(if key.is_some() { "api" } else { "form" }, "application/json", body)
        };
        let token = self.app.context.entropy.link(self.app.clock.now());
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
            Then::Resolved(..) => (AnswerKind::Resolved, "We bought a license from them yesterday, number 4471."),
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
                        close_case(tx, id, Outcome::Resolved, "The complainant confirmed the license by email.", &actor)
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
