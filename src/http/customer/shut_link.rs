//! Why a link does not open.

use crate::domain::base::moment::Moment;

/// Why a link does not open.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shut {
    Mistyped,
    Expired(Moment),
    Revoked(Moment),
}
