//! Days since 1970, as the shadow file counts them.

/// The number of a day written `YYYY-MM-DD`.
pub(crate) fn number(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is their last.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some(days - 719_468)
}

/// The day of a number; the number itself where no calendar reaches.
pub(crate) fn text(number: i64) -> String {
    match u64::try_from(number) {
        Ok(days) if days < 2_900_000 => model::day_of(days * 86_400),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_1970() {
        for (day, expected) in
            [("1970-01-01", 0), ("2000-02-29", 11_016), ("2000-03-01", 11_017), ("2026-11-21", 20_778)]
        {
            assert_eq!(number(day), Some(expected), "{day}");
            assert_eq!(text(expected), day);
        }
    }

    #[test]
    fn rejects_what_is_no_day() {
        for wrong in ["", "2026", "2026-13-01", "2026-01-00", "x-y-z", "99999999999999999999-01-01"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
