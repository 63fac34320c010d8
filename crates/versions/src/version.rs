//! A parsed version and its comparison.

use std::cmp::Ordering;

use crate::schemes::Key;
use crate::{Scheme, Unparsable};

/// The longest text that is read. The longest real version known is far below 200 bytes.
const LONGEST: usize = 1024;

/// A version that was parsed; ordered only against versions of the same scheme.
#[derive(Clone, Debug)]
pub struct Version {
    pub(crate) key: Key,
}

impl Version {
    /// Reads a text as a version of the scheme.
    ///
    /// White space around the text is dropped. An error means the scheme has no place for the text in its order.
    pub fn parse(scheme: Scheme, text: &str) -> Result<Version, Unparsable> {
        let key = admit(text).and_then(|text| scheme.parse(text));
        key.map(|key| Version { key }).map_err(|why| Unparsable::new(scheme, text, why))
    }

    /// The scheme the version was read with.
    pub fn scheme(&self) -> Scheme {
        self.key.scheme()
    }

    /// Compares as the scheme says, so that Maven's `2.17` equals `2.17.0`.
    ///
    /// `None` only when the schemes differ.
    pub fn compare(&self, other: &Version) -> Option<Ordering> {
        self.key.compare(&other.key)
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
            assert!(Version::parse(scheme, &format!("1.{}", "1".repeat(LONGEST - 2))).is_ok());
            assert!(Version::parse(scheme, " 1.2.3\t").is_ok());
        }
    }

    #[test]
    fn compares_texts_and_names_the_one_it_cannot_read() {
        assert_eq!(compare(Scheme::Semver, "1.9.0", "1.10.0"), Ok(Ordering::Less));
        assert_eq!(compare(Scheme::Semver, "1.9.0", "1.x").unwrap_err().text, "1.x");
    }
}
