//! Archives that can be read only once and forward: standard input, compressed files, an engine's export.
//!
//! Layers are met before anybody knows which image they belong to; the documents that tell come with them.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Read};

use bounded::tar::{Kind, Reader};
use bounded::{Limits, unpack};

use crate::platform::Choice;
use crate::store::{DOCUMENT_BYTES, Store};
use crate::{Data, Error, Image, docker_archive, layout, path};

/// All documents of one archive together.
const DOCUMENTS_BYTES: u64 = 64 << 20;

/// Hears of each layer of an archive: the member's name and its bytes, compressed or not.
pub type OnLayer<'a> = dyn FnMut(&str, &mut (dyn Read + Send)) -> Result<(), Error> + Send + 'a;

/// Reads a saved image or an OCI layout from a stream, which may be compressed as a whole.
///
/// `on_layer` reads the layers as they pass; the images tell afterwards, by [`Data::Streamed`], which is whose.
///
/// # Errors
/// When the stream is no archive of images, is damaged, or `on_layer` fails.
pub fn read_stream(
    name: &str,
    source: &mut (dyn Read + Send),
    choice: &Choice,
    limits: &Limits,
    on_layer: &mut OnLayer<'_>,
) -> Result<Vec<Image>, Error> {
    let unpacked = unpack(source, limits, |reader| pass(name, reader, limits, on_layer));
    let fail = |source| Error::Content { what: format!("archive `{name}`"), source };
    let unpacked = unpacked.map_err(fail)?;
    let passed = unpacked.value?;
    if let Some(error) = unpacked.failure {
        return Err(fail(error));
    }
    if passed.documents.contains_key("index.json") {
        layout::images(&passed, "oci-archive", None, choice)
    } else {
        docker_archive::images(&passed, "docker-archive")
    }
}

/// What passed by.
struct Passed {
    name: String,
    documents: HashMap<String, Vec<u8>>,
    layers: HashMap<String, u64>,
    links: HashMap<String, String>,
}

impl Store for Passed {
    fn describe(&self) -> String {
        format!("archive `{}`", self.name)
    }

    fn document(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.documents.get(name).cloned())
    }

    fn blob(&self, name: &str) -> Option<(Data, u64)> {
        let name = self.links.get(name).map_or(name, String::as_str);
        let size = self.layers.get(name)?;
        Some((Data::Streamed(name.to_owned()), *size))
    }
}

fn pass(
    name: &str,
    reader: &mut (dyn BufRead + Send),
    limits: &Limits,
    on_layer: &mut OnLayer<'_>,
) -> Result<Passed, Error> {
    let fail = |source| Error::Content { what: format!("archive `{name}`"), source };
    let mut passed = Passed {
        name: name.to_owned(),
        documents: HashMap::new(),
        layers: HashMap::new(),
        links: HashMap::new(),
    };
    let mut seen = HashSet::new();
    let mut room = DOCUMENTS_BYTES;
    let mut reader = Reader::new(reader, limits);
    while let Some(entry) = reader.next_entry().map_err(fail)? {
        let Some(member) = path::clean(&entry.path).map(|path| path::display(&path)) else { continue };
        match entry.kind {
            Kind::SymbolicLink => {
                let target = path::follow(member.as_bytes(), &entry.link);
                passed.links.insert(member, path::display(&target));
            }
            Kind::File if !seen.insert(member.clone()) => {
                let why = format!("it has two members `{member}`");
                return Err(Error::Format { what: passed.describe(), why });
            }
            Kind::File => file(&mut passed, member, &mut reader, &mut room, on_layer)?,
            _ => {}
        }
    }
    Ok(passed)
}

fn file<S: bounded::tar::Source + Send>(
    passed: &mut Passed,
    member: String,
    reader: &mut Reader<S>,
    room: &mut u64,
    on_layer: &mut OnLayer<'_>,
) -> Result<(), Error> {
    let size = reader.body_left();
    let broken = |source| Error::Content { what: format!("`{member}` of archive"), source };
    let mut head = Vec::new();
    (&mut *reader).take(1).read_to_end(&mut head).map_err(|error| broken(bounded::Error::from_io(error)))?;
    let is_document = matches!(head.first(), Some(b'{' | b'[')) && size <= DOCUMENT_BYTES.min(*room);
    if is_document {
        *room = room.saturating_sub(size);
        reader.read_to_end(&mut head).map_err(|error| broken(bounded::Error::from_io(error)))?;
        passed.documents.insert(member, head);
    } else if size >= 20 && !member.ends_with("/json") && !member.ends_with("/VERSION") {
        on_layer(&member, &mut head.as_slice().chain(reader))?;
        passed.layers.insert(member, size);
    }
    Ok(())
}
