//! Whole numbers of any length.

/// A run of digits without its leading zeros, borrowed from the text; ordered by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Digits<'t> {
    // First, because of two numbers without leading zeros the longer is the greater.
    length: usize,
    text: &'t [u8],
}

impl<'t> Digits<'t> {
    /// Takes bytes that are all ASCII digits; none at all is zero.
    pub(crate) fn new(digits: &'t [u8]) -> Digits<'t> {
        let zeros = digits.iter().take_while(|&&byte| byte == b'0').count();
        let text = digits.get(zeros..).unwrap_or_default();
        Digits { length: text.len(), text }
    }
}

/// A whole number of any size that owns its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Natural {
    /// Every number that fits. Always used where it can be, so that equal numbers are equal values.
    Small(u64),
    /// The length and the digits of a number that does not fit.
    Large(usize, Box<str>),
}

impl Natural {
    pub(crate) const ZERO: Natural = Natural::Small(0);

    /// Takes a text of ASCII digits; none at all is zero.
    pub(crate) fn new(digits: &str) -> Natural {
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Natural::ZERO;
        }
        significant
            .parse()
            .map_or_else(|_| Natural::Large(significant.len(), significant.into()), Natural::Small)
    }

    pub(crate) fn is_zero(&self) -> bool {
        *self == Natural::ZERO
    }
}

/// Drops the zeros at the end, for orders in which `1.2` equals `1.2.0`.
pub(crate) fn without_trailing_zeros(mut numbers: Vec<Natural>) -> Vec<Natural> {
    while numbers.last().is_some_and(Natural::is_zero) {
        numbers.pop();
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASCENDING: &[&str] = &[
        "0",
        "1",
        "9",
        "10",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999",
        "100000000000000000000",
    ];

    #[test]
    fn orders_by_value_beyond_every_machine_word() {
        for pair in ASCENDING.windows(2) {
            assert!(Natural::new(pair[0]) < Natural::new(pair[1]), "{pair:?}");
            assert!(Digits::new(pair[0].as_bytes()) < Digits::new(pair[1].as_bytes()), "{pair:?}");
        }
    }

    #[test]
    fn ignores_leading_zeros() {
        for digits in ASCENDING {
            let padded = format!("000{digits}");
            assert_eq!(Natural::new(&padded), Natural::new(digits));
            assert_eq!(Digits::new(padded.as_bytes()), Digits::new(digits.as_bytes()));
        }
        assert_eq!(Natural::new(""), Natural::ZERO);
    }
}
