//! The API v3 of Tencent Cloud, as its container registry speaks it (version 2019-09-24).
//!
//! Source: the Tencent Cloud API documentation of TCR, "Common parameters", "Signature v3" and "Error codes".

use model::Failure;
use net::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Cloud, Question, Refusal, document, key, meaning};
use crate::sign::{Key, tc3};
use crate::{Error, Settings};

/// Where the interface is in China; that for other countries is `tcr.intl.tencentcloudapi.com`.
const ADDRESS: &str = "https://tcr.tencentcloudapi.com";
/// The quota is ten for some questions.
const PER_SECOND: u32 = 9;
/// The most of a list that is told at once.
pub(crate) const PAGE: u64 = 100;

/// What codes mean; the first line that fits counts.
static CODES: &[(&str, Failure)] = &[
    ("AuthFailure.UnauthorizedOperation", Failure::AccessDenied),
    ("AuthFailure", Failure::AuthenticationFailed),
    ("UnauthorizedOperation", Failure::AccessDenied),
    ("OperationDenied", Failure::AccessDenied),
    ("RequestLimitExceeded", Failure::RateLimited),
    ("LimitExceeded", Failure::RateLimited),
    ("ResourceNotFound", Failure::NotFound),
    ("InternalError", Failure::ServerFailed),
    ("ResourceUnavailable", Failure::ServerFailed),
    ("UnsupportedRegion", Failure::InvalidName),
    ("InvalidParameter", Failure::InvalidName),
    ("MissingParameter", Failure::InvalidName),
    ("UnknownParameter", Failure::InvalidName),
];

/// The interface, and who asks.
pub(crate) struct Tencent {
    cloud: Cloud,
    key: Key,
}

#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(rename = "Response")]
    response: T,
}

#[derive(Deserialize)]
struct Failed {
    #[serde(rename = "Error")]
    error: Option<Said>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Said {
    code: String,
    #[serde(default)]
    message: String,
}

impl Tencent {
    /// The interface, with the access key of the settings or of the environment.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let names = ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"];
        Ok(Self { cloud: Cloud::new(ADDRESS, settings, PER_SECOND)?, key: key(settings, names)? })
    }

    /// The address of the interface.
    pub(crate) fn address(&self) -> String {
        self.cloud.address()
    }

    /// The answer to an action in a region.
    pub(crate) fn act<T: DeserializeOwned>(
        &self,
        operation: &str,
        action: &str,
        region: &str,
        parameters: &Value,
    ) -> Result<T, Error> {
        let secrets = [Some(self.key.secret.as_str()), self.key.token.as_deref()];
        let body = self.cloud.ask(&Question {
            operation,
            method: Method::Post,
            path: "/",
            query: &[],
            headers: vec![
                ("content-type", "application/json; charset=utf-8".to_owned()),
                ("x-tc-action", action.to_owned()),
            ],
            unsigned: vec![("x-tc-version", "2019-09-24".to_owned()), ("x-tc-region", region.to_owned())],
            body: parameters.to_string().as_bytes(),
            sign: Some(&|plain, seconds| tc3::sign(&self.key, "tcr", seconds, plain)),
            secrets: secrets.into_iter().flatten().collect(),
            refusal,
        })?;
        Ok(document::<Envelope<T>>(operation, &body)?.response)
    }
}

/// A refusal comes with the status 200.
fn refusal(_status: u16, body: &[u8]) -> Option<Refusal> {
    let Said { code, message } = serde_json::from_slice::<Envelope<Failed>>(body).ok()?.response.error?;
    let failure = meaning(&code, CODES);
    Some(Refusal { code, message, failure })
}
