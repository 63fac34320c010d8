//! A parsed version and its comparison.

use std::cmp::Ordering;

use crate::{Scheme, Unparsable, apk, dpkg, go, maven, pep440, rpm, semver};

/// The longest text that is read. The longest real version known is far below 200 bytes.
const LONGEST: usize = 1024;

/// A version that was parsed; ordered only against versions of the same scheme.
#[derive(Clone, Debug)]
pub struct Version {
    key: Key,
}

/// What each scheme compares.
#[derive(Clone, Debug)]
enum Key {
    Apk(apk::Key),
    Dpkg(dpkg::Key),
    Go(semver::Key),
    Maven(maven::Key),
    Pep440(pep440::Key),
    Rpm(rpm::Key),
    Semver(semver::Key),
}

impl Version {
    /// Reads a text as a version of the scheme.
    ///
    /// White space around the text is dropped. An error means the scheme has no place for the text in its order.
    pub fn parse(scheme: Scheme, text: &str) -> Result<Version, Unparsable> {
        let read = || {
            let text = admit(text)?;
            Ok(match scheme {
                Scheme::Apk => Key::Apk(apk::parse(text)?),
                Scheme::Dpkg => Key::Dpkg(dpkg::parse(text)?),
                Scheme::Go => Key::Go(go::parse(text)?),
                Scheme::Maven => Key::Maven(maven::parse(text)?),
                Scheme::Pep440 => Key::Pep440(pep440::parse(text)?),
                Scheme::Rpm => Key::Rpm(rpm::parse(text)?),
                Scheme::Semver => Key::Semver(semver::parse(text)?),
            })
        };
        read().map(|key| Version { key }).map_err(|why| Unparsable::new(scheme, text, why))
    }

    /// The scheme the version was read with.
    pub fn scheme(&self) -> Scheme {
        match self.key {
            Key::Apk(_) => Scheme::Apk,
            Key::Dpkg(_) => Scheme::Dpkg,
            Key::Go(_) => Scheme::Go,
            Key::Maven(_) => Scheme::Maven,
            Key::Pep440(_) => Scheme::Pep440,
            Key::Rpm(_) => Scheme::Rpm,
            Key::Semver(_) => Scheme::Semver,
        }
    }

    /// Compares as the scheme says, so that Maven's `2.17` equals `2.17.0`.
    ///
    /// `None` only when the schemes differ.
    pub fn compare(&self, other: &Version) -> Option<Ordering> {
        match (&self.key, &other.key) {
            (Key::Apk(a), Key::Apk(b)) => Some(a.cmp(b)),
            (Key::Dpkg(a), Key::Dpkg(b)) => Some(a.compare(b)),
            (Key::Go(a), Key::Go(b)) | (Key::Semver(a), Key::Semver(b)) => Some(a.cmp(b)),
            (Key::Maven(a), Key::Maven(b)) => Some(a.compare(b)),
            (Key::Pep440(a), Key::Pep440(b)) => Some(a.cmp(b)),
            (Key::Rpm(a), Key::Rpm(b)) => Some(a.compare(b)),
            _ => None,
        }
    }
}

/// Compares two texts as versions of one scheme.
///
/// An error names the first of the two that could not be read. Parse once with [`Version::parse`] where a version is
/// compared more than once.
pub fn compare(scheme: Scheme, a: &str, b: &str) -> Result<Ordering, Unparsable> {
    let (left, right) = (Version::parse(scheme, a)?, Version::parse(scheme, b)?);
    left.compare(&right)
        .ok_or_else(|| Unparsable::new(scheme, a, "the two texts were read by different schemes"))
}

/// Turns away what is a version in no scheme; answers the text without the white space around it.
fn admit(text: &str) -> Result<&str, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the text is empty");
    }
    if text.len() > LONGEST {
        return Err("the text is longer than 1024 bytes");
    }
    if !text.is_ascii() {
        return Err("the text is not ASCII");
    }
    if text.contains(|c: char| c.is_ascii_control()) {
        return Err("the text holds a control character");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_its_scheme() {
        for &scheme in Scheme::ALL {
            assert_eq!(Version::parse(scheme, "1.2.3").unwrap().scheme(), scheme);
        }
    }

    #[test]
    fn has_no_order_between_schemes() {
        for &a in Scheme::ALL {
            for &b in Scheme::ALL {
                let order = Version::parse(a, "1.2.3").unwrap().compare(&Version::parse(b, "1.2.3").unwrap());
                assert_eq!(order, (a == b).then_some(Ordering::Equal));
            }
        }
    }

    #[test]
    fn refuses_in_every_scheme_what_is_no_version() {
        for &scheme in Scheme::ALL {
            for text in ["", " \t", "1.0\u{0}", "1.0\n2", "1.0é", "1 2", &"1".repeat(LONGEST + 1)] {
                let error = Version::parse(scheme, text).unwrap_err();
                assert_eq!(error.scheme, scheme);
                assert!(text.starts_with(&error.text));
            }
            assert!(Version::parse(scheme, &"1".repeat(LONGEST)).is_ok());
            assert!(Version::parse(scheme, " 1.2.3\t").is_ok());
        }
    }

    #[test]
    fn compares_texts_and_names_the_one_it_cannot_read() {
        assert_eq!(compare(Scheme::Semver, "1.9.0", "1.10.0"), Ok(Ordering::Less));
        assert_eq!(compare(Scheme::Semver, "1.9.0", "1.x").unwrap_err().text, "1.x");
    }
}
