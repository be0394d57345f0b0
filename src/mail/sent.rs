//! What became of an attempt to send a letter.

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Taken over, with the server's answer.
    Accepted(String),
    /// Try again.
    Later(String),
    /// Try again; the server said nothing in time, and will hardly say more to others.
    Silent(String),
    /// Refused for good (SMTP 5xx).
    Refused(String),
    /// Written to a file, and to nobody.
    Stored(String),
}
