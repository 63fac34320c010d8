//! The one error of this crate.

use std::error::Error;
use std::fmt::{self, Display, Formatter, Write};

use crate::Scheme;

/// How much of an over-long text an error carries.
const SHOWN_CHARS: usize = 80;

/// A text that is not a version of the scheme.
///
/// Whether such a version is affected by something is unknown; it must not be taken for unaffected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unparsable {
    /// The scheme that could not read the text.
    pub scheme: Scheme,
    /// The text, cut after 80 characters.
    pub text: String,
    /// What is wrong with it, in lower case without a full stop.
    pub why: &'static str,
}

impl Unparsable {
    pub(crate) fn new(scheme: Scheme, text: &str, why: &'static str) -> Unparsable {
        Unparsable { scheme, text: text.chars().take(SHOWN_CHARS).collect(), why }
    }
}

impl Display for Unparsable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("cannot read `")?;
        for c in self.text.chars() {
            // The text is an attacker's to choose and the message may reach a terminal.
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
        }
        write!(f, "` as a {} version: {}", self.scheme.name(), self.why)
    }
}

impl Error for Unparsable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_text_the_scheme_and_the_reason() {
        let error = Unparsable::new(Scheme::Semver, "1.x", "a component is not a number");
        assert_eq!(error.to_string(), "cannot read `1.x` as a semver version: a component is not a number");
    }

    #[test]
    fn escapes_what_could_steer_a_terminal() {
        let error = Unparsable::new(Scheme::Go, "1\u{1b}[2J", "why");
        assert_eq!(error.to_string(), "cannot read `1\\u{1b}[2J` as a go version: why");
    }

    #[test]
    fn carries_only_the_start_of_a_long_text() {
        assert_eq!(Unparsable::new(Scheme::Go, &"é".repeat(5000), "why").text.chars().count(), SHOWN_CHARS);
    }
}
