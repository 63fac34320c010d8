//! Installed Haskell packages: the entries of GHC's package databases, `package.conf.d/*.conf` and Cabal's store.
//!
//! Written by `ghc-pkg`, as `name: value` fields. Source: the GHC user guide, "The installed package database". A public
//! sub-library states the package it belongs to as `package-name`.

use image::interest::Pattern;
use model::PackageType;

use crate::fields::{continues, field, lines, string};
use crate::licenses::normalise;
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "haskell/ghc-package",
    version: 1,
    files: &[Pattern::Extension(".conf")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

/// Whether the file lies in a package database: `package.conf.d` of GHC, `package.db` of Cabal's store.
fn is_installed(path: &str) -> bool {
    matches!(path.rsplit('/').nth(1), Some("package.conf.d" | "package.db"))
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let bytes = input.take_bytes()?;
    let (mut name, mut parent, mut version, mut license) = Default::default();
    let mut rest = lines(&bytes).peekable();
    while let Some(line) = rest.next() {
        let Some((field, value)) = field(line).filter(|_| !continues(line)) else { continue };
        let place: &mut Option<String> = match field {
            b"name" => &mut name,
            b"package-name" => &mut parent,
            b"version" => &mut version,
            b"license" => &mut license,
            _ => continue,
        };
        // A long value stands on the next line.
        let next = rest.peek().filter(|next| value.is_empty() && continues(next));
        *place = Some(string(next.map_or(value, |next| next.trim_ascii())));
    }
    let name = parent.or(name).unwrap_or_default();
    let licenses = license.filter(|license| !license.is_empty()).map(|license| normalise(&license));
    let mut listing = Listing::new(PackageType::Hackage);
    listing.add_licensed(&name, &version.unwrap_or_default(), licenses.into_iter().collect());
    listing.report(input);
    Ok(())
}
