//! Packages a Haskell project has frozen: `cabal.project.freeze`.
//!
//! Written by `cabal freeze`: `constraints:` and after it `any.aeson ==2.1.2.1, aeson +ordered-keymap, …`, where only what
//! has `==` names a version. Source: the Cabal user guide.

use image::interest::Pattern;
use model::PackageType;

use crate::fields::{continues, field, lines, string};
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "haskell/cabal-freeze",
    version: 1,
    files: &[Pattern::Name("cabal.project.freeze")],
    wants: |_| true,
    evidence: Evidence::Declared,
    extract,
};

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let mut listing = Listing::new(PackageType::Hackage);
    let mut is_constraint = false;
    let mut has_field = false;
    for line in lines(&bytes) {
        let mut value = line;
        if !continues(line)
            && let Some((name, rest)) = field(line)
        {
            has_field = true;
            is_constraint = name.eq_ignore_ascii_case(b"constraints");
            value = rest;
        }
        if is_constraint {
            string(value).split(',').for_each(|constraint| read(constraint.trim(), &mut listing));
        }
    }
    if !has_field && !bytes.trim_ascii().is_empty() {
        return Err(Error::Format { format: "cabal.project.freeze", why: "it has no field".to_owned() });
    }
    listing.report(input);
    Ok(())
}

/// Adds the package of a constraint that names a version.
fn read(constraint: &str, listing: &mut Listing) {
    let Some((name, version)) = constraint.split_once("==") else { return };
    let name = name.trim();
    let name = name.rsplit_once(['.', ':']).map_or(name, |(_scope, name)| name);
    listing.add(name, version);
}
