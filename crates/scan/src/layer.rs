//! Reading one layer into facts, and holding its bytes against their digests.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use bounded::{Buffer, Error as BytesError, Sums, unpack};
use image::walk::{Content, Entry, Origin, Visitor, content_in_place, walk_directory, walk_tar};
use image::{Data, Layer};
use model::{Digest, Gap};

use crate::collector::{Collector, Detectors, Late, Tools};
use crate::facts::{Groups, LayerFacts};
use crate::inspection::{Flight, beside};
use crate::progress::Event;
use crate::{Error, Options, explain, hard_links};

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
    pub(crate) flight: &'a Flight,
    /// The groups whose facts are wanted.
    pub(crate) groups: &'a Groups,
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
        let read = self.read_data(layer);
        // What was stopped is half read, whatever it looks like.
        self.options.go_on()?;
        read
    }

    fn read_data(&self, layer: &Layer) -> Result<Read1, Error> {
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
        let walked = self.stream(source, 0);
        self.options.go_on()?;
        let mut walked = walked?;
        for late in std::mem::take(&mut walked.late) {
            let why = "it is a hard link to a file that had passed already; scan the archive from a file";
            walked.facts.packages.gaps.push(Gap::new("file", image::path::display(&late.link), why));
        }
        let diff_id = walked.sums.filter(|_| walked.failure.is_none());
        let diff_id = diff_id.map(|(_stored, plain)| Digest::from_bytes(plain.sha256));
        Ok((self.judge(walked, None, None)?, diff_id))
    }

    fn tools(&self) -> Tools<'_> {
        Tools { detectors: self.detectors, options: self.options, groups: self.groups }
    }

    fn stream(&self, source: &mut (dyn Read + Send), size: u64) -> Result<Walked, Error> {
        let limits = &self.options.limits;
        let mut source = Counting { source, options: self.options, pending: 0 };
        let (mut late, mut outcome) = (Vec::new(), None);
        let facts = beside(self.options, self.flight, |inspection| {
            let mut collector = Collector::new(self.tools(), inspection);
            outcome =
                Some(unpack(&mut source, limits, |reader| walk_tar(reader, limits, &mut collector).err()));
            let (facts, links) = collector.finish();
            late = links;
            facts
        });
        let unpacked = outcome.ok_or(Error::Thread)?.map_err(|error| broken(error, size))?;
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
        let mut outcome = None;
        let facts = beside(self.options, self.flight, |inspection| {
            let mut visitor = LateVisitor {
                links: late.iter().fold(HashMap::new(), |mut links: HashMap<&[u8], Vec<&Late>>, late| {
                    links.entry(&late.target).or_default().push(late);
                    links
                }),
                collector: Collector::resume(self.tools(), inspection, facts),
            };
            outcome = Some(unpack(source, limits, |reader| walk_tar(reader, limits, &mut visitor)));
            visitor.collector.finish().0
        });
        let unpacked = outcome.ok_or(Error::Thread)?.map_err(|error| broken(error, 0))?;
        unpacked.value.map_err(|error| broken(error, 0))?;
        Ok(facts)
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
        hard_links::settle(&mut facts, &self.tools());
        let whole = failure.is_none();
        if let Some(error) = failure {
            let place = digest.or(diff_id).map(ToString::to_string).unwrap_or_default();
            facts.listing.gaps.push(Gap::new(
                "layer",
                place,
                format!("only a part of it was read: {}", explain(&error)),
            ));
        }
        Ok(Read1 { facts, whole, bytes })
    }

    fn directory(&self, path: &Path, origin: Origin) -> Read1 {
        let limits = &self.options.limits;
        let mut outcome = Ok(());
        let mut facts = beside(self.options, self.flight, |inspection| {
            let mut collector = Collector::new(self.tools(), inspection);
            outcome = walk_directory(path, origin, limits, &mut collector);
            for late in collector.take_late() {
                match content_in_place(path, &late.target, limits) {
                    Ok(buffer) => collector.read_late(&late, buffer),
                    Err(error) => collector.miss_late(&late, &explain(&error)),
                }
            }
            collector.finish().0
        });
        if let Err(error) = &outcome {
            let why = format!("only a part of it was read: {}", explain(error));
            facts.listing.gaps.push(Gap::new("layer", path.display().to_string(), why));
        }
        hard_links::settle(&mut facts, &self.tools());
        Read1 { facts, whole: outcome.is_ok(), bytes: 0 }
    }
}

fn absent(layer: &Layer, why: &str) -> Read1 {
    let place = layer.digest.as_ref().or(layer.diff_id.as_ref()).map(ToString::to_string).unwrap_or_default();
    let mut facts = LayerFacts::default();
    facts.listing.gaps.push(Gap::new("layer", place, why));
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

struct LateVisitor<'a, 'b, 'c> {
    links: HashMap<&'a [u8], Vec<&'a Late>>,
    collector: Collector<'a, 'b, 'c>,
}

impl Visitor for LateVisitor<'_, '_, '_> {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), BytesError> {
        let Some(late) = self.links.remove(entry.path) else { return Ok(()) };
        let Some((last, others)) = late.split_last() else { return Ok(()) };
        let mut buffer = content.buffer()?;
        for late in others {
            self.collector.read_late(late, copy(&mut buffer)?);
        }
        self.collector.read_late(last, buffer);
        Ok(())
    }

    fn gap(&mut self, _gap: Gap) {}
}

/// Tells of the bytes that pass, a megabyte at a time.
struct Counting<'a> {
    source: &'a mut (dyn Read + Send),
    options: &'a Options<'a>,
    pending: u64,
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.options.go_on().map_err(std::io::Error::other)?;
        let count = self.source.read(buffer)?;
        self.pending = self.pending.saturating_add(count as u64);
        if count == 0 || self.pending >= 1 << 20 {
            (self.options.progress)(Event::Bytes(std::mem::take(&mut self.pending)));
        }
        Ok(count)
    }
}

/// Another buffer of the same bytes, for a file that several links name.
fn copy(buffer: &mut Buffer) -> Result<Buffer, BytesError> {
    const COPY_BYTES: u64 = 128 << 20;
    Ok(Buffer::from_bytes(buffer.whole(COPY_BYTES)?.to_vec()))
}
