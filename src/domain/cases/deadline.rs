//! When a customer is reminded. Deadlines themselves come from the policy's segments.

use crate::domain::base::moment::Moment;

/// The reminder goes out at half time.
pub fn reminder_at(forwarded: Moment, deadline: Moment) -> Moment {
    forwarded + deadline.since(forwarded).half()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::base::moment::Span;

    #[test]
    fn the_reminder_goes_out_at_half_time() {
        assert_eq!(reminder_at(Moment(0), Moment(0) + Span::hours(48)), Moment(0) + Span::hours(24));
    }
}
