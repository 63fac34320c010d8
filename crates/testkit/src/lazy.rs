//! Layers in the forms that can be mounted before they are there.

use std::io::Write as _;

use flate2::GzBuilder;

use crate::layer::Layer;
use crate::pack::{gzip, zstd};

/// How much of the tar stands in one member or frame.
const PART: usize = 3 * 512;

impl Layer {
    /// The layer as eStargz: gzip members, the last but one of which holds the table of contents as a file.
    ///
    /// Its digest unpacked differs from that of [`Layer::tar`], as it does in the wild.
    pub fn estargz(&self) -> Vec<u8> {
        let tar = self.tar();
        let content = tar.get(..tar.len() - 1024).unwrap();
        let mut bytes = gzip(Self::entries(".no.prefetch.landmark", b"\x0f"));
        for part in content.chunks(PART) {
            bytes.extend(gzip(part));
        }
        let offset = bytes.len();
        let table = Self::new().file("stargz.index.json", "{\n\t\"version\": 1,\n\t\"entries\": []\n}").tar();
        bytes.extend(gzip(table));
        let mut extra = b"SG\x16\0".to_vec();
        write!(extra, "{offset:016x}STARGZ").unwrap();
        let footer = GzBuilder::new().mtime(0).extra(extra).write(Vec::new(), flate2::Compression::none());
        bytes.extend(footer.finish().unwrap());
        bytes
    }

    /// The layer as `zstd:chunked`: Zstandard frames, and the table of contents in frames that readers skip.
    pub fn zstd_chunked(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.tar().chunks(PART).flat_map(zstd).collect();
        let offset = bytes.len() as u64;
        let table = zstd(b"{\"version\":1,\"entries\":[]}");
        bytes.extend(skipped(&table));
        let lengths = [offset + 8, table.len() as u64, 26, 1, 0, 0, 0];
        let footer: Vec<u8> = lengths.iter().flat_map(|number| number.to_le_bytes()).collect();
        bytes.extend(skipped(&[footer.as_slice(), b"GNUlInUx"].concat()));
        bytes
    }

    /// One file without the blocks that close a tar.
    fn entries(path: &str, content: &[u8]) -> Vec<u8> {
        let mut tar = Self::new().file(path, content).tar();
        tar.truncate(tar.len() - 1024);
        tar
    }
}

/// A frame of Zstandard that holds nothing to unpack.
fn skipped(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    [0x184d_2a50_u32.to_le_bytes().as_slice(), &length.to_le_bytes(), content].concat()
}
