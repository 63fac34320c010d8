//! Pinned requirements of pip: `requirements.txt` and its kin for production.
//!
//! Written by people, `pip freeze` and pip-tools. Source:
//! <https://pip.pypa.io/en/stable/reference/requirements-file-format/>. Only what is pinned by `==` or `===` is a
//! package; a line that asks for a range or an address states no version and is neither a package nor a gap. Markers
//! are not weighed, and files named by `-r` count only where they have such a name themselves. Files for development
//! (`requirements-dev.txt`) are not read.

use std::borrow::Cow;

use image::interest::Pattern;
use model::PackageType;

use crate::listing::{Listing, shown};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "python/requirements",
    version: 1,
    files: &[
        Pattern::Name("requirements.txt"),
        Pattern::Name("requirements.lock"),
        Pattern::Name("requirements-prod.txt"),
        Pattern::Name("requirements-production.txt"),
        Pattern::Name("requirements_prod.txt"),
        Pattern::Name("base.txt"),
        Pattern::Name("prod.txt"),
        Pattern::Name("production.txt"),
    ],
    wants: is_requirements,
    evidence: Evidence::Declared,
    extract,
};

/// The largest file that is read.
const BYTES: u64 = 16 << 20;

/// Short names count only in a folder that says what they are.
fn is_requirements(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_named = name.starts_with("requirements") || folder.rsplit('/').next() == Some("requirements");
    is_named && projects::is_own(path)
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = decoded(input.content().whole(BYTES)?)?.into_owned();
    let mut listing = Listing::new(PackageType::Pypi);
    let mut whole = String::new();
    for line in text.lines() {
        // A comment ends what went on from the line above, and nothing goes on from it.
        let bare = without_comment(line);
        match bare.strip_suffix('\\') {
            Some(part) if !line.trim_start().starts_with('#') => whole.push_str(part),
            _ => {
                whole.push_str(bare);
                add(&whole, &mut listing);
                whole.clear();
            }
        }
    }
    add(&whole, &mut listing);
    listing.report(input);
    Ok(())
}

/// UTF-8, or UTF-16 with its mark, as PowerShell writes what `pip freeze` prints.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    let invalid = |why: String| Error::Format { format: "requirements file", why };
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).map(Cow::Owned).map_err(|error| invalid(error.to_string()))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => {
            str::from_utf8(rest).map(Cow::Borrowed).map_err(|error| invalid(error.to_string()))
        }
    }
}

/// The line up to a `#` that begins it or follows a space.
fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    for (at, letter) in line.char_indices() {
        if letter == '#' && before.is_whitespace() {
            return line.get(..at).unwrap_or(line);
        }
        before = letter;
    }
    line
}

fn add(line: &str, listing: &mut Listing) {
    let line = line.trim();
    // An option, or a requirement that is no name: an address or a folder.
    if line.is_empty() || line.starts_with(['-', '.', '/']) || line.contains("://") && !line.contains("==") {
        return;
    }
    let line = line.split(';').next().unwrap_or(line);
    let line = line.split(" --").next().unwrap_or(line);
    let Some((name, specifier)) = pinned(line) else { return };
    let name = name.split('[').next().unwrap_or(name).trim();
    if specifier.is_empty() {
        return listing.problem(format!("`{}` pins no version", shown(line)));
    }
    listing.add(name, specifier);
}

/// The name, with its extras, and the version that is pinned.
fn pinned(line: &str) -> Option<(&str, &str)> {
    let end = line.find(['=', '<', '>', '~', '!', '@', '(']).unwrap_or(line.len());
    let name = line.get(..end)?;
    let specifiers = line.get(end..)?.trim_matches(['(', ')', ' ', '\t']);
    let pins = specifiers.split(',').filter_map(|part| part.trim().strip_prefix("=="));
    let mut pins = pins.map(|version| version.strip_prefix('=').unwrap_or(version).trim());
    pins.find(|version| !version.ends_with(".*")).map(|version| (name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_what_is_pinned() {
        for (line, expected) in [
            ("flask==1.0", Some(("flask", "1.0"))),
            ("flask [async] == 1.0", Some(("flask [async] ", "1.0"))),
            ("flask===1.0.post1", Some(("flask", "1.0.post1"))),
            ("flask (==1.0)", Some(("flask ", "1.0"))),
            ("flask>=0.9,==1.0", Some(("flask", "1.0"))),
            ("flask==1.*", None),
            ("flask>=1.0", None),
            ("flask", None),
            ("flask @ https://example.com/flask-1.0-py3-none-any.whl", None),
        ] {
            assert_eq!(pinned(line), expected, "{line}");
        }
    }

    #[test]
    fn wants_the_files_of_production() {
        for (path, expected) in [
            ("srv/requirements.txt", true),
            ("srv/requirements/prod.txt", true),
            ("srv/notes/base.txt", false),
            ("usr/lib/python3/site-packages/a/requirements.txt", false),
        ] {
            assert_eq!(is_requirements(path), expected, "{path}");
        }
    }

    #[test]
    fn reads_every_encoding_pip_reads() {
        let wide: Vec<u8> = "a==1".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&[&[0xff, 0xfe], wide.as_slice()].concat()).unwrap(), "a==1");
        assert_eq!(decoded(b"\xef\xbb\xbfa==1").unwrap(), "a==1");
        assert!(decoded(b"a==1\xff").is_err());
    }
}
