//! Installed Julia packages: `packages/<name>/<hash>/Project.toml` in a depot.
//!
//! Written by each package's authors, put there by Pkg. Source: <https://pkgdocs.julialang.org/v1/toml-files/>.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::fields::string;
use crate::listing::Listing;
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "julia/installed",
    version: 1,
    files: &[Pattern::Name("Project.toml"), Pattern::Name("JuliaProject.toml")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

/// Whether the file lies in `packages/<name>/<hash>`; a hash has five letters and digits.
fn is_installed(path: &str) -> bool {
    let mut parts = path.rsplit('/').skip(1);
    let is_hash = |part: &str| part.len() == 5 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(is_hash) && parts.next().is_some() && parts.next() == Some("packages")
}

#[derive(Deserialize)]
struct Project {
    name: String,
    #[serde(default)]
    version: String,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let invalid = |why: String| Error::Format { format: "Julia project", why };
    let project: Project =
        toml::from_str(&string(input.bytes()?)).map_err(|error| invalid(error.message().to_owned()))?;
    let mut listing = Listing::new(PackageType::Julia);
    listing.add(&project.name, &project.version);
    listing.report(input);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_only_packages_of_a_depot() {
        for (path, expected) in [
            ("root/.julia/packages/HTTP/sJD5V/Project.toml", true),
            ("root/.julia/environments/v1.10/Project.toml", false),
            ("root/.julia/packages/HTTP/sJD5V/test/Project.toml", false),
            ("app/Project.toml", false),
        ] {
            assert_eq!(is_installed(path), expected, "{path}");
        }
    }
}
