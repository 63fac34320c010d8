//! Signatures that clouds want, made anew from what came, as their vendors describe them.

use ::hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{Asked, sha256_hex};

/// Bytes as hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// HMAC-SHA256, which all of them build on.
pub fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut state = Hmac::<Sha256>::new_from_slice(key).unwrap();
    state.update(text.as_bytes());
    state.finalize().into_bytes().to_vec()
}

/// The parts of a signature in the header `Authorization`.
#[derive(Debug)]
pub struct Given<'a> {
    asked: &'a Asked,
    /// What stands after the algorithm and the word for the key: the key's id, perhaps with a scope.
    pub credential: &'a str,
    /// The names of the headers that are signed, between semicolons.
    pub names: &'a str,
    /// The signature itself.
    pub signature: &'a str,
}

impl<'a> Given<'a> {
    /// The signature of a request; nothing when it has none of this sort.
    pub fn of(asked: &'a Asked, start: &str) -> Option<Self> {
        let given = asked.header("authorization")?.strip_prefix(start)?;
        let (credential, rest) = given.split_once(", SignedHeaders=")?;
        let (names, signature) = rest.split_once(", Signature=")?;
        Some(Self { asked, credential, names, signature })
    }

    /// Whether these headers are among the signed ones.
    pub fn signs(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.names.split(';').any(|own| own == *name))
    }

    /// The digest of the request in the form that all vendors agree on, but for path, query and the case of headers.
    pub fn digest(&self, path: &str, query: &str, lower: bool) -> Option<String> {
        let line = |name: &str| {
            let value = self.asked.header(name)?;
            Some(format!("{name}:{}\n", if lower { value.to_lowercase() } else { value.to_owned() }))
        };
        let headers = self.names.split(';').map(line).collect::<Option<String>>()?;
        let (method, names, body) = (&self.asked.method, self.names, sha256_hex(&self.asked.body));
        Some(sha256_hex(format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{body}").as_bytes()))
    }
}

/// Whether a request is signed by `AWS4-HMAC-SHA256` with this key, for a service in `eu-west-1`.
pub(crate) fn sigv4(asked: &Asked, service: &str, id: &str, secret: &str) -> bool {
    let is_right = || {
        let given = Given::of(asked, "AWS4-HMAC-SHA256 Credential=")?;
        let (own, scope) = given.credential.split_once('/')?;
        let hashed = given.digest(&asked.path, &asked.query, false)?;
        let time = asked.header("x-amz-date")?;
        let day = time.split('T').next()?;
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [day, super::ecr::REGION, service, "aws4_request"] {
            key = hmac(&key, part);
        }
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashed}");
        let token_signed =
            asked.header("x-amz-security-token").is_none() || given.signs(&["x-amz-security-token"]);
        let scoped = scope == format!("{day}/{}/{service}/aws4_request", super::ecr::REGION);
        let complete = given.signs(&["host", "x-amz-date"]) && token_signed && scoped;
        Some(complete && own == id && hexadecimal(&hmac(&key, &text)) == given.signature)
    };
    is_right().unwrap_or(false)
}

/// Whether a request is signed by `SDK-HMAC-SHA256` with this key.
pub(crate) fn sdk_hmac(asked: &Asked, id: &str, secret: &str) -> bool {
    let is_right = || {
        let given = Given::of(asked, "SDK-HMAC-SHA256 Access=")?;
        let mut query: Vec<&str> = asked.query.split('&').collect();
        query.sort_unstable();
        let path = format!("{}/", asked.path.trim_end_matches('/'));
        let hashed = given.digest(&path, &query.join("&"), false)?;
        let text = format!("SDK-HMAC-SHA256\n{}\n{hashed}", asked.header("x-sdk-date")?);
        let complete = given.signs(&["host", "x-sdk-date"]) && given.credential == id;
        Some(complete && hexadecimal(&hmac(secret.as_bytes(), &text)) == given.signature)
    };
    is_right().unwrap_or(false)
}

/// Whether a request is signed by `TC3-HMAC-SHA256` with this key.
pub(crate) fn tc3(asked: &Asked, id: &str, secret: &str) -> bool {
    let is_right = || {
        let given = Given::of(asked, "TC3-HMAC-SHA256 Credential=")?;
        let (own, scope) = given.credential.split_once('/')?;
        let hashed = given.digest(&asked.path, &asked.query, true)?;
        let (day, rest) = scope.split_once('/')?;
        let key = hmac(&hmac(&hmac(format!("TC3{secret}").as_bytes(), day), "tcr"), "tc3_request");
        let text = format!("TC3-HMAC-SHA256\n{}\n{scope}\n{hashed}", asked.header("x-tc-timestamp")?);
        let complete = given.signs(&["content-type", "host"]) && own == id && rest == "tcr/tc3_request";
        Some(complete && hexadecimal(&hmac(&key, &text)) == given.signature)
    };
    is_right().unwrap_or(false)
}
