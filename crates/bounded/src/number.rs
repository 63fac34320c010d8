/// `value` as an index, or the greatest index where it does not fit; for limits, never for offsets.
#[must_use]
pub fn clamp_usize(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
