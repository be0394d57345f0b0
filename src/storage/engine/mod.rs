//! How both databases are opened, migrated, and kept in order.

pub mod backup;
pub mod clock_doubts;
pub mod codec;
pub mod connection;
pub(in crate::storage) mod error;
pub mod installation;
pub mod migrations;
pub(in crate::storage) mod prepared;
pub mod presence;
pub mod readiness;
pub mod schema;
pub mod sqlite;
pub mod statistics;
pub mod transport_security;
