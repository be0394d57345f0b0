//! Plays what follows the demo's notices, by the same actions that people use.

use super::disputes::{FOLLOW, What, counter_notice, court_action};
use super::play::Cast;
use super::stories::STORIES;
use crate::actions::{
    ActionError, WithdrawScope, Withdrawing, confirm_restored, receive_counter_notice, receive_court_action,
    withdraw_notice,
};
use crate::domain::base::ids::CaseId;
use crate::domain::material::location_state::LocationState;
use crate::domain::record::event::Actor;
use crate::storage::cases;
use crate::storage::disputes::counter_notices;
use crate::storage::intake::submissions::Submission;
use crate::storage::material::locations;

impl Cast {
    /// One step.
    pub(super) async fn follow(&mut self, step: usize) -> Result<(), ActionError> {
        let Some(follow) = FOLLOW.get(step) else { return Ok(()) };
        let story = STORIES.iter().position(|s| s.urls.first() == Some(&follow.url));
        let opened = story.and_then(|n| self.opened.get(&n)).cloned().unwrap_or_default();
        let Some(id) = opened.first().copied() else { return Ok(()) };
        match follow.what {
            What::Counter(name) => self.dispute(id, name).await,
            What::Court => self.sue(id).await,
            What::Restored => {
                let Some((_, actor)) = self.people.get("agent").cloned() else { return Ok(()) };
                self.app.write(move |tx| confirm_restored(tx, id, None, &actor)).await
            }
            What::Withdrawn => {
                let how = Withdrawing { via: "link", why: "We had licensed it; our mistake." };
                let take_back = move |tx: &mut crate::actions::Tx<'_>| {
                    let notice = cases::get(tx.conn, id)?.notice_id;
                    withdraw_notice(tx, notice, &WithdrawScope::Whole, how, &Actor::Complainant)
                };
                self.app.write(take_back).await
            }
        }
    }

    async fn dispute(&mut self, id: CaseId, name: &str) -> Result<(), ActionError> {
        let name = name.to_owned();
        let submission = Submission::new(
            counter_notices::BY_LINK,
            "application/x-www-form-urlencoded",
            format!("cn-name={name}").into(),
        );
        let send = move |tx: &mut crate::actions::Tx<'_>| {
            let rows = locations::in_states(tx.conn, id, &[LocationState::Disabled], None)?;
            let said = counter_notice(&name, rows.iter().map(|r| r.id).collect());
            receive_counter_notice(tx, id, &submission, (&said, None), &[], &Actor::CustomerLink).map(|_| ())
        };
        self.app.write(send).await
    }

    async fn sue(&mut self, id: CaseId) -> Result<(), ActionError> {
        let filed = self.app.clock.now().iso_day();
        let tell = move |tx: &mut crate::actions::Tx<'_>| {
            let Some(counter) = counter_notices::of_cases(tx.conn, &[id])?.pop() else { return Ok(()) };
            let action = court_action(filed);
            receive_court_action(tx, counter.id, &action, (&[], None), "link", &Actor::Complainant).map(|_| ())
        };
        self.app.write(tell).await
    }
}
