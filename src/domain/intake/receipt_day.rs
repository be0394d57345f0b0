//! The day on which something arrived on paper: entered later, it counts from then.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::domain::base::moment::Moment;

/// Why a day cannot be the day of receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongDay {
    #[error("Enter the day it was received, such as {0}")]
    Unreadable(Date),
    #[error("Enter a day of receipt that is not in the future")]
    Future,
    #[error("Enter a day of receipt that is not before the day on which access was disabled")]
    BeforeDisabling,
}

fn day_of(at: Moment, zone: &TimeZone) -> Date {
    Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date()
}

/// Today where the designated agent is, as a form shows it.
pub fn today(now: Moment, zone: &TimeZone) -> String {
    day_of(now, zone).to_string()
}

/// The time that stands for a day of receipt in the zone of the designated agent: now for today, otherwise noon, which
/// is the same date almost anywhere. `disabled`: when access was disabled; what is received before is about nothing.
pub fn received(typed: &str, now: Moment, disabled: Moment, zone: &TimeZone) -> Result<Moment, WrongDay> {
    let today = day_of(now, zone);
    let day: Date = typed.trim().parse().map_err(|_| WrongDay::Unreadable(today))?;
    if day > today {
        return Err(WrongDay::Future);
    }
    if day < day_of(disabled, zone) {
        return Err(WrongDay::BeforeDisabling);
    }
    let start = day.to_zoned(zone.clone()).ok();
    let noon =
        start.and_then(|z| z.checked_add(12.hours()).ok()).map_or(now, |z| Moment(z.timestamp().as_microsecond()));
    Ok(if day == today { now } else { noon.max(disabled).min(now) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    #[test]
    fn a_day_of_receipt_lies_between_the_disabling_and_today() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let (disabled, now) = (at("2026-11-19T16:00:00Z"), at("2026-11-28T15:00:00Z"));
        let read = |typed: &str| received(typed, now, disabled, &zone);
        assert_eq!(read("2026-11-20"), Ok(at("2026-11-20T17:00:00Z")));
        assert_eq!(read("2026-11-28"), Ok(now));
        assert_eq!(read("2026-11-29"), Err(WrongDay::Future));
        assert_eq!(read("2026-11-18"), Err(WrongDay::BeforeDisabling));
        assert!(read("2026-11-19").unwrap() >= disabled);
        assert!(
            matches!(read("20 Nov"), Err(WrongDay::Unreadable(_))) && matches!(read(""), Err(WrongDay::Unreadable(_)))
        );
        // Late in the evening it is tomorrow in UTC, and today where the agent is.
        assert_eq!(today(at("2026-11-29T03:00:00Z"), &zone), "2026-11-28");
    }
}
