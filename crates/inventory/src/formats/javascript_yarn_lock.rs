//! The lock file of yarn: `yarn.lock`, of version 1 and of Berry (2 and later).
//!
//! Written by yarn. Sources: <https://classic.yarnpkg.com/lang/en/docs/yarn-lock/> and
//! <https://yarnpkg.com/configuration/yarnrc>. The file does not tell what only development asks for: everything it
//! lists counts. The project's own folders (`workspace:`, `link:`, `portal:`, `file:`) do not. An alias counts under
//! the name of the package behind it.

use image::interest::Pattern;
use model::PackageType;

use crate::listing::{self, Listing, shown};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "javascript/yarn-lock",
    version: 1,
    files: &[Pattern::Name("yarn.lock")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "yarn lock file";
/// What leads to a folder of the project.
const OWN: &[&str] = &["workspace:", "link:", "portal:", "file:"];

/// One entry: what was asked for, and what was chosen.
#[derive(Default)]
struct Entry<'a> {
    asked: &'a str,
    version: &'a str,
    resolution: &'a str,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let mut listing = Listing::new(PackageType::Npm);
    let mut entry: Option<Entry<'_>> = None;
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("  ") {
            Some(field) if !field.starts_with(' ') => {
                if let Some(entry) = &mut entry {
                    entry.set(field);
                }
            }
            Some(_) => {}
            // The end of a key that is too long for one line.
            None if line == ":" => {}
            None => {
                add(entry.take(), &mut listing);
                entry = Some(Entry { asked: key(line)?, ..Entry::default() });
            }
        }
    }
    add(entry, &mut listing);
    listing.report(input);
    Ok(())
}

/// The first of the requests that an entry answers.
fn key(line: &str) -> Result<&str, Error> {
    let key = line.strip_suffix(':').or_else(|| line.strip_prefix("? "));
    let key = key.filter(|key| !line.starts_with(' ') && !key.is_empty()).ok_or_else(|| {
        let why = format!("`{}` begins no entry", shown(line));
        Error::Format { format: FORMAT, why }
    })?;
    Ok(key.split(", ").next().unwrap_or(key).trim_matches('"'))
}

impl<'a> Entry<'a> {
    /// `version "1.0.0"` as version 1 writes it, or `version: 1.0.0` as Berry does.
    fn set(&mut self, field: &'a str) {
        let Some((name, value)) = field.split_once(' ') else { return };
        let value = value.trim().trim_matches('"');
        match name.strip_suffix(':').unwrap_or(name) {
            "version" => self.version = value,
            "resolution" => self.resolution = value,
            _ => {}
        }
    }
}

fn add(entry: Option<Entry<'_>>, listing: &mut Listing) {
    let Some(entry) = entry.filter(|entry| entry.asked != "__metadata") else { return };
    let stated = if entry.resolution.is_empty() { entry.asked } else { entry.resolution };
    let (mut name, request) = split(stated);
    if OWN.iter().any(|own| request.starts_with(own)) {
        return;
    }
    if let Some(alias) = request.strip_prefix("npm:").filter(|_| entry.resolution.is_empty()) {
        let (real, _) = split(alias);
        // `npm:1.2.3` names a version only, `npm:real@1.2.3` another package.
        if alias.len() > real.len() {
            name = real;
        }
    }
    listing.add(name, entry.version);
}

/// `@scope/name` and what is asked of it.
fn split(request: &str) -> (&str, &str) {
    let scope = usize::from(request.starts_with('@'));
    let rest = request.get(scope..).unwrap_or_default();
    match rest.split_once('@') {
        Some((bare, asked)) => (request.get(..scope + bare.len()).unwrap_or(request), asked),
        None => (request, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_names_from_what_is_asked() {
        assert_eq!(split("@a/b@npm:^1.0.0"), ("@a/b", "npm:^1.0.0"));
        assert_eq!(split("a@1@2"), ("a", "1@2"));
        assert_eq!(split("@a/b"), ("@a/b", ""));
        assert_eq!(split("^1.0.0"), ("^1.0.0", ""));
    }
}
