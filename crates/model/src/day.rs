/// The day of a time in UTC, `YYYY-MM-DD`, from seconds since 1970.
///
/// By Howard Hinnant's algorithm for civil dates, which counts days from 0000-03-01.
#[must_use]
pub fn day_of(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A time in UTC, RFC 3339, from seconds since 1970.
#[must_use]
pub fn time_of(seconds: u64) -> String {
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", day_of(seconds))
}

/// Milliseconds since 1970 of a time in RFC 3339, such as `2024-01-02T03:04:05.678+01:00`; nothing for anything else.
#[must_use]
pub fn milliseconds_of(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let [year, month, day] = numbers(date.split('-'))?;
    let zone_at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at_checked(zone_at)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let [hour, minute, second] = numbers(clock.split(':'))?;
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    let in_range = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60;
    if !in_range || second > 60 || year > 9999 {
        return None;
    }
    let seconds = days_from(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
    Some(seconds * 1000 + thousandths.parse::<i64>().ok()?)
}

/// Numbers written in digits alone, as many as there should be.
fn numbers<'a, const N: usize>(words: impl Iterator<Item = &'a str>) -> Option<[i64; N]> {
    let number = |word: &str| {
        let is_number = (1..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { word.parse().ok() } else { None }
    };
    words.map(number).collect::<Option<Vec<i64>>>()?.try_into().ok()
}

/// How many seconds a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) =
        if let Some(rest) = zone.strip_prefix('-') { (-1, rest) } else { (1, zone.strip_prefix('+')?) };
    let [hours, minutes] = numbers(rest.split(':'))?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Days since 1970 of a civil date, by the same algorithm.
fn days_from(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_back() {
        for seconds in [0, 951_782_399, 951_782_400, 1_795_305_599, 253_402_300_799] {
            let milliseconds = i64::try_from(seconds).unwrap() * 1000;
            assert_eq!(milliseconds_of(&time_of(seconds)), Some(milliseconds));
        }
        assert_eq!(milliseconds_of("2024-01-02T03:04:05.678901234+01:30"), Some(1_704_159_245_678));
        assert_eq!(milliseconds_of("2024-01-02T03:04:05.6-00:30"), Some(1_704_166_445_600));
        assert_eq!(milliseconds_of("0001-01-01T00:00:00Z"), Some(-62_135_596_800_000));
        for bad in [
            "",
            "2024-01-02",
            "2024-13-02T03:04:05Z",
            "2024-01-02T03:04:05",
            "2024-01-02T+3:04:05Z",
            "é-é-éTé:é:éZ",
            "2024-01-02T03:04:05.xZ",
        ] {
            assert_eq!(milliseconds_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn knows_the_day() {
        assert_eq!(day_of(0), "1970-01-01");
        assert_eq!(day_of(951_782_400), "2000-02-29");
        assert_eq!(day_of(1_795_305_599), "2026-11-21");
        assert_eq!(time_of(1_795_305_599), "2026-11-21T23:59:59Z");
    }
}
