//! Facts about who has access: staff and keys.

use super::private::{Vault, Whose};
use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::{ApiKeyId, StaffId};

facts! {
    /// A member of staff.
    struct OfStaff {
        staff: StaffId,
    }

    /// A member of staff was added or changed.
    struct StaffPut {
        staff: StaffId,
        role: StaffRole,
    }

    /// A recovery code was used in place of the second factor.
    struct RecoveryCodeUsed {
        staff: StaffId,
        /// How many are left.
        left: i64,
    }

    /// An API key was made.
    struct KeyMade {
        key: ApiKeyId,
        /// What it may do, separated by spaces.
        scopes: String,
    } private {
        name by key_vault,
    }

    /// An API key was revoked.
    struct OfKey {
        key: ApiKeyId,
    }
}

impl KeyMade {
    fn key_vault(&self) -> Whose {
        Whose::Exactly(Vault::key(self.key))
    }
}
