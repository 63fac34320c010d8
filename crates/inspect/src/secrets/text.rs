//! What of a file is text, and what its lines are.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::{memchr, memchr_iter};

/// How far into a file a NUL makes it binary.
const HEAD: usize = 8 << 10;
/// The shortest run of base64 that is decoded.
const SHORTEST_RUN: usize = 40;
/// The longest run of base64 that is decoded.
const LONGEST_RUN: usize = 256 << 10;
/// What is decoded from one file at most.
const MOST_DECODED: usize = 1 << 20;

/// Text as bytes that ASCII patterns fit; nothing for binary content.
pub(super) fn of(content: &[u8]) -> Option<Cow<'_, [u8]>> {
    if let Some(rest) = content.strip_prefix(b"\xff\xfe") {
        return Some(Cow::Owned(narrow(rest, u16::from_le_bytes)));
    }
    if let Some(rest) = content.strip_prefix(b"\xfe\xff") {
        return Some(Cow::Owned(narrow(rest, u16::from_be_bytes)));
    }
    let head = content.get(..HEAD).unwrap_or(content);
    if memchr(0, head).is_none() {
        return Some(Cow::Borrowed(content));
    }
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = head.len() / 2;
    if half < 4 {
        return None;
    }
    match (zeros(0), zeros(1)) {
        (0, odd) if odd * 10 >= half * 9 => Some(Cow::Owned(narrow(content, u16::from_le_bytes))),
        (even, 0) if even * 10 >= half * 9 => Some(Cow::Owned(narrow(content, u16::from_be_bytes))),
        _ => None,
    }
}

/// UTF-16 as UTF-8.
fn narrow(content: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (pairs, _) = content.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect::<String>()
        .into_bytes()
}

/// The line on which an offset lies, from 1.
pub(super) fn line(text: &[u8], offset: usize) -> u32 {
    let before = text.get(..offset).unwrap_or(text);
    u32::try_from(memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// The runs of base64 that hold printable text: where each begins, and what it says.
pub(super) fn wrapped(text: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut found = Vec::new();
    let mut decoded = 0;
    let mut start = 0;
    for run in text.split(|byte| !is_base64(*byte)) {
        if (SHORTEST_RUN..=LONGEST_RUN).contains(&run.len())
            && decoded < MOST_DECODED
            && let Some(plain) = unwrap(run)
        {
            decoded += plain.len();
            found.push((start, plain));
        }
        start += run.len() + 1;
    }
    found
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

/// What a run says, when it is text; the beginning is tried first, as most runs are not.
fn unwrap(run: &[u8]) -> Option<Vec<u8>> {
    let printable =
        |bytes: &[u8]| bytes.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'));
    let begin = STANDARD_NO_PAD.decode(run.get(..16)?).ok()?;
    if !printable(&begin) {
        return None;
    }
    let plain = STANDARD_NO_PAD.decode(run).ok()?;
    printable(&plain).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_utf_16_with_and_without_a_mark() {
        let little: Vec<u8> = "key = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "key = 1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(of(&little).unwrap().as_ref(), b"key = 1\n");
        assert_eq!(of(&big).unwrap().as_ref(), b"key = 1\n");
        assert_eq!(of(&[b"\xff\xfe".as_slice(), &little].concat()).unwrap().as_ref(), b"key = 1\n");
        assert_eq!(of(&[b"\xfe\xff".as_slice(), &big].concat()).unwrap().as_ref(), b"key = 1\n");
    }

    #[test]
    fn takes_nothing_from_binary_content() {
        assert!(of(b"\x7fELF\x02\x01\x01\0\0\0password").is_none());
        assert!(of(b"\0").is_none());
    }

    #[test]
    fn unwraps_base64_that_holds_text_and_no_other() {
        let wrapping = STANDARD_NO_PAD.encode("the quick brown fox jumps over it");
        let text = format!("data: {wrapping}==\n{}", "A".repeat(60));
        assert_eq!(wrapped(text.as_bytes()), [(6, b"the quick brown fox jumps over it".to_vec())]);
    }
}
