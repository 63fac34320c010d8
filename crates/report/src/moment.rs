//! Times as the standards want them.

/// The time of documents that must have one when the image does not say when it was built.
pub(crate) const EPOCH: &str = "1970-01-01T00:00:00Z";

/// A time of RFC 3339 in UTC without fractions, when it is one since 1970; others are rather left out than passed on,
/// since an image may say what it likes.
pub(crate) fn utc(text: &str) -> Option<String> {
    if !text.is_ascii() {
        return None;
    }
    let (date, rest) = text.split_once(['T', 't'])?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (time, zone) = rest.split_at_checked(8)?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let long = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=long).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let ahead = offset(zone)?;
    let seconds = days(year, month, day)? * 86_400 + hour * 3600 + minute * 60 + second.min(59) - ahead;
    let seconds = u64::try_from(seconds).ok()?;
    let of_day = seconds % 86_400;
    let clock = format!("{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60);
    Some(format!("{}T{clock}Z", model::day_of(seconds)))
}

/// Three numbers of so many digits.
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[i64; 3]> {
    let parts: Vec<&str> = text.split(between).collect();
    let [first, second, third] = <[&str; 3]>::try_from(parts).ok()?;
    let number = |part: &str, digits: usize| {
        let all = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        if all { part.parse().ok() } else { None }
    };
    let [one, two, three] = digits;
    Some([number(first, one)?, number(second, two)?, number(third, three)?])
}

/// How many seconds a zone is ahead of UTC; a fraction of a second may stand before it.
fn offset(zone: &str) -> Option<i64> {
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|digit: char| digit.is_ascii_digit()),
        None => zone,
    };
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, clock) = match (zone.strip_prefix('+'), zone.strip_prefix('-')) {
        (Some(clock), _) => (1, clock),
        (_, Some(clock)) => (-1, clock),
        _ => return None,
    };
    let [hours, minutes, _] = numbers(&format!("{clock}:00"), ':', [2, 2, 2])?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// The days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let since_1970 = year.checked_sub(1970).filter(|years| *years >= 0)?;
    let before = year - 1;
    let leaps = (before / 4 - before / 100 + before / 400) - 477;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months: i64 = lengths.iter().take(usize::try_from(month - 1).ok()?).sum();
    Some(since_1970 * 365 + leaps + months + day - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_given_in_utc_without_fractions() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("2000-02-29T23:59:60z", "2000-02-29T23:59:59Z"),
            ("2026-11-01T08:00:00.123456789Z", "2026-11-01T08:00:00Z"),
            ("2026-03-01T07:30:00.5+08:00", "2026-02-28T23:30:00Z"),
            ("2024-12-31T20:00:00-05:30", "2025-01-01T01:30:00Z"),
            ("2100-03-01T00:00:00Z", "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(utc(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_left_out() {
        for text in [
            "",
            "0001-01-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+99:00",
            "\"><script>",
            "2026-01-01T00:00:0é",
            "1970-01-01T00:00:00+00:01",
            "+026-01-01T00:00:00Z",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }
}
