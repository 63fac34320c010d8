//! What Harbor asks for, looked through.

use api::{HarborRegistry, HarborScanRequest};
use aws_lc_rs::rand;
use http::{HeaderMap, StatusCode, header};
use image::Reference;

use super::MANIFESTS;
use crate::adapter::{Refusal, let_in};
use crate::registries::host;
use crate::sealed::seal;
use crate::{App, Error};

/// The media types of a request, whatever their version.
const MEDIA_TYPES: [&str; 2] = ["application/vnd.scanner.adapter.scan.request+json", "application/json"];
/// The longest address of a registry.
const ADDRESS: usize = 2_048;
/// The longest header that lets in.
const AUTHORIZATION: usize = 8_192;

/// An image that is to be scanned.
pub(super) struct Asked {
    pub(super) registry: String,
    pub(super) authorization: Option<String>,
    pub(super) insecure: bool,
    pub(super) repository: String,
    pub(super) tag: Option<String>,
    pub(super) digest: String,
    pub(super) media_type: String,
}

/// Reads a request: 400 where it is none, 422 where a field of it says what cannot be.
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Asked, Refusal> {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let stated = stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !MEDIA_TYPES.contains(&stated.as_str()) {
        let message = format!("cannot take the body: it is sent as `{}`", MEDIA_TYPES.join("` or `"));
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    // What the parser says may repeat a value, and one of them is a secret.
    let HarborScanRequest { registry, artifact, .. } = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Refusal::invalid(format!(
            "cannot read the request: line {line}, column {column} is not as it should be"
        ))
    })?;
    let address = address(&registry.url)?;
    let tag = artifact.tag.filter(|tag| !tag.is_empty());
    let name = host(&address);
    for target in [Some(&artifact.digest), tag.as_ref()].into_iter().flatten() {
        let checked = Reference::within(&name, &artifact.repository, target);
        checked.map_err(|error| Refusal::field(error.to_string()))?;
    }
    if !artifact.digest.contains(':') {
        return Err(Refusal::field("`artifact.digest` is no digest"));
    }
    if !MANIFESTS.contains(&artifact.mime_type.as_str()) {
        let known = MANIFESTS.join("` or `");
        let message = format!(
            "`artifact.mime_type` is neither `{known}`; hint: ask for the images of an index one by one"
        );
        return Err(Refusal::field(message));
    }
    Ok(Asked {
        insecure: registry.insecure.unwrap_or(false),
        authorization: authorization(registry)?,
        registry: address,
        repository: artifact.repository,
        tag,
        digest: artifact.digest,
        media_type: artifact.mime_type,
    })
}

/// The address of a registry, as it is kept.
fn address(url: &str) -> Result<String, Refusal> {
    let refuse = |why: &str| Err(Refusal::field(format!("`registry.url` {why}")));
    if url.len() > ADDRESS {
        return refuse(&format!("is longer than {ADDRESS} characters"));
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest.map(|rest| rest.trim_end_matches('/')) else {
        return refuse("begins neither with `https://` nor with `http://`");
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]/".contains(&byte);
    if rest.is_empty() || !rest.bytes().all(plain) || net::Origin::of(url).is_none() {
        return refuse("is no address of a registry, `https://HOST[:PORT]`");
    }
    Ok(url.trim_end_matches('/').to_owned())
}

/// What lets in who pulls; nothing where everybody is let in.
fn authorization(registry: HarborRegistry) -> Result<Option<String>, Refusal> {
    let Some(header) = registry.authorization.filter(|header| !header.is_empty()) else { return Ok(None) };
    if header.len() > AUTHORIZATION || let_in(&header).is_none() {
        return Err(Refusal::field("`registry.authorization` is neither `Basic …` nor `Bearer …`"));
    }
    Ok(Some(header))
}

/// What lets in, sealed for a scan.
pub(super) fn sealed(app: &App, name: &str, header: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(header) = header else { return Ok(None) };
    let sealed = seal(&app.settings.key, name, header);
    sealed.map(Some).ok_or_else(|| Error::Random.into())
}

/// A new name of a scan: a random UUID (version 4 of RFC 9562).
pub(super) fn name() -> Result<String, Refusal> {
    let mut bytes = [0_u8; 16];
    rand::fill(&mut bytes).map_err(|_nothing_said| Error::Random)?;
    let number = (u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{number:032x}");
    let mut name = String::with_capacity(36);
    for (place, digit) in hex.chars().enumerate() {
        if [8, 12, 16, 20].contains(&place) {
            name.push('-');
        }
        name.push(digit);
    }
    Ok(name)
}
