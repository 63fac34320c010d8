//! The lock file of Bundler: `Gemfile.lock`, `gems.locked`.
//!
//! Written by Bundler. Source: <https://bundler.io/guides/rationale.html> and what Bundler writes. The file does not
//! tell groups: everything it lists counts, but for the project's own folders (`PATH`). A gem that is locked for several
//! platforms counts once.

use image::interest::Pattern;
use model::PackageType;

use crate::listing::{self, Listing, shown};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "ruby/gemfile-lock",
    version: 1,
    files: &[Pattern::Name("Gemfile.lock"), Pattern::Name("gems.locked")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "Bundler lock file";
/// Where gems are from that are not the project's.
const SOURCES: &[&str] = &["GEM", "GIT", "PLUGIN SOURCE"];

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let mut listing = Listing::new(PackageType::Gem);
    let (mut section, mut in_specifications) = ("", false);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let indented = line.len() - line.trim_start_matches(' ').len();
        match indented {
            0 => {
                section = begun(line)?;
                in_specifications = false;
            }
            2 => in_specifications = line.trim() == "specs:" && SOURCES.contains(&section),
            4 if in_specifications => add(line.trim(), &mut listing),
            _ => {}
        }
    }
    if section.is_empty() && !text.trim().is_empty() {
        return Err(Error::Format { format: FORMAT, why: "it has no section".to_owned() });
    }
    listing.report(input);
    Ok(())
}

/// The name of a section, which is in capitals.
fn begun(line: &str) -> Result<&str, Error> {
    let is_name = line.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b' ');
    if is_name {
        return Ok(line.trim_end());
    }
    Err(Error::Format { format: FORMAT, why: format!("`{}` begins no section", shown(line)) })
}

/// `nokogiri (1.13.0-x86_64-linux)`: no version of a gem has a dash.
fn add(line: &str, listing: &mut Listing) {
    match line.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?))) {
        Some((name, version)) => listing.add(name, version.split('-').next().unwrap_or(version)),
        None => listing.problem(format!("`{}` states no version", shown(line))),
    }
}
