//! What can be done: one use case, one file, one write transaction.
//!
//! Form, API, mail, command line and timers reach the same action; an entrance never changes state by
//! itself. An action reads like the procedure in a manual: load, ask the domain for the transition, save,
//! record the event, queue the letter.

pub mod access;
pub mod cases;
mod context;
pub mod customers;
pub mod disputes;
pub mod enforcement;
pub mod intake;
pub mod material;
pub mod outbox;
pub mod record;
pub mod senders;

pub use access::make_key::{PREFIX as KEY_PREFIX, make_key, revoke_key};
pub use access::put_staff::put_staff;
pub use access::second_factor::{
    pass_second_step, renew_recovery_codes, reset_second_factor, turn_off_second_factor, turn_on_second_factor,
};
pub use access::sign_in::{sign_in, sign_out};
pub use access::staff_access::{disable_staff, enable_staff, remove_staff};
pub use cases::answer_case::{Answer, answer_case};
pub use cases::close_case::close_case;
pub use cases::end_links::end_links;
pub use cases::extend_deadline::extend_deadline;
pub use cases::forward_case::forward_case;
pub use cases::lose_contact::not_reached;
pub use cases::note_case::note_case;
pub use cases::pass_deadline::pass_deadline;
pub use cases::reach_customer::{ContactMade, record_contact};
pub use cases::remind_customer::remind_customer;
pub use cases::renew_link::renew_link;
pub use cases::review_done::review_done;
pub use cases::running_deadline::running_deadline;
pub use cases::send_notice::send_again;
pub use cases::tell_outcome::tell_gathered_outcome;
pub use context::{About, ActionError, Context, To, Tx};
pub use customers::end_missing::{Ending, end_missing};
pub use customers::import_customers::{
    Account as ImportedAccount, ImportAsset, ImportLine, Imported, LineChanges, import_customers,
};
pub use customers::put_customer::{
    AssetLine, LineOutcome, PutCustomer, end_asset, import_assets, put_customer, replace_assets,
};
pub use customers::take_over::{Conflict, ConflictOutcome};
pub use disputes::put_back::put_back;
pub use disputes::receive_counter_notice::receive_counter_notice;
pub use disputes::receive_court_action::receive_court_action;
pub use disputes::tell_withdrawals::tell_withdrawals;
pub use disputes::withdraw_notice::{Scope as WithdrawScope, Withdrawing, withdraw_notice};
pub use enforcement::approve_decision::settle_decision;
pub use enforcement::expire_strike::expire_strike;
pub use enforcement::propose_decision::{Proposal, propose_decision};
pub use enforcement::publish_policy::publish_policy;
pub use enforcement::void_strike::void_strike;
pub use intake::complete_letter::{complete_letter, may_become_notice};
pub use intake::idempotency::{Answer as OnceAnswer, Once, once};
pub use intake::mail_facts::Envelope;
pub use intake::match_locations::match_locations;
pub use intake::prepare_notices::{OfDocument, Prepared, prepare_notice, prepare_notices};
pub use intake::receive_document::{DocumentOutcome, receive_document};
pub use intake::receive_mail::{MailKind, MailOutcome, receive_mail};
pub use intake::receive_notice::{keep_unreadable, receive_notice, receive_unreadable};
pub use intake::types::{MatchedLocation, Received, StoredSubmission};
pub use material::disable_locations::{confirm_disabled, disable_locations};
pub use material::record_probe::{ask_probe, claim_probe, record_probe};
pub use material::remind_integrations::remind_host;
pub use material::restore_locations::{confirm_restored, restore_locations};
pub use outbox::record_delivery::record_delivery;
pub use outbox::retry_letter::retry_letter;
pub use outbox::send_gathered::send_gathered;
pub use outbox::show_letter::{ShownLetter, show_letter};
pub use outbox::webhooks::{add_endpoint, replay_delivery, rotate_secret, switch_endpoint};
pub use record::confirm_clock::confirm_clock;
pub use record::export_evidence::record_export;
pub use record::first_start::open_house;
pub use record::send_digest::send_digest;
pub use senders::confirm_sender::{confirm_sender, deny_sender, stop_waiting};
pub use senders::set_sender::set_sender;
