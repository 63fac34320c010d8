//! Webhooks of JFrog Artifactory, of the domain `docker`.
//!
//! Source: "Event types" of the administration documentation of the JFrog platform. A promoted tag is one that is there
//! now. Known gaps: neither a time nor an id is told.

use model::Digest;
use serde::Deserialize;

use super::{Action, Notice, Told, parse};
use crate::Error;

const SENDER: &str = "JFrog Artifactory";

#[derive(Deserialize)]
struct Webhook {
    domain: String,
    event_type: String,
}

#[derive(Deserialize)]
struct WebhookBody {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    repo_key: String,
    image_name: String,
    tag: String,
    /// Of the file of the manifest, which is the digest of the image.
    sha256: Option<String>,
}

pub(super) fn read(body: &[u8]) -> Result<Vec<Notice>, Error> {
    let head: Webhook = parse(SENDER, body)?;
    let action = match (head.domain.as_str(), head.event_type.as_str()) {
        ("docker", "pushed" | "promoted") => Action::Pushed,
        ("docker", "deleted") => Action::Deleted,
        _ => return Ok(Vec::new()),
    };
    let WebhookBody { data } = parse(SENDER, body)?;
    // The button that tests a webhook sends the word `sample_checksum`; the tag tells enough.
    let digest = data.sha256.and_then(|hex| Digest::from_hex(&hex).ok());
    let told = Told {
        action,
        repository: format!("{}/{}", data.repo_key, data.image_name),
        tag: Some(data.tag),
        digest: digest.map(|digest| digest.to_string()),
        event: None,
    };
    Ok(vec![told.believe(SENDER)?])
}
