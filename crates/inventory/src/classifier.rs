//! Programs and libraries that no package manager keeps, known by their names and by what stands in their bytes.
//!
//! What is known of each is data: `rules/binaries.toml`, whose head says what its fields mean.

mod identity;
mod name;
mod search;
#[cfg(test)]
mod tests;

use std::sync::{LazyLock, OnceLock};

use image::interest::Pattern;
use model::PackageType;
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::Error;

pub(crate) use search::Search;

/// One program or library, and how it is known.
///
/// The examples of the file are for the tests, which refuse unknown fields as well.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
#[cfg_attr(test, serde(deny_unknown_fields))]
pub struct Classifier {
    /// Its public, stable name.
    pub id: String,
    /// The files it may be: names, in which `*` stands for any text and `#` for a number, or ends of paths.
    pub files: Vec<&'static str>,
    /// Whether its files are text rather than programs.
    #[serde(default)]
    text: bool,
    /// Whether a file of its name without a version means nothing.
    #[serde(default)]
    quiet: bool,
    /// What has to stand somewhere in the file.
    #[serde(default)]
    requires: Option<String>,
    /// What its version looks like, the surest first.
    version: Vec<VersionPattern>,
    /// Its package URL without a version.
    purl: Purl,
    /// Its CPE names as `part:vendor:product`.
    #[serde(default)]
    cpe: Vec<String>,
    /// Its licence as an SPDX expression, where all versions have the same.
    #[serde(default)]
    license: Option<String>,
    /// Examples that give a version.
    #[cfg(test)]
    pass: Vec<tests::Passing>,
    /// Examples that give nothing.
    #[cfg(test)]
    fail: Vec<tests::Failing>,
}

/// The type and the name of a package URL.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Purl {
    kind: PackageType,
    name: String,
}

impl TryFrom<String> for Purl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.strip_prefix("pkg:").and_then(|rest| rest.split_once('/'));
        let kind = parts.and_then(|(word, _)| PackageType::from_word(word));
        match (kind, parts) {
            (Some(kind), Some((_, name))) if !name.is_empty() && !name.contains(['@', '?', '#']) => {
                Ok(Self { kind, name: name.to_owned() })
            }
            _ => Err(format!("`{text}` is no package URL of a known type without a version")),
        }
    }
}

/// A regular expression over bytes with a group `version`; it is compiled when a file first asks for it.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
struct VersionPattern {
    text: String,
    compiled: OnceLock<Result<Regex, regex::Error>>,
}

impl From<String> for VersionPattern {
    fn from(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }
}

impl VersionPattern {
    fn regex(&self) -> Result<&Regex, Error> {
        let compile = || RegexBuilder::new(&self.text).unicode(false).build();
        let regex = self.compiled.get_or_init(compile).as_ref();
        regex.map_err(|error| Error::Format { format: "classifier", why: error.to_string() })
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
#[cfg_attr(test, serde(deny_unknown_fields))]
struct File {
    classifier: Vec<Classifier>,
}

const TEXT: &str = include_str!("../../../rules/binaries.toml");

/// Changes with every edit of the file, so that caches read again what they know by an older one.
pub(crate) const VERSION: u32 = fingerprint(TEXT.as_bytes());

/// FNV-1a, the 32-bit one: what can be had while compiling.
const fn fingerprint(mut bytes: &[u8]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    while let Some((first, rest)) = bytes.split_first() {
        hash = (hash ^ (*first as u32)).wrapping_mul(0x0100_0193);
        bytes = rest;
    }
    hash
}

static CLASSIFIERS: LazyLock<Vec<Classifier>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is built in, and the tests read it")]
    let file: File = toml::from_str(TEXT).expect("rules/binaries.toml is well-formed");
    file.classifier
});

/// All classifiers, sorted by id.
pub fn classifiers() -> &'static [Classifier] {
    &CLASSIFIERS
}

/// The files that some classifier may want.
pub(crate) fn files() -> &'static [Pattern] {
    static FILES: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
        classifiers()
            .iter()
            .flat_map(|classifier| &classifier.files)
            .map(|file| name::pattern(file))
            .collect()
    });
    &FILES
}

/// The classifiers that want the file at `path`.
pub(crate) fn wanting(path: &str) -> impl Iterator<Item = &'static Classifier> {
    classifiers().iter().filter(move |classifier| classifier.wants(path))
}

impl Classifier {
    /// The package URL of what it knows, without a version.
    pub fn purl(&self) -> String {
        format!("pkg:{}/{}", self.purl.kind, self.purl.name)
    }

    fn wants(&self, path: &str) -> bool {
        self.files.iter().any(|file| name::fits(file, path))
    }

    /// Whether it reads a file that is a program, or one that is none.
    pub(crate) fn reads(&self, is_program: bool) -> bool {
        self.text != is_program
    }

    /// Whether a file of its name is sure to be it.
    pub(crate) fn is_sure(&self) -> bool {
        !self.quiet
    }
}
