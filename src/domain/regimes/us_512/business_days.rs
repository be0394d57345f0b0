//! Business days: Monday to Friday less the federal holidays of 5 USC 6103(a), with the observed days of (b).
//!
//! 17 USC 512 does not define a business day. Inauguration Day is a holiday in the District of Columbia area
//! alone, and closures ordered for one day are not in the statute: both are left out.

use jiff::civil::{Date, Weekday, date};
use jiff::{Span, ToSpan};

/// Whether offices are open on a day.
pub fn is_business_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_observed_holiday(day)
}

/// The `n`th business day after a day; the day itself does not count, whatever it is.
pub fn nth_after(day: Date, n: u32) -> Date {
    let (mut at, mut left) = (day, n);
    while left > 0 {
        at = next(at, 1.day());
        left -= u32::from(is_business_day(at));
    }
    at
}

fn next(day: Date, by: Span) -> Date {
    day.saturating_add(by)
}

/// Whether a holiday is observed on a day: itself, or the Friday before or the Monday after it where it falls on
/// a weekend (5 USC 6103(b); Executive Order 11582 for Sundays). New Year's Day can be observed in the year before.
fn is_observed_holiday(day: Date) -> bool {
    [day.year(), day.year().saturating_add(1)].into_iter().any(|year| holidays(year).map(observed).contains(&day))
}

fn observed(holiday: Date) -> Date {
    match holiday.weekday() {
        Weekday::Saturday => next(holiday, -1.day()),
        Weekday::Sunday => next(holiday, 1.day()),
        _ => holiday,
    }
}

/// The eleven holidays of a year.
fn holidays(year: i16) -> [Date; 11] {
    // Years run to 9999; a delay of days from any clock stays far below.
    let year = year.min(9998);
    let nth = |month: i8, n: i8, weekday| date(year, month, 1).nth_weekday_of_month(n, weekday).unwrap_or(Date::MIN);
    [
        date(year, 1, 1),
        nth(1, 3, Weekday::Monday),
        nth(2, 3, Weekday::Monday),
        nth(5, -1, Weekday::Monday),
        date(year, 6, 19),
        date(year, 7, 4),
        nth(9, 1, Weekday::Monday),
        nth(10, 2, Weekday::Monday),
        date(year, 11, 11),
        nth(11, 4, Weekday::Thursday),
        date(year, 12, 25),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_and_observed_days_are_no_business_days() {
        for closed in [
            date(2026, 11, 26), // Thanksgiving
            date(2026, 7, 3),   // 4 July 2026 is a Saturday
            date(2027, 12, 31), // 1 January 2028 is a Saturday
            date(2027, 6, 18),  // 19 June 2027 is a Saturday
            date(2023, 1, 2),   // 1 January 2023 is a Sunday
            date(2026, 1, 19),
            date(2026, 2, 16),
            date(2026, 5, 25),
            date(2026, 9, 7),
            date(2026, 10, 12),
            date(2026, 11, 11),
            date(2026, 11, 28),
        ] {
            assert!(!is_business_day(closed), "{closed}");
        }
        for open in [date(2026, 11, 27), date(2026, 11, 23), date(2029, 1, 22), date(2025, 1, 20).tomorrow().unwrap()] {
            assert!(is_business_day(open), "{open}");
        }
    }

    #[test]
    fn ten_business_days_are_never_fewer_than_twelve_calendar_days() {
        let mut day = date(2024, 1, 1);
        while day < date(2035, 1, 1) {
            let (tenth, fourteenth) = (nth_after(day, 10), nth_after(day, 14));
            assert!(is_business_day(tenth) && is_business_day(fourteenth));
            assert!((tenth - day).get_days() >= 12, "{day}");
            assert!((fourteenth - day).get_days() <= 25, "{day}");
            day = next(day, 1.day());
        }
    }
}
