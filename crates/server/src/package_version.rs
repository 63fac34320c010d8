//! Versions of packages: how each type orders them, and conditions on them.

use std::cmp::Ordering;

use model::PackageType;
use versions::{Scheme, Version};

use crate::problem::Problem;

/// The most conditions of one search.
const MOST_CONDITIONS: usize = 10;

/// How a type of package, by its word, orders its versions.
fn scheme(kind: &str) -> Option<Scheme> {
    let kind = PackageType::from_word(kind)?;
    if let Some(ecosystem) = kind.ecosystem() {
        return Scheme::of_ecosystem(ecosystem);
    }
    Some(match kind {
        PackageType::Deb | PackageType::Opkg => Scheme::Dpkg,
        PackageType::Apk => Scheme::Apk,
        PackageType::Rpm => Scheme::Rpm,
        PackageType::Alpm => Scheme::Alpm,
        PackageType::Conda => Scheme::Conda,
        PackageType::Bitnami | PackageType::Cocoapods => Scheme::Semver,
        _ => Scheme::Generic,
    })
}

/// Compares two versions of one type of package; nothing when they cannot be.
pub(crate) fn compare(kind: &str, left: &str, right: &str) -> Option<Ordering> {
    versions::compare(scheme(kind)?, left, right).ok()
}

/// What a version must be: `<2.17`, `>=2.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    fits: &'static [Ordering],
    version: String,
}

/// Conditions that must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conditions(Vec<Condition>);

/// The operators, those first that another begins with.
const OPERATORS: [(&str, &[Ordering]); 6] = [
    ("<=", &[Ordering::Less, Ordering::Equal]),
    (">=", &[Ordering::Greater, Ordering::Equal]),
    ("!=", &[Ordering::Less, Ordering::Greater]),
    ("<", &[Ordering::Less]),
    (">", &[Ordering::Greater]),
    ("=", &[Ordering::Equal]),
];

impl Conditions {
    /// Reads `>=2.0,<2.17`; a version without an operator is that version.
    ///
    /// # Errors
    /// When there are too many conditions, or one has no version.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let words: Vec<&str> = text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
        if words.len() > MOST_CONDITIONS {
            return Err(Problem::invalid(format!("`version` holds more than {MOST_CONDITIONS} conditions")));
        }
        let read = |word: &str| {
            let found =
                OPERATORS.iter().find_map(|(sign, fits)| Some((word.strip_prefix(sign)?.trim(), *fits)));
            let (version, fits) = found.unwrap_or((word, &[Ordering::Equal]));
            if version.is_empty() {
                return Err(Problem::invalid(format!("`version` holds `{word}`, which names no version")));
            }
            Ok(Condition { fits, version: version.to_owned() })
        };
        Ok(Self(words.into_iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Whether a version of a type of package fits; nothing when it cannot be compared.
    pub(crate) fn hold(&self, kind: &str, version: &str) -> Option<bool> {
        if self.0.is_empty() {
            return Some(true);
        }
        let scheme = scheme(kind)?;
        let version = Version::parse(scheme, version).ok()?;
        let mut all = true;
        for condition in &self.0 {
            let bound = Version::parse(scheme, &condition.version).ok()?;
            all &= condition.fits.contains(&version.compare(&bound)?);
        }
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(conditions: &str, kind: &str, version: &str) -> Option<bool> {
        Conditions::parse(conditions).unwrap().hold(kind, version)
    }

    #[test]
    fn compares_as_the_type_of_the_package_orders_versions() {
        assert_eq!(hold("<2.17", "maven", "2.9.1"), Some(true));
        assert_eq!(hold("<2.17", "maven", "2.17.0"), Some(false));
        assert_eq!(hold("=2.17", "maven", "2.17.0"), Some(true));
        assert_eq!(hold("2.17", "maven", "2.17.0"), Some(true));
        assert_eq!(hold("< 1.2.3-4", "deb", "1.2.3~rc1-1"), Some(true));
        assert_eq!(hold("<1:1.0", "deb", "9.9"), Some(true));
        assert_eq!(hold("!=1.0.0", "npm", "1.0.0"), Some(false));
    }

    #[test]
    fn takes_all_conditions_together() {
        for (version, fits) in
            [("1.9", false), ("2.0", true), ("2.16.0", true), ("2.17", false), ("3", false)]
        {
            assert_eq!(hold(">=2.0,<2.17", "maven", version), Some(fits), "{version}");
        }
        assert_eq!(hold("", "maven", "anything"), Some(true));
    }

    #[test]
    fn says_when_it_cannot_compare() {
        assert_eq!(hold("<2.0.0", "npm", "latest"), None);
        assert_eq!(hold("<2", "no-such-type", "1"), None);
    }

    #[test]
    fn refuses_conditions_without_a_version() {
        assert!(Conditions::parse("<").is_err());
        assert!(Conditions::parse(&"<1,".repeat(11)).is_err());
    }
}
