//! Semantic Versioning in which build metadata counts: Dart's pub, Julia.
//!
//! Both order as Semantic Versioning 2.0.0 and then, of two versions that are the same so far, put the one without
//! build metadata first and compare the metadata like pre-releases: `1.0.0 < 1.0.0+1 < 1.0.0+2`. Julia's binary
//! packages count their builds so (`3.0.15+1`). The spellings that are read are those of the `semver` scheme.

use crate::schemes::semver::{self, Identifier, parse_identifiers};

/// What counts for the order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    version: semver::Key,
    /// Empty when there is none.
    build: Vec<Identifier>,
}

pub(crate) fn parse(text: &str) -> Result<Key, &'static str> {
    let version = semver::parse(text)?;
    let build = match text.split_once('+') {
        Some((_, build)) => parse_identifiers(build)?,
        None => Vec::new(),
    };
    Ok(Key { version, build })
}

#[cfg(test)]
mod tests {
    use crate::Scheme::SemverBuild;
    use crate::table::{assert_ascending, assert_equal, assert_refused};

    #[test]
    fn orders_as_pub_and_julia_do() {
        assert_ascending(
            SemverBuild,
            &[
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0-rc.1+build.1",
                "1.0.0",
                "1.0.0+0",
                "1.0.0+0.3.7",
                "1.0.0+1",
                "1.0.0+10",
                "1.3.7+build",
                "1.3.7+build.2.b8f12d7",
                "1.3.7+build.11.e0f985a",
                "1.3.8",
                "3.0.15+1",
                "3.0.16+0",
            ],
        );
    }

    #[test]
    fn reads_the_spellings_of_manifests() {
        assert_equal(SemverBuild, &[("v1.2.3+1", "1.2.3+1"), ("1.2", "1.2.0"), ("1.2.3+01", "1.2.3+1")]);
    }

    #[test]
    fn refuses_what_has_holes() {
        assert_refused(SemverBuild, &["1.2.3+", "1.2.3+a..b", "1.2.3+a+b", "^1.0.0", "any", "1.x"]);
    }
}
