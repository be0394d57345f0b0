//! Who is told that something was taken back: the customer of each case, where it had been forwarded, and the complaining
//! party. Withdrawals of one notice are told together, so that a notice taken back address by address is not as many
//! letters.

use crate::actions::cases::forward_case::copy_to_contacts;
use crate::actions::context::{About, ActionError, To, Tx};
use crate::actions::enforcement::count_strike::strike_sentence;
use crate::domain::base::ids::{CaseId, NoticeId};
use crate::domain::base::moment::Span;
use crate::domain::cases::case::CaseState;
use crate::domain::material::location_state::LocationState;
use crate::mail::letters::WithdrawalLetter;
use crate::storage::cases::{self, Case};
use crate::storage::customers;
use crate::storage::disputes::withdrawals;
use crate::storage::intake::notices;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::outbox::withdrawal_letters::{self, More, Pending};

/// One letter in this time, about a case to its customer and about a notice to its sender.
const TOGETHER: Span = Span::minutes(15);
/// Newest cases of a customer among which one that follows is looked for.
const NEWEST: i64 = 20;

/// Something of a notice was taken back, or of one case of it. What ends the case or the notice is told at once, with what
/// was gathered; where a letter has just gone, and while something is left, it waits a little for more.
pub(in crate::actions) fn gather(
    tx: &mut Tx<'_>,
    (notice, case): (NoticeId, Option<CaseId>),
    withdrawal: i64,
    more: More,
    ends: bool,
) -> Result<(), ActionError> {
    let row = withdrawal_letters::of(tx.conn, notice, case, withdrawal)?;
    let free = row.told_at().map_or(tx.now, |at| at + TOGETHER).max(tx.now);
    let due = if ends { free } else { row.due_at().unwrap_or(tx.now + TOGETHER) };
    withdrawal_letters::add(tx.conn, &row, more, due)?;
    if due > tx.now { Ok(()) } else { tell_withdrawals(tx, row.id) }
}

/// Tells what was gathered.
pub fn tell_withdrawals(tx: &mut Tx<'_>, id: i64) -> Result<(), ActionError> {
    let row = withdrawal_letters::get(tx.conn, id)?;
    if row.due_at().is_none_or(|due| due > tx.now) {
        return Ok(());
    }
    let rows = withdrawal_letters::untold(tx.conn, &row)?;
    let through = withdrawals::newest(tx.conn, NoticeId(row.notice_id))?;
    withdrawal_letters::told(tx.conn, &row, through, tx.now)?;
    match row.case_id {
        Some(case) => tell_customer(tx, CaseId(case), &row, &rows),
        None => tell_complainant(tx, &row, &rows),
    }
}

/// The customer is told, where the customer had been told of the notice.
fn tell_customer(tx: &mut Tx<'_>, id: CaseId, told: &Pending, rows: &[LocationRow]) -> Result<(), ActionError> {
    let case = cases::get(tx.conn, id)?;
    if case.forwarded_at.is_none() || rows.is_empty() {
        return Ok(());
    }
    let whole = locations::count_in(tx.conn, id, &LocationState::STANDING)? == 0;
    let customer = customers::get(tx.conn, case.customer_id)?;
    // A repeat of what was withdrawn stands on its own now.
    let another_follows = another_follows(tx, &case)?;
    let letter = WithdrawalLetter {
        reference: case.reference.to_string(),
        site: case.site.clone(),
        withdrawn: tx.now,
        locations: rows.iter().map(LocationRow::told).collect(),
        whole,
        returning: told.returning(),
        held: told.held(),
        strike: if told.had_strike { strike_sentence(tx, &case)? } else { String::new() },
        another_follows,
        account_number: customer.external_id,
    };
    copy_to_contacts(tx, &case, &letter)
}

/// Whether a case of the same sender about the same site has been opened and is forwarded next.
fn another_follows(tx: &mut Tx<'_>, case: &Case) -> Result<bool, ActionError> {
    let sender = notices::get(tx.conn, case.notice_id)?.sender;
    for other in cases::of_customer(tx.conn, case.customer_id, None, NEWEST)? {
        let next = match &other.state {
            CaseState::Received => true,
            CaseState::Undelivered(sending) => sending.at == tx.now,
            _ => false,
        };
        if next
            && other.id > case.id
            && other.site == case.site
            && notices::get(tx.conn, other.notice_id)?.sender == sender
        {
            return Ok(sender.is_some());
        }
    }
    Ok(false)
}

fn tell_complainant(tx: &mut Tx<'_>, told: &Pending, rows: &[LocationRow]) -> Result<(), ActionError> {
    let notice = notices::get(tx.conn, NoticeId(told.notice_id))?;
    let Some(address) = notice.complainant.email.as_ref().filter(|a| !tx.context.config.is_own_address(a)) else {
        return Ok(());
    };
    let letter = WithdrawalLetter {
        reference: notice.reference.to_string(),
        site: String::new(),
        withdrawn: tx.now,
        locations: rows.iter().map(LocationRow::told).collect(),
        whole: notice.withdrawn_at.is_some(),
        returning: told.returning(),
        held: 0,
        strike: String::new(),
        another_follows: false,
        account_number: String::new(),
    };
    let about = About { notice: Some(notice.id), ..About::default() };
    tx.queue(&letter, &To { name: &notice.complainant.name, address: address.as_str() }, about)
}
