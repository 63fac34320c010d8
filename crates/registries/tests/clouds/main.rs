//! Registries of clouds that sign their requests, played as they publish their interfaces; every signature is checked.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failure is a failed test"
)]

mod aliyun_acr;
mod ecr;
mod swr;
mod tcr;

use ::hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// HMAC-SHA256, which all of them build on.
fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut state = Hmac::<Sha256>::new_from_slice(key).unwrap();
    state.update(text.as_bytes());
    state.finalize().into_bytes().to_vec()
}
