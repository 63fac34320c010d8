//! Claims about a scheme as tables, for the tests of its module.

use std::cmp::Ordering;

use crate::{Scheme, Version, compare};

/// Asserts that each text is below every later one.
pub(crate) fn assert_ascending(scheme: Scheme, texts: &[&str]) {
    for (i, a) in texts.iter().enumerate() {
        for (j, b) in texts.iter().enumerate() {
            assert_eq!(compare(scheme, a, b), Ok(i.cmp(&j)), "`{a}` and `{b}`");
        }
    }
}

/// Asserts that the two texts of each pair are one version.
pub(crate) fn assert_equal(scheme: Scheme, pairs: &[(&str, &str)]) {
    for (a, b) in pairs {
        assert_eq!(compare(scheme, a, b), Ok(Ordering::Equal), "`{a}` and `{b}`");
    }
}

/// Asserts that no text can be read.
pub(crate) fn assert_refused(scheme: Scheme, texts: &[&str]) {
    for text in texts {
        assert!(Version::parse(scheme, text).is_err(), "`{text}`");
    }
}
