use std::fmt::Write;

use sha2::{Digest, Sha256};

/// SHA-256 in hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut digits, byte| {
        // Writing to a `String` cannot fail.
        write!(digits, "{byte:02x}").unwrap_or_default();
        digits
    })
}
