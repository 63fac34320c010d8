//! Webhooks of Harbor: version 1, version 2 in its default format, and version 2 as CloudEvents 1.0.
//!
//! Source: Harbor's documentation of webhooks and the CloudEvents specification with its HTTP binding. What replication
//! and proxy caches bring arrives as pushes. Known gaps: Harbor tells one tag of an image that has several.

use serde::Deserialize;

use super::few::{Entry, Few};
use super::{Action, Notice, Told, parse, refuse};
use crate::Error;

const SENDER: &str = "Harbor";

#[derive(Deserialize)]
struct Webhook {
    #[serde(rename = "type")]
    kind: String,
    occur_at: Option<i64>,
}

#[derive(Deserialize)]
struct WebhookBody {
    event_data: Data,
}

#[derive(Deserialize)]
struct CloudEvent {
    specversion: String,
    #[serde(rename = "type")]
    kind: String,
    source: String,
    id: String,
}

#[derive(Deserialize)]
struct CloudEventBody {
    data: Data,
}

/// What happened, alike in all formats.
#[derive(Deserialize)]
struct Data {
    resources: Few<Resource>,
    repository: Repository,
}

#[derive(Deserialize)]
struct Resource {
    digest: Option<String>,
    tag: Option<String>,
}

impl Entry for Resource {}

#[derive(Deserialize)]
struct Repository {
    repo_full_name: String,
}

pub(super) fn webhook(body: &[u8]) -> Result<Vec<Notice>, Error> {
    let head: Webhook = parse(SENDER, body)?;
    let Some(action) = action(&head.kind) else { return Ok(Vec::new()) };
    let WebhookBody { event_data } = parse(SENDER, body)?;
    notices(&head.kind, action, head.occur_at.map(|time| time.to_string()).as_deref(), event_data)
}

pub(super) fn cloud_event(body: &[u8]) -> Result<Vec<Notice>, Error> {
    let head: CloudEvent = parse(SENDER, body)?;
    let Some(action) = cloud_action(&head)? else { return Ok(Vec::new()) };
    let CloudEventBody { data } = parse(SENDER, body)?;
    notices(&head.kind, action, Some(&head.key()), data)
}

/// A CloudEvent whose attributes are headers and whose data is the body.
pub(super) fn binary_cloud_event(
    header: &dyn Fn(&str) -> Option<String>,
    body: &[u8],
) -> Result<Vec<Notice>, Error> {
    let attribute = |name: &str| {
        header(name).ok_or_else(|| refuse(SENDER, &format!("it is a CloudEvent without the header `{name}`")))
    };
    let head = CloudEvent {
        specversion: attribute("ce-specversion")?,
        kind: attribute("ce-type")?,
        source: attribute("ce-source")?,
        id: attribute("ce-id")?,
    };
    let Some(action) = cloud_action(&head)? else { return Ok(Vec::new()) };
    notices(&head.kind, action, Some(&head.key()), parse(SENDER, body)?)
}

impl CloudEvent {
    /// Ids are unique for one source only.
    fn key(&self) -> String {
        super::key(&[&self.source, &self.id])
    }
}

fn cloud_action(head: &CloudEvent) -> Result<Option<Action>, Error> {
    if head.specversion != "1.0" {
        let why = format!("it is CloudEvents `{}`, only `1.0` is known", head.specversion);
        return Err(refuse(SENDER, &why));
    }
    if !head.kind.starts_with("harbor.") {
        return Err(refuse("notice", &format!("it is a CloudEvent of the unknown type `{}`", head.kind)));
    }
    Ok(action(&head.kind))
}

/// What a type of event means; nothing for those that change no image, such as a pull or a finished scan.
fn action(kind: &str) -> Option<Action> {
    match kind {
        "PUSH_ARTIFACT" | "CREATE_TAG" | "pushImage" | "harbor.artifact.pushed" | "harbor.tag.created" => {
            Some(Action::Pushed)
        }
        "DELETE_ARTIFACT" | "deleteImage" | "harbor.artifact.deleted" => Some(Action::Deleted),
        _ => None,
    }
}

fn notices(kind: &str, action: Action, event: Option<&str>, data: Data) -> Result<Vec<Notice>, Error> {
    // Version 2 deletes an image with all its tags and names the first; version 1 deletes a tag.
    let with_all_tags = action == Action::Deleted && kind != "deleteImage";
    let told = data.resources.0.into_iter().map(|resource| {
        let is_whole = with_all_tags && resource.digest.as_ref().is_some_and(|digest| !digest.is_empty());
        // An image without a tag has its digest there.
        let is_tag = |tag: &String| !is_whole && !tag.contains(':');
        Told {
            action,
            repository: data.repository.repo_full_name.clone(),
            tag: resource.tag.filter(is_tag),
            digest: resource.digest,
            event: event.map(str::to_owned),
        }
    });
    told.map(|told| told.believe(SENDER)).collect()
}
