use super::messages::Timestamp;

const DAY: i64 = 86_400;
/// Days from 0000-03-01 to 1970-01-01, and in 400, 100 and 4 years.
const EPOCH: i64 = 719_468;
const ERA: i64 = 146_097;

/// The time as RFC 3339 writes it; nothing for the time Go has when none was set, and for those outside of four digits.
pub(super) fn rfc3339(time: &Timestamp) -> Option<String> {
    let (days, rest) = (time.seconds.div_euclid(DAY), time.seconds.rem_euclid(DAY));
    let day = days.checked_add(EPOCH)?;
    // Years are counted from March on, so that the leap day is the last.
    let (era, of_era) = (day.div_euclid(ERA), day.rem_euclid(ERA));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = (era * 400 + year_of_era + month / 10, (month + 2) % 12 + 1);
    if !(2..=9999).contains(&year) {
        return None;
    }
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_times() {
        let table = [
            (0, Some("1970-01-01T00:00:00Z")),
            (-1, Some("1969-12-31T23:59:59Z")),
            (951_782_400, Some("2000-02-29T00:00:00Z")),
            (1_709_251_199, Some("2024-02-29T23:59:59Z")),
            (1_735_689_600, Some("2025-01-01T00:00:00Z")),
            (4_107_542_400, Some("2100-03-01T00:00:00Z")),
            (-62_135_596_800, None),
            (i64::MAX, None),
            (i64::MIN, None),
        ];
        for (seconds, written) in table {
            assert_eq!(rfc3339(&Timestamp { seconds, nanos: 5 }).as_deref(), written, "{seconds}");
        }
    }
}
