//! Decompression that is recognised by content, runs ahead, is hashed on both sides, and stops at a limit.

use std::io::{self, BufRead, BufReader, Read};
use std::thread;

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
    /// Recognised, not read.
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

/// Decompresses `source` in a thread of its own while `consume` reads what comes out; hashes both.
///
/// `consume` may stop early: the rest is still decompressed and hashed, within `limits`. Compression is recognised by
/// content, never by name.
///
/// # Errors
/// When `source` itself fails before anything is known of its bytes. Damaged or endless bytes are met by `consume` as a
/// read error that holds an [`Error`].
pub fn unpack<T>(
    source: &mut (dyn Read + Send),
    limits: &Limits,
    consume: impl FnOnce(&mut dyn BufRead) -> T,
) -> Result<Unpacked<T>, Error> {
    let (made_in, made_out) = channel::<Made>(CHUNKS);
    let (done_in, done_out) = channel::<Vec<u8>>(CHUNKS);
    let (free_in, free_out) = channel::<Vec<u8>>(2 * CHUNKS + 2);
    thread::scope(|scope| {
        let maker = scope.spawn(|| make(source, limits, made_in, free_out));
        let hasher = scope.spawn(|| hash(done_out, free_in));
        let mut ahead = Ahead::new(made_out, done_in);
        let value = consume(&mut ahead);
        let failure = ahead.finish();
        let plain = hasher.join().map_err(|_panic| died())?;
        let (format, stored) = maker.join().map_err(|_panic| died())??;
        let stored = stored.unwrap_or(plain);
        Ok(Unpacked { value, format, stored, plain, failure })
    })
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
        // The maker may have ended already; then the chunk is simply dropped.
        drop(free.try_send(chunk));
    }
    Sums { sha256: sha256.finalize().into(), bytes }
}

/// Counts and hashes what passes.
struct Tally<'a> {
    source: &'a mut (dyn Read + Send),
    sha256: Option<Sha256>,
    bytes: u64,
}

impl Read for Tally<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.bytes = self.bytes.saturating_add(count as u64);
        if let (Some(sha256), Some(read)) = (&mut self.sha256, buffer.get(..count)) {
            sha256.update(read);
        }
        Ok(count)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the channels close when this ends")]
fn make(
    source: &mut (dyn Read + Send),
    limits: &Limits,
    made: Sender<Made>,
    free: Receiver<Vec<u8>>,
) -> Result<(Format, Option<Sums>), Error> {
    let mut head = [0; 8];
    let count = read_full(source, &mut head).map_err(Error::Source)?;
    let head = head.get(..count).unwrap_or_default();
    let format = Format::of(head);
    let mut whole = head.chain(source);
    let mut tally =
        Tally { source: &mut whole, sha256: (format != Format::Plain).then(Sha256::new), bytes: 0 };
    let outcome = match format {
        Format::Plain => pump(PlainReader(&mut tally), format, limits, &made, &free),
        Format::Gzip => pump(gzip(&mut tally), format, limits, &made, &free),
        Format::Zstd => zstd(&mut tally).and_then(|reader| pump(reader, format, limits, &made, &free)),
        Format::Xz | Format::Bzip2 => Err(Error::Unsupported { format: format.name() }),
    };
    if let Err(error) = outcome {
        // Nobody may be listening any more; the failure is then of no interest.
        drop(made.send(Err(error)));
    }
    drop(made);
    let left = limits.unpacked_bytes.saturating_sub(tally.bytes);
    io::copy(&mut (&mut tally).take(left), &mut io::sink()).map_err(Error::Source)?;
    let bytes = tally.bytes;
    Ok((format, tally.sha256.map(|sha256| Sums { sha256: sha256.finalize().into(), bytes })))
}

/// A decompressor that can tell how much it has read.
trait Counted: Read {
    fn stored(&self) -> u64;
}

struct PlainReader<'a, 'b>(&'a mut Tally<'b>);

impl Read for PlainReader<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Counted for PlainReader<'_, '_> {
    fn stored(&self) -> u64 {
        self.0.bytes
    }
}

#[expect(clippy::disallowed_types, reason = "this is the door")]
type Gzip<'a, 'b> = flate2::bufread::MultiGzDecoder<BufReader<&'a mut Tally<'b>>>;
#[expect(clippy::disallowed_types, reason = "this is the door")]
type Zstd<'a, 'b> = zstd::stream::read::Decoder<'static, BufReader<&'a mut Tally<'b>>>;

#[expect(clippy::disallowed_types, reason = "this is the door")]
fn gzip<'a, 'b>(tally: &'a mut Tally<'b>) -> Gzip<'a, 'b> {
    flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(CHUNK, tally))
}

#[expect(clippy::disallowed_types, reason = "this is the door")]
fn zstd<'a, 'b>(tally: &'a mut Tally<'b>) -> Result<Zstd<'a, 'b>, Error> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(BufReader::with_capacity(CHUNK, tally))
        .map_err(Error::Source)?;
    // 128 MiB: what `zstd --ultra -22` and every registry's encoder stay within.
    decoder.window_log_max(27).map_err(Error::Source)?;
    Ok(decoder)
}

impl Counted for Gzip<'_, '_> {
    fn stored(&self) -> u64 {
        self.get_ref().get_ref().bytes
    }
}

impl Counted for Zstd<'_, '_> {
    fn stored(&self) -> u64 {
        self.get_ref().get_ref().bytes
    }
}

/// Fills chunk after chunk and sends them, until the end, an error, a limit, or nobody listens.
fn pump(
    mut reader: impl Counted,
    format: Format,
    limits: &Limits,
    made: &Sender<Made>,
    free: &Receiver<Vec<u8>>,
) -> Result<(), Error> {
    let mut total = 0_u64;
    loop {
        let mut chunk = free.try_recv().unwrap_or_default();
        chunk.resize(CHUNK, 0);
        let (count, failure) = fill(&mut reader, &mut chunk);
        chunk.truncate(count);
        total = total.saturating_add(count as u64);
        check(format, total, reader.stored(), limits)?;
        if count > 0 && made.send(Ok(chunk)).is_err() {
            return Ok(());
        }
        match failure {
            Some(error) => return Err(explain(error, format, total)),
            None if count < CHUNK => return Ok(()),
            None => {}
        }
    }
}

/// Fills as much of `chunk` as there is; what was read before an error counts.
fn fill(reader: &mut impl Read, chunk: &mut [u8]) -> (usize, Option<io::Error>) {
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

fn check(format: Format, unpacked: u64, stored: u64, limits: &Limits) -> Result<(), Error> {
    if unpacked > limits.unpacked_bytes {
        let limit = format!("{} bytes", limits.unpacked_bytes);
        return Err(Error::TooLarge { what: "the unpacked content".to_owned(), limit });
    }
    let allowed = stored.max(1).saturating_mul(limits.ratio);
    if format != Format::Plain && unpacked > limits.ratio_from_bytes && unpacked > allowed {
        return Err(Error::Bomb { format: format.name(), stored, unpacked });
    }
    Ok(())
}

fn explain(error: io::Error, format: Format, offset: u64) -> Error {
    let format = format.name();
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::Truncated { format, offset },
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            Error::Damaged { format, offset, why: error.to_string() }
        }
        // The zstd library tells of damage by its own code, as `Other`.
        io::ErrorKind::Other if format == "zstd" && error.get_ref().is_some() => {
            Error::Damaged { format, offset, why: error.to_string() }
        }
        _ => Error::from_io(error),
    }
}

fn read_full(source: &mut (dyn Read + Send), buffer: &mut [u8]) -> io::Result<usize> {
    match fill(&mut { source }, buffer) {
        (count, None) => Ok(count),
        (_, Some(error)) => Err(error),
    }
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
