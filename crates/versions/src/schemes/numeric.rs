//! Versions that are lists of numbers: Haskell's Package Versioning Policy, R's `package_version`.
//!
//! Numbers between dots, in R also between hyphens, compare one after the other; of two lists of which one begins the
//! other the shorter is below: `1.2 < 1.2.0`. Neither ecosystem has pre-releases. The tags that Haskell once allowed
//! after a version (`1.2-beta`) are refused, as Cabal has done since 2.0.

use crate::natural::Natural;

/// The numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(Vec<Natural>);

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let parse_one = |part: &str| {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("it is not numbers between dots or hyphens");
        }
        Ok(Natural::new(part))
    };
    text.split(['.', '-']).map(parse_one).collect::<Result<_, _>>().map(Key)
}

#[cfg(test)]
mod tests {
    use crate::Scheme::Numeric;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_cabal_and_r_do() {
        assert_ascending(
            Numeric,
            &[
                "0",
                "0.9",
                "0.10.1.2",
                "1",
                "1.0",
                "1.0.0",
                "1.0-1",
                "1.0.1.0",
                "1.2.3",
                "1.2-9",
                "1.2-10",
                "1.10",
                "3.6-1",
                "3.6-12",
                "99999999999999999999",
            ],
        );
    }

    #[test]
    fn reads_hyphens_as_dots_and_numbers_by_value() {
        assert_equal(Numeric, &[("1.2-3", "1.2.3"), ("0.01", "0.1"), ("2023.01.05", "2023.1.5")]);
    }

    #[test]
    fn refuses_all_but_numbers() {
        assert_refused(Numeric, &["1.2-beta", "1..2", "1.", "-1", "1.2.3.9000a", "v1", "1+1", "1 - 2"]);
    }
}
