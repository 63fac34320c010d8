use std::path::PathBuf;

/// How much of everything is read before Lazaret stops and says so.
///
/// The defaults let through every image we know of and stop every bomb within seconds to a few minutes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one layer or archive after decompression.
    pub unpacked_bytes: u64,
    /// Beyond this many bytes, `ratio` is looked at.
    pub ratio_from_bytes: u64,
    /// How many times larger than its compressed form something may become.
    pub ratio: u64,
    /// Entries of one layer.
    pub entries: u64,
    /// Bytes of one path in a layer.
    pub path_bytes: usize,
    /// Bytes of one extended tar header (long name or pax records).
    pub header_bytes: u64,
    /// Bytes of one file that are held in memory; larger ones go through an unlinked file in `spool`.
    pub memory_bytes: u64,
    /// Bytes of one file that is read at all.
    pub file_bytes: u64,
    /// Archives within archives.
    pub nesting: u32,
    /// Members of one zip archive.
    pub members: u64,
    /// Bytes that one archive may yield, all its nested ones together.
    pub archive_bytes: u64,
    /// Where unlinked spool files are made; `None` for the system's directory of temporary files.
    pub spool: Option<PathBuf>,
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked_bytes: 64 * GIB,
            ratio_from_bytes: GIB,
            ratio: 250,
            entries: 8_000_000,
            path_bytes: 16 * 1024,
            header_bytes: MIB,
            memory_bytes: 16 * MIB,
            file_bytes: 2 * GIB,
            nesting: 8,
            members: 500_000,
            archive_bytes: 4 * GIB,
            spool: None,
        }
    }
}
