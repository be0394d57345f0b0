//! When a letter is tried again: 1, 2, 4, … minutes, at most 4 hours, each with up to a quarter of jitter;
//! given up after about three days (RFC 5321 section 4.5.4.1 asks for four to five days at most).

use crate::domain::base::moment::Span;

/// Attempts before a letter is given up.
pub const MAX_ATTEMPTS: u32 = 26;

/// The pause after an attempt; `bits` are random.
pub fn pause(attempt: u32, bits: u64) -> Span {
    let minutes = 1_i64 << attempt.saturating_sub(1).min(8);
    let base = Span::minutes(minutes.min(240));
    let quarter = base.0 / 4;
    let jitter = i64::try_from(bits % 1000).unwrap_or(0) * quarter / 1000;
    Span(base.0 + jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_tried_for_about_three_days() {
        let total: i64 = (1..MAX_ATTEMPTS).map(|n| pause(n, 0).0).sum();
        let days = Span(total).0 / Span::days(1).0;
        assert!((2..=4).contains(&days), "{}", Span(total).in_words());
        assert!(pause(1, u64::MAX) < Span::seconds(76) && pause(40, 0) == Span::minutes(240));
    }
}
