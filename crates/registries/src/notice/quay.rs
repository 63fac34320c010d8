//! Notifications of repositories of Quay.
//!
//! Source: "Repository notifications" of Red Hat's "Use Red Hat Quay". Only a push tells tags; what is sent of builds,
//! mirrors and vulnerabilities changes no image. Known gaps: Quay tells no deletion, no digest, no time and no id.

use serde::Deserialize;

use super::few::Few;
use super::{Action, Notice, Told, parse};
use crate::Error;

const SENDER: &str = "Quay";

#[derive(Deserialize)]
struct Push {
    repository: String,
    updated_tags: Option<Few<String>>,
}

pub(super) fn read(body: &[u8]) -> Result<Vec<Notice>, Error> {
    let push: Push = parse(SENDER, body)?;
    let tags = push.updated_tags.map(|tags| tags.0).unwrap_or_default();
    let told = tags.into_iter().map(|tag| Told {
        action: Action::Pushed,
        repository: push.repository.clone(),
        tag: Some(tag),
        digest: None,
        event: None,
    });
    told.map(|told| told.believe(SENDER)).collect()
}
