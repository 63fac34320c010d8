//! Programs and libraries that no package manager keeps, by what stands in their bytes.
//!
//! What is known of each is in `rules/binaries.toml`. Only files whose name fits are read. ELF and, where an entry says so,
//! text; not read: what is packed by UPX, PE and Mach-O, and whatever stands behind the first 128 MiB of a file.

use std::io::{Read, Seek};

use bounded::Buffer;
use image::interest::Pattern;

use crate::classifier::{self, Search};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "binary/classified",
    version: classifier::VERSION,
    files: &[Pattern::Listed(classifier::files)],
    wants: |path| classifier::wanting(path).next().is_some(),
    evidence: Evidence::Installed,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let is_program = is_program(input.content())?;
    let candidates = classifier::wanting(input.path()).filter(|classifier| classifier.reads(is_program));
    let mut searches = candidates.map(Search::new).collect::<Result<Vec<_>, _>>()?;
    if searches.is_empty() {
        return Ok(());
    }
    Search::run(&mut searches, input.content())?;
    let mut is_known = false;
    for search in &searches {
        if let Some(version) = search.version() {
            input.package(search.classifier.package(version));
            is_known = true;
        }
    }
    let unknown: Vec<&str> = searches
        .iter()
        .map(|search| search.classifier)
        .filter(|classifier| classifier.is_sure())
        .map(|classifier| classifier.id.as_str())
        .collect();
    if !is_known && !unknown.is_empty() {
        input.gap(format!("it is named as `{}` is, and no version of it was found", unknown.join("` or `")));
    }
    Ok(())
}

fn is_program(content: &mut Buffer) -> Result<bool, Error> {
    let mut head = Vec::new();
    content.rewind().map_err(bounded::Error::from_io)?;
    content.take(MAGIC.len() as u64).read_to_end(&mut head).map_err(bounded::Error::from_io)?;
    Ok(head == MAGIC)
}

const MAGIC: &[u8] = b"\x7fELF";
