//! Puts an account over a limit of the policy before staff. Nobody is suspended by the machine.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CustomerId;
use crate::domain::enforcement::standing::Standing;
use crate::domain::enforcement::strikes::flag_reasons;
use crate::domain::record::event::enforcement::CustomerFlagged;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::enforcement::{flags, strikes};
use crate::storage::{cases, customers};

/// Flags a customer where the policy says so.
pub(in crate::actions) fn flag_customer(tx: &mut Tx<'_>, id: CustomerId) -> Result<(), ActionError> {
    let customer = customers::get(tx.conn, id)?;
    if matches!(customer.standing, Standing::Suspended | Standing::Terminated) {
        return Ok(());
    }
    let published = tx.policy()?;
    let since = tx.now - published.policy.window;
    let in_window = u32::try_from(strikes::active_since(tx.conn, id, since)?.len()).unwrap_or(u32::MAX);
    let unanswered = cases::unanswered_since(tx.conn, id, since)?;
    let threshold = published.policy.segment(&customer.segment).threshold;
    let reasons = flag_reasons(&published.policy, threshold, in_window, unanswered);
    if reasons.is_empty() {
        return Ok(());
    }
    if flags::raise(tx.conn, id, published.version, &reasons, tx.now)? {
        customers::set_standing(tx.conn, &customer, Standing::Flagged, tx.now)?;
        let words: Vec<String> = reasons.iter().map(crate::domain::enforcement::strikes::FlagReason::shown).collect();
        let what = CustomerFlagged { policy: published.version, reasons: words };
        tx.event(Subject::Customer(id), &Actor::System, Event::CustomerFlagged(what))?;
    }
    Ok(())
}
