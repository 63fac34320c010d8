use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use prost::Message;

use crate::Error;

/// A flag that says whether the message is compressed, and its length.
const HEAD: usize = 5;

/// Messages as they are cut out of a stream of bytes.
pub(super) struct Frames {
    buffer: BytesMut,
    limit: usize,
}

/// Why no message can be cut out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Misframed {
    TooLarge,
    Compressed,
}

impl Frames {
    pub(super) fn new(limit: usize) -> Self {
        Self { buffer: BytesMut::new(), limit }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// The next message, once all of it is there.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, Misframed> {
        let Some((head, rest)) = self.buffer.split_first_chunk::<HEAD>() else { return Ok(None) };
        let [flag, length @ ..] = head;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if *flag != 0 {
            return Err(Misframed::Compressed);
        }
        if length > self.limit {
            return Err(Misframed::TooLarge);
        }
        if rest.len() < length {
            return Ok(None);
        }
        self.buffer.advance(HEAD);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }
}

/// How many fields the outermost message has; nothing when it is damaged.
///
/// An empty entry of a list is two bytes on the wire and hundreds in memory.
pub(super) fn count_fields(message: &[u8]) -> Option<usize> {
    let (mut rest, mut count) = (message, 0_usize);
    while !rest.is_empty() {
        let length = match varint(&mut rest)? & 7 {
            0 => varint(&mut rest).map(|_| 0)?,
            1 => 8,
            2 => usize::try_from(varint(&mut rest)?).ok()?,
            5 => 4,
            _ => return None,
        };
        rest = rest.get(length..)?;
        count += 1;
    }
    Some(count)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// A message as it is sent.
pub(super) fn frame(message: &impl Message) -> Result<Bytes, Error> {
    let body = message.encode_to_vec();
    let length = u32::try_from(body.len()).map_err(|error| Error::Setup { why: error.to_string() })?;
    let mut bytes = BytesMut::with_capacity(HEAD + body.len());
    bytes.put_u8(0);
    bytes.put_u32(length);
    bytes.extend_from_slice(&body);
    Ok(bytes.freeze())
}

/// The name of a status by its number.
pub(super) fn code(number: &str) -> &'static str {
    const NAMES: [&str; 17] = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];
    number.parse::<usize>().ok().and_then(|number| NAMES.get(number)).copied().unwrap_or("UNKNOWN")
}

/// What a status says, whose bytes outside of ASCII are written as `%E4`.
pub(super) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let decoded =
            digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_messages_wherever_the_stream_was_cut() {
        let message = |byte: u8, length: u8| {
            let mut bytes = vec![0, 0, 0, 0, length];
            bytes.resize(HEAD + usize::from(length), byte);
            bytes
        };
        let stream = [message(1, 3), message(2, 0), message(3, 200)].concat();
        for step in [1, 2, 5, 7, 300] {
            let mut frames = Frames::new(1000);
            let mut lengths = Vec::new();
            for part in stream.chunks(step) {
                frames.push(part);
                while let Some(bytes) = frames.next().unwrap() {
                    lengths.push(bytes.len());
                }
            }
            assert_eq!(lengths, [3, 0, 200], "{step}");
            assert!(frames.is_empty());
        }
    }

    #[test]
    fn refuses_large_and_compressed_messages_by_their_head() {
        let mut frames = Frames::new(1000);
        frames.push(&[0, 0, 0, 3, 233]);
        assert_eq!(frames.next(), Err(Misframed::TooLarge));
        let mut frames = Frames::new(1000);
        frames.push(&[1, 0, 0, 0, 1]);
        assert_eq!(frames.next(), Err(Misframed::Compressed));
    }

    #[test]
    fn counts_fields_of_every_kind() {
        assert_eq!(count_fields(&[]), Some(0));
        let kinds =
            [&[0x08, 0x96, 1][..], &[0x11, 0, 0, 0, 0, 0, 0, 0, 0], &[0x1a, 2, 9, 9], &[0x25, 1, 1, 1, 1]];
        assert_eq!(count_fields(&kinds.concat()), Some(4));
        assert_eq!(count_fields(&[0x0a, 0].repeat(1000)), Some(1000));
        for damaged in
            [&[0x0a, 5, 1][..], &[0x80], &[0x0b], &[0xff; 11], &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 1]]
        {
            assert_eq!(count_fields(damaged), None, "{damaged:?}");
        }
    }

    #[test]
    fn reads_statuses() {
        assert_eq!((code("5"), code("99"), code("x")), ("NOT_FOUND", "UNKNOWN", "UNKNOWN"));
        assert_eq!(percent_decode("100%25 %E4%BD%A0 %zz%4"), "100% 你 %zz%4");
    }
}
