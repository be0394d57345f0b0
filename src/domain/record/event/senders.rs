//! Facts about senders.

use crate::domain::senders::sender::Setting;

facts! {
    /// Staff set how a sender is treated.
    struct SenderSet {
        setting: Setting,
    } private {
        reason of Sender,
    }
}
