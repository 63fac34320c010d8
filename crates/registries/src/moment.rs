//! Times as registries and clouds write them, made comparable.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::Artifact;

/// Now, in seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// The seconds since 1970 of `2026-01-02T03:04:05`, with a blank for the `T`, with fractions, `Z` or `+08:00` or
/// without; a time without a zone is in UTC.
pub(crate) fn seconds_of(text: &str) -> Option<u64> {
    let text = text.trim();
    let (day, rest) = text.split_once(['T', ' '])?;
    let mut parts = day.splitn(3, '-').map(str::parse::<u64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if !(1970..10_000).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let end = rest.find(['Z', '+', '-', ' ']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(end)?;
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let mut parts = clock.splitn(3, ':').map(str::parse::<u64>);
    let (hour, minute, second) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days_of(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let zone = zone.trim_start();
    match zone.chars().next() {
        None | Some('Z') => Some(seconds),
        Some('+') => seconds.checked_sub(offset(zone)?),
        Some('-') => seconds.checked_add(offset(zone)?),
        Some(_) => None,
    }
}

/// The time in RFC 3339, in UTC.
pub(crate) fn normal(text: &str) -> Option<String> {
    seconds_of(text).map(model::time_of)
}

/// Whether an image was pushed at or after a time; one that cannot be compared counts as new.
pub(crate) fn is_since(artifact: &Artifact, since: Option<&str>) -> bool {
    let pushed = artifact.pushed.as_deref().and_then(seconds_of);
    pushed.zip(since.and_then(seconds_of)).is_none_or(|(pushed, since)| pushed >= since)
}

/// The seconds of `+08:00` or `+0800`, perhaps with a name behind.
fn offset(zone: &str) -> Option<u64> {
    let digits: String = zone.chars().filter(char::is_ascii_digit).take(4).collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)
}

/// The days since 1970-01-01, by Howard Hinnant's algorithm for civil dates.
fn days_of(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year).saturating_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_way_of_writing_one_time() {
        let texts = [
            "2026-11-21T15:59:59Z",
            "2026-11-21T15:59:59.999Z",
            "2026-11-21 15:59:59",
            "2026-11-21T23:59:59+08:00",
            "2026-11-21 23:59:59 +0800 CST",
            "2026-11-21T10:29:59.5-05:30",
        ];
        for text in texts {
            assert_eq!(normal(text).as_deref(), Some("2026-11-21T15:59:59Z"), "{text}");
        }
        for seconds in [0, 68_169_600, 951_782_400, 951_868_800, 1_709_164_800, 4_102_444_799] {
            assert_eq!(seconds_of(&model::time_of(seconds)), Some(seconds));
        }
    }

    #[test]
    fn a_text_that_is_no_time_is_none() {
        for text in [
            "",
            "yesterday",
            "2026-11-21",
            "1969-01-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-21T99:00:00Z",
            "2026-11-21T00:00:00+é8:00",
            "1970-01-01T00:00:00+08:00",
            "-",
        ] {
            assert_eq!(seconds_of(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_new() {
        let pushed = |text: &str| Artifact { pushed: Some(text.to_owned()), ..Artifact::default() };
        let since = Some("2026-01-01T00:00:00Z");
        assert!(is_since(&pushed("2026-01-01T00:00:00Z"), since) && is_since(&pushed("odd"), since));
        assert!(is_since(&Artifact::default(), since) && is_since(&pushed("2025-01-01T00:00:00Z"), None));
        assert!(!is_since(&pushed("2025-12-31T23:59:59Z"), since));
    }
}
