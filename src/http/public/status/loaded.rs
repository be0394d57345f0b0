//! Everything the status page shows.

use crate::domain::material::public_state::PublicState;
use crate::http::public::notices::receipt::Sent;
use crate::storage::disputes::attachments::Attachment;
use crate::storage::disputes::counter_notices::Counter;
use crate::storage::disputes::court_actions::Filed;
use crate::storage::disputes::withdrawals::Withdrawal;
use crate::storage::intake::notices::NoticeRecord;
use crate::storage::material::locations::LocationRow;
use crate::storage::material::public_states::Located;
/// Everything the page shows.
pub(super) struct Loaded {
    pub sent: Sent,
    /// Every address, in the order in which they were sent.
    pub located: Vec<Located>,
    pub summary: Vec<(PublicState, usize)>,
    pub disputes: Vec<Disputed>,
    pub withdrawals: Vec<Withdrawal>,
    pub cured_by: Option<NoticeRecord>,
    pub cures: Option<NoticeRecord>,
    pub repeats: Option<NoticeRecord>,
}

/// A counter-notice with the addresses it disputes, what it came with, and what was filed about it.
pub(super) struct Disputed {
    pub counter: Counter,
    pub locations: Vec<LocationRow>,
    pub files: Vec<Attachment>,
    pub filed: Vec<Filed>,
}
