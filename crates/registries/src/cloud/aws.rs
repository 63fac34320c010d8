//! The interfaces of AWS that its container registry needs: ECR itself, and STS and the metadata services for keys.
//!
//! Source: the API references of ECR (JSON protocol 1.1) and STS (query protocol, XML answers), and the AWS SDK
//! reference on where credentials come from.

mod credentials;
mod metadata;
mod sts;

use model::Failure;
use net::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Cloud, Question, Refusal, document, failure_of_status, meaning, word};
use crate::sign::{Key, sigv4};
use crate::{Error, Settings};
use credentials::Credentials;

/// The quota of the token is twenty; that of the lists is higher.
const PER_SECOND: u32 = 10;

/// What codes mean; the first line that fits counts.
static CODES: &[(&str, Failure)] = &[
    ("AccessDenied", Failure::AccessDenied),
    ("NotAuthorized", Failure::AccessDenied),
    ("OptInRequired", Failure::AccessDenied),
    ("UnrecognizedClient", Failure::AuthenticationFailed),
    ("InvalidClientTokenId", Failure::AuthenticationFailed),
    ("InvalidSignature", Failure::AuthenticationFailed),
    ("SignatureDoesNotMatch", Failure::AuthenticationFailed),
    ("IncompleteSignature", Failure::AuthenticationFailed),
    ("MissingAuthenticationToken", Failure::AuthenticationFailed),
    ("InvalidIdentityToken", Failure::AuthenticationFailed),
    ("IDPRejectedClaim", Failure::AuthenticationFailed),
    ("ExpiredToken", Failure::AuthenticationFailed),
    ("RequestExpired", Failure::AuthenticationFailed),
    ("Throttling", Failure::RateLimited),
    ("TooManyRequests", Failure::RateLimited),
    ("RequestLimitExceeded", Failure::RateLimited),
    ("LimitExceeded", Failure::RateLimited),
    ("RepositoryNotFound", Failure::NotFound),
    ("ImageNotFound", Failure::NotFound),
    ("InvalidParameter", Failure::InvalidName),
    ("Validation", Failure::InvalidName),
    ("RegionDisabled", Failure::AccessDenied),
    ("ServerException", Failure::ServerFailed),
    ("InternalFailure", Failure::ServerFailed),
    ("ServiceUnavailable", Failure::ServerFailed),
];

/// ECR in a region, and who asks.
pub(crate) struct Ecr {
    cloud: Cloud,
    region: String,
    credentials: Credentials,
}

impl Ecr {
    /// ECR in a region, with the keys that the settings and the environment lead to.
    pub(crate) fn new(region: &str, settings: &Settings) -> Result<Self, Error> {
        let usual = format!("https://api.ecr.{region}.{}", domain(region));
        let cloud = Cloud::new(&usual, settings, PER_SECOND)?;
        Ok(Self { cloud, region: region.to_owned(), credentials: Credentials::new(region, settings)? })
    }

    /// The address of the interface.
    pub(crate) fn address(&self) -> String {
        self.cloud.address()
    }

    /// The answer to an action.
    pub(crate) fn act<T: DeserializeOwned>(
        &self,
        operation: &str,
        action: &str,
        parameters: &Value,
    ) -> Result<T, Error> {
        let key = self.credentials.key()?;
        let body = self.cloud.ask(&Question {
            operation,
            method: Method::Post,
            path: "/",
            query: &[],
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                ("x-amz-target", format!("AmazonEC2ContainerRegistry_V20150921.{action}")),
            ],
            unsigned: Vec::new(),
            body: parameters.to_string().as_bytes(),
            sign: Some(&|plain, seconds| sigv4::sign(&key, &self.region, "ecr", seconds, plain)),
            secrets: secrets(&key),
            refusal,
        })?;
        document(operation, &body)
    }
}

/// The region of the settings: named, that of the registry's address, or that of the environment.
pub(crate) fn region(settings: &Settings) -> Result<String, Error> {
    let of_environment = || {
        let named = ["AWS_REGION", "AWS_DEFAULT_REGION"].map(|name| settings.environment.get(name));
        named.into_iter().flatten().find(|region| !region.is_empty()).cloned()
    };
    let of_address = || registry(&settings.address).map(|(_, region)| region.to_owned());
    let region = settings.region.clone().or_else(of_address).or_else(of_environment);
    let missing = || Error::Setting {
        setting: "region",
        why: "it is missing; it is the `eu-west-1` of `ACCOUNT.dkr.ecr.eu-west-1.amazonaws.com`".to_owned(),
    };
    word("region", region.ok_or_else(missing)?)
}

/// The account and region of the address of a registry.
pub(crate) fn registry(address: &str) -> Option<(&str, &str)> {
    let host = address.trim_start_matches("https://").split('/').next()?;
    let (account, rest) = host.split_once(".dkr.ecr.").or_else(|| host.split_once(".dkr.ecr-fips."))?;
    Some((account, rest.split_once(".amazonaws.com")?.0))
}

/// Under which name a region's services are.
pub(crate) fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

/// What no message may repeat of a key.
fn secrets(key: &Key) -> Vec<&str> {
    [Some(key.secret.as_str()), key.token.as_deref()].into_iter().flatten().collect()
}

#[derive(Deserialize)]
struct Said {
    #[serde(rename = "__type")]
    code: String,
    #[serde(default, alias = "Message")]
    message: Option<String>,
}

/// A refusal of the JSON protocol; its code may have a namespace before it.
fn refusal(status: u16, body: &[u8]) -> Option<Refusal> {
    if (200..300).contains(&status) {
        return None;
    }
    let said: Said = serde_json::from_slice(body).ok()?;
    let code = said.code.rsplit('#').next().unwrap_or_default().to_owned();
    Some(of_code(status, code, said.message.unwrap_or_default()))
}

fn of_code(status: u16, code: String, message: String) -> Refusal {
    let failure = match meaning(&code, CODES) {
        Failure::Unknown => failure_of_status(status),
        known => known,
    };
    Refusal { code, message, failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_account_and_region_by_the_address() {
        let table = [
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", Some(("123456789012", "eu-west-1"))),
            (
                "https://123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/",
                Some(("123456789012", "cn-north-1")),
            ),
            (
                "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
                Some(("123456789012", "us-gov-west-1")),
            ),
            ("registry.example", None),
        ];
        for (address, expected) in table {
            assert_eq!(registry(address), expected, "{address}");
        }
        assert_eq!((domain("cn-north-1"), domain("eu-west-1")), ("amazonaws.com.cn", "amazonaws.com"));
    }

    #[test]
    fn reads_both_ways_of_writing_a_code() {
        for code in ["com.amazonaws.ecr#ThrottlingException", "ThrottlingException"] {
            let body = format!(r#"{{"__type":"{code}","Message":"slow down"}}"#);
            let refusal = refusal(400, body.as_bytes()).unwrap();
            let found = (refusal.code.as_str(), refusal.message.as_str(), refusal.failure);
            assert_eq!(found, ("ThrottlingException", "slow down", Failure::RateLimited));
        }
    }
}
