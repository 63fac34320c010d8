//! Reading one layer into facts, and holding its bytes against their digests.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use bounded::{Error as BytesError, Sums, unpack};
use image::walk::{Content, Entry, Origin, Visitor, walk_directory, walk_tar};
use image::{Data, Layer};
use model::{Digest, Gap};

use crate::facts::{Collector, Detectors, Late, LayerFacts, explain};
use crate::progress::{Event, Progress};
use crate::{Error, Options};

/// What came of reading a layer.
pub(crate) struct Read1 {
    pub(crate) facts: LayerFacts,
    /// Whether all of it was read: only then may it be kept.
    pub(crate) whole: bool,
    /// Bytes after decompression.
    pub(crate) bytes: u64,
}

/// Reads layers.
pub(crate) struct Reader<'a> {
    pub(crate) detectors: &'a Detectors,
    pub(crate) options: &'a Options<'a>,
}

/// A walk that ended, perhaps early.
struct Walked {
    facts: LayerFacts,
    late: Vec<Late>,
    failure: Option<BytesError>,
    sums: Option<(Sums, Sums)>,
}

impl Reader<'_> {
    /// Reads a layer from wherever it is.
    pub(crate) fn read(&self, layer: &Layer) -> Result<Read1, Error> {
        match &layer.data {
            Data::Blob(blob) => {
                let mut walked = self.stream(&mut *blob.open()?, layer.size)?;
                if !walked.late.is_empty() && walked.failure.is_none() {
                    let late = std::mem::take(&mut walked.late);
                    walked.facts = self.late_stream(&mut *blob.open()?, &late, walked.facts)?;
                }
                self.judge(walked, layer.digest.as_ref(), layer.diff_id.as_ref())
            }
            Data::Overlay(path) => Ok(self.directory(path, Origin::Overlay)),
            Data::Directory(path) => Ok(self.directory(path, Origin::RootFileSystem)),
            Data::Streamed(member) => Ok(absent(layer, &format!("`{member}` did not come with the stream"))),
            Data::Absent(why) => Ok(absent(layer, why)),
        }
    }

    /// Reads a layer that passes by once; its digests are held against what its name states, when it states one.
    pub(crate) fn read_passing(
        &self,
        source: &mut (dyn Read + Send),
    ) -> Result<(Read1, Option<Digest>), Error> {
        let mut walked = self.stream(source, 0)?;
        for late in std::mem::take(&mut walked.late) {
            let why = "it is a hard link to a file that had passed already; scan the archive from a file";
            walked.facts.gaps.push(Gap::new("file", image::path::display(&late.link), why));
        }
        let diff_id = walked.sums.filter(|_| walked.failure.is_none());
        let diff_id = diff_id.map(|(_stored, plain)| Digest::from_bytes(plain.sha256));
        Ok((self.judge(walked, None, None)?, diff_id))
    }

    fn stream(&self, source: &mut (dyn Read + Send), size: u64) -> Result<Walked, Error> {
        let limits = &self.options.limits;
        let mut collector = Collector::new(self.detectors, limits);
        let mut source = Counting { source, progress: self.options.progress, pending: 0 };
        let unpacked = unpack(&mut source, limits, |reader| walk_tar(reader, limits, &mut collector).err());
        let unpacked = unpacked.map_err(|error| broken(error, size))?;
        let (facts, late) = collector.finish();
        let sums = Some((unpacked.stored, unpacked.plain));
        Ok(Walked { facts, late, failure: unpacked.value.or(unpacked.failure), sums })
    }

    /// Reads the content of hard links' targets in a second pass over the layer.
    fn late_stream(
        &self,
        source: &mut (dyn Read + Send),
        late: &[Late],
        facts: LayerFacts,
    ) -> Result<LayerFacts, Error> {
        let limits = &self.options.limits;
        let mut visitor = LateVisitor {
            links: late.iter().fold(HashMap::new(), |mut links: HashMap<&[u8], Vec<&Late>>, late| {
                links.entry(&late.target).or_default().push(late);
                links
            }),
            collector: Collector::resume(self.detectors, limits, facts),
        };
        let unpacked = unpack(source, limits, |reader| walk_tar(reader, limits, &mut visitor));
        unpacked.map_err(|error| broken(error, 0))?.value.map_err(|error| broken(error, 0))?;
        Ok(visitor.collector.finish().0)
    }

    /// A digest that does not fit is an error: the bytes are not the image's. Bytes that fit and cannot be read are a
    /// gap.
    fn judge(
        &self,
        walked: Walked,
        digest: Option<&Digest>,
        diff_id: Option<&Digest>,
    ) -> Result<Read1, Error> {
        let Walked { mut facts, failure, sums, .. } = walked;
        let bytes = sums.map_or(0, |(_, plain)| plain.bytes);
        if let Some((stored, plain)) = sums {
            verify("layer", digest, stored)?;
            // Decompression that stopped early gives a digest of half the layer, which says nothing.
            if failure.is_none() || matches!(digest.zip(diff_id), Some((stored, plain)) if stored == plain) {
                verify("unpacked layer", diff_id, plain)?;
            }
        }
        let whole = failure.is_none();
        if let Some(error) = failure {
            let place = digest.or(diff_id).map(ToString::to_string).unwrap_or_default();
            facts.gaps.push(Gap::new(
                "layer",
                place,
                format!("only a part of it was read: {}", explain(&error)),
            ));
        }
        Ok(Read1 { facts, whole, bytes })
    }

    fn directory(&self, path: &Path, origin: Origin) -> Read1 {
        let limits = &self.options.limits;
        let mut collector = Collector::new(self.detectors, limits);
        let outcome = walk_directory(path, origin, limits, &mut collector);
        let (mut facts, _late) = collector.finish();
        if let Err(error) = &outcome {
            let why = format!("only a part of it was read: {}", explain(error));
            facts.gaps.push(Gap::new("layer", path.display().to_string(), why));
        }
        Read1 { facts, whole: outcome.is_ok(), bytes: 0 }
    }
}

fn absent(layer: &Layer, why: &str) -> Read1 {
    let place = layer.digest.as_ref().or(layer.diff_id.as_ref()).map(ToString::to_string).unwrap_or_default();
    let facts = LayerFacts { gaps: vec![Gap::new("layer", place, why)], ..LayerFacts::default() };
    Read1 { facts, whole: false, bytes: 0 }
}

fn broken(source: BytesError, size: u64) -> Error {
    // The place the bytes come from failed; a registry's error is more telling than ours.
    let what = if size > 0 { format!("layer of {size} bytes") } else { "layer".to_owned() };
    Error::Image(image::Error::Content { what, source })
}

fn verify(what: &str, expected: Option<&Digest>, sums: Sums) -> Result<(), Error> {
    let actual = Digest::from_bytes(sums.sha256);
    match expected {
        Some(expected) if *expected != actual => Err(Error::Image(image::Error::Digest {
            what: format!("{what} {expected}"),
            expected: expected.to_string(),
            actual: format!("{actual} ({} bytes)", sums.bytes),
        })),
        _ => Ok(()),
    }
}

struct LateVisitor<'a> {
    links: HashMap<&'a [u8], Vec<&'a Late>>,
    collector: Collector<'a>,
}

impl Visitor for LateVisitor<'_> {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), BytesError> {
        let Some(late) = self.links.remove(entry.path) else { return Ok(()) };
        let mut buffer = content.buffer()?;
        for late in late {
            self.collector.extract_late(late, &mut buffer);
        }
        Ok(())
    }

    fn gap(&mut self, _gap: Gap) {}
}

/// Tells of the bytes that pass, a megabyte at a time.
struct Counting<'a> {
    source: &'a mut (dyn Read + Send),
    progress: &'a Progress<'a>,
    pending: u64,
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.pending = self.pending.saturating_add(count as u64);
        if count == 0 || self.pending >= 1 << 20 {
            (self.progress)(Event::Bytes(std::mem::take(&mut self.pending)));
        }
        Ok(count)
    }
}
