//! Checks, as they are written in TOML.

use std::path::Path;

use model::{Severity, Text};
use serde::Deserialize;
use toml::Spanned;

use super::{applies::Applies, example::Example, test::Test};
use crate::Error;

/// A file of checks is at most this large.
const MAX_FILE: u64 = 4 << 20;

/// The checks that come with the program: each file and its text.
pub(crate) const BUILT_IN: &[(&str, &str)] = &[
    ("rules/baseline/accounts.toml", include_str!("../../../../rules/baseline/accounts.toml")),
    ("rules/baseline/files.toml", include_str!("../../../../rules/baseline/files.toml")),
    ("rules/baseline/image.toml", include_str!("../../../../rules/baseline/image.toml")),
    ("rules/baseline/instructions.toml", include_str!("../../../../rules/baseline/instructions.toml")),
    ("rules/baseline/passwords.toml", include_str!("../../../../rules/baseline/passwords.toml")),
    ("rules/baseline/permissions.toml", include_str!("../../../../rules/baseline/permissions.toml")),
    ("rules/baseline/privileges.toml", include_str!("../../../../rules/baseline/privileges.toml")),
    ("rules/baseline/services.toml", include_str!("../../../../rules/baseline/services.toml")),
    ("rules/baseline/ssh.toml", include_str!("../../../../rules/baseline/ssh.toml")),
    ("rules/baseline/weak-passwords.toml", include_str!("../../../../rules/baseline/weak-passwords.toml")),
];

/// One check.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// `ACC-0001`; stable and public.
    pub(crate) id: String,
    /// The category of its file.
    #[serde(skip)]
    pub(crate) category: String,
    /// How bad it is when it fails.
    pub(crate) severity: Severity,
    /// Where it comes from.
    pub(crate) standards: Vec<String>,
    /// One line.
    pub(crate) title: Text,
    /// Why it matters.
    pub(crate) description: Text,
    /// How to mend it.
    pub(crate) advice: Text,
    /// What should be, where the test does not say it by itself.
    #[serde(default)]
    pub(crate) expected: Text,
    /// Links.
    #[serde(default)]
    pub(crate) references: Vec<String>,
    /// What must be in the image for the check to mean anything.
    #[serde(default)]
    pub(crate) applies: Applies,
    /// What is looked at.
    pub(crate) test: Test,
    /// Images it passes on.
    #[serde(default)]
    pub(crate) pass: Vec<Example>,
    /// Images it fails on.
    #[serde(default)]
    pub(crate) fail: Vec<Example>,
    /// Images that have nothing it is about.
    #[serde(default)]
    pub(crate) not_applicable: Vec<Example>,
}

/// A check, and where in its file it begins.
#[derive(Debug)]
pub(crate) struct Located {
    /// The check.
    pub(crate) check: Check,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1.
    pub(crate) column: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    category: String,
    check: Vec<Spanned<Check>>,
}

/// Reads the text of a file of checks.
///
/// # Errors
/// When it is not written as it should be; says where.
pub(crate) fn parse(file: &str, text: &str) -> Result<Vec<Located>, Error> {
    let parsed: File = toml::from_str(text).map_err(|error| {
        let (line, column) = position(text, error.span().map_or(0, |span| span.start));
        Error::Rules { file: file.to_owned(), line, column, why: error.message().to_owned() }
    })?;
    let mut checks: Vec<Located> = Vec::with_capacity(parsed.check.len());
    for spanned in parsed.check {
        let (line, column) = position(text, spanned.span().start);
        let check = Check { category: parsed.category.clone(), ..spanned.into_inner() };
        if checks.iter().any(|other| other.check.id == check.id) {
            let why = format!("the id `{}` is given twice", check.id);
            return Err(Error::Rules { file: file.to_owned(), line, column, why });
        }
        checks.push(Located { check, line, column });
    }
    Ok(checks)
}

/// The TOML files that a path names: itself, or those of a directory by name.
///
/// # Errors
/// When the directory cannot be read.
pub(crate) fn files_at(path: &Path) -> Result<Vec<std::path::PathBuf>, Error> {
    let fail = |source| Error::Read {
        file: path.display().to_string(),
        source: bounded::Error::File { path: path.to_owned(), source },
    };
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in path.read_dir().map_err(fail)? {
        let file = entry.map_err(fail)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// The text of a file that the user names.
///
/// # Errors
/// When it cannot be read, is too large or is not UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    let file = path.display().to_string();
    let bytes =
        bounded::read_file(path, MAX_FILE).map_err(|source| Error::Read { file: file.clone(), source })?;
    String::from_utf8(bytes).map_err(|error| {
        let text = String::from_utf8_lossy(error.as_bytes());
        let (line, column) = position(&text, error.utf8_error().valid_up_to());
        Error::Rules { file, line, column, why: "it is not UTF-8".to_owned() }
    })
}

/// The line and column of a byte, both from 1.
pub(crate) fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
