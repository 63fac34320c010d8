//! Installed R packages: `library/<package>/DESCRIPTION`.
//!
//! Written by `R CMD INSTALL`, which adds `Built`, in the format of Debian's control files. Source: "Writing R Extensions".
//! The packages that are R itself (`Priority: base`) are on no registry and left out. Those of Bioconductor are listed
//! like those of CRAN.

use image::interest::Pattern;
use model::PackageType;

use crate::fields::{continues, field, lines, string};
use crate::licenses::normalise;
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "r/installed",
    version: 1,
    files: &[Pattern::Name("DESCRIPTION")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

/// Whether the file lies right in a package's folder of a library, or anywhere in one that renv keeps.
fn is_installed(path: &str) -> bool {
    let is_library = |part: &str| matches!(part, "library" | "site-library");
    path.rsplit('/').nth(2).is_some_and(is_library) || path.contains("renv/library/")
}

/// The fields that count.
#[derive(Default)]
struct Description {
    package: String,
    version: String,
    license: String,
    priority: String,
    built: String,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let description = read(input.bytes()?);
    // A source package below a library, such as an example, has not been installed.
    let is_source = description.built.is_empty() && !description.package.is_empty();
    if is_source || description.priority == "base" {
        return Ok(());
    }
    let mut listing = Listing::new(PackageType::Cran);
    listing.add_licensed(&description.package, &description.version, licenses(&description.license));
    listing.report(input);
    Ok(())
}

/// The licences between bars, of which one may choose. `+ file LICENSE` only points to a text.
fn licenses(stated: &str) -> Vec<String> {
    let name = |stated: &str| {
        let name = stated.split('+').next().unwrap_or(stated).trim();
        // `GPL (>= 2)` is written `GPL-2+` elsewhere.
        match name.split_once(" (>= ").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?))) {
            Some((name, version)) => normalise(&format!("{name}-{version}+")),
            None => normalise(name),
        }
    };
    let mut licenses: Vec<String> = stated.split('|').map(name).collect();
    licenses.retain(|license| !license.is_empty() && !license.starts_with("file "));
    licenses
}

fn read(bytes: &[u8]) -> Description {
    let mut description = Description::default();
    for line in lines(bytes) {
        let Some((name, value)) = field(line).filter(|_| !continues(line)) else { continue };
        let place = match name {
            b"Package" => &mut description.package,
            b"Version" => &mut description.version,
            b"License" => &mut description.license,
            b"Priority" => &mut description.priority,
            b"Built" => &mut description.built,
            _ => continue,
        };
        *place = string(value);
    }
    description
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_only_packages_of_a_library() {
        for (path, expected) in [
            ("usr/lib/R/site-library/Rcpp/DESCRIPTION", true),
            ("srv/renv/library/R-4.3/x86_64-pc-linux-gnu/R6/DESCRIPTION", true),
            ("usr/lib/R/library/Rcpp/skeleton/DESCRIPTION", false),
            ("home/me/Rcpp/DESCRIPTION", false),
        ] {
            assert_eq!(is_installed(path), expected, "{path}");
        }
    }

    #[test]
    fn writes_licences_as_spdx_where_r_has_its_own_way() {
        for (stated, expected) in [
            ("GPL (>= 2)", &["GPL-2.0-or-later"][..]),
            ("GPL-2 | GPL-3", &["GPL-2.0-only", "GPL-3.0-only"]),
            ("LGPL (>= 2.1)", &["LGPL-2.1-or-later"]),
            ("MIT + file LICENSE", &["MIT"]),
            ("file LICENSE", &[]),
        ] {
            assert_eq!(licenses(stated), expected, "{stated}");
        }
    }
}
