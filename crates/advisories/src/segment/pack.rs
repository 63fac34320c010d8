//! Writing the segments of one archive into one file, with the texts that they share.

use std::collections::BTreeMap;
use std::io::{self, Write};

use model::{Advisory, Affected};
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::IntoBytes;

use super::Builder;
use super::builder::FULL;
use super::layout::{self, BLOCKS, Block, Header, SECTIONS, Section, TEXTS};

/// About how much text is compressed together.
const BLOCK_BYTES: usize = 16 * 1024;
/// How hard texts are compressed. Small blocks cost some size, which this gives back.
const LEVEL: i32 = 9;
/// How many sections are a segment's own.
pub(super) const OWN: usize = SECTIONS - 2;

/// Where the texts of an advisory lie.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(super) block: u32,
    pub(super) start: u32,
    pub(super) length: u32,
}

/// The texts of advisories, compressed as they come.
#[derive(Default)]
struct Texts {
    blocks: Vec<Block>,
    packed: Vec<u8>,
    pending: Vec<u8>,
}

/// The segments of one archive under construction, by ecosystem and whether they hold malicious packages.
#[derive(Default)]
pub(crate) struct Pack {
    segments: BTreeMap<(String, bool), Builder>,
    texts: Texts,
}

/// A segment that was written.
pub(crate) struct Written {
    pub(crate) ecosystem: String,
    pub(crate) malicious: bool,
    /// Where it begins in the file.
    pub(crate) offset: u64,
    pub(crate) advisories: u64,
    pub(crate) packages: u64,
}

impl Pack {
    /// Adds an advisory and what it says of the packages of some ecosystems, by the names they are looked up by.
    ///
    /// # Errors
    /// When a part of it is larger than the format can hold.
    pub(crate) fn add(
        &mut self,
        advisory: &Advisory,
        malicious: bool,
        by_ecosystem: BTreeMap<String, Vec<(String, Affected)>>,
    ) -> Result<(), &'static str> {
        let place = self.texts.add(advisory)?;
        for (ecosystem, affected) in by_ecosystem {
            let builder = Builder::new(&ecosystem);
            let builder = self.segments.entry((ecosystem, malicious)).or_insert(builder);
            builder.add(advisory, place, &affected)?;
        }
        Ok(())
    }

    /// Whether nothing was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written or is larger than the format can hold.
    pub(crate) fn write(mut self, out: &mut impl Write) -> io::Result<Vec<Written>> {
        self.texts.close().map_err(io::Error::other)?;
        let blocks = self.texts.blocks.as_bytes();
        let mut shared = [Section::default(); 2];
        let mut offset = 0;
        for (entry, (number, bytes)) in shared.iter_mut().zip([(BLOCKS, blocks), (TEXTS, &self.texts.packed)])
        {
            *entry = section(number, offset, bytes);
            out.write_all(bytes)?;
            offset += bytes.len() as u64;
        }
        let mut written = Vec::new();
        for ((ecosystem, malicious), builder) in self.segments {
            let (advisories, packages) = (builder.len() as u64, builder.packages() as u64);
            written.push(Written { ecosystem, malicious, offset, advisories, packages });
            let own = builder.sections()?;
            offset += size_of::<Header>() as u64;
            let mut table = [Section::default(); SECTIONS];
            let (first, last) = table.split_at_mut(OWN);
            for (number, (entry, bytes)) in first.iter_mut().zip(&own).enumerate() {
                *entry = section(number, offset, bytes);
                offset += bytes.len() as u64;
            }
            last.copy_from_slice(&shared);
            let checksum = xxh3_64(table.as_bytes()).into();
            out.write_all(Header { magic: layout::MAGIC, checksum, sections: table }.as_bytes())?;
            own.iter().try_for_each(|bytes| out.write_all(bytes))?;
        }
        Ok(written)
    }
}

fn section(number: usize, offset: u64, bytes: &[u8]) -> Section {
    let checksum = if number == TEXTS { 0 } else { xxh3_64(bytes) };
    Section { offset: offset.into(), length: (bytes.len() as u64).into(), checksum: checksum.into() }
}

impl Texts {
    fn add(&mut self, advisory: &Advisory) -> Result<Place, &'static str> {
        let plain = postcard::to_stdvec(advisory).map_err(|_error| "it cannot be encoded")?;
        let place = Place {
            block: u32::try_from(self.blocks.len()).map_err(|_many| FULL)?,
            start: u32::try_from(self.pending.len()).map_err(|_large| FULL)?,
            length: u32::try_from(plain.len()).map_err(|_large| FULL)?,
        };
        self.pending.extend(plain);
        if self.pending.len() >= BLOCK_BYTES {
            self.close()?;
        }
        Ok(place)
    }

    fn close(&mut self) -> Result<(), &'static str> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let packed =
            zstd::bulk::compress(&self.pending, LEVEL).map_err(|_error| "advisories cannot be compressed")?;
        let length = u32::try_from(packed.len()).map_err(|_large| FULL)?;
        let unpacked = u32::try_from(self.pending.len()).map_err(|_large| FULL)?;
        self.blocks.push(Block {
            start: (self.packed.len() as u64).into(),
            length: length.into(),
            unpacked: unpacked.into(),
            checksum: xxh3_64(&packed).into(),
        });
        self.packed.extend(packed);
        self.pending.clear();
        Ok(())
    }
}
