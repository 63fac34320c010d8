//! Writing segments.

use std::collections::BTreeMap;
use std::io;

use model::{Advisory, Affected};
use rustc_hash::FxHashMap;
use versions::Scheme;
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::IntoBytes;

use super::Condition;
use super::layout::{self, COUNT_BITS, Record, Row, StepRecord, Text, severity_byte, status_byte};
use super::pack::{OWN, Place};
use crate::identity;
use crate::steps::{Kind, Step, compile};

/// A segment that cannot be built: it would pass what its numbers can hold.
pub(super) const FULL: &str = "an ecosystem has more than 4 GiB of advisories";

/// A segment under construction. Versions and ids are kept once.
pub(crate) struct Builder {
    scheme: Option<Scheme>,
    names: BTreeMap<String, Vec<Row>>,
    row_count: usize,
    steps: Vec<StepRecord>,
    /// Where steps that were seen lie, by their hash.
    known_steps: FxHashMap<u64, (u32, u32)>,
    ids: Vec<Text>,
    records: Vec<Record>,
    strings: Vec<u8>,
    /// Where strings that were seen lie, by their hash.
    known_strings: FxHashMap<u64, Text>,
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
            strings: Vec::new(),
            known_strings: FxHashMap::default(),
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

    /// Adds an advisory, whose texts are kept at `place`, and what it says of packages, by the names they are looked up by.
    ///
    /// # Errors
    /// When a part of it is larger than the format can hold; nothing of it is then in the segment.
    pub(crate) fn add(
        &mut self,
        advisory: &Advisory,
        place: Place,
        affected: &[(String, Affected)],
    ) -> Result<(), &'static str> {
        let number = u32::try_from(self.records.len()).map_err(|_many| FULL)?;
        let mut rows = Vec::with_capacity(affected.len());
        for (name, affected) in affected {
            rows.push((name, self.row(number, affected)?));
        }
        let record = self.record(advisory, place)?;
        self.records.push(record);
        self.row_count += rows.len();
        for (name, row) in rows {
            match self.names.get_mut(name) {
                Some(rows) => rows.push(row),
                None => drop(self.names.insert(name.clone(), vec![row])),
            }
        }
        Ok(())
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
        let status = status_byte(affected.status);
        let condition = self.string(&Condition::write(affected))?;
        Ok(Row { advisory: advisory.into(), start, count, severity, status, condition })
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

    fn record(&mut self, advisory: &Advisory, place: Place) -> Result<Record, &'static str> {
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
        self.ids.extend(texts);
        Ok(Record {
            ids: ids.into(),
            id_count: id_count.into(),
            vulnerability_count: vulnerability_count.into(),
            block: place.block.into(),
            start: place.start.into(),
            length: place.length.into(),
        })
    }

    /// The sections that are its own, in their order.
    ///
    /// # Errors
    /// When it is larger than the format can hold.
    pub(super) fn sections(mut self) -> io::Result<[Vec<u8>; OWN]> {
        let mut index = fst::MapBuilder::memory();
        let mut rows: Vec<Row> = Vec::with_capacity(self.row_count);
        for (name, of_name) in std::mem::take(&mut self.names) {
            let (start, count) = (rows.len() as u64, of_name.len() as u64);
            if count >= 1 << COUNT_BITS {
                return Err(io::Error::other("a package has more than 16 million advisories"));
            }
            index.insert(name, (start << COUNT_BITS) | count).map_err(io::Error::other)?;
            rows.extend(of_name);
        }
        Ok([
            index.into_inner().map_err(io::Error::other)?,
            rows.as_bytes().to_vec(),
            self.steps.as_bytes().to_vec(),
            self.ids.as_bytes().to_vec(),
            self.records.as_bytes().to_vec(),
            self.strings,
        ])
    }
}
