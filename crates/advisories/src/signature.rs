//! Signatures of bundles: Ed25519 over the manifest, whose digests stand for everything else.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

/// What is signed begins so, that a signature made for something else means nothing here.
const PURPOSE: &[u8] = b"lazaret advisory bundle\n";

/// The key that a machine signs bundles with.
pub struct SigningKey(Ed25519KeyPair);

/// The key that bundles are verified with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// A signature and the key it says it was made with.
pub(crate) struct Signature {
    pub(crate) key: PublicKey,
    pub(crate) bytes: [u8; 64],
}

impl SigningKey {
    /// The key that a secret of 32 bytes stands for; nothing when it cannot be one.
    #[must_use]
    pub fn from_secret(secret: &[u8; 32]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(secret).ok().map(Self)
    }

    /// The key that others verify with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        for (place, byte) in key.iter_mut().zip(self.0.public_key().as_ref()) {
            *place = *byte;
        }
        PublicKey(key)
    }

    pub(crate) fn sign(&self, manifest: &[u8]) -> Signature {
        let signature = self.0.sign(&[PURPOSE, manifest].concat());
        let mut bytes = [0; 64];
        for (place, byte) in bytes.iter_mut().zip(signature.as_ref()) {
            *place = *byte;
        }
        Signature { key: self.public(), bytes }
    }
}

impl PublicKey {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut key = [0; 32];
        for (place, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
            *place = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(key))
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Signature {
    /// Whether its key signed this manifest.
    pub(crate) fn fits(&self, manifest: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.key.0);
        key.verify(&[PURPOSE, manifest].concat(), &self.bytes).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_what_was_signed_and_nothing_else() {
        let key = SigningKey::from_secret(&[7; 32]).unwrap();
        let signature = key.sign(b"manifest");
        assert!(signature.fits(b"manifest") && !signature.fits(b"manifests"));
        let other = SigningKey::from_secret(&[8; 32]).unwrap().public();
        assert!(!Signature { key: other, ..signature }.fits(b"manifest"));
        assert_eq!(PublicKey::from_hex(&key.public().to_string()), Some(key.public()));
        assert_eq!(PublicKey::from_hex("00"), None);
        assert_eq!(PublicKey::from_hex(&"é".repeat(32)), None);
    }
}
