//! The interfaces of Alibaba Cloud's container registry: version 2018-12-01 for enterprise instances, whose parameters
//! are in the query, and version 2016-06-07 for the personal edition, whose parameters are in the path, too.
//!
//! Source: the API references of Container Registry, and "Request syntax and signature method V3".

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use model::Failure;
use net::Method;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Cloud, Question, Refusal, document, failure_of_status, key, meaning, word};
use crate::sign::{Key, acs, digest};
use crate::{Error, Settings};

/// The quota of a user is a hundred for most questions and less for some.
const PER_SECOND: u32 = 10;
/// The most of a list that is told at once.
pub(crate) const PAGE: u64 = 100;

/// What codes mean; the first line that fits counts.
static CODES: &[(&str, Failure)] = &[
    ("InvalidAccessKeyId", Failure::AuthenticationFailed),
    ("SignatureDoesNotMatch", Failure::AuthenticationFailed),
    ("IncompleteSignature", Failure::AuthenticationFailed),
    ("InvalidSecurityToken", Failure::AuthenticationFailed),
    ("InvalidTimeStamp", Failure::AuthenticationFailed),
    ("MissingSecurityToken", Failure::AuthenticationFailed),
    ("Forbidden", Failure::AccessDenied),
    ("NoPermission", Failure::AccessDenied),
    ("NO_PERMISSION", Failure::AccessDenied),
    ("Throttling", Failure::RateLimited),
    ("INSTANCE_NOT_EXIST", Failure::NotFound),
    ("REPO_NOT_EXIST", Failure::NotFound),
    ("NAMESPACE_NOT_EXIST", Failure::NotFound),
    ("InvalidVersion", Failure::InvalidName),
    ("ServiceUnavailable", Failure::ServerFailed),
    ("InternalError", Failure::ServerFailed),
];

/// An interface in a region, and who asks.
pub(crate) struct Aliyun {
    cloud: Cloud,
    key: Key,
    version: &'static str,
}

/// One action.
pub(crate) struct Action<'a> {
    /// For messages.
    pub(crate) operation: &'a str,
    /// Its name.
    pub(crate) name: &'a str,
    /// `GET` where the path says what is asked for.
    pub(crate) method: Method,
    /// `/` where the parameters say what is asked for.
    pub(crate) path: &'a str,
    /// Its parameters.
    pub(crate) query: Vec<(&'a str, String)>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(alias = "Code")]
    code: String,
    #[serde(default, alias = "Message")]
    message: Option<String>,
    /// Told by enterprise instances, with the status 200, too.
    #[serde(default, rename = "IsSuccess")]
    is_success: Option<bool>,
}

impl Aliyun {
    /// The interface in a region.
    pub(crate) fn new(version: &'static str, region: &str, settings: &Settings) -> Result<Self, Error> {
        let names = [
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
        ];
        let usual = format!("https://cr.{region}.aliyuncs.com");
        Ok(Self { cloud: Cloud::new(&usual, settings, PER_SECOND)?, key: key(settings, names)?, version })
    }

    /// The address of the interface.
    pub(crate) fn address(&self) -> String {
        self.cloud.address()
    }

    /// The answer to an action.
    pub(crate) fn act<T: DeserializeOwned>(&self, action: &Action<'_>) -> Result<T, Error> {
        let secrets = [Some(self.key.secret.as_str()), self.key.token.as_deref()];
        let body = self.cloud.ask(&Question {
            operation: action.operation,
            method: action.method,
            path: action.path,
            query: &action.query,
            headers: vec![
                ("x-acs-action", action.name.to_owned()),
                ("x-acs-version", self.version.to_owned()),
            ],
            unsigned: vec![("accept", "application/json".to_owned())],
            body: b"",
            sign: Some(&|plain, seconds| acs::sign(&self.key, seconds, &self.nonce(), plain)),
            secrets: secrets.into_iter().flatten().collect(),
            refusal,
        })?;
        document(action.operation, &body)
    }

    /// A word that no other request has.
    fn nonce(&self) -> String {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let text = format!("{time} {} {count} {}", std::process::id(), self.key.secret);
        digest(text.as_bytes()).chars().take(32).collect()
    }
}

/// The region of the settings: named, or that of the registry's address.
pub(crate) fn region(settings: &Settings) -> Result<String, Error> {
    let of_address = || {
        let host = settings.address.trim_start_matches("https://").split('/').next()?;
        let (rest, _) = host.split_once(".cr.aliyuncs.com").or_else(|| host.split_once(".aliyuncs.com"))?;
        let rest = rest.strip_suffix(".personal").unwrap_or(rest);
        Some(rest.split_once('.')?.1.to_owned())
    };
    let region = settings.region.clone().or_else(of_address).ok_or_else(|| Error::Setting {
        setting: "region",
        why: "it is missing; it is the `cn-hangzhou` of `registry.cn-hangzhou.aliyuncs.com`".to_owned(),
    })?;
    word("region", region)
}

/// The number of the page after this one; nothing after the last. Interfaces may tell
/// less at once than was asked for; when no total is told, a full page is not the last.
pub(crate) fn following(page: u64, size: Option<u64>, found: usize, total: Option<u64>) -> Option<String> {
    let size = size.filter(|size| *size > 0).unwrap_or(PAGE);
    let more = total.map_or(found as u64 >= size, |total| found > 0 && page.saturating_mul(size) < total);
    more.then(|| page.saturating_add(1).to_string())
}

/// A number that is told as one or as a text.
pub(crate) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let value = Value::deserialize(from)?;
    let number = match &value {
        Value::Null => return Ok(None),
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    number.map(Some).ok_or_else(|| D::Error::custom("a number is none"))
}

fn refusal(status: u16, body: &[u8]) -> Option<Refusal> {
    let succeeded = (200..300).contains(&status);
    let said: Said = serde_json::from_slice(body).ok()?;
    if succeeded && said.is_success != Some(false) {
        return None;
    }
    let failure = match meaning(&said.code, CODES) {
        Failure::Unknown if !succeeded => failure_of_status(status),
        known => known,
    };
    Some(Refusal { code: said.code, message: said.message.unwrap_or_default(), failure })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_region_by_the_address() {
        for address in [
            "registry.cn-hangzhou.aliyuncs.com",
            "https://registry-vpc.cn-hangzhou.aliyuncs.com",
            "shop-registry.cn-hangzhou.cr.aliyuncs.com",
            "crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com/",
        ] {
            let settings = Settings { address: address.to_owned(), ..Settings::default() };
            assert_eq!(region(&settings).unwrap(), "cn-hangzhou", "{address}");
        }
        let settings = Settings { address: "registry.example".to_owned(), ..Settings::default() };
        assert!(region(&settings).unwrap_err().to_string().contains("`region`"));
    }
}
