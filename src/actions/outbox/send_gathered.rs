//! Letters that were over the limit of their receiver go out as one: what each was about, and where it can be read.

use std::collections::HashMap;

use super::limits::counts_gathered;
use crate::actions::access::private_links::{fresh_link, status_link};
use crate::actions::context::{About, ActionError, To, Tx};
use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::ids::{CaseId, CustomerId, LetterId, NoticeId};
use crate::domain::outbox::letter_rule::WINDOW;
use crate::domain::record::event::outbox::SentGathered;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::mail::letters::{Gathered, GatheredItem};
use crate::storage::outbox::counted_letters;
use crate::storage::outbox::letters::LetterRow;

/// Letters named in one; what is left goes out a day later.
const MOST: i64 = 200;

/// Writes one letter for those that wait for a receiver.
pub fn send_gathered(tx: &mut Tx<'_>, receiver: &str) -> Result<(), ActionError> {
    let rows = counted_letters::waiting(tx.conn, receiver, MOST)?;
    let Some(newest) = rows.last() else { return Ok(()) };
    if newest.customer_id.is_none() && !counts_gathered(tx, receiver, &newest.to_address)? {
        return Ok(counted_letters::put_off(tx.conn, receiver, tx.now + WINDOW)?);
    }
    let mut links = HashMap::new();
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(GatheredItem { subject: row.subject.clone(), link: link(tx, row, &mut links)? });
    }
    let letter = Gathered { items, customer: newest.customer_id.is_some() };
    let customer = newest.customer_id.map(CustomerId);
    let to = To { name: &newest.to_name, address: &newest.to_address };
    tx.queue(&letter, &to, About { customer, ..About::default() })?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    for id in &ids {
        counted_letters::set_aside(tx.conn, LetterId(*id), "gathered", "Sent in one letter with others", tx.now)?;
    }
    counted_letters::done(tx.conn, &ids)?;
    counted_letters::put_off(tx.conn, receiver, tx.now + WINDOW)?;
    let subject = customer.map_or(Subject::Installation, Subject::Customer);
    tx.event(subject, &Actor::System, Event::LetterSentGathered(SentGathered { letters: ids.len() }))
}

type Links = HashMap<(Option<i64>, Option<i64>), PrivateLink>;

/// A fresh link to what a letter is about, the same for letters about the same; none where there is no page.
fn link(tx: &mut Tx<'_>, row: &LetterRow, links: &mut Links) -> Result<Option<PrivateLink>, ActionError> {
    let about = if row.customer_id.is_some() { (row.case_id, None) } else { (None, row.notice_id) };
    if let Some(known) = links.get(&about) {
        return Ok(Some(known.clone()));
    }
    let made = match about {
        (Some(case), _) => fresh_link(tx, CaseId(case))?,
        (None, Some(notice)) => status_link(tx, NoticeId(notice))?,
        (None, None) => return Ok(None),
    };
    let made = made.numbered(links.len() + 1);
    links.insert(about, made.clone());
    Ok(Some(made))
}
