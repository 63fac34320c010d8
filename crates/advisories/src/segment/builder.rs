//! Writing segments.

use std::collections::BTreeMap;
use std::io::{self, Write};

use model::{Advisory, Affected};
use rustc_hash::FxHashMap;
use versions::Scheme;
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::IntoBytes;

use super::layout::{
    self, Block, COUNT_BITS, Header, Record, Row, SECTIONS, Section, StepRecord, Text, severity_byte,
};
use crate::identity;
use crate::steps::{Kind, Step, compile};

/// About how much text is compressed together.
const BLOCK_BYTES: usize = 64 * 1024;
/// A segment that cannot be built: it would pass what its numbers can hold.
const FULL: &str = "an ecosystem has more than 4 GiB of advisories";

/// A segment under construction. Texts are compressed as they come, versions and ids kept once.
pub(crate) struct Builder {
    scheme: Option<Scheme>,
    names: BTreeMap<String, Vec<Row>>,
    row_count: usize,
    steps: Vec<StepRecord>,
    /// Where steps that were seen lie, by their hash.
    known_steps: FxHashMap<u64, (u32, u32)>,
    ids: Vec<Text>,
    records: Vec<Record>,
    blocks: Vec<Block>,
    strings: Vec<u8>,
    /// Where strings that were seen lie, by their hash.
    known_strings: FxHashMap<u64, Text>,
    texts: Vec<u8>,
    pending: Vec<u8>,
}

impl Builder {
    /// A segment of one ecosystem.
    pub(crate) fn new(ecosystem: &str) -> Self {
        Self {
            scheme: Scheme::of_ecosystem(ecosystem),
            names: BTreeMap::new(),
            row_count: 0,
            steps: Vec::new(),
            known_steps: FxHashMap::default(),
            ids: Vec::new(),
            records: Vec::new(),
            blocks: Vec::new(),
            strings: Vec::new(),
            known_strings: FxHashMap::default(),
            texts: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// How many advisories it holds.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// How many packages it names.
    pub(crate) fn packages(&self) -> usize {
        self.names.len()
    }

    /// Adds an advisory and what it says of packages, by the names they are looked up by.
    ///
    /// # Errors
    /// When a part of it is larger than the format can hold; nothing of it is then in the segment.
    pub(crate) fn add(
        &mut self,
        advisory: &Advisory,
        affected: &[(String, Affected)],
    ) -> Result<(), &'static str> {
        let number = u32::try_from(self.records.len()).map_err(|_many| FULL)?;
        let mut rows = Vec::with_capacity(affected.len());
        for (name, affected) in affected {
            rows.push((name, self.row(number, affected)?));
        }
        let record = self.record(advisory)?;
        self.records.push(record);
        self.row_count += rows.len();
        for (name, row) in rows {
            match self.names.get_mut(name) {
                Some(rows) => rows.push(row),
                None => drop(self.names.insert(name.clone(), vec![row])),
            }
        }
        if self.pending.len() >= BLOCK_BYTES { self.close_block() } else { Ok(()) }
    }

    fn row(&mut self, advisory: u32, affected: &Affected) -> Result<Row, &'static str> {
        let compiled = compile(self.scheme, affected);
        let steps: Vec<StepRecord> = compiled.iter().map(|step| self.step(step)).collect::<Result<_, _>>()?;
        let hash = xxh3_64(steps.as_bytes());
        let known = self.known_steps.get(&hash).copied().filter(|(start, count)| {
            let start = *start as usize;
            self.steps.get(start..start.saturating_add(*count as usize)) == Some(steps.as_slice())
        });
        let (start, count) = match known {
            Some(known) => known,
            None => {
                let start = u32::try_from(self.steps.len()).map_err(|_many| FULL)?;
                let count = u32::try_from(steps.len()).map_err(|_many| FULL)?;
                self.steps.extend(steps);
                self.known_steps.insert(hash, (start, count));
                (start, count)
            }
        };
        let severity = severity_byte(affected.severity);
        let (start, count) = (start.into(), count.into());
        Ok(Row { advisory: advisory.into(), start, count, severity, flags: 0, reserved: 0.into() })
    }

    fn step(&mut self, step: &Step<'_>) -> Result<StepRecord, &'static str> {
        let kind = match step.kind {
            Kind::Introduced => 0,
            Kind::Fixed => 1,
            Kind::LastAffected => 2,
            Kind::Limit => 3,
            Kind::Named => 4,
        };
        let first = if step.is_first { layout::FIRST } else { 0 };
        let unreadable = if step.is_readable { 0 } else { layout::UNREADABLE };
        Ok(StepRecord { text: self.string(step.text)?, kind, flags: first | unreadable })
    }

    fn string(&mut self, string: &str) -> Result<Text, &'static str> {
        let hash = xxh3_64(string.as_bytes());
        if let Some(text) = self.known_strings.get(&hash) {
            let start = text.start.get() as usize;
            let known = self.strings.get(start..start.saturating_add(text.length.get().into()));
            if known == Some(string.as_bytes()) {
                return Ok(*text);
            }
        }
        let start = u32::try_from(self.strings.len()).map_err(|_large| FULL)?;
        let length =
            u16::try_from(string.len()).map_err(|_long| "a version or an id is longer than 64 KiB")?;
        let text = Text { start: start.into(), length: length.into() };
        self.strings.extend_from_slice(string.as_bytes());
        self.known_strings.insert(hash, text);
        Ok(text)
    }

    fn record(&mut self, advisory: &Advisory) -> Result<Record, &'static str> {
        const MANY: &str = "it has more than 65,535 ids";
        let vulnerabilities = identity::vulnerabilities(advisory);
        let all = identity::ids(advisory);
        let texts: Vec<Text> = vulnerabilities
            .iter()
            .map(String::as_str)
            .chain(all)
            .map(|id| self.string(id))
            .collect::<Result<_, _>>()?;
        let id_count = u16::try_from(texts.len()).map_err(|_many| MANY)?;
        let vulnerability_count = u16::try_from(vulnerabilities.len()).map_err(|_many| MANY)?;
        let ids = u32::try_from(self.ids.len()).map_err(|_many| FULL)?;
        let plain = postcard::to_stdvec(advisory).map_err(|_error| "it cannot be encoded")?;
        let length = u32::try_from(plain.len()).map_err(|_large| FULL)?;
        let start = u32::try_from(self.pending.len()).map_err(|_large| FULL)?;
        let block = u32::try_from(self.blocks.len()).map_err(|_many| FULL)?;
        self.ids.extend(texts);
        self.pending.extend(plain);
        Ok(Record {
            ids: ids.into(),
            id_count: id_count.into(),
            vulnerability_count: vulnerability_count.into(),
            block: block.into(),
            start: start.into(),
            length: length.into(),
        })
    }

    fn close_block(&mut self) -> Result<(), &'static str> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let packed =
            zstd::bulk::compress(&self.pending, 6).map_err(|_error| "advisories cannot be compressed")?;
        let length = u32::try_from(packed.len()).map_err(|_large| FULL)?;
        let unpacked = u32::try_from(self.pending.len()).map_err(|_large| FULL)?;
        self.blocks.push(Block {
            start: (self.texts.len() as u64).into(),
            length: length.into(),
            unpacked: unpacked.into(),
            checksum: xxh3_64(&packed).into(),
        });
        self.texts.extend(packed);
        self.pending.clear();
        Ok(())
    }

    /// Writes the segment.
    ///
    /// # Errors
    /// When it cannot be written or is larger than the format can hold.
    pub(crate) fn write(mut self, out: &mut impl Write) -> io::Result<()> {
        self.close_block().map_err(io::Error::other)?;
        let mut index = fst::MapBuilder::memory();
        let mut rows = Vec::with_capacity(self.row_count);
        for (name, of_name) in &self.names {
            let (start, count) = (rows.len() as u64, of_name.len() as u64);
            if count >= 1 << COUNT_BITS {
                return Err(io::Error::other("a package has more than 16 million advisories"));
            }
            index.insert(name, (start << COUNT_BITS) | count).map_err(io::Error::other)?;
            rows.extend_from_slice(of_name);
        }
        let names = index.into_inner().map_err(io::Error::other)?;
        let sections: [&[u8]; SECTIONS] = [
            &names,
            rows.as_bytes(),
            self.steps.as_bytes(),
            self.ids.as_bytes(),
            self.records.as_bytes(),
            self.blocks.as_bytes(),
            &self.strings,
            &self.texts,
        ];
        let mut table = [Section::default(); SECTIONS];
        let mut offset = size_of::<Header>() as u64;
        for (number, (entry, bytes)) in table.iter_mut().zip(sections).enumerate() {
            let length = bytes.len() as u64;
            let checksum = if number == layout::TEXTS { 0 } else { xxh3_64(bytes) };
            *entry = Section { offset: offset.into(), length: length.into(), checksum: checksum.into() };
            offset += length;
        }
        let checksum = xxh3_64(table.as_bytes()).into();
        out.write_all(Header { magic: layout::MAGIC, checksum, sections: table }.as_bytes())?;
        sections.iter().try_for_each(|section| out.write_all(section))
    }
}
