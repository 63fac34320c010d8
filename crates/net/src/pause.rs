//! How long a busy server wants to be left alone: `Retry-After`.
//!
//! Source: RFC 9110, sections 5.6.7 and 10.2.3. Known gap: of the three ways of writing a date only the present one is read.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

/// How long the server wants to be left alone; nothing when its answer is not worth repeating.
pub(crate) fn asked_pause(response: &reqwest::blocking::Response) -> Option<Duration> {
    let status = response.status();
    let passing = status.as_u16() == 429 || (status.is_server_error() && status.as_u16() != 501);
    passing.then(|| retry_after(response.headers()).unwrap_or_default())
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = header("retry-after")?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // The server's own clock is asked first: the two may differ.
    let now = header("date").and_then(seconds_of).or_else(|| {
        let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(elapsed.as_secs())
    })?;
    Some(Duration::from_secs(seconds_of(asked)?.saturating_sub(now)))
}

/// The seconds since 1970 of a date: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn seconds_of(date: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_weekday, rest) = date.split_once(", ")?;
    let mut words = rest.split(' ');
    let day: u64 = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as u64 + 1;
    let year: u64 = words.next()?.parse().ok()?;
    let mut clock = words.next()?.split(':');
    let (hours, minutes, seconds): (u64, u64, u64) =
        (clock.next()?.parse().ok()?, clock.next()?.parse().ok()?, clock.next()?.parse().ok()?);
    let known = (1970..10_000).contains(&year) && (1..=31).contains(&day) && hours < 24 && minutes < 60;
    if words.next() != Some("GMT") || !known || seconds > 60 {
        return None;
    }
    Some(((days_before(year, month) + day - 1) * 24 + hours) * 3600 + minutes * 60 + seconds)
}

/// The days from the beginning of 1970 to that of a month, in the calendar where a year begins in March.
fn days_before(year: u64, month: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    // So many days after the first of March of the year 0 comes the first of January 1970.
    year * 365 + leap_days + (153 * month + 2) / 5 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates() {
        let table = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 29 Feb 2024 23:59:59 GMT", Some(1_709_251_199)),
            ("Fri, 01 Mar 2024 00:00:00 GMT", Some(1_709_251_200)),
            ("Fri, 31 Dec 1999 23:59:59 GMT", Some(946_684_799)),
            ("Sun, 06 Nov 1994 08:49:37 CET", None),
            ("Sun, 06 Nov 0000 08:49:37 GMT", None),
            ("soon", None),
        ];
        for (date, seconds) in table {
            assert_eq!(seconds_of(date), seconds, "{date}");
        }
    }

    #[test]
    fn waits_for_seconds_or_until_a_date() {
        let pause = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            retry_after(&headers.collect())
        };
        assert_eq!(pause(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(
            pause(&[date, ("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")]),
            Some(Duration::from_secs(60))
        );
        assert_eq!(pause(&[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")]), Some(Duration::ZERO));
        assert_eq!(pause(&[("retry-after", "-1")]), None);
        assert_eq!(pause(&[]), None);
    }
}
