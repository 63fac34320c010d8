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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_day() {
        assert_eq!(day_of(0), "1970-01-01");
        assert_eq!(day_of(951_782_400), "2000-02-29");
        assert_eq!(day_of(1_795_305_599), "2026-11-21");
        assert_eq!(time_of(1_795_305_599), "2026-11-21T23:59:59Z");
    }
}
