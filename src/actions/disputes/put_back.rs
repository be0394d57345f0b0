//! The clock of a counter-notice: access is asked back at the end of the tenth business day, never before; what is
//! not restored by the thirteenth is an alarm, and after the fourteenth it is too late and said so.
//! 17 USC 512(g)(2)(C).

use crate::actions::context::{ActionError, Tx};
use crate::actions::material::release_locations::release;
use crate::actions::material::restore_locations::{end_counters, settle, tell_both};
use crate::domain::base::ids::CounterId;
use crate::domain::material::location_state::LocationState::{Disabled, Released};
use crate::domain::record::event::disputes::{CounterLate, OfCounter};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::domain::regimes::us_512::counter_notice::CounterState;
use crate::domain::regimes::us_512::put_back::Stands;
use crate::storage::cases;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::disputes::counter_notices::{self, Counter};
use crate::storage::material::locations;

/// Does what the clock says now.
pub fn put_back(tx: &mut Tx<'_>, id: CounterId) -> Result<(), ActionError> {
    let mut counter = counter_notices::get(tx.conn, id)?;
    let window = counter.put_back();
    let stands = window.stands(tx.now);
    if !counter.state.is_open() || stands == Stands::Early {
        let (state, alarm) = (counter.state, counter.alarm);
        let next = state.is_open().then_some(window.from);
        return Ok(counter_notices::set_state(tx.conn, &mut counter, (state, alarm), next, tx.now)?);
    }
    if counter.state == CounterState::Running {
        open_window(tx, &mut counter)?;
    }
    let alarm = match stands {
        Stands::Early | Stands::Due => 0,
        Stands::Alarm => 1,
        Stands::Missed => 2,
    };
    let still_open = counter.state == CounterState::Due;
    if still_open && alarm > counter.alarm {
        raise(tx, &counter, alarm)?;
    }
    let next = match alarm {
        _ if !still_open => None,
        0 => Some(window.alarm),
        1 => Some(window.until),
        _ => None,
    };
    let (state, alarm) = (counter.state, alarm.max(counter.alarm));
    Ok(counter_notices::set_state(tx.conn, &mut counter, (state, alarm), next, tx.now)?)
}

/// The ten business days are over and nobody told of a court action.
fn open_window(tx: &mut Tx<'_>, counter: &mut Counter) -> Result<(), ActionError> {
    let case = cases::get(tx.conn, counter.case)?;
    let mut rows = locations::of_counter(tx.conn, counter.id)?;
    rows.retain(|r| r.state() == Disabled);
    let words =
        format!("Ten business days after the counter-notice have passed; restore it {}", counter.put_back().between());
    let alarm = counter.alarm;
    counter_notices::set_state(tx.conn, counter, (CounterState::Due, alarm), None, tx.now)?;
    let event = Event::CounterNoticeDue(OfCounter { counter_notice: counter.id });
    tx.event(Subject::Case(case.id), &Actor::System, event)?;
    let let_go = release(tx, &case, &rows, &words, &Actor::System)?;
    // Where other notices keep all of it disabled, this one has nothing left to wait for.
    end_counters(tx, case.id, &Actor::System)?;
    settle(tx, case.id, &Actor::System)?;
    if let_go.held > 0 {
        let mut held = locations::of_counter(tx.conn, counter.id)?;
        held.retain(|r| r.state() == Released);
        tell_both(tx, &case, &[], &held)?;
    }
    *counter = counter_notices::get(tx.conn, counter.id)?;
    Ok(())
}

fn raise(tx: &mut Tx<'_>, counter: &Counter, alarm: i32) -> Result<(), ActionError> {
    let window = counter.put_back();
    let what = CounterLate { counter_notice: counter.id, restore_until: window.until };
    let (kind, event) = if alarm == 1 {
        (ReviewKind::PutBackAlarm, Event::CounterNoticeAlarm(what))
    } else {
        (ReviewKind::PutBackMissed, Event::CounterNoticeMissed(what))
    };
    let note =
        format!("Access must be restored by the end of {}; no one has confirmed that it was.", window.last_day());
    let about = reviews::About { case: Some(counter.case), ..reviews::About::default() };
    reviews::raise(tx.conn, kind, about, &note, tx.now)?;
    tx.event(Subject::Case(counter.case), &Actor::System, event)
}
