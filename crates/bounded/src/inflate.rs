//! zlib data, RFC 1950, as programs keep it in their sections.

use std::io::Read;

use crate::{Error, clamp_usize};

/// All that comes out of zlib data, when it is at most `limit` bytes.
///
/// # Errors
/// When more comes out, or the data is damaged or ends too early.
#[expect(clippy::disallowed_types, reason = "this is the door")]
pub fn inflate(bytes: &[u8], limit: u64) -> Result<Vec<u8>, Error> {
    let mut decoder = flate2::read::ZlibDecoder::new(bytes);
    let mut plain = Vec::with_capacity(clamp_usize(limit.min(64 << 10)));
    let outcome = (&mut decoder).take(limit.saturating_add(1)).read_to_end(&mut plain);
    if let Err(error) = outcome {
        return Err(Error::Damaged { format: "zlib", offset: decoder.total_in(), why: error.to_string() });
    }
    if plain.len() as u64 > limit {
        return Err(Error::TooLarge { what: "the zlib data".to_owned(), limit: format!("{limit} bytes") });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `hello` as one stored block.
    const STORED: &[u8] =
        &[0x78, 0x01, 1, 5, 0, 0xfa, 0xff, b'h', b'e', b'l', b'l', b'o', 0x06, 0x2c, 0x02, 0x15];

    #[test]
    fn gives_what_was_packed_up_to_the_limit() {
        assert_eq!(inflate(STORED, 5).unwrap(), b"hello");
        assert!(matches!(inflate(STORED, 4), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn rejects_what_is_cut_or_changed() {
        assert!(matches!(inflate(&STORED[..9], 100), Err(Error::Damaged { .. })));
        let mut changed = STORED.to_vec();
        changed[8] = b'x';
        assert!(matches!(inflate(&changed, 100), Err(Error::Damaged { .. })));
        assert!(inflate(b"", 100).is_err());
    }
}
