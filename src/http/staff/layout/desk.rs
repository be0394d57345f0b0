//! What every staff page has: name, menu with counts, search, colors.

use crate::app::App;
use crate::domain::base::moment::{Moment, Span};
use crate::domain::regimes::us_512::counter_notice::CounterState;
use crate::http::access::Staff;
use crate::http::error::HttpError;
use crate::storage::cases::{self, reviews};
use crate::storage::disputes::counter_notices;
use crate::storage::enforcement::flags;
use crate::storage::engine::clock_doubts;
use crate::storage::intake::notice_lists::{self, Ownerless};
use crate::storage::outbox::letters;
use crate::storage::{Conn, StorageError};

/// Counting stops here: no page's cost grows with the table.
pub(in crate::http::staff) const CAP: i64 = 1000;

/// Counts in the menu.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::http::staff) struct Counts {
    pub review: i64,
    pub awaiting: i64,
    pub answered: i64,
    /// Cases that a person has to forward or close.
    pub held: i64,
    /// Notices about something here that no account has.
    pub without_owner: i64,
    /// Notices of which some addresses are of no account.
    pub in_part: i64,
    /// Received, and waiting for the next job, or for the sender to confirm.
    pub received: i64,
    /// Cases under which the host was asked to disable or restore and has not confirmed it.
    pub requested: i64,
    pub unanswered: i64,
    pub flagged: i64,
    /// Forwarded, and nobody has been reached.
    pub forwarded: i64,
    pub letters: i64,
    /// Counter-notices whose clock runs or is over.
    pub counters: i64,
}

impl Counts {
    /// Counts what is open.
    pub fn load(conn: &mut Conn) -> Result<Self, StorageError> {
        Ok(Self {
            review: reviews::count_open(conn, CAP)?,
            forwarded: cases::count_in_state(conn, "forwarded", CAP)?,
            awaiting: cases::count_in_state(conn, "awaiting", CAP)?,
            answered: cases::count_in_state(conn, "answered", CAP)?,
            unanswered: cases::count_in_state(conn, "unanswered", CAP)?,
            held: cases::count_in_state(conn, "review", CAP)?,
            without_owner: notice_lists::count_without_owner(conn, Ownerless::Whole, CAP)?,
            in_part: notice_lists::count_without_owner(conn, Ownerless::InPart, CAP)?,
            received: cases::count_in_state(conn, "received", CAP)?,
            requested: cases::count_requested(conn, CAP)?,
            flagged: flags::count_open(conn, CAP)?,
            letters: letters::count_in(conn, &["failed", "bounced", "deferred"], CAP)?,
            counters: counter_notices::count_in_state(conn, CounterState::Running, CAP)?
                + counter_notices::count_in_state(conn, CounterState::Due, CAP)?,
        })
    }
    /// Everything that is open, whoever has to act.
    pub fn open(&self) -> i64 {
        let people = self.review + self.counters + self.flagged + self.held + self.unanswered + self.answered;
        people + self.requested + self.received + self.forwarded + self.awaiting
    }
}

/// `400 days ahead`, `2 hours behind`.
fn off_in_words(off: Span) -> String {
    let side = if off.0 < 0 { "behind" } else { "ahead" };
    format!("{} {side}", Span(off.0.saturating_abs()).in_words())
}

/// A count, or `999+`.
fn capped(n: i64) -> String {
    if n >= CAP { format!("{}+", CAP - 1) } else { n.to_string() }
}

/// The frame of a staff page.
pub(in crate::http::staff) struct Desk {
    pub host: String,
    pub who: Staff,
    pub counts: Counts,
    pub now: Moment,
    pub current: &'static str,
    pub q: String,
    /// The clock is not believed, and by how much it is off.
    pub clock_off: Option<String>,
}

impl Desk {
    /// Loads the frame.
    pub async fn load(app: &App, who: Staff, current: &'static str) -> Result<Self, HttpError> {
        let counts = app.read(Counts::load).await?;
        let clock_off = app.read(clock_doubts::read).await?.map(|doubt| off_in_words(doubt.off));
        Ok(Self {
            host: app.config().host.name.clone(),
            who,
            counts,
            now: app.clock.now(),
            current,
            q: String::new(),
            clock_off,
        })
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    pub fn capped(&self, n: &i64) -> String {
        capped(*n)
    }
    pub fn open(&self) -> String {
        capped(self.counts.open())
    }
    pub fn is_agent(&self) -> bool {
        self.who.may(crate::domain::access::role::StaffRole::Agent)
    }
    pub fn is_admin(&self) -> bool {
        self.who.may(crate::domain::access::role::StaffRole::Admin)
    }
    pub fn is_lead(&self) -> bool {
        self.who.may(crate::domain::access::role::StaffRole::Lead)
    }
}
