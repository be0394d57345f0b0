//! A counter-notice, 17 USC 512(g)(3): kept as it came, copied to the complainant at once with the words that
//! access returns in 10 business days, and its clock started.

use super::store_files::keep_files;
use crate::actions::access::private_links::status_link;
use crate::actions::cases::forward_case::copy_to_contacts;
use crate::actions::context::{About, ActionError, To, Tx};
use crate::actions::intake::receive_notice::keep;
use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::ids::{CaseId, CounterId, NoticeId};
use crate::domain::base::moment::Moment;
use crate::domain::material::location_state::LocationState::Disabled;
use crate::domain::record::event::disputes::CounterReceived;
use crate::domain::record::event::{Actor, Event, Private, Subject};
use crate::domain::regimes::us_512::counter_notice::CounterNotice;
use crate::domain::regimes::us_512::put_back::PutBack;
use crate::domain::senders::sender::SenderCounts;
use crate::formats::upload::Upload;
use crate::mail::letters::{CounterNoticeCopy, CounterNoticeReceived};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case};
use crate::storage::customers;
use crate::storage::disputes::attachments::Of;
use crate::storage::disputes::counter_notices::{self, Counter};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::submissions::Submission;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::senders::sender_tallies::{self, Tally};

/// Receives a counter-notice with all its elements. `received`: when it arrived, where it is entered later; the clock
/// counts from then.
pub fn receive_counter_notice(
    tx: &mut Tx<'_>,
    id: CaseId,
    submission: &Submission,
    (said, received): (&CounterNotice, Option<Moment>),
    files: &[Upload],
    actor: &Actor,
) -> Result<CounterId, ActionError> {
    let case = cases::get(tx.conn, id)?;
    let rows = locations::in_states(tx.conn, id, &[Disabled], Some(&said.locations))?;
    let wanted = said.locations.len();
    if rows.is_empty() || rows.len() != wanted || running(tx, id, &rows)? {
        let words = "A counter-notice is possible for addresses that are disabled and not disputed yet. Look at the list again.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    let received = received.unwrap_or(tx.now);
    if received > tx.now || rows.iter().any(|r| received.0 < r.state_at) {
        let words = "A counter-notice is received after access was disabled, and not in the future.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    // The figures of the sender first, as everywhere.
    let notice = notices::get(tx.conn, case.notice_id)?;
    count_sender(tx, &notice)?;
    let kept = keep(tx, submission, None)?;
    let consent = said.jurisdiction.consent(&tx.context.config.host.legal_name);
    let zone = tx.context.config.agent.time_zone.clone();
    let counter_id = counter_notices::insert(tx.conn, (id, kept.id), said, &consent, &zone, (received, tx.now))?;
    locations::set_counter(tx.conn, &said.locations, Some(counter_id))?;
    let kept_files = keep_files(tx, id, Of::Counter(counter_id), files, &actor.to_string())?;
    let window = PutBack::after(received, &zone);
    let what = CounterReceived {
        counter_notice: counter_id,
        submission: kept.id,
        locations: wanted,
        received,
        restore_from: window.from,
        restore_until: window.until,
        on_paper: kept.channel == counter_notices::ON_PAPER,
        sha256: kept.fingerprint.replace(' ', "").into(),
        said_sha256: counter_notices::digest(tx.conn, counter_id)?.into(),
        files: Private::list(&kept_files),
    };
    tx.event(Subject::Case(id), actor, Event::CounterNoticeReceived(what))?;
    let counter = counter_notices::get(tx.conn, counter_id)?;
    let sent_to = send_copy(tx, (&case, &notice), &counter, &rows, files)?;
    send_receipt(tx, &case, &counter, &sent_to)?;
    Ok(counter_id)
}

/// Whether one of the locations is disputed already.
fn running(tx: &mut Tx<'_>, id: CaseId, rows: &[LocationRow]) -> Result<bool, ActionError> {
    let counters = counter_notices::of_cases(tx.conn, &[id])?;
    let open = |r: &LocationRow| counters.iter().any(|c| c.state.is_open() && r.counter_id == Some(c.id.0));
    Ok(rows.iter().any(open))
}

/// A notice counts as disputed once, however many counter-notices there are.
fn count_sender(tx: &mut Tx<'_>, notice: &NoticeRecord) -> Result<(), ActionError> {
    let cases: Vec<CaseId> = cases::of_notice(tx.conn, notice.id, 2000)?.iter().map(|c| c.id).collect();
    let first = counter_notices::of_cases(tx.conn, &cases)?.is_empty();
    let Some(sender) = notice.sender.filter(|_| first) else { return Ok(()) };
    let by = SenderCounts { countered: 1, ..SenderCounts::default() };
    Ok(sender_tallies::add(tx.conn, &Tally::later(sender, notice.received_at, by, notice.proof.is_identity()))?)
}

/// 17 USC 512(g)(2)(B): promptly a copy to the complainant. Returns to whom it goes.
fn send_copy(
    tx: &mut Tx<'_>,
    (case, notice): (&Case, &NoticeRecord),
    counter: &Counter,
    rows: &[LocationRow],
    files: &[Upload],
) -> Result<String, ActionError> {
    let link = status_link(tx, notice.id)?;
    let letter = copy(notice, counter, rows, files, link);
    let complainant = &notice.complainant;
    let Some(address) = complainant.email.as_ref().filter(|a| !tx.context.config.is_own_address(a)) else {
        by_post(tx, case, notice.id)?;
        return Ok(format!("{}, by mail", complainant.shown()));
    };
    let about = About { case: Some(case.id), notice: Some(notice.id), ..About::default() };
    tx.queue(&letter, &To { name: &complainant.name, address: address.as_str() }, about)?;
    Ok(complainant.shown())
}

/// Without an email address a person must send the copy.
fn by_post(tx: &mut Tx<'_>, case: &Case, notice: NoticeId) -> Result<(), ActionError> {
    let about = reviews::About { case: Some(case.id), notice: Some(notice), ..reviews::About::default() };
    let note = "The complainant gave no email address. Mail the full copy of the counter-notice today, or call.";
    Ok(reviews::raise(tx.conn, ReviewKind::CopyByPost, about, note, tx.now)?)
}

/// The copy, as sent and as shown.
fn copy(
    notice: &NoticeRecord,
    counter: &Counter,
    rows: &[LocationRow],
    files: &[Upload],
    link: PrivateLink,
) -> CounterNoticeCopy {
    CounterNoticeCopy {
        notice: notice.reference.to_string(),
        received: counter.received_at,
        window: counter.put_back(),
        link,
        name: counter.name.clone(),
        address: counter.address.replace('\n', ", "),
        phone: counter.phone.clone(),
        signature: counter.signature.clone(),
        on_paper: counter.on_paper,
        consent: counter.consent.clone(),
        reason: counter.reason.lines().map(str::to_owned).collect(),
        locations: rows.iter().map(LocationRow::told).collect(),
        files: files.iter().map(|f| f.name.clone()).collect(),
    }
}

fn send_receipt(tx: &mut Tx<'_>, case: &Case, counter: &Counter, sent_to: &str) -> Result<(), ActionError> {
    let customer = customers::get(tx.conn, case.customer_id)?;
    let letter = CounterNoticeReceived {
        site: case.site.clone(),
        case: case.reference.to_string(),
        account_number: customer.external_id,
        received: counter.received_at,
        on_paper: counter.on_paper,
        window: counter.put_back(),
        locations: usize::try_from(counter.locations).unwrap_or(0),
        name: counter.name.clone(),
        sent_to: sent_to.to_owned(),
    };
    copy_to_contacts(tx, case, &letter)
}
