//! Signatures over requests, by which clouds know who asks.
//!
//! All four schemes hash a canonical form of the request and sign the hash with a key that is never sent. A request is
//! written here once and both signed and sent from that, so that the two cannot differ.

pub(crate) mod acs;
pub(crate) mod sdk_hmac;
pub(crate) mod sigv4;
pub(crate) mod tc3;

use hmac::{Hmac, KeyInit, Mac};
use net::encode_component;
use sha2::{Digest as _, Sha256};

/// An access key; its secret is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// The part that is sent along.
    pub(crate) id: String,
    /// The part that is not.
    pub(crate) secret: String,
    /// The token that a temporary key comes with.
    pub(crate) token: Option<String>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A request before it is signed.
pub(crate) struct Plain<'a> {
    /// `GET`, `POST`.
    pub(crate) method: &'static str,
    /// As the `Host` header will say it: without the usual port.
    pub(crate) host: &'a str,
    /// Not encoded.
    pub(crate) path: &'a str,
    /// Not encoded.
    pub(crate) query: &'a [(&'a str, String)],
    /// Headers that are sent and signed, their names in lower case.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// What is handed over.
    pub(crate) body: &'a [u8],
}

/// What a signature adds to a request.
pub(crate) struct Signed {
    /// Further headers.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The `Authorization` header.
    pub(crate) authorization: String,
}

impl Plain<'_> {
    /// The path as it is sent.
    pub(crate) fn encoded_path(&self) -> String {
        let parts: Vec<String> = self.path.split('/').map(encode_component).collect();
        parts.join("/")
    }

    /// The query as it is sent: sorted by name and value.
    pub(crate) fn encoded_query(&self) -> String {
        let encode = |(name, value): &(&str, String)| (encode_component(name), encode_component(value));
        let mut pairs: Vec<(String, String)> = self.query.iter().map(encode).collect();
        pairs.sort();
        let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }

    /// The canonical request, and the names of the signed headers: `headers` and the host.
    fn canonical(&self, path: &str, headers: &[(&'static str, String)]) -> (String, String) {
        let mut signed = vec![("host", self.host.to_owned())];
        signed.extend(headers.iter().cloned());
        signed.sort();
        let names: Vec<&str> = signed.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        // Runs of blanks count as one, as they do for whoever checks.
        let words = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: String = signed.iter().map(|(name, value)| format!("{name}:{}\n", words(value))).collect();
        let (method, query, body) = (self.method, self.encoded_query(), digest(self.body));
        (format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{body}"), names)
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The HMAC-SHA256 of a message.
#[expect(clippy::expect_used, reason = "an HMAC takes keys of any length")]
pub(crate) fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let mut state = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
    state.update(message.as_bytes());
    state.finalize().into_bytes().to_vec()
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_secret() {
        let key =
            Key { id: "AKID".to_owned(), secret: "hunter2".to_owned(), token: Some("t0ken".to_owned()) };
        let shown = format!("{key:?}");
        assert!(shown.contains("AKID") && !shown.contains("hunter") && !shown.contains("t0ken"), "{shown}");
    }

    #[test]
    fn hashes_as_rfc_4231_says() {
        let found = hexadecimal(&hmac(b"Jefe", "what do ya want for nothing?"));
        assert_eq!(found, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
