//! The window in which access returns after a counter-notice: not less than 10 and not more than 14 business days
//! after its receipt, 17 USC 512(g)(2)(C). Every date of it that a person reads comes from [`PutBack`].

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::business_days::nth_after;
use crate::domain::base::moment::Moment;

/// Business days that must have passed.
const NOT_LESS: u32 = 10;
/// Business days that must not be exceeded.
const NOT_MORE: u32 = 14;
/// The business day on which an open put-back becomes an alarm.
const ALARM: u32 = 13;

/// The window of one counter-notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "StoredPutBack", try_from = "StoredPutBack")]
pub struct PutBack {
    /// The tenth business day after receipt.
    pub tenth: Date,
    /// The fourteenth business day after receipt.
    pub fourteenth: Date,
    /// End of the tenth business day: restored at once then, never before.
    pub from: Moment,
    /// Beginning of the thirteenth: what is not restored by then is an alarm.
    pub alarm: Moment,
    /// End of the fourteenth: later is too late.
    pub until: Moment,
    zone: TimeZone,
}

/// A window as data: days as `2026-12-08`, the zone by its name.
#[derive(Serialize, Deserialize)]
struct StoredPutBack {
    tenth: String,
    fourteenth: String,
    from: Moment,
    alarm: Moment,
    until: Moment,
    zone: String,
}

impl From<PutBack> for StoredPutBack {
    fn from(window: PutBack) -> Self {
        Self {
            tenth: window.first_iso(),
            fourteenth: window.last_iso(),
            from: window.from,
            alarm: window.alarm,
            until: window.until,
            zone: PutBack::zone_name(&window.zone),
        }
    }
}

impl TryFrom<StoredPutBack> for PutBack {
    type Error = jiff::Error;
    fn try_from(stored: StoredPutBack) -> Result<Self, jiff::Error> {
        Ok(Self {
            tenth: stored.tenth.parse()?,
            fourteenth: stored.fourteenth.parse()?,
            from: stored.from,
            alarm: stored.alarm,
            until: stored.until,
            zone: TimeZone::get(&stored.zone)?,
        })
    }
}

impl PutBack {
    /// The window of a counter-notice received at a time, in the zone of the designated agent.
    pub fn after(received: Moment, zone: &TimeZone) -> Self {
        let at = Timestamp::from_microsecond(received.0).unwrap_or(Timestamp::UNIX_EPOCH);
        let day = at.to_zoned(zone.clone()).date();
        let (tenth, fourteenth) = (nth_after(day, NOT_LESS), nth_after(day, NOT_MORE));
        Self {
            from: start(tenth.saturating_add(1.day()), zone),
            alarm: start(nth_after(day, ALARM), zone),
            until: start(fourteenth.saturating_add(1.day()), zone),
            tenth,
            fourteenth,
            zone: zone.clone(),
        }
    }

    /// Name of the zone, as stored with the counter-notice.
    pub fn zone_name(zone: &TimeZone) -> String {
        zone.iana_name().unwrap_or("UTC").to_owned()
    }

    /// `Tuesday 8 December 2026`, the earliest day.
    pub fn first_day(&self) -> String {
        day(self.tenth)
    }
    /// `Monday 14 December 2026`, the last day.
    pub fn last_day(&self) -> String {
        day(self.fourteenth)
    }
    /// `between Tuesday 8 December and Monday 14 December 2026`.
    pub fn between(&self) -> String {
        let first = if self.tenth.year() == self.fourteenth.year() {
            self.tenth.strftime("%A %-d %B").to_string()
        } else {
            day(self.tenth)
        };
        format!("between the end of {first} and the end of {}", day(self.fourteenth))
    }
    /// `8 to 14 Dec`, for dense tables.
    pub fn short(&self) -> String {
        let first = if self.tenth.month() == self.fourteenth.month() { "%-d" } else { "%-d %b" };
        format!("{} to {}", self.tenth.strftime(first), self.fourteenth.strftime("%-d %b"))
    }
    /// For `<time datetime>`.
    pub fn first_iso(&self) -> String {
        self.tenth.to_string()
    }
    /// For `<time datetime>`.
    pub fn last_iso(&self) -> String {
        self.fourteenth.to_string()
    }
    /// The time before which a notice of a court action must arrive to be sure to count: `from` in words.
    pub fn notice_by(&self) -> String {
        self.from.full()
    }
    /// The same in the agent's zone.
    pub fn notice_by_local(&self) -> String {
        self.from.local_sentence(&self.zone).unwrap_or_default()
    }
    /// Where the clock stands.
    pub fn stands(&self, now: Moment) -> Stands {
        match now {
            n if n < self.from => Stands::Early,
            n if n < self.alarm => Stands::Due,
            n if n < self.until => Stands::Alarm,
            _ => Stands::Missed,
        }
    }
}

/// Where the clock of a put-back stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stands {
    /// Ten business days have not passed: access must not return.
    Early,
    /// Access returns now.
    Due,
    /// The thirteenth business day has begun.
    Alarm,
    /// The fourteenth is over.
    Missed,
}

fn day(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// The first moment of a day in a zone.
fn start(day: Date, zone: &TimeZone) -> Moment {
    Moment(day.to_zoned(zone.clone()).map_or(i64::MAX, |z| z.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("America/New_York").unwrap()
    }

    /// Received, tenth and fourteenth business day: computed by hand from the calendar.
    const VECTORS: [(&str, &str, &str); 10] = [
        ("2026-11-23", "2026-12-08", "2026-12-14"),
        ("2026-12-14", "2026-12-29", "2027-01-05"),
        ("2026-12-18", "2027-01-05", "2027-01-11"),
        ("2026-12-25", "2027-01-11", "2027-01-15"),
        ("2026-12-26", "2027-01-11", "2027-01-15"),
        ("2026-06-19", "2026-07-06", "2026-07-10"),
        ("2027-06-18", "2027-07-02", "2027-07-09"),
        ("2027-12-17", "2028-01-04", "2028-01-10"),
        ("2027-12-31", "2028-01-14", "2028-01-21"),
        ("2026-11-22", "2026-12-07", "2026-12-11"),
    ];

    #[test]
    fn the_window_is_that_of_the_calendar() {
        for (received, tenth, fourteenth) in VECTORS {
            let noon = Moment::parse(&format!("{received}T17:00:00Z")).unwrap();
            let window = PutBack::after(noon, &zone());
            assert_eq!((window.first_iso().as_str(), window.last_iso().as_str()), (tenth, fourteenth), "{received}");
        }
    }

    #[test]
    fn the_day_is_that_of_the_agent() {
        // 03:00 UTC on Tuesday is Monday evening in New York.
        let window = PutBack::after(Moment::parse("2026-11-24T03:00:00Z").unwrap(), &zone());
        assert_eq!(window.first_iso(), "2026-12-08");
        assert_eq!(window.from.iso(), "2026-12-09T05:00:00Z");
        assert_eq!(window.until.iso(), "2026-12-15T05:00:00Z");
        assert_eq!(window.alarm.iso(), "2026-12-11T05:00:00Z");
        assert_eq!(window.short(), "8 to 14 Dec");
        assert_eq!(window.between(), "between the end of Tuesday 8 December and the end of Monday 14 December 2026");
        let stands = |text: &str| window.stands(Moment::parse(text).unwrap());
        assert_eq!(stands("2026-12-09T04:59:59Z"), Stands::Early);
        assert_eq!(stands("2026-12-09T05:00:00Z"), Stands::Due);
        assert_eq!(stands("2026-12-11T05:00:00Z"), Stands::Alarm);
        assert_eq!(stands("2026-12-15T05:00:00Z"), Stands::Missed);
    }
}
