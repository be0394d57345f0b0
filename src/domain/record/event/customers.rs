//! Facts about accounts, their contacts and assets.

use super::private::{Vault, Whose};
use crate::domain::base::ids::CustomerId;

facts! {
    /// An account was added or changed.
    struct CustomerPut {
        segment: String,
    }

    /// An import changed contacts and assets.
    struct CustomerImported {
        /// How many.
        contacts: usize,
        assets: usize,
    }

    /// Contacts were put or removed.
    struct ContactsChanged {
        /// How many.
        put: usize,
        removed: usize,
    }

    /// Assets were put or ended.
    struct AssetsChanged {
        /// How many.
        put: usize,
        ended: usize,
    }

    /// Assets went from one account to another.
    struct AssetsTakenOver {
        from_id: CustomerId,
        to_id: CustomerId,
        /// How many.
        count: usize,
    } private {
        /// Account numbers at the host.
        from by vault_from,
        to by vault_to,
        /// The first of them, as people read them.
        assets of Customer,
    }
}

impl AssetsTakenOver {
    fn vault_from(&self) -> Whose {
        Whose::Exactly(Vault::customer(self.from_id))
    }
    fn vault_to(&self) -> Whose {
        Whose::Exactly(Vault::customer(self.to_id))
    }
}
