//! The decompressors, each behind the same limits.

use std::io::{self, BufRead, Read};

use crossbeam_channel::{Receiver, Sender};

use super::{Format, fill};
use crate::ahead::{Ahead, CHUNK, Made};
use crate::{Error, Limits};

/// Decompresses what comes from `source` into chunks; reads `source` to its end in any case, so that all of it is hashed.
pub(super) fn decode(
    mut source: Ahead,
    format: Format,
    limits: &Limits,
    made: &Sender<Made>,
    free: &Receiver<Vec<u8>>,
) {
    let mut counted = Counted { source: &mut source, bytes: 0 };
    let outcome = match format {
        Format::Gzip => pump(gzip(&mut counted), format, limits, made, free),
        Format::Zstd => zstd(&mut counted).and_then(|reader| pump(reader, format, limits, made, free)),
        Format::Bzip2 => pump(bzip2(&mut counted), format, limits, made, free),
        Format::Plain | Format::Xz => Err(Error::Unsupported { format: format.name() }),
    };
    if let Err(error) = outcome {
        // Nobody may be listening any more; the failure is then of no interest.
        drop(made.send(Err(error)));
    }
    drop(source.finish());
}

/// Counts what is taken from it.
struct Counted<'a> {
    source: &'a mut Ahead,
    bytes: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.bytes = self.bytes.saturating_add(count as u64);
        Ok(count)
    }
}

impl BufRead for Counted<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.bytes = self.bytes.saturating_add(amount as u64);
        self.source.consume(amount);
    }
}

/// A decompressor that can tell how much it has taken.
trait Decoder: Read {
    fn taken(&self) -> u64;
}

#[expect(clippy::disallowed_types, reason = "this is the door")]
type Gzip<'a, 'b> = flate2::bufread::MultiGzDecoder<&'a mut Counted<'b>>;
#[expect(clippy::disallowed_types, reason = "this is the door")]
type Zstd<'a, 'b> = zstd::stream::read::Decoder<'static, &'a mut Counted<'b>>;

#[expect(clippy::disallowed_types, reason = "this is the door")]
type Bzip2<'a, 'b> = bzip2::bufread::MultiBzDecoder<&'a mut Counted<'b>>;

#[expect(clippy::disallowed_types, reason = "this is the door")]
fn bzip2<'a, 'b>(source: &'a mut Counted<'b>) -> Bzip2<'a, 'b> {
    bzip2::bufread::MultiBzDecoder::new(source)
}

#[expect(clippy::disallowed_types, reason = "this is the door")]
fn gzip<'a, 'b>(source: &'a mut Counted<'b>) -> Gzip<'a, 'b> {
    flate2::bufread::MultiGzDecoder::new(source)
}

#[expect(clippy::disallowed_types, reason = "this is the door")]
fn zstd<'a, 'b>(source: &'a mut Counted<'b>) -> Result<Zstd<'a, 'b>, Error> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(source).map_err(Error::Source)?;
    // 128 MiB: what `zstd --ultra -22` and every registry's encoder stay within.
    decoder.window_log_max(27).map_err(Error::Source)?;
    Ok(decoder)
}

impl Decoder for Gzip<'_, '_> {
    fn taken(&self) -> u64 {
        self.get_ref().bytes
    }
}

impl Decoder for Bzip2<'_, '_> {
    fn taken(&self) -> u64 {
        self.get_ref().bytes
    }
}

impl Decoder for Zstd<'_, '_> {
    fn taken(&self) -> u64 {
        self.get_ref().bytes
    }
}

/// Fills chunk after chunk and sends them, until the end, an error, a limit, or nobody listens.
fn pump(
    mut reader: impl Decoder,
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
        check(format, total, reader.taken(), limits)?;
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

fn check(format: Format, unpacked: u64, stored: u64, limits: &Limits) -> Result<(), Error> {
    if unpacked > limits.unpacked_bytes {
        let limit = format!("{} bytes", limits.unpacked_bytes);
        return Err(Error::TooLarge { what: "the unpacked content".to_owned(), limit });
    }
    let allowed = stored.max(1).saturating_mul(limits.ratio);
    if unpacked > limits.ratio_from_bytes && unpacked > allowed {
        return Err(Error::Bomb { format: format.name(), stored, unpacked });
    }
    Ok(())
}

fn explain(error: io::Error, format: Format, offset: u64) -> Error {
    let format = format.name();
    let own = error.get_ref().is_some_and(|inner| inner.is::<Error>());
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::Truncated { format, offset },
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            Error::Damaged { format, offset, why: error.to_string() }
        }
        // The zstd library tells of damage by its own code, as `Other`.
        io::ErrorKind::Other if !own => Error::Damaged { format, offset, why: error.to_string() },
        _ => Error::from_io(error),
    }
}
