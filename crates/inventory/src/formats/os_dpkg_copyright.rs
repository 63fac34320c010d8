//! The licences of Debian's packages: `usr/share/doc/<package>/copyright`.
//!
//! Written by the maintainers of packages. Source: the machine-readable form 1.0 (DEP-5) and Debian Policy 12.5. Of a file
//! in that form the licences of its files are taken, but for those of `debian/*`, which is the packaging; of any other, the
//! common licences that it points to. Known gaps: the texts themselves are not recognised, what follows the first MiB is not
//! read, and a package whose directory is a link to another's has no licence.

use std::collections::BTreeSet;
use std::io::Read;

use image::interest::Pattern;

use crate::fields::{paragraphs, string};
use crate::licenses::normalise;
use crate::{Error, Evidence, Extractor, Input, Licensed};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "os/dpkg-copyright",
    version: 1,
    files: &[Pattern::Name("copyright")],
    wants: |path| package_of(path).is_some(),
    evidence: Evidence::Installed,
    extract,
};

/// How much of a file is read.
const BYTES: u64 = 1 << 20;
/// How many licences of one package are told, and how long the name of one may be.
const LICENSES: usize = 200;
const NAME_BYTES: usize = 200;
/// Where Debian keeps the texts of common licences, in which form the pointers to them begin.
const COMMON: &str = "/usr/share/common-licenses/";

/// The package whose file it is.
fn package_of(path: &str) -> Option<&str> {
    let package = path.strip_prefix("usr/share/doc/")?.strip_suffix("/copyright")?;
    (!package.contains('/')).then_some(package)
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let Some(package) = package_of(input.path()).map(str::to_owned) else { return Ok(()) };
    let mut bytes = Vec::new();
    let read = input.content().take(BYTES).read_to_end(&mut bytes);
    read.map_err(bounded::Error::Spool)?;
    let is_formatted = is_machine_readable(&bytes);
    let names = if is_formatted { stated(&bytes) } else { pointed_to(&string(&bytes)) };
    if is_formatted && names.is_empty() {
        input.gap("it is in machine-readable form and names no licence");
    }
    if names.len() > LICENSES {
        input.gap(format!("more than {LICENSES} licences of one package; the others are left out"));
    }
    let licenses = names.into_iter().take(LICENSES).collect();
    input.licensed(Licensed { package, licenses });
    Ok(())
}

/// Whether the first field names the format.
fn is_machine_readable(bytes: &[u8]) -> bool {
    let first = paragraphs(bytes).next().unwrap_or_default();
    let format = first.text("Format").or_else(|| first.text("Format-Specification"));
    format.is_some_and(|format| format.contains("copyright-format") || format.contains("dep5"))
}

/// The licences that the paragraphs about files name; where there are none, those of all.
fn stated(bytes: &[u8]) -> BTreeSet<String> {
    let of = |files_only: bool| {
        let counts = paragraphs(bytes).filter(move |paragraph| match paragraph.get("Files") {
            Some(files) => files != b"debian/*",
            None => !files_only,
        });
        let names = counts.filter_map(|paragraph| paragraph.text("License"));
        names
            .filter(|name| name.len() <= NAME_BYTES)
            .map(|name| normalise(&name))
            .collect::<BTreeSet<String>>()
    };
    let names = of(true);
    if names.is_empty() { of(false) } else { names }
}

/// The common licences that a text points to. Of the GPL and its kin a pointer does not tell whether a later version may be
/// chosen; where the text nowhere says so, their names stay as Debian writes them.
fn pointed_to(text: &str) -> BTreeSet<String> {
    let or_later = text.split_whitespace().collect::<Vec<_>>().join(" ").contains("any later version");
    let pointers = text.split(COMMON).skip(1);
    let name = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-.".contains(c)).unwrap_or(rest.len());
        rest.split_at(end).0.trim_end_matches(['.', '-']).to_owned()
    };
    let written = |name: String| {
        let is_gnu = ["GPL", "LGPL", "GFDL"].iter().any(|family| name.split('-').next() == Some(family));
        match (is_gnu, name.contains('-')) {
            (true, true) if or_later => normalise(&format!("{name}+")),
            (true, _) => name,
            (false, _) => normalise(&name),
        }
    };
    pointers.map(name).filter(|name| !name.is_empty() && name.len() <= NAME_BYTES).map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_pointers_to_common_licences() {
        let of = |text: &str| pointed_to(text).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(of("see /usr/share/common-licenses/Apache-2.0."), "Apache-2.0");
        assert_eq!(of("see `/usr/share/common-licenses/GPL-3'"), "GPL-3");
        assert_eq!(of("any\n later version. /usr/share/common-licenses/GPL-2."), "GPL-2.0-or-later");
        assert_eq!(of("/usr/share/common-licenses/GPL any later version"), "GPL");
        assert_eq!(of("/usr/share/common-licenses/"), "");
        assert_eq!(of("MIT"), "");
    }
}
