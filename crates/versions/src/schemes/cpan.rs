//! Versions of Perl modules: `version.pm`.
//!
//! There are two ways to write them. One with a `v` in front or two dots (`v1.2`, `1.2.3`) is a list of numbers; any
//! other is a decimal fraction, whose digits are read three at a time: `1.2` is 1.200 and equals `v1.200`, `1.02003`
//! equals `v1.20.30`. What is missing is zero. An underscore marks a version for trial and is otherwise as if it were
//! not there; so is the `-TRIAL` that names of archives carry.
//!
//! `undef` and what has letters in it is refused.

use crate::cursor::Cursor;
use crate::natural::{Natural, without_trailing_zeros};

/// The numbers, without the zeros at the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(Vec<Natural>);

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let text = text.strip_suffix("-TRIAL").unwrap_or(text);
    let (version, has_mark) = text.strip_prefix('v').map_or((text, false), |version| (version, true));
    let is_fine = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'_');
    let last = version.bytes().next_back();
    if !version.bytes().all(is_fine)
        || version.starts_with('_')
        || last == Some(b'_')
        || version.contains("__")
    {
        return Err("it is not digits, dots and single underscores between digits");
    }
    let version = version.replace('_', "");
    let dots = version.matches('.').count();
    let numbers = if has_mark || dots > 1 { parse_list(&version)? } else { parse_decimal(&version)? };
    Ok(Key(without_trailing_zeros(numbers)))
}

fn parse_list(version: &str) -> Result<Vec<Natural>, &'static str> {
    let parse_one =
        |digits: &str| if digits.is_empty() { Err("a number is missing") } else { Ok(Natural::new(digits)) };
    version.split('.').map(parse_one).collect()
}

/// Reads a decimal fraction, whose digits after the point are taken by threes.
fn parse_decimal(version: &str) -> Result<Vec<Natural>, &'static str> {
    let (whole, fraction) = version.split_once('.').unwrap_or((version, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err("a number is missing");
    }
    let mut numbers = vec![Natural::new(whole)];
    let mut cursor = Cursor::new(fraction);
    while !cursor.is_done() {
        let mut digits = String::with_capacity(3);
        digits.extend(std::iter::from_fn(|| cursor.take_if(|_| true)).take(3));
        while digits.len() < 3 {
            digits.push('0');
        }
        numbers.push(Natural::new(&digits));
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Cpan;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_version_pm_does() {
        assert_ascending(
            Cpan,
            &[
                "0", "0.000001", "0.01", "v0.99", "0.1", "0.99", "v1.2", "v1.2.3", "v1.10.0", "1.10", "1.19",
                "1.2", "1.20301", "1.21", "2.0.0_1", "5.008009", "5.10.1", "v5.36.0", "20240101",
            ],
        );
    }

    #[test]
    fn reads_decimals_by_threes() {
        assert_equal(
            Cpan,
            &[
                ("1.2", "v1.200"),
                ("1.02003", "v1.20.30"),
                ("1.002003", "1.2.3"),
                ("5.006001", "v5.6.1"),
                ("1", "1.0.0"),
                ("1.10", "1.1"),
                ("1.02_03", "1.0203"),
                ("1.23-TRIAL", "1.23"),
                (".5", "0.5"),
            ],
        );
    }

    #[test]
    fn refuses_letters_and_holes() {
        assert_refused(
            Cpan,
            &["undef", "1.2a", "v", "1..2", "v1.", "1__2", "_1", "1_", ".", "1.2.3-RC1", "1e5"],
        );
    }
}
