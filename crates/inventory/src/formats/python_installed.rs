//! Installed Python distributions: the metadata of wheels and eggs, zipped eggs among them.
//!
//! Written by pip, setuptools and the packagers of distributions. Sources: the core metadata specification and the
//! name normalisation of <https://packaging.python.org/en/latest/specifications/>. Of licences, the expression counts
//! (PEP 639); where there is none, the field `License` if it names a known one, then the classifiers, then the field
//! whatever it says. Not read: the bills of materials that a wheel may carry (PEP 770), which are another format's.

use bounded::zip::Archive;
use image::interest::Pattern;
use model::{Package, PackageType};

use crate::fields::{continues, field, lines, string};
use crate::licenses::normalise;
use crate::{Error, Evidence, Extractor, Input, names};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "python/installed",
    version: 2,
    files: &[
        Pattern::Name("METADATA"),
        Pattern::Name("PKG-INFO"),
        Pattern::Extension(".egg-info"),
        Pattern::Extension(".egg"),
    ],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

/// The largest metadata that is read; the description at its end may be long.
const METADATA: u64 = 16 << 20;
/// The most classifiers of licences of one distribution.
const CLASSIFIERS: usize = 50;

fn is_installed(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = directory.rsplit('/').next().unwrap_or(directory);
    match name {
        "METADATA" => parent.ends_with(".dist-info") || parent.ends_with(".egg-info"),
        "PKG-INFO" => parent.ends_with(".egg-info") || parent == "EGG-INFO",
        _ => true,
    }
}

/// The fields that count.
#[derive(Default)]
struct Metadata {
    name: String,
    version: String,
    expression: Option<String>,
    license: Option<String>,
    classified: Vec<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let metadata = if input.path().to_ascii_lowercase().ends_with(".egg") {
        match zipped(input)? {
            Some(bytes) => read(&bytes),
            None => return Ok(()),
        }
    } else {
        read(input.content().whole(METADATA)?)
    };
    let name = names::pypi(&metadata.name).ok_or_else(|| {
        invalid(if metadata.name.is_empty() {
            "it states no name".to_owned()
        } else {
            format!("its name is `{}`", metadata.name)
        })
    })?;
    if metadata.version.is_empty() {
        return Err(invalid(format!("it states no version of `{name}`")));
    }
    let mut package = Package::new(PackageType::Pypi, name, metadata.version.as_str());
    package.licenses = metadata.licenses();
    input.package(package);
    Ok(())
}

fn invalid(why: String) -> Error {
    Error::Format { format: "Python metadata", why }
}

/// The metadata in a zipped egg; nothing for a file that is no archive, as an egg of another kind is called too.
fn zipped(input: &mut Input<'_>) -> Result<Option<Vec<u8>>, Error> {
    if !input.bytes()?.starts_with(b"PK") {
        return Ok(None);
    }
    let limits = input.limits();
    let mut archive = Archive::open(input.content(), limits)?;
    let place = (0..archive.len()).find(|place| archive.name(*place).as_deref() == Some("EGG-INFO/PKG-INFO"));
    let place = place.ok_or_else(|| invalid("the egg holds no `EGG-INFO/PKG-INFO`".to_owned()))?;
    Ok(Some(archive.member(place)?.read(METADATA)?))
}

/// Reads the header; the description after the empty line is not looked at.
fn read(bytes: &[u8]) -> Metadata {
    let mut metadata = Metadata::default();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines = lines(bytes).peekable();
    while let Some(line) = lines.next().filter(|line| !line.is_empty()) {
        let Some((name, value)) = field(line).filter(|_| !continues(line)) else { continue };
        // A value of several lines is a licence's whole text, not its name.
        let is_long = lines.peek().is_some_and(|next| continues(next));
        metadata.set(name, value, is_long);
    }
    metadata
}

impl Metadata {
    fn set(&mut self, name: &[u8], value: &[u8], is_long: bool) {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("Name") && self.name.is_empty() {
            self.name = string(value);
        } else if is("Version") && self.version.is_empty() {
            self.version = string(value);
        } else if is("License-Expression") {
            self.expression = Some(string(value)).filter(|text| !text.is_empty());
        } else if is("License") && !is_long {
            self.license = Some(string(value)).filter(|text| !text.is_empty() && text != "UNKNOWN");
        } else if is("Classifier") && self.classified.len() < CLASSIFIERS {
            self.classified.extend(classified(&string(value)));
        }
    }

    fn licenses(self) -> Vec<String> {
        if let Some(expression) = self.expression {
            return vec![normalise(&expression)];
        }
        let license = self.license.map(|stated| normalise(&stated));
        match license {
            Some(license) if self.classified.is_empty() || is_known(&license) => vec![license],
            _ => self.classified,
        }
    }
}

fn is_known(license: &str) -> bool {
    spdx::Expression::parse(license).is_ok()
}

/// `MIT` from `License :: OSI Approved :: MIT License`; the name alone where SPDX knows no such licence.
fn classified(classifier: &str) -> Option<String> {
    let name = classifier.strip_prefix("License ::")?.rsplit("::").next()?.trim();
    let license = normalise(classifier);
    let license = if license == classifier { name.to_owned() } else { license };
    (name != "OSI Approved").then_some(license)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_metadata_of_installed_distributions_only() {
        for (path, expected) in [
            ("a/x-1.dist-info/METADATA", true),
            ("a/x.egg-info/PKG-INFO", true),
            ("a/x.egg/EGG-INFO/PKG-INFO", true),
            ("a/x-1.egg-info", true),
            ("a/METADATA", false),
            ("x-1.0/PKG-INFO", false),
        ] {
            assert_eq!(is_installed(path), expected, "{path}");
        }
    }

    #[test]
    fn takes_the_expression_before_the_field_and_the_classifiers() {
        let licenses = |header: &str| read(header.as_bytes()).licenses();
        let classifiers =
            "Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved\n";
        assert_eq!(
            licenses(&format!("{classifiers}License-Expression: Apache-2.0 OR MIT\n")),
            ["Apache-2.0 OR MIT"]
        );
        assert_eq!(licenses(&format!("License: BSD-3-Clause\n{classifiers}")), ["BSD-3-Clause"]);
        assert_eq!(licenses(&format!("License: see LICENSE.txt\n{classifiers}")), ["MIT"]);
        assert_eq!(licenses("License: see LICENSE.txt\n"), ["see LICENSE.txt"]);
        assert_eq!(licenses("License: UNKNOWN\n"), [] as [&str; 0]);
    }
}
