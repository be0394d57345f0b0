//! What follows some of the demo's notices: counter-notices, a court action, a withdrawal, access that returns.

use crate::domain::regimes::us_512::counter_notice::{ActionKind, CounterNotice, CourtAction, Jurisdiction};

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The customer sends a counter-notice.
    Counter(&'static str),
    /// The complainant tells of a court action.
    Court,
    /// The host confirms that access has returned.
    Restored,
    /// The complainant takes the notice back.
    Withdrawn,
}

/// A step on the notice that names an address first.
pub struct Follow {
    pub hours_ago: i64,
    pub url: &'static str,
    pub what: What,
}

const DAY: i64 = 24;

/// The steps.
pub const FOLLOW: &[Follow] = &[
    // Runs now: access returns in some days.
    Follow {
        hours_ago: 8 * DAY,
        url: "https://brightmoor.example/wallpapers/marsh-4k.zip",
        what: What::Counter("Idris Moor"),
    },
    // Ran its course: access returned, the strike no longer counts.
    Follow {
        hours_ago: 50 * DAY,
        url: "https://patternvault.example/patterns/harvest",
        what: What::Counter("Mika Sorel"),
    },
    Follow { hours_ago: 27 * DAY, url: "https://patternvault.example/patterns/harvest", what: What::Restored },
    // Stopped by a court action.
    Follow {
        hours_ago: 84 * DAY,
        url: "https://files.kitestring-media.example/mp3/low-tide-04.mp3",
        what: What::Counter("Lou Kite"),
    },
    Follow {
        hours_ago: 75 * DAY,
        url: "https://files.kitestring-media.example/mp3/low-tide-04.mp3",
        what: What::Court,
    },
    // Sent by mistake.
    Follow { hours_ago: 20 * DAY, url: "https://sundial-cafe.example/posts/coast", what: What::Withdrawn },
];

/// A counter-notice of the demo.
pub fn counter_notice(name: &str, locations: Vec<i64>) -> CounterNotice {
    CounterNotice {
        locations,
        reason: "I made this myself; the raw files with their dates are available.".to_owned(),
        name: name.to_owned(),
        address: "88 Tamarack Avenue\nDuluth MN 55802\nUnited States".to_owned(),
        phone: "+1 218 555 0164".to_owned(),
        jurisdiction: Jurisdiction::UnitedStates,
        signature: name.to_owned(),
    }
}

/// A court action of the demo, filed on a day.
pub fn court_action(filed_on: String) -> CourtAction {
    CourtAction {
        kind: ActionKind::Court,
        court: "U.S. District Court, District of Maine".to_owned(),
        docket: "2:26-cv-00412".to_owned(),
        filed_on,
    }
}
