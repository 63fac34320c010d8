/// What happens during a scan, for those who watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// How many layers are to be read, and the sum of their bytes as stored.
    Layers {
        /// Layers that are not in the cache.
        count: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// So many more bytes were read.
    Bytes(u64),
    /// One more layer is done.
    LayerDone,
    /// The layers are merged and judged.
    Judging,
}

/// Hears of what happens, from any thread.
pub type Progress<'a> = dyn Fn(Event) + Sync + 'a;
