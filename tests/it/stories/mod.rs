//! Whole stories: what people do, from the form to the decision.

mod answering;
mod intake;
mod links;
mod matching;
mod repeat_infringer;
mod strikes;
