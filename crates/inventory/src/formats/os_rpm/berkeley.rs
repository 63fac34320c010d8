//! A Berkeley DB hash: `Packages`.
//!
//! Source: "Berkeley DB" page layouts, `dbinc/db_page.h` of its public releases, versions 7 to 10 of the hash. Every page
//! of a bucket is read in the order of the file; keys (the number of a header) and values (the header) take turns on it,
//! values that are too large lie on pages of their own. Files with checksums or encryption, which rpm never made, are not
//! read.

use super::damaged;
use super::records::Records;
use super::store::Store;
use crate::Error;

const HASH_MAGIC: u32 = 0x0006_1561;
const VERSIONS: std::ops::RangeInclusive<u32> = 7..=10;
const META_BYTES: u64 = 72;
const PAGE_HEADER_BYTES: u64 = 26;

const UNSORTED_BUCKET: u8 = 2;
const OVERFLOW: u8 = 7;
const BUCKET: u8 = 13;

const ON_PAGE: u8 = 1;
const OFF_PAGE: u8 = 3;
/// The length of an item that says where a value lies.
const OFF_PAGE_BYTES: usize = 12;
/// The largest value that is read; rpm itself refuses headers beyond 256 MiB.
const VALUE_BYTES: u64 = 64 << 20;

/// The order of bytes of the machine that made the file.
#[derive(Clone, Copy)]
pub(super) enum Order {
    Little,
    Big,
}

/// The order of a file's bytes; nothing when it is no hash.
pub(super) fn order(head: &[u8]) -> Option<Order> {
    [Order::Little, Order::Big].into_iter().find(|order| order.word(head, 12) == Some(HASH_MAGIC))
}

impl Order {
    fn word(self, bytes: &[u8], at: usize) -> Option<u32> {
        let bytes = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        })
    }

    fn half(self, bytes: &[u8], at: usize) -> Option<usize> {
        let bytes = *bytes.get(at..)?.first_chunk()?;
        Some(usize::from(match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }))
    }
}

struct Hash<'s, 'a> {
    store: &'s mut Store<'a>,
    order: Order,
    page_bytes: u64,
}

/// Reads all packages.
pub(super) fn read(store: &mut Store<'_>, order: Order, records: &mut Records) -> Result<(), Error> {
    let meta = store.get(0, META_BYTES)?;
    let word = |at| order.word(meta, at).unwrap_or_default();
    let [version, page_bytes, last] = [16, 20, 32].map(word);
    let [encryption, flags] = [24, 26].map(|at: usize| meta.get(at).copied().unwrap_or_default());
    if !VERSIONS.contains(&version) {
        return Err(damaged(format!(
            "it is of version {version} of the Berkeley DB hash; known are 7 to 10"
        )));
    }
    if !page_bytes.is_power_of_two() || !(512..=65_536).contains(&page_bytes) {
        return Err(damaged("its page size is none"));
    }
    if encryption != 0 || flags & 1 != 0 {
        return Err(damaged("its pages have checksums or are encrypted, which is not read"));
    }
    let mut hash = Hash { store, order, page_bytes: u64::from(page_bytes) };
    for page in 1..=u64::from(last) {
        if let Err(error) = hash.bucket(page, records) {
            records.lose(&error);
            // What follows lies behind the end as well.
            if page.saturating_mul(hash.page_bytes) >= hash.store.len() {
                break;
            }
        }
    }
    Ok(())
}

impl Hash<'_, '_> {
    /// Reads the packages of a page, when it is one of a bucket.
    fn bucket(&mut self, page: u64, records: &mut Records) -> Result<(), Error> {
        let at = page.saturating_mul(self.page_bytes);
        let kind = self.store.get(at, PAGE_HEADER_BYTES)?.get(25).copied();
        if !matches!(kind, Some(BUCKET | UNSORTED_BUCKET)) {
            return Ok(());
        }
        let bytes = self.store.get(at, self.page_bytes)?.to_vec();
        let items =
            self.items(&bytes).ok_or_else(|| damaged(format!("page {page} of a bucket has no order")))?;
        for pair in items.chunks(2) {
            match pair {
                // Under the key 0 rpm keeps the highest number that it gave.
                [[ON_PAGE, key @ ..], _] if key.iter().all(|byte| *byte == 0) => {}
                [_, value] => {
                    let blob = self.value(value);
                    records.outcome(blob);
                }
                _ => records.lose(&damaged("a key has no value")),
            }
        }
        Ok(())
    }

    /// The items of a page: each ends where the one before it begins.
    fn items<'p>(&self, page: &'p [u8]) -> Option<Vec<&'p [u8]>> {
        let entries = self.order.half(page, 20)?;
        let mut end = page.len();
        let mut items = Vec::new();
        for entry in 0..entries {
            let start = self.order.half(page, 26 + 2 * entry)?;
            items.push(page.get(start..end)?);
            end = start;
        }
        Some(items)
    }

    fn value(&mut self, item: &[u8]) -> Result<Vec<u8>, Error> {
        match item {
            [ON_PAGE, value @ ..] => Ok(value.to_vec()),
            [OFF_PAGE, ..] if item.len() == OFF_PAGE_BYTES => {
                let word = |at| self.order.word(item, at).unwrap_or_default();
                self.chain(u64::from(word(4)), u64::from(word(8)))
            }
            _ => Err(damaged("a value is of a kind that rpm does not write")),
        }
    }

    /// The value of `length` bytes that begins on this page.
    fn chain(&mut self, first: u64, length: u64) -> Result<Vec<u8>, Error> {
        if length > VALUE_BYTES.min(self.store.len()) {
            return Err(damaged(format!("a value has {length} bytes")));
        }
        let length = bounded::clamp_usize(length);
        let mut value = Vec::with_capacity(length);
        let mut next = first;
        while value.len() < length {
            let order = self.order;
            let page = self.store.get(next.saturating_mul(self.page_bytes), self.page_bytes)?;
            let used = order.half(page, 22).filter(|_| page.get(25) == Some(&OVERFLOW));
            let bytes =
                used.and_then(|used| page.get(bounded::clamp_usize(PAGE_HEADER_BYTES)..)?.get(..used));
            let bytes = bytes.ok_or_else(|| damaged(format!("page {next} is not part of a value")))?;
            value.extend_from_slice(bytes.get(..length - value.len()).unwrap_or(bytes));
            next = u64::from(order.word(page, 16).unwrap_or_default());
        }
        Ok(value)
    }
}
