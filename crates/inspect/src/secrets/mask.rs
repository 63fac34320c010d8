//! Values are told by a keyed hash, and shown with their middle left out.

use std::ops::Range;

use sha2::{Digest, Sha256};

/// What stands for what is left out.
const STARS: &str = "********";
/// How long a value must be for its ends to be shown.
const LONG: usize = 16;
/// What is shown of the line before a value, and after it.
const AROUND: usize = 46;
/// The block of SHA-256 in bytes.
const BLOCK: usize = 64;

/// A value with its middle left out; a short one is left out whole.
pub(super) fn value(value: &[u8]) -> String {
    let first_line = value.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first_line.starts_with(b"-----BEGIN ") && first_line.len() < value.len() && first_line.len() < 80 {
        return format!("{}{STARS}", clean(first_line));
    }
    if value.len() < LONG {
        return STARS.to_owned();
    }
    let begin = value.get(..4).unwrap_or_default();
    let end = value.get(value.len() - 2..).unwrap_or_default();
    format!("{}{STARS}{}", clean(begin), clean(end))
}

/// A value with what stands around it on its line; the other values there are masked too.
pub(super) fn line(text: &[u8], own: &Range<usize>, all: &[Range<usize>]) -> String {
    let is_break = |byte: &u8| *byte == b'\n' || *byte == b'\r';
    let before = text.get(..own.start).unwrap_or_default();
    let from = before.iter().rposition(is_break).map_or(0, |at| at + 1);
    let after = text.get(own.end..).unwrap_or_default();
    let until = after.iter().position(is_break).map_or(text.len(), |at| own.end + at);
    let mut shown = stretch(text, from.max(own.start.saturating_sub(AROUND))..own.start, all);
    shown.push_str(&value(text.get(own.clone()).unwrap_or_default()));
    shown.push_str(&stretch(text, own.end..until.min(own.end.saturating_add(AROUND)), all));
    shown.trim().to_owned()
}

/// A part of a text without the values in it.
fn stretch(text: &[u8], part: Range<usize>, all: &[Range<usize>]) -> String {
    let mut shown = String::new();
    let mut at = part.start;
    let mut inside: Vec<&Range<usize>> =
        all.iter().filter(|range| range.start < part.end && range.end > part.start).collect();
    inside.sort_by_key(|range| range.start);
    for range in inside {
        shown.push_str(&clean(text.get(at..range.start.max(at)).unwrap_or_default()));
        shown.push_str(STARS);
        at = range.end.min(part.end).max(at);
    }
    shown.push_str(&clean(text.get(at..part.end).unwrap_or_default()));
    shown
}

/// Bytes as text without control characters.
fn clean(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

/// The keyed hash of a value, 32 hexadecimal digits; white space does not count, so line ends do not matter.
pub(super) fn fingerprint(key: &[u8; 32], value: &[u8]) -> String {
    let bare: Vec<u8> = value.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    hmac(key, &bare).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// HMAC-SHA-256, RFC 2104.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; BLOCK];
    let hashed = Sha256::digest(key);
    let short = if key.len() > BLOCK { hashed.as_slice() } else { key };
    for (slot, byte) in block.iter_mut().zip(short) {
        *slot = *byte;
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn hashes_as_rfc_4231_says() {
        assert_eq!(
            hex(&hmac(&[0x0b; 20], b"Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            hex(&hmac(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(&hmac(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn shows_the_ends_of_long_values_only() {
        assert_eq!(value(b"hunter2"), "********");
        assert_eq!(value(b"abcdefghijklmnopqrst"), "abcd********st");
    }

    #[test]
    fn masks_the_neighbours_and_passes_no_control_characters_on() {
        let text = b"first\nuser\x1b[2J=aaaa pass=bbbb end\nlast";
        let (own, other) = (15..19, 25..29);
        assert_eq!(&text[own.clone()], b"aaaa");
        assert_eq!(&text[other.clone()], b"bbbb");
        assert_eq!(line(text, &own, &[own.clone(), other]), "user [2J=******** pass=******** end");
    }

    #[test]
    fn gives_one_fingerprint_whatever_the_line_ends() {
        assert_eq!(fingerprint(&[7; 32], b"a\r\nb\r\n"), fingerprint(&[7; 32], b"a\nb"));
        assert_ne!(fingerprint(&[7; 32], b"ab"), fingerprint(&[8; 32], b"ab"));
    }
}
