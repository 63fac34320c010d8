//! Packages an Elixir project has locked: `mix.lock`.
//!
//! Written by `mix deps.get`: a map of Elixir terms, one dependency a line,
//! `"jason": {:hex, :jason, "1.4.1", "<checksum>", …}`. Source: the documentation of Mix. What comes from git or a path
//! is on no registry and left out.

use image::interest::Pattern;
use model::PackageType;

use crate::fields::{lines, string};
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "elixir/mix-lock",
    version: 1,
    files: &[Pattern::Name("mix.lock")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let mut listing = Listing::new(PackageType::Hex);
    let bytes = input.take_bytes()?;
    let text = bytes.trim_ascii();
    let is_map = text.starts_with(b"%{") && text.ends_with(b"}");
    if !is_map && !text.is_empty() {
        return Err(Error::Format { format: "mix.lock", why: "it is no map".to_owned() });
    }
    for line in lines(text).map(string) {
        let line = line.trim().trim_start_matches("%{").trim_start();
        let Some(entry) = line.strip_prefix('"') else { continue };
        let Some((key, term)) = entry.split_once("\": {") else {
            listing.problem("a line of it is no dependency".to_owned());
            continue;
        };
        let Some(term) = term.strip_prefix(":hex,") else { continue };
        let mut parts = term.split(',').map(|part| part.trim().trim_end_matches('}'));
        let name = parts.next().map(|name| name.trim_start_matches(':').trim_matches('"'));
        let version = parts.next().and_then(|version| version.strip_prefix('"')?.strip_suffix('"'));
        listing.add(name.unwrap_or(key), version.unwrap_or_default());
    }
    listing.report(input);
    Ok(())
}
