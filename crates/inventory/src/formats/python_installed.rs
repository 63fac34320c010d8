//! Installed Python distributions: the metadata of wheels and eggs.
//!
//! Written by pip, setuptools and the packagers of distributions. Sources: the core metadata specification and the
//! name normalisation of <https://packaging.python.org/en/latest/specifications/>. Not read: zipped eggs, conda.

use image::interest::Pattern;
use model::{Package, PackageType};

use crate::fields::{continues, field, lines, string};
use crate::{Error, Evidence, Extractor, Input};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "python/installed",
    version: 1,
    files: &[Pattern::Name("METADATA"), Pattern::Name("PKG-INFO"), Pattern::Extension(".egg-info")],
    wants: is_installed,
    evidence: Evidence::Installed,
    extract,
};

fn is_installed(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = directory.rsplit('/').next().unwrap_or(directory);
    match name {
        "METADATA" => parent.ends_with(".dist-info"),
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
    let metadata = read(input.bytes()?);
    let name = normalized(&metadata.name).ok_or_else(|| {
        invalid(if metadata.name.is_empty() {
            "it states no name".to_owned()
        } else {
            format!("its name is `{}`", metadata.name)
        })
    })?;
    if metadata.version.is_empty() {
        return Err(invalid(format!("it states no version of `{name}`")));
    }
    let mut package = Package::new(PackageType::Pypi, name, metadata.version);
    package.licenses = match metadata.expression.or(metadata.license) {
        Some(license) => vec![license],
        None => metadata.classified,
    };
    input.package(package);
    Ok(())
}

fn invalid(why: String) -> Error {
    Error::Format { format: "Python metadata", why }
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
        } else if is("Classifier") {
            self.classified.extend(classified(&string(value)));
        }
    }
}

/// `MIT License` from `License :: OSI Approved :: MIT License`.
fn classified(classifier: &str) -> Option<String> {
    let license = classifier.strip_prefix("License ::")?.rsplit("::").next()?.trim();
    (license != "OSI Approved").then(|| license.to_owned())
}

/// The name in lower case, each run of `-`, `_` and `.` as one dash; nothing when it is no name.
fn normalized(name: &str) -> Option<String> {
    let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    if !is_end(name.bytes().next()) || !is_end(name.bytes().last()) {
        return None;
    }
    let mut normal = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            letter if letter.is_ascii_alphanumeric() => normal.push(letter.to_ascii_lowercase()),
            _ => return None,
        }
    }
    Some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizes_names() {
        for (name, expected) in [
            ("Flask", Some("flask")),
            ("zope.interface", Some("zope-interface")),
            ("a-_.B", Some("a-b")),
            ("", None),
            ("-a", None),
            ("a b", None),
            ("é", None),
        ] {
            assert_eq!(normalized(name).as_deref(), expected, "{name}");
        }
    }

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
}
