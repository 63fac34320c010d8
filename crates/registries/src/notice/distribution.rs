//! Notifications of the CNCF distribution, which other registries send as well, and Azure's webhooks, which are one of
//! its events each.
//!
//! Source: the documentation of `distribution/distribution` on notifications, and Azure's reference of webhooks.
//! Pulls, mounts and pushes of blobs are nothing. A deletion does not tell a manifest from a blob: a digest that no image
//! has is told, too.

use image::media_types;
use serde::Deserialize;

use super::few::{Entry, Few};
use super::{Action, Notice, Told, parse};
use crate::Error;

const SENDER: &str = "the distribution";

#[derive(Deserialize)]
struct Envelope {
    events: Few<Event>,
}

#[derive(Deserialize)]
struct Event {
    id: Option<String>,
    timestamp: Option<String>,
    action: Option<String>,
    target: Option<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    media_type: Option<String>,
    digest: Option<String>,
    repository: Option<String>,
    tag: Option<String>,
}

impl Entry for Event {
    fn matters(&self) -> bool {
        self.happened().is_some()
    }
}

impl Event {
    /// What happened to an image; nothing when it was to a blob, or nothing changed.
    fn happened(&self) -> Option<Action> {
        let target = self.target.as_ref()?;
        let media_type = target.media_type.as_deref().unwrap_or_default();
        match self.action.as_deref()? {
            "push" if media_types::ALL.contains(&media_type) => Some(Action::Pushed),
            // Only images have tags.
            "push" if media_type.is_empty() && target.tag.as_ref().is_some_and(|tag| !tag.is_empty()) => {
                Some(Action::Pushed)
            }
            "delete" => Some(Action::Deleted),
            _ => None,
        }
    }

    fn notice(self) -> Result<Option<Notice>, Error> {
        let Some((action, target)) = self.happened().zip(self.target) else { return Ok(None) };
        let told = Told {
            action,
            repository: target.repository.unwrap_or_default(),
            tag: target.tag,
            digest: target.digest,
            event: self.id.filter(|id| !id.is_empty()).or(self.timestamp),
        };
        told.believe(SENDER).map(Some)
    }
}

pub(super) fn envelope(body: &[u8]) -> Result<Vec<Notice>, Error> {
    let Envelope { events } = parse(SENDER, body)?;
    events.0.into_iter().filter_map(|event| event.notice().transpose()).collect()
}

pub(super) fn single(body: &[u8]) -> Result<Vec<Notice>, Error> {
    let event: Event = parse(SENDER, body)?;
    Ok(event.notice()?.into_iter().collect())
}
