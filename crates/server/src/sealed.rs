//! Sealing what holds secrets of people: it lies in the database, and the key does not.

use std::io::Read as _;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bounded::{Limits, unpack};
use sha2::{Digest, Sha256};

use crate::Key;

/// The most bytes that are opened.
const MOST: u64 = 64 << 20;

fn key(key: &Key) -> Option<RandomizedNonceKey> {
    // Hashes that stand for secrets are made with the key itself.
    let own = Sha256::new().chain_update(b"lazaret sealed\0").chain_update(key.bytes()).finalize();
    RandomizedNonceKey::new(&AES_256_GCM, &own).ok()
}

/// Text that only who has the key can read; `what` must be said again to open it.
pub(crate) fn seal(by: &Key, what: &str, text: &str) -> Option<String> {
    let mut bytes = zstd::encode_all(text.as_bytes(), 3).ok()?;
    let nonce = key(by)?.seal_in_place_append_tag(Aad::from(what), &mut bytes).ok()?;
    let whole = [nonce.as_ref().as_slice(), &bytes].concat();
    Some(STANDARD_NO_PAD.encode(whole))
}

/// The text that was sealed; nothing when it was sealed with another key, for something else, or was changed.
pub(crate) fn open(by: &Key, what: &str, sealed: &str) -> Option<String> {
    let mut whole = STANDARD_NO_PAD.decode(sealed).ok()?;
    let (nonce, bytes) = whole.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = key(by)?.open_in_place(nonce, Aad::from(what), bytes).ok()?;
    let limits = Limits { unpacked_bytes: MOST, ..Limits::default() };
    let read = |reader: &mut (dyn std::io::BufRead + Send)| {
        let mut text = String::new();
        reader.take(MOST).read_to_string(&mut text).map(|_bytes| text)
    };
    let unpacked = unpack(&mut &*plain, &limits, read).ok()?;
    unpacked.failure.is_none().then_some(unpacked.value.ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_opens_it_and_only_for_what_it_is() {
        let (own, other) = (Key::new([1; 32]), Key::new([2; 32]));
        let sealed = seal(&own, "sha256:a", "PASSWORD=hunter2").unwrap();
        assert!(!sealed.contains("hunter2"));
        assert_eq!(open(&own, "sha256:a", &sealed).unwrap(), "PASSWORD=hunter2");
        assert_ne!(sealed, seal(&own, "sha256:a", "PASSWORD=hunter2").unwrap());
        assert_eq!(open(&other, "sha256:a", &sealed), None);
        assert_eq!(open(&own, "sha256:b", &sealed), None);
        for bad in ["", "AAAA", "é", &sealed.replacen(char::is_alphabetic, "+", 1)] {
            assert_eq!(open(&own, "sha256:a", bad), None, "{bad}");
        }
    }
}
