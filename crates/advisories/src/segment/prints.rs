//! What is said of packages, as hashes: equal when two segments say the same, however they came to be.

use std::ops::ControlFlow;

use fst::Streamer;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};
use zerocopy::IntoBytes;

use super::layout::{self, COUNT_BITS, Record, Row};
use super::{Segment, guarded};
use crate::Error;

/// The hashes of one file's texts, which its segments share.
#[derive(Default)]
pub(crate) struct Prints {
    /// By block and place in it.
    texts: FxHashMap<(u32, u32), u128>,
    /// The block that was unpacked last: records lie in the order of blocks.
    block: Option<(u32, Vec<u8>)>,
}

impl Prints {
    /// For each name of a segment, a hash of all that is said of it.
    pub(crate) fn names(&mut self, segment: &Segment) -> Result<FxHashMap<String, u128>, Error> {
        let records = self.records(segment)?;
        let mut prints = FxHashMap::default();
        let mut outcome = Ok(());
        segment.each_name(|name, rows| match print_of(segment, rows, &records) {
            Ok(print) => {
                prints.insert(name.to_owned(), print);
                ControlFlow::Continue(())
            }
            Err(error) => {
                outcome = Err(error);
                ControlFlow::Break(())
            }
        })?;
        outcome.map(|()| prints)
    }

    /// A hash of each record, by its number.
    fn records(&mut self, segment: &Segment) -> Result<Vec<u128>, Error> {
        let count = segment.bytes(layout::RECORDS)?.len() / size_of::<Record>();
        let records: &[Record] = segment.stretch(layout::RECORDS, 0, count as u64)?;
        let mut prints = Vec::with_capacity(records.len());
        for (number, record) in (0..).zip(records) {
            let mut hash = Xxh3::new();
            let ids = segment.ids(number)?;
            for id in ids.vulnerabilities.iter().chain([&""]).chain(&ids.all) {
                hash.update(id.as_bytes());
                hash.update(&[0]);
            }
            hash.update(&self.text(segment, record)?.to_le_bytes());
            prints.push(hash.digest128());
        }
        Ok(prints)
    }

    fn text(&mut self, segment: &Segment, record: &Record) -> Result<u128, Error> {
        let (number, start) = (record.block.get(), record.start.get());
        if let Some(known) = self.texts.get(&(number, start)) {
            return Ok(*known);
        }
        let block = match self.block.take() {
            Some((last, block)) if last == number => block,
            _ => segment.unpack(segment.one(layout::BLOCKS, number)?)?,
        };
        let place = start as usize;
        let text = block.get(place..place.saturating_add(record.length.get() as usize)).map(xxh3_128);
        self.block = Some((number, block));
        let print = text.ok_or_else(|| segment.damaged("the texts of an advisory are missing"))?;
        self.texts.insert((number, start), print);
        Ok(print)
    }
}

/// A hash of rows, in whatever order they lie.
fn print_of(segment: &Segment, rows: &[Row], records: &[u128]) -> Result<u128, Error> {
    let mut prints = Vec::with_capacity(rows.len());
    let mut steps = Vec::new();
    for row in rows {
        let mut hash = Xxh3::new();
        let record = usize::try_from(row.advisory()).ok().and_then(|number| records.get(number));
        let record = record.ok_or_else(|| segment.damaged("a row leads to no record"))?;
        hash.update(&record.to_le_bytes());
        hash.update(&[row.severity, row.status]);
        hash.update(segment.text(row.condition)?.as_bytes());
        segment.steps(row, &mut steps)?;
        for step in &steps {
            hash.update(&[0, step.kind as u8, u8::from(step.is_first), u8::from(step.is_readable)]);
            hash.update(step.text.as_bytes());
        }
        prints.push(hash.digest128());
    }
    prints.sort_unstable();
    Ok(xxh3_128(prints.as_bytes()))
}

impl Segment {
    /// Shows every name with its rows, until `visit` has enough.
    fn each_name(&self, mut visit: impl FnMut(&str, &[Row]) -> ControlFlow<()>) -> Result<(), Error> {
        let mut stream = self.index()?.names.stream();
        loop {
            let next = guarded(|| stream.next().map(|(name, value)| (name.to_vec(), value)));
            let Some((name, value)) = next.map_err(|why| self.damaged(&why))? else { return Ok(()) };
            let name =
                std::str::from_utf8(&name).map_err(|_invalid| self.damaged("a name in it is no text"))?;
            let (start, count) = (value >> COUNT_BITS, value & ((1 << COUNT_BITS) - 1));
            if visit(name, self.stretch(layout::ROWS, start, count)?).is_break() {
                return Ok(());
            }
        }
    }
}
