//! The packages that one lock file lists: each once, and no more than a project can have.

use std::collections::HashSet;

use model::{Package, PackageType};

use crate::{Error, Input, names};

/// The largest lock file that is read.
const BYTES: u64 = 32 << 20;
/// The most packages one lock file may list.
const PACKAGES: usize = 100_000;
/// The most single things of one file that are told as unread.
const PROBLEMS: usize = 20;

/// The text of a lock file, without a byte order mark.
///
/// # Errors
/// When it is larger than 32 MiB, cannot be read or is no UTF-8.
pub(crate) fn text<'a>(input: &'a mut Input<'_>, format: &'static str) -> Result<&'a str, Error> {
    let bytes = input.content().whole(BYTES)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    str::from_utf8(bytes).map_err(|error| Error::Format { format, why: error.to_string() })
}

/// What a lock file lists, gathered before it is reported.
#[derive(Debug)]
pub(crate) struct Listing {
    kind: PackageType,
    seen: HashSet<(String, String)>,
    packages: Vec<Package>,
    problems: Vec<String>,
    untold: usize,
    is_full: bool,
}

impl Listing {
    /// An empty list of packages of this kind.
    pub(crate) fn new(kind: PackageType) -> Self {
        Self {
            kind,
            seen: HashSet::new(),
            packages: Vec::new(),
            problems: Vec::new(),
            untold: 0,
            is_full: false,
        }
    }

    /// Adds a package; one that is named wrongly or without a version is told as unread.
    pub(crate) fn add(&mut self, name: &str, version: &str) {
        self.add_licensed(name, version, Vec::new());
    }

    /// Adds a package whose licences the file states.
    pub(crate) fn add_licensed(&mut self, name: &str, version: &str, licenses: Vec<String>) {
        let Some(name) = names::canonical(self.kind, name) else {
            return self.problem(format!("it lists a package whose name is `{}`", shown(name)));
        };
        let version = version.trim();
        if version.is_empty() {
            return self.problem(format!("it states no version of `{name}`"));
        }
        if self.packages.len() >= PACKAGES {
            self.is_full = true;
            return;
        }
        if self.seen.insert((name.clone(), version.to_owned())) {
            let mut package = Package::new(self.kind, name, version);
            package.licenses = licenses;
            self.packages.push(package);
        }
    }

    /// Tells something of the file that could not be read.
    pub(crate) fn problem(&mut self, why: String) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(why);
        } else {
            self.untold += 1;
        }
    }

    /// Reports all of it.
    pub(crate) fn report(self, input: &mut Input<'_>) {
        for package in self.packages {
            input.package(package);
        }
        for problem in self.problems {
            input.gap(problem);
        }
        if self.untold > 0 {
            input.gap(format!("{} more entries could not be read", self.untold));
        }
        if self.is_full {
            input.gap(format!("it lists more than {PACKAGES} packages; the others are not looked at"));
        }
    }
}

/// The beginning of a text that may be of any length.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use bounded::{Buffer, Limits};

    use super::*;
    use crate::Found;

    fn reported(listing: Listing) -> Found {
        let (mut found, mut content) = (Found::default(), Buffer::from_bytes(Vec::new()));
        listing.report(&mut Input::new("lock", &mut content, &Limits::default(), &mut found));
        found
    }

    #[test]
    fn lists_each_package_once() {
        let mut listing = Listing::new(PackageType::Npm);
        for version in ["1.0.0", "1.0.0", "2.0.0"] {
            listing.add("a", version);
        }
        assert_eq!(reported(listing).packages.len(), 2);
    }

    #[test]
    fn ends_and_says_so_where_there_are_too_many() {
        let mut listing = Listing::new(PackageType::Npm);
        for number in 0..PACKAGES + 5 {
            listing.add("a", &number.to_string());
            listing.add("no name", "1");
        }
        let found = reported(listing);
        assert_eq!(found.packages.len(), PACKAGES);
        assert_eq!(found.gaps.len(), PROBLEMS + 2);
    }
}
