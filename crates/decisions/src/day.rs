//! Days, `YYYY-MM-DD`, and moments of RFC 3339, as numbers that can be compared.

/// The number of a day since 1970-01-01; nothing for what is no day of the calendar.
pub(crate) fn number(day: &str) -> Option<i64> {
    let mut parts = day.split('-');
    let (year, month, date) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, date) = (digits(year, 4)?, digits(month, 2)?, digits(date, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&date) {
        return None;
    }
    // Years begin in March here, so that the leap day is their last.
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    Some(365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468)
}

/// The seconds since 1970 of a moment such as `2026-11-21T08:00:00.5+08:00`; fractions are left out.
pub(crate) fn moment(text: &str) -> Option<i64> {
    let (day, rest) = text.trim().split_once(['T', 't', ' '])?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = rest.split_at_checked(zone_at)?;
    let clock = clock.split('.').next()?;
    let mut parts = clock.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |second| digits(second, 2))?;
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let minutes = digits(hours, 2)? * 60 + digits(minutes, 2)?;
            if zone.starts_with('-') { -minutes } else { minutes }
        }
    };
    Some(number(day)? * 86_400 + hour * 3600 + (minute - offset) * 60 + second)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let right = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if right { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_the_days_as_the_model_names_them() {
        for day in [0_u32, 58, 59, 60, 11_016, 20_778, 47_540] {
            let name = model::day_of(u64::from(day) * 86_400);
            assert_eq!(number(&name), Some(i64::from(day)), "{name}");
        }
    }

    #[test]
    fn refuses_what_is_no_day() {
        for text in [
            "2027-02-29",
            "2027-13-01",
            "2027-00-10",
            "2027-1-1",
            "2027-01-01-01",
            "never",
            "",
            "２０27-01-01",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn compares_moments_of_different_zones() {
        assert_eq!(moment("2026-11-21T08:00:00+08:00"), moment("2026-11-21T00:00:00.25Z"));
        assert!(moment("2026-11-21T08:00:00-01:00") > moment("2026-11-21T08:00:00Z"));
        for text in ["2026-11-21", "2026-11-21T08:00:00", "2026-11-21Tab:00:00Z", "2026-11-21T08:00:00+é"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
