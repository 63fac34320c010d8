//! The MD5 scheme of FreeBSD's `crypt`, `$1$`, and Apache's form of it, `$apr1$`.

use md5::{Digest, Md5};

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The order in which the bytes of the sum are written, three to a group.
const ORDER: [[usize; 3]; 5] = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]];

/// Whether a hash is that of a password; nothing for one that is not written in this way.
pub(crate) fn verify(password: &[u8], hash: &str) -> Option<bool> {
    let magic = ["$1$", "$apr1$"].into_iter().find(|magic| hash.starts_with(magic))?;
    let (salt, sum) = hash.strip_prefix(magic)?.split_once('$')?;
    if sum.len() != 22 {
        return None;
    }
    // Longer salts are cut, as `crypt` does.
    let salt = salt.as_bytes().get(..8).unwrap_or(salt.as_bytes());
    Some(encoded(&sum_of(password, magic.as_bytes(), salt)) == sum.as_bytes())
}

fn sum_of(password: &[u8], magic: &[u8], salt: &[u8]) -> [u8; 16] {
    let inner: [u8; 16] =
        Md5::new().chain_update(password).chain_update(salt).chain_update(password).finalize().into();
    let mut outer = Md5::new().chain_update(password).chain_update(magic).chain_update(salt);
    for chunk in password.chunks(16) {
        outer.update(inner.get(..chunk.len()).unwrap_or(&inner));
    }
    let mut length = password.len();
    while length > 0 {
        match length & 1 {
            1 => outer.update([0]),
            _ => outer.update(password.get(..1).unwrap_or_default()),
        }
        length >>= 1;
    }
    let mut sum: [u8; 16] = outer.finalize().into();
    for round in 0..1000 {
        let mut next = Md5::new();
        let (first, last): (&[u8], &[u8]) = if round % 2 == 1 { (password, &sum) } else { (&sum, password) };
        next.update(first);
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        next.update(last);
        sum = next.finalize().into();
    }
    sum
}

fn encoded(sum: &[u8; 16]) -> Vec<u8> {
    let byte = |place: usize| sum.get(place).copied().map_or(0, u32::from);
    let mut text = Vec::with_capacity(22);
    for [high, middle, low] in ORDER {
        push(&mut text, byte(high) << 16 | byte(middle) << 8 | byte(low), 4);
    }
    push(&mut text, byte(11), 2);
    text
}

fn push(text: &mut Vec<u8>, mut bits: u32, letters: usize) {
    for _ in 0..letters {
        let place = usize::try_from(bits & 63).unwrap_or_default();
        text.extend(ALPHABET.get(place));
        bits >>= 6;
    }
}
