//! The append-only record: who, when, what, why; hash-chained per subject.
//!
//! Each subject (a case, a notice, a customer, the installation) has a chain of its own, so that writers
//! do not queue behind one global chain. A daily checkpoint over the heads makes a missing chain visible.
//!
//! What can be told is one enum, [`Event`]: a variant for each kind, with its facts in a struct. Facts are plain (codes,
//! counts, row numbers, times) or private ([`Private`]): a private value is stored apart, in the vault of the person it
//! concerns, and can be forgotten. The chain binds both by commitments ([`link`]).

#[macro_use]
mod facts;

pub mod access;
mod actor;
pub mod cases;
mod codes;
pub mod customers;
pub mod disputes;
pub mod enforcement;
pub mod intake;
mod kinds;
pub mod link;
pub mod material;
pub mod outbox;
mod private;
pub mod record;
mod recorded;
pub mod senders;
mod subject;
mod tells;
#[cfg(test)]
mod tests;

pub use actor::{Actor, ActorCode};
pub use facts::{Beside, Facts, Nothing};
pub use kinds::{Event, EventKind};
pub use private::{Forgetting, NotAVault, Owners, Private, Vault, Whose};
pub use recorded::{Recorded, Unreadable};
pub use subject::Subject;
pub use tells::{Label, Tells};
