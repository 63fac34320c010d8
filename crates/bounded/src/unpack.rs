//! Decompression that is recognised by content, runs ahead, is hashed on both sides, and stops at a limit.

mod decode;

use std::io::{self, BufRead, Read};
use std::thread::{self, Scope, ScopedJoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded as channel};
use sha2::{Digest as _, Sha256};

use crate::ahead::{Ahead, CHUNK, CHUNKS, Made};
use crate::{Error, Limits};

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Not at all.
    Plain,
    /// RFC 1952; several members one after the other are one stream.
    Gzip,
    /// RFC 8878; several frames one after the other are one stream.
    Zstd,
    /// Recognised, not read.
    Xz,
    /// Several streams one after the other are one.
    Bzip2,
}

impl Format {
    /// The format that begins with these bytes; anything unknown is taken as plain.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [0xfd, b'7', b'z', b'X', b'Z', ..] => Self::Xz,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Self::Bzip2,
            _ => Self::Plain,
        }
    }

    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "uncompressed",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        }
    }
}

/// The digest and the length of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// SHA-256.
    pub sha256: [u8; 32],
    /// How many bytes.
    pub bytes: u64,
}

/// What came of unpacking.
#[derive(Debug)]
pub struct Unpacked<T> {
    /// What the consumer gave.
    pub value: T,
    /// The compression that was found.
    pub format: Format,
    /// The bytes as stored, to their end even when decompression failed before it.
    pub stored: Sums,
    /// The bytes that came out.
    pub plain: Sums,
    /// Why decompression ended early, when the consumer did not meet that error itself.
    pub failure: Option<Error>,
}

/// Decompresses `source` while `consume` reads what comes out; hashes both. Reading, decompressing, consuming and the two
/// hashes each have a thread, so that the slowest of them sets the pace.
///
/// `consume` may stop early: the rest is still decompressed and hashed, within `limits`. Compression is recognised by
/// content, never by name.
///
/// # Errors
/// When `source` itself fails. Damaged or endless bytes are met by `consume` as a read error that holds an [`Error`].
pub fn unpack<T>(
    source: &mut (dyn Read + Send),
    limits: &Limits,
    consume: impl FnOnce(&mut (dyn BufRead + Send)) -> T,
) -> Result<Unpacked<T>, Error> {
    thread::scope(|scope| {
        let Stage { made, free, mut ahead, hasher } = Stage::new(scope);
        let reader = scope.spawn(move || read(source, limits, made, free));
        let head = ahead.fill_buf().unwrap_or_default();
        let format = Format::of(head);
        let unpacked = if format == Format::Plain {
            let value = consume(&mut ahead);
            let failure = ahead.finish();
            let stored = sums(hasher)?;
            Unpacked { value, format, stored, plain: stored, failure }
        } else {
            let Stage { made, free, ahead: mut unpacked, hasher: unpacked_hasher } = Stage::new(scope);
            scope.spawn(move || decode::decode(ahead, format, limits, &made, &free));
            let value = consume(&mut unpacked);
            let failure = unpacked.finish();
            let plain = sums(unpacked_hasher)?;
            Unpacked { value, format, stored: sums(hasher)?, plain, failure }
        };
        reader.join().map_err(|_panic| died())?.map_err(Error::Source)?;
        Ok(unpacked)
    })
}

/// Chunks on a round from whoever makes them, through a reader, to the hasher and back.
struct Stage<'scope> {
    made: Sender<Made>,
    free: Receiver<Vec<u8>>,
    ahead: Ahead,
    hasher: ScopedJoinHandle<'scope, Sums>,
}

impl<'scope> Stage<'scope> {
    fn new(scope: &'scope Scope<'scope, '_>) -> Self {
        let (made, made_out) = channel(CHUNKS);
        let (done_in, done) = channel(CHUNKS);
        let (free_in, free) = channel(2 * CHUNKS + 2);
        let hasher = scope.spawn(move || hash(done, free_in));
        Self { made, free, ahead: Ahead::new(made_out, done_in), hasher }
    }
}

fn sums(hasher: ScopedJoinHandle<'_, Sums>) -> Result<Sums, Error> {
    hasher.join().map_err(|_panic| died())
}

fn died() -> Error {
    Error::Source(io::Error::other("a decompression thread died"))
}

#[expect(clippy::needless_pass_by_value, reason = "the channels close when this ends")]
fn hash(done: Receiver<Vec<u8>>, free: Sender<Vec<u8>>) -> Sums {
    let mut sha256 = Sha256::new();
    let mut bytes = 0_u64;
    for chunk in done {
        sha256.update(&chunk);
        bytes = bytes.saturating_add(chunk.len() as u64);
        // Whoever makes chunks may have ended already; then the chunk is simply dropped.
        drop(free.try_send(chunk));
    }
    Sums { sha256: sha256.finalize().into(), bytes }
}

/// Reads all of `source` in chunks.
#[expect(clippy::needless_pass_by_value, reason = "the channels close when this ends")]
fn read(
    source: &mut (dyn Read + Send),
    limits: &Limits,
    made: Sender<Made>,
    free: Receiver<Vec<u8>>,
) -> io::Result<()> {
    let mut total = 0_u64;
    loop {
        let mut chunk = free.try_recv().unwrap_or_default();
        chunk.resize(CHUNK, 0);
        let (count, failure) = fill(source, &mut chunk);
        chunk.truncate(count);
        total = total.saturating_add(count as u64);
        let listening = count == 0 || made.send(Ok(chunk)).is_ok();
        if let Some(error) = failure {
            let told = io::Error::new(error.kind(), error.to_string());
            drop(made.send(Err(Error::Source(told))));
            return Err(error);
        }
        if total > limits.unpacked_bytes {
            let limit = format!("{} bytes", limits.unpacked_bytes);
            drop(made.send(Err(Error::TooLarge { what: "the content".to_owned(), limit })));
            return Ok(());
        }
        if count < CHUNK || !listening {
            return Ok(());
        }
    }
}

/// Fills as much of `chunk` as there is; what was read before an error counts.
fn fill(reader: &mut dyn Read, chunk: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut count = 0;
    while let Some(rest) = chunk.get_mut(count..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(read) => count += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (count, Some(error)),
        }
    }
    (count, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(bytes: &[u8], limits: &Limits) -> Unpacked<io::Result<Vec<u8>>> {
        unpack(&mut io::Cursor::new(bytes.to_vec()), limits, |reader| {
            let mut out = Vec::new();
            reader.read_to_end(&mut out).map(|_count| out)
        })
        .unwrap()
    }

    fn sha256(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }

    fn text() -> Vec<u8> {
        (0..3_000_000_u32).flat_map(|i| (i % 251).to_le_bytes()).collect()
    }

    #[test]
    fn unpacks_and_hashes_each_format() {
        let plain = text();
        for stored in [plain.clone(), testkit::gzip(&plain), testkit::zstd(&plain)] {
            let unpacked = run(&stored, &Limits::default());
            assert_eq!(unpacked.value.unwrap(), plain);
            assert_eq!(unpacked.stored, Sums { sha256: sha256(&stored), bytes: stored.len() as u64 });
            assert_eq!(unpacked.plain, Sums { sha256: sha256(&plain), bytes: plain.len() as u64 });
        }
    }

    #[test]
    fn hashes_all_though_the_consumer_stops_early() {
        let plain = text();
        let stored = testkit::gzip(&plain);
        let unpacked =
            unpack(&mut stored.as_slice(), &Limits::default(), |reader| reader.fill_buf().is_ok()).unwrap();
        assert!(unpacked.value);
        assert_eq!(unpacked.plain.sha256, sha256(&plain));
    }

    #[test]
    fn reads_several_members_as_one_stream() {
        let stored = [testkit::gzip(b"one "), testkit::gzip(b"two")].concat();
        assert_eq!(run(&stored, &Limits::default()).value.unwrap(), b"one two");
    }

    #[test]
    fn tells_truncation_and_still_hashes_what_is_stored() {
        for whole in [testkit::gzip(text()), testkit::zstd(text())] {
            let cut = &whole[..whole.len() / 2];
            let unpacked = run(cut, &Limits::default());
            let error = Error::from_io(unpacked.value.unwrap_err());
            assert!(matches!(error, Error::Truncated { .. } | Error::Damaged { .. }), "{error}");
            assert_eq!(unpacked.stored.sha256, sha256(cut));
        }
    }

    #[test]
    fn tells_damage() {
        for mut bytes in [testkit::gzip(text()), testkit::zstd(text())] {
            let middle = bytes.len() / 2;
            bytes[middle..middle + 40].fill(0xff);
            let error = Error::from_io(run(&bytes, &Limits::default()).value.unwrap_err());
            assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
        }
    }

    #[test]
    fn stops_a_bomb_and_an_oversized_stream() {
        let bomb = testkit::gzip(vec![0; 20 << 20]);
        let limits = Limits { ratio_from_bytes: 1 << 20, ..Limits::default() };
        let error = Error::from_io(run(&bomb, &limits).value.unwrap_err());
        assert!(matches!(error, Error::Bomb { .. }), "{error}");
        let limits = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
        let error = Error::from_io(run(&text(), &limits).value.unwrap_err());
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    }

    #[test]
    fn names_what_it_does_not_read() {
        let error = Error::from_io(run(b"\xfd7zXZ\0rest", &Limits::default()).value.unwrap_err());
        assert!(matches!(error, Error::Unsupported { format: "xz" }), "{error}");
    }

    #[test]
    fn an_empty_source_is_empty() {
        assert_eq!(run(b"", &Limits::default()).value.unwrap(), b"");
    }
}
