//! Pages for trust-and-safety staff.

pub mod account;
pub mod bulk;
pub mod case;
pub mod case_step;
pub mod clock;
pub mod counter_notice;
pub mod customer;
pub mod decide;
mod desk;
mod device;
pub mod evidence;
pub mod keys;
pub mod letter;
pub mod login;
pub mod notice;
pub mod outbox;
pub mod queue;
mod queue_lines;
pub mod repeat_infringers;
pub mod second_step;
pub mod senders;
pub mod submission;
pub mod theme;
mod timeline;
pub mod webhooks;
