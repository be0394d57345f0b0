//! Letters and webhook messages as rows with leases.

pub mod counted_letters;
pub mod letter_data;
pub mod letter_digests;
pub mod letter_threads;
pub mod letters;
pub mod letters_to;
pub mod letters_to_send;
pub mod reaching_letters;
pub mod sent_letters;
pub mod webhooks;
pub mod withdrawal_letters;
