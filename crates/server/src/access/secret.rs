//! What nobody can guess.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::Error;

/// What every token begins with, so that it is known when it is found where it should not be.
pub(crate) const TOKEN_PREFIX: &str = "lzt_";

/// 256 random bits, for a cookie or what is behind the prefix of a token.
pub(crate) fn random() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).map_err(|_nothing_said| Error::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A random password that can be typed: 120 bits.
pub(crate) fn random_password() -> Result<String, Error> {
    let mut bytes = [0_u8; 15];
    rand::fill(&mut bytes).map_err(|_nothing_said| Error::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// SHA-256 of a token or cookie, in hexadecimal digits: what is kept of it.
pub(crate) fn digest(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether both are the same, in a time that tells nothing of where they differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(left.as_bytes(), right.as_bytes()).is_ok()
}
