//! Accounts, contacts, and assets, as the host's own systems report them.

pub(in crate::actions) mod end_missing;
pub(in crate::actions) mod import_customers;
pub(in crate::actions) mod put_customer;
pub(in crate::actions) mod take_over;
