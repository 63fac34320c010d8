//! rpm's own database, NDB: `Packages.db`.
//!
//! Source: the layout as rpm's `lib/backend/ndb/rpmpkg.c` describes it. The file begins with pages of slots, one for each
//! package; a slot says in which blocks of 16 bytes the header lies. All numbers are little-endian. The checksum behind
//! each header is not verified; its frame is.

use super::damaged;
use super::records::Records;
use super::store::Store;
use crate::Error;

const MAGIC: &[u8] = b"RpmP";
const SLOT_MAGIC: &[u8; 4] = b"Slot";
const BLOB_MAGIC: &[u8; 4] = b"BlbS";
const END_MAGIC: &[u8; 4] = b"BlbE";
const VERSION: u32 = 0;

const PAGE_BYTES: u64 = 4096;
const SLOT_BYTES: u64 = 16;
const BLOCK_BYTES: u64 = 16;
/// The header of the file takes the place of the first slots.
const HEADER_SLOTS: u64 = 2;
const BLOB_HEAD_BYTES: u64 = 16;
const BLOB_TAIL_BYTES: u64 = 12;

pub(super) fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Where the header of one package lies.
struct Slot {
    package: u32,
    block: u32,
    blocks: u32,
}

/// Reads all packages.
pub(super) fn read(store: &mut Store<'_>, records: &mut Records) -> Result<(), Error> {
    let head = store.get(0, HEADER_SLOTS * SLOT_BYTES)?;
    let version = word(head, 4).unwrap_or_default();
    if version != VERSION {
        return Err(damaged(format!("it is of version {version} of NDB; known is {VERSION}")));
    }
    let pages = u64::from(word(head, 12).unwrap_or_default());
    if pages == 0 || pages * PAGE_BYTES > store.len() {
        return Err(damaged("its slots do not lie in it"));
    }
    for place in HEADER_SLOTS..pages * (PAGE_BYTES / SLOT_BYTES) {
        match slot(store, place) {
            Ok(Some(slot)) => {
                let blob = blob(store, &slot);
                records.outcome(blob);
            }
            Ok(None) => {}
            Err(error) => records.lose(&error),
        }
    }
    Ok(())
}

/// The slot at this place, when it is taken.
fn slot(store: &mut Store<'_>, place: u64) -> Result<Option<Slot>, Error> {
    let bytes = store.get(place * SLOT_BYTES, SLOT_BYTES)?;
    let slot = || Some(Slot { package: word(bytes, 4)?, block: word(bytes, 8)?, blocks: word(bytes, 12)? });
    match slot() {
        Some(slot) if bytes.starts_with(SLOT_MAGIC) => Ok(Some(slot).filter(|slot| slot.package != 0)),
        _ => Err(damaged("a slot does not begin as one")),
    }
}

fn blob(store: &mut Store<'_>, slot: &Slot) -> Result<Vec<u8>, Error> {
    let wrong =
        || damaged(format!("the header of package {} does not lie where its slot says", slot.package));
    let bytes = store.get(u64::from(slot.block) * BLOCK_BYTES, u64::from(slot.blocks) * BLOCK_BYTES)?;
    if !bytes.starts_with(BLOB_MAGIC) || word(bytes, 4) != Some(slot.package) {
        return Err(wrong());
    }
    let length = word(bytes, 12).ok_or_else(wrong)?;
    let framed = BLOB_HEAD_BYTES + u64::from(length) + BLOB_TAIL_BYTES;
    let body = bytes.get(bounded::clamp_usize(BLOB_HEAD_BYTES)..);
    let body = body.and_then(|body| body.get(..bounded::clamp_usize(u64::from(length)))).ok_or_else(wrong)?;
    if framed.div_ceil(BLOCK_BYTES) != u64::from(slot.blocks) || !bytes.ends_with(END_MAGIC) {
        return Err(wrong());
    }
    Ok(body.to_vec())
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
