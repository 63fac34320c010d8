//! The list of approved base images as a file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::SystemTime;

use model::Digest;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::Approved;
use crate::Error;

/// The version of the file's shape.
const VERSION: u32 = 1;

/// The largest list.
const MAX_FILE: u64 = 64 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<T> {
    #[serde(deserialize_with = "known")]
    version: u32,
    bases: T,
}

/// The base images of a file; none when there is no such file.
pub(super) fn read(file: &Path) -> Result<Vec<Approved>, Error> {
    let name = || file.display().to_string();
    let bytes = match bounded::read_file(file, MAX_FILE) {
        Ok(bytes) => bytes,
        Err(bounded::Error::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
            return Ok(Vec::new());
        }
        Err(source) => return Err(Error::Read { file: name(), source }),
    };
    parse(&name(), &bytes)
}

/// The base images of a text; errors call it `name`.
pub(super) fn parse(name: &str, bytes: &[u8]) -> Result<Vec<Approved>, Error> {
    let list: File<Vec<Approved>> = serde_json::from_slice(bytes).map_err(|error| {
        let text = error.to_string();
        // The place is told apart from the reason.
        let why = text.rsplit_once(" at line ").map_or(text.as_str(), |(why, _)| why).to_owned();
        Error::Rules { file: name.to_owned(), line: error.line().max(1), column: error.column().max(1), why }
    })?;
    Ok(list.bases)
}

/// Writes a file of base images beside the old one and then in its place.
pub(super) fn write(file: &Path, bases: &[Approved]) -> Result<(), Error> {
    let fail = |source| Error::Write { file: file.display().to_string(), source };
    // What a link leads to is replaced, not the link.
    let target = file.canonicalize().unwrap_or_else(|_missing| file.to_owned());
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(directory) = directory {
        std::fs::create_dir_all(directory).map_err(fail)?;
    }
    let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{moment}.new", std::process::id()));
    let beside = target.with_file_name(name);
    let written = write_new(&beside, bases).and_then(|()| std::fs::rename(&beside, &target));
    if written.is_err() {
        // It is ours and incomplete; that it cannot be removed either says nothing more.
        std::fs::remove_file(&beside).unwrap_or_default();
    }
    written.map_err(fail)
}

fn write_new(file: &Path, bases: &[Approved]) -> std::io::Result<()> {
    let mut text = serde_json::to_vec_pretty(&File { version: VERSION, bases })?;
    text.push(b'\n');
    let mut out = OpenOptions::new().write(true).create_new(true).open(file)?;
    out.write_all(&text)?;
    out.sync_all()
}

fn known<'de, D: Deserializer<'de>>(input: D) -> Result<u32, D::Error> {
    let version = u32::deserialize(input)?;
    if version == VERSION {
        return Ok(version);
    }
    Err(D::Error::custom(format!("version {version} of this list is not known, version {VERSION} is")))
}

/// A name that names something.
pub(super) fn name<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    let name = String::deserialize(input)?;
    if name.trim().is_empty() {
        return Err(D::Error::custom("the name is empty"));
    }
    Ok(name)
}

/// A chain of layers; an empty one would be the base of every image.
pub(super) fn chain<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Digest>, D::Error> {
    let layers = Vec::<Digest>::deserialize(input)?;
    if layers.is_empty() {
        return Err(D::Error::custom("a base image without layers is none"));
    }
    Ok(layers)
}
