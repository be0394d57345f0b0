//! Times as senders write them. Only what has a date, a time and a zone that cannot be mistaken is read:
//! `08/09/2017` is a day in August for one sender and in September for another.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use crate::domain::base::moment::Moment;

/// Reads a time, or nothing where it is not certain.
pub fn read(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    Moment::parse(text).or_else(|| in_utc(text)).or_else(|| by_mail(text))
}

/// `2014-04-30 00:03:37.0 GMT`, `2016/02/13 13:44:51 UTC`, `2015-05-06T05-00-00UTC`: year first, zone named.
fn in_utc(text: &str) -> Option<Moment> {
    let bare = ["UTC", "GMT", "Z"].iter().find_map(|zone| text.strip_suffix(zone))?.trim_end();
    let (date, time) = bare.split_once(['T', ' '])?;
    let date = date.replace('/', "-");
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let iso = format!("{date}T{}.{fraction}", clock.replace('-', ":"));
    let civil: DateTime = iso.parse().ok()?;
    Some(Moment(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond()))
}

/// `04 Sep 2015 13:19:53 GMT`, with or without the day of the week (RFC 5322 section 3.3).
fn by_mail(text: &str) -> Option<Moment> {
    let zoned = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_zoned(text).ok()?;
    Some(Moment(zoned.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn certain_times_are_read() {
        for (text, iso) in [
            ("2015-11-13T20:35:03Z", "2015-11-13T20:35:03Z"),
            ("2015-11-13T20:35:03.99Z", "2015-11-13T20:35:03Z"),
            ("2015-11-13T21:35:03+01:00", "2015-11-13T20:35:03Z"),
            ("2014-04-30 00:03:37.0 GMT", "2014-04-30T00:03:37Z"),
            ("2025-04-19 20:22:38 UTC", "2025-04-19T20:22:38Z"),
            ("2015-05-06T05-00-00UTC", "2015-05-06T05:00:00Z"),
            ("2016/02/13 13:44:51 UTC", "2016-02-13T13:44:51Z"),
            ("04 Sep 2015 13:19:53 GMT", "2015-09-04T13:19:53Z"),
            ("Fri, 4 Sep 2015 15:19:53 +0200", "2015-09-04T13:19:53Z"),
        ] {
            assert_eq!(read(text).map(crate::domain::base::moment::Moment::iso).as_deref(), Some(iso), "{text}");
        }
    }

    #[test]
    fn a_time_without_a_zone_or_with_two_meanings_is_not_guessed() {
        for text in [
            "2015-11-13T20:35:03",
            "08/09/2017 10:00:00 UTC",
            "03-10-2016 23:21:19 UTC",
            "2/3/2020 12:01:38 AM",
            "2014-05-10 03:45:46 North American Eastern Time",
            "During the live broadcast.",
            "2015-13-01T00:00:00Z",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
