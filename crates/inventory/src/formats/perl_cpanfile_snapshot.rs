//! Perl distributions a project has locked: `cpanfile.snapshot`.
//!
//! Written by Carton and Carmel: under `DISTRIBUTIONS`, indented by two spaces, `Moo-2.005005`. Source: the documentation of
//! Carton.

use image::interest::Pattern;
use model::PackageType;

use crate::fields::{lines, string};
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "perl/cpanfile-snapshot",
    version: 1,
    files: &[Pattern::Name("cpanfile.snapshot")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut listing = Listing::new(PackageType::Cpan);
    let is_content = |line: &&[u8]| !line.trim_ascii().is_empty() && !line.starts_with(b"#");
    let mut lines = lines(&bytes).filter(is_content).map(string);
    if lines.next().is_some_and(|first| first.trim_end() != "DISTRIBUTIONS") {
        return Err(Error::Format { format: "cpanfile.snapshot", why: "it has no DISTRIBUTIONS".to_owned() });
    }
    for line in lines {
        let Some(distribution) = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')) else {
            continue;
        };
        let (name, version) = parts(distribution);
        listing.add(name, version);
    }
    listing.report(input);
    Ok(())
}

/// The name and the version of a distribution as archives are named: `Moo-2.005005`, `Foo-Bar-v1.2.3-TRIAL`.
pub(super) fn parts(distribution: &str) -> (&str, &str) {
    let is_version =
        |text: &str| text.strip_prefix('v').unwrap_or(text).starts_with(|c: char| c.is_ascii_digit());
    let split = distribution.match_indices('-').find_map(|(at, _)| {
        let (name, rest) = distribution.split_at(at);
        rest.strip_prefix('-').filter(|rest| is_version(rest)).map(|version| (name, version))
    });
    split.unwrap_or((distribution, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_a_distribution_from_its_version() {
        for (distribution, name, version) in [
            ("Moo-2.005005", "Moo", "2.005005"),
            ("Foo-Bar-v1.2.3-TRIAL", "Foo-Bar", "v1.2.3-TRIAL"),
            ("Net-SSLeay-1.92", "Net-SSLeay", "1.92"),
        ] {
            assert_eq!(parts(distribution), (name, version));
        }
        assert_eq!(parts("Moo"), ("Moo", ""));
    }
}
