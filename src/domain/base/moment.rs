//! Instants and lengths of time, and the one place where they are put into words.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

/// A length of time in microseconds, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(pub i64);

const SECOND: i64 = 1_000_000;

impl Span {
    /// A span of whole seconds.
    pub const fn seconds(n: i64) -> Self {
        Self(n * SECOND)
    }
    /// A span of whole minutes.
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }
    /// A span of whole hours.
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }
    /// A span of whole days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self::hours(n * 24)
    }
    /// For timers; nothing where it is negative.
    pub const fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_micros(if self.0 < 0 { 0 } else { self.0.unsigned_abs() })
    }
    /// Half of it, rounded down.
    #[must_use]
    pub const fn half(self) -> Self {
        Self(self.0 / 2)
    }
    /// In words, rounded down to its two largest units: `1 day and 2 hours`.
    pub fn in_words(self) -> String {
        let minutes = self.0 / (60 * SECOND);
        let parts: Vec<String> = [(minutes / 1440, "day"), (minutes / 60 % 24, "hour"), (minutes % 60, "minute")]
            .into_iter()
            .skip_while(|(n, _)| *n == 0)
            .take(2)
            .filter(|(n, _)| *n > 0)
            .map(|(n, unit)| plural(n, unit))
            .collect();
        if parts.is_empty() { "less than a minute".to_owned() } else { parts.join(" and ") }
    }
    /// Short form for dense tables: `1 d 2 h`, `5 h 05 min`.
    pub fn short(self) -> String {
        let minutes = self.0 / (60 * SECOND);
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        match (days, hours) {
            (0, 0) => format!("{rest} min"),
            (0, _) => format!("{hours} h {rest:02} min"),
            _ => format!("{days} d {hours} h"),
        }
    }
    /// For a period named in the policy: `48 hours` up to three days, then `7 days`.
    pub fn as_period(self) -> String {
        let hours = self.0 / (3600 * SECOND);
        if hours > 72 && hours % 24 == 0 { plural(hours / 24, "day") } else { plural(hours, "hour") }
    }
}

/// `1 day`, `2 days`.
pub fn plural(n: i64, unit: &str) -> String {
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

/// A duration is not written as a number and a unit.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a duration is a number and a unit: 90s, 30m, 48h or 7d")]
pub struct NotASpan;

impl FromStr for Span {
    type Err = NotASpan;

    fn from_str(text: &str) -> Result<Self, NotASpan> {
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or(NotASpan)?;
        let (digits, unit) = text.split_at(split);
        let n: i64 = digits.parse().map_err(|_| NotASpan)?;
        let unit = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return Err(NotASpan),
        };
        // Ten years: longer than any period of this kind, and far from overflow.
        if n > 10 * 366 * 86_400 / unit {
            return Err(NotASpan);
        }
        Ok(Self::seconds(n * unit))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / SECOND;
        match seconds {
            s if s % 86_400 == 0 && s >= 4 * 86_400 => write!(f, "{}d", s / 86_400),
            s if s % 3600 == 0 && s > 0 => write!(f, "{}h", s / 3600),
            s if s % 60 == 0 && s > 0 => write!(f, "{}m", s / 60),
            s => write!(f, "{s}s"),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Add<Span> for Moment {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Moment {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Moment {
    /// From an RFC 3339 text such as `2026-03-10T14:22:00Z`.
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse::<Timestamp>().ok().map(|t| Self(t.as_microsecond()))
    }

    /// The time from `earlier` to this moment, zero when it lies in the future.
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0).max(0))
    }

    fn in_zone(self, zone: &TimeZone) -> Zoned {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone())
    }

    fn utc(self) -> Zoned {
        self.in_zone(&TimeZone::UTC)
    }

    /// For `<time datetime>` and JSON: RFC 3339 in UTC, to the second.
    pub fn iso(self) -> String {
        self.utc().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
    /// `Friday 13 March 2026, 17:00 UTC`: every deadline a person reads.
    pub fn full(self) -> String {
        self.utc().strftime("%A %-d %B %Y, %H:%M UTC").to_string()
    }
    /// `10 March 2026, 14:22 UTC`.
    pub fn long(self) -> String {
        self.utc().strftime("%-d %B %Y, %H:%M UTC").to_string()
    }
    /// `Fri 13 March, 17:00 UTC`: subjects of letters.
    pub fn brief(self) -> String {
        self.utc().strftime("%a %-d %B, %H:%M UTC").to_string()
    }
    /// `Fri 13, 17:00`: dense tables, times in UTC.
    pub fn tiny(self) -> String {
        self.utc().strftime("%a %-d, %H:%M").to_string()
    }
    /// `10 Mar, 17:00`: timelines, times in UTC.
    pub fn stamp(self) -> String {
        self.utc().strftime("%-d %b, %H:%M").to_string()
    }
    /// `10 March 2026`.
    pub fn day(self) -> String {
        self.utc().strftime("%-d %B %Y").to_string()
    }
    /// `Tuesday 10 March 2026`, the day it was in a zone.
    pub fn long_day(self, zone: &TimeZone) -> String {
        let at = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        at.to_zoned(zone.clone()).strftime("%A %-d %B %Y").to_string()
    }
    /// `10 Mar 2026`.
    pub fn short_day(self) -> String {
        self.utc().strftime("%-d %b %Y").to_string()
    }
    /// `2026-03-10`.
    pub fn iso_day(self) -> String {
        self.utc().strftime("%Y-%m-%d").to_string()
    }
    /// `2026-03`: the month of the transparency report.
    pub fn month(self) -> String {
        self.utc().strftime("%Y-%m").to_string()
    }
    /// `That is 1:00 p.m. on Friday in New York (EDT).` for the host's own zone; nothing where that is UTC.
    pub fn local_sentence(self, zone: &TimeZone) -> Option<String> {
        let local = self.in_zone(zone);
        if local.offset().is_zero() {
            return None;
        }
        let name = zone.iana_name().unwrap_or("local time");
        let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ");
        let half = if local.hour() < 12 { "a.m." } else { "p.m." };
        let hour = match local.hour() % 12 {
            0 => 12,
            h => h,
        };
        let day =
            if local.date() == self.utc().date() { String::new() } else { local.strftime(" on %A %-d %B").to_string() };
        Some(format!("That is {hour}:{:02} {half}{day} in {city} ({}).", local.minute(), local.strftime("%Z")))
    }
    /// First moment of the month `months` before the one this moment is in (UTC).
    #[must_use]
    pub fn month_start(self, months: i64) -> Self {
        let date = self.utc().date().first_of_month();
        let date = date.saturating_sub(jiff::Span::new().months(months.clamp(0, 1200)));
        Self(date.to_zoned(TimeZone::UTC).map_or(0, |z| z.timestamp().as_microsecond()))
    }
    /// First moment of the next month (UTC).
    #[must_use]
    pub fn next_month(self) -> Self {
        let date = self.utc().date().first_of_month().saturating_add(jiff::Span::new().months(1));
        Self(date.to_zoned(TimeZone::UTC).map_or(0, |z| z.timestamp().as_microsecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    #[test]
    fn durations_are_read_and_written_back() {
        for (text, span) in
            [("90s", Span::seconds(90)), ("48h", Span::hours(48)), ("7d", Span::days(7)), ("30m", Span::minutes(30))]
        {
            assert_eq!(text.parse(), Ok(span));
            assert_eq!(span.to_string().parse(), Ok(span));
        }
        for wrong in ["", "48", "h", "-1h", "1.5h", "1w", "99999999999d", "1 h"] {
            assert_eq!(wrong.parse::<Span>(), Err(NotASpan), "{wrong}");
        }
    }

    #[test]
    fn remaining_time_is_rounded_down_to_two_units() {
        assert_eq!(Span::minutes(26 * 60 + 59).in_words(), "1 day and 2 hours");
        assert_eq!(Span::seconds(59).in_words(), "less than a minute");
        assert_eq!(Span::hours(24).in_words(), "1 day");
        assert_eq!(Span::minutes(65).short(), "1 h 05 min");
    }

    #[test]
    fn a_deadline_is_told_in_the_zone_of_the_host_too() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let due = at("2026-03-13T17:00:00Z");
        assert_eq!(due.full(), "Friday 13 March 2026, 17:00 UTC");
        assert_eq!(due.local_sentence(&zone).as_deref(), Some("That is 1:00 p.m. in New York (EDT)."));
        let midnight = at("2026-03-26T00:00:00Z");
        assert_eq!(
            midnight.local_sentence(&zone).as_deref(),
            Some("That is 8:00 p.m. on Wednesday 25 March in New York (EDT).")
        );
        assert_eq!(midnight.local_sentence(&TimeZone::UTC), None);
    }

    #[test]
    fn months_begin_where_the_calendar_says() {
        let m = at("2026-01-15T10:00:00Z");
        assert_eq!(m.month_start(0).iso(), "2026-01-01T00:00:00Z");
        assert_eq!(m.month_start(2).iso(), "2025-11-01T00:00:00Z");
        assert_eq!(at("2026-12-31T23:59:59Z").next_month().iso(), "2027-01-01T00:00:00Z");
    }
}
