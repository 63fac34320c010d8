//! The interfaces of Huawei Cloud that its container registry, SWR, needs: SWR itself and the list of projects of IAM.
//!
//! Source: the API reference of SWR, the "API Request Signing Guide", and the API reference of IAM.

use model::Failure;
use net::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Cloud, Question, Refusal, document, failure_of_status, key, meaning};
use crate::sign::{Key, sdk_hmac};
use crate::{Error, Settings};

/// No quota is published; this leaves room for others.
const PER_SECOND: u32 = 20;
/// What is asked for of a list at once; enterprise instances tell no more.
pub(crate) const PAGE: u64 = 100;

/// What codes mean that their status does not tell; the first line that fits counts.
static CODES: &[(&str, Failure)] = &[
    ("APIGW.0301", Failure::AuthenticationFailed),
    ("APIGW.0302", Failure::AccessDenied),
    ("APIGW.0303", Failure::AuthenticationFailed),
    ("APIGW.0305", Failure::AccessDenied),
    ("APIGW.0306", Failure::AccessDenied),
    ("APIGW.0308", Failure::RateLimited),
    ("APIGW.0101", Failure::NotFound),
];

/// An interface, and who asks.
pub(crate) struct Huawei {
    cloud: Cloud,
    /// The access key.
    pub(crate) key: Key,
}

impl Huawei {
    /// The interface of a service in a region: `swr-api`, `iam`.
    pub(crate) fn new(service: &str, region: &str, settings: &Settings) -> Result<Self, Error> {
        let names = ["HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"];
        let usual = format!("https://{}", host(service, region));
        Ok(Self { cloud: Cloud::new(&usual, settings, PER_SECOND)?, key: key(settings, names)? })
    }

    /// The address of the interface.
    pub(crate) fn address(&self) -> String {
        self.cloud.address()
    }

    /// The document at a path.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        operation: &str,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, Error> {
        self.ask(operation, Method::Get, path, query)
    }

    /// The document that is made at a path.
    pub(crate) fn post<T: DeserializeOwned>(
        &self,
        operation: &str,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, Error> {
        self.ask(operation, Method::Post, path, query)
    }

    fn ask<T: DeserializeOwned>(
        &self,
        operation: &str,
        method: Method,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, Error> {
        let secrets = [Some(self.key.secret.as_str()), self.key.token.as_deref()];
        let body = self.cloud.ask(&Question {
            operation,
            method,
            path,
            query,
            headers: vec![("content-type", "application/json".to_owned())],
            unsigned: Vec::new(),
            body: b"",
            sign: Some(&|plain, seconds| sdk_hmac::sign(&self.key, seconds, plain)),
            secrets: secrets.into_iter().flatten().collect(),
            refusal,
        })?;
        document(operation, &body)
    }
}

/// The region of the settings: named, or that of the address `swr.REGION.myhuaweicloud.com`.
pub(crate) fn region(settings: &Settings) -> Result<String, Error> {
    let of_address = || {
        let host = settings.address.trim_start_matches("https://");
        let (region, _) = host.strip_prefix("swr.")?.split_once(".myhuaweicloud.")?;
        Some(region.to_owned())
    };
    let region = settings.region.clone().or_else(of_address).ok_or_else(|| Error::Setting {
        setting: "region",
        why: "it is missing; it is the `cn-north-4` of `swr.cn-north-4.myhuaweicloud.com`".to_owned(),
    })?;
    super::word("region", region)
}

/// The host of a service in a region.
pub(crate) fn host(service: &str, region: &str) -> String {
    // Europe is a site of its own.
    let end = if region.starts_with("eu-west-1") { "eu" } else { "com" };
    format!("{service}.{region}.myhuaweicloud.{end}")
}

/// SWR, the gateway before it and IAM each have a form of their own.
fn refusal(status: u16, body: &[u8]) -> Option<Refusal> {
    if (200..300).contains(&status) {
        return None;
    }
    let document: Value = serde_json::from_slice(body).ok()?;
    let places = [document.pointer("/errors/0"), document.get("error"), Some(&document)];
    let field = |names: [&str; 3]| {
        let found = places.iter().flatten().find_map(|place| names.iter().find_map(|name| place.get(name)));
        found.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let code = field(["errorCode", "error_code", "code"])?;
    let message = field(["errorMessage", "error_msg", "message"]).unwrap_or_default();
    let failure = match meaning(&code, CODES) {
        Failure::Unknown => failure_of_status(status),
        known => known,
    };
    Some(Refusal { code, message, failure })
}

/// Where the next page begins; nothing after the last. When no total is told, a full page is not the last.
pub(crate) fn following(offset: u64, found: usize, total: Option<u64>) -> Option<String> {
    let end = offset.saturating_add(PAGE);
    let more = total.map_or(found as u64 >= PAGE, |total| found > 0 && end < total);
    more.then(|| end.to_string())
}

/// The query of the page that begins there, and where that is.
pub(crate) fn page(next: Option<&str>) -> (u64, Vec<(&'static str, String)>) {
    let offset = next.and_then(|next| next.parse().ok()).unwrap_or(0);
    (offset, vec![("offset", offset.to_string()), ("limit", PAGE.to_string())])
}

/// A project of IAM.
#[derive(Deserialize)]
struct Project {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Projects {
    #[serde(default)]
    projects: Vec<Project>,
}

/// The id of the project that a region is.
pub(crate) fn project(region: &str, settings: &Settings) -> Result<String, Error> {
    let operation = "find the project of the region in IAM";
    let iam = Huawei::new("iam", region, settings)?;
    let found: Projects = iam.get(operation, "/v3/projects", &[("name", region.to_owned())])?;
    let project = found.projects.into_iter().find(|project| project.name == region);
    project.map(|project| project.id).ok_or_else(|| Error::Refused {
        operation: operation.to_owned(),
        code: "no such project".to_owned(),
        message: format!("there is none for `{region}` that this access key may see"),
        failure: Failure::NotFound,
    })
}
