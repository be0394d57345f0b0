//! Whole stories: what people do, from the form to the decision.

mod admission;
mod answering;
mod claims;
mod completing;
mod desk;
mod disputing;
mod evidence;
mod importing;
mod intake;
mod links;
mod looking;
mod mail_bounces;
mod mail_identity;
mod mail_in;
mod mail_threads;
mod matching;
mod owning;
mod paper;
mod reaching;
mod receivers;
mod repeat_infringer;
mod senders;
mod strikes;
mod unlinked;
mod unread;
mod withdrawing;
