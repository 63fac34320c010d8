//! What registries send when something in them changed.
//!
//! Each format has one file; which one a body is of is told by its shape. A notice says what the sender says and nothing
//! more: what a registry really holds is known by asking it.

mod distribution;
mod few;
mod generic;
mod harbor;
mod jfrog;
mod quay;

use image::Reference;
use model::Digest;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use sha2::Digest as _;

use crate::Error;

/// As many notices as one body may hold.
pub const NOTICES: usize = 1_000;
/// As long as a name may be.
const NAME_BYTES: usize = 1_024;
/// As much of a reason as is told; it may quote the body.
const REASON: usize = 200;

/// Something that happened in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub action: Action,
    /// Where: the registry's own name, `project/team/shop`.
    pub repository: String,
    /// To which tag.
    pub tag: Option<String>,
    /// To which manifest or index.
    pub digest: Option<Digest>,
    /// By which the same event is known when it is sent again, as 64 hexadecimal digits.
    ///
    /// Nothing where the sender tells neither an id nor a time: what looks the same may then have happened twice.
    pub id: Option<String>,
}

/// What happened to an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The tag or the digest is there now, or stands for something else; at least one of both is told.
    Pushed,
    /// The tag is gone; without a tag the digest with all its tags; without either the whole repository.
    Deleted,
}

/// Reads what a registry sent; nothing for events that change no image.
///
/// Known are Harbor (1, 2, CloudEvents), the CNCF distribution and Azure, Quay, JFrog Artifactory, and a form of our own
/// (`docs/registries.md`). `header` looks a header of the request up, its name in lower case.
///
/// # Errors
/// When the body is not JSON, is of no known format, or names what cannot be an image; also when it holds more than
/// [`NOTICES`] notices. The body's own limit is the caller's.
pub fn read(header: &dyn Fn(&str) -> Option<String>, body: &[u8]) -> Result<Vec<Notice>, Error> {
    if let Some(kind) = header("content-type").filter(|kind| !kind.to_ascii_lowercase().contains("json")) {
        let kind: String = kind.chars().filter(|c| !c.is_control()).take(80).collect();
        return Err(refuse("notice", &format!("it is `{kind}`; send `application/json`")));
    }
    // Without this an array would be read as a list of fields.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(refuse("notice", "it is no JSON object"));
    }
    if header("ce-specversion").is_some() {
        return harbor::binary_cloud_event(header, body);
    }
    let shape: Shape = parse("notice", body)?;
    match shape {
        Shape { specversion: Some(_), .. } => harbor::cloud_event(body),
        Shape { events: Some(_), .. } => distribution::envelope(body),
        Shape { target: Some(_), action: Some(_), .. } => distribution::single(body),
        Shape { kind: Some(_), event_data: Some(_), .. } | Shape { kind: Some(_), occur_at: Some(_), .. } => {
            harbor::webhook(body)
        }
        Shape { domain: Some(_), event_type: Some(_), .. } => jfrog::read(body),
        Shape { docker_url: Some(_), .. } | Shape { updated_tags: Some(_), .. } => quay::read(body),
        Shape { notices: Some(_), .. } => generic::list(body),
        Shape { action: Some(_), repository: Some(_), .. } => generic::single(body),
        Shape { .. } => Err(refuse("notice", "it is of no known format")),
    }
}

/// Which of the fields that tell a format are there.
#[derive(Deserialize)]
struct Shape {
    action: Option<IgnoredAny>,
    docker_url: Option<IgnoredAny>,
    domain: Option<IgnoredAny>,
    event_data: Option<IgnoredAny>,
    event_type: Option<IgnoredAny>,
    events: Option<IgnoredAny>,
    #[serde(rename = "type")]
    kind: Option<IgnoredAny>,
    notices: Option<IgnoredAny>,
    occur_at: Option<IgnoredAny>,
    repository: Option<IgnoredAny>,
    specversion: Option<IgnoredAny>,
    target: Option<IgnoredAny>,
    updated_tags: Option<IgnoredAny>,
}

/// What a format tells of one event, before any of it is believed; an empty text is none.
struct Told {
    action: Action,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
    /// The sender's id of the event, or its time.
    event: Option<String>,
}

impl Told {
    fn believe(self, sender: &str) -> Result<Notice, Error> {
        let refuse = |why: String| refuse(sender, &why);
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (tag, digest, event) = (given(self.tag), given(self.digest), given(self.event));
        check_names(&self.repository, tag.as_deref()).map_err(refuse)?;
        let digest = digest.map(|digest| digest_of(&digest)).transpose().map_err(refuse)?;
        if self.action == Action::Pushed && tag.is_none() && digest.is_none() {
            return Err(refuse(format!(
                "it tells neither tag nor digest of what was pushed to `{}`",
                self.repository
            )));
        }
        let id = event.map(|event| {
            let what = format!("{:?}", self.action);
            let digest = digest.as_ref().map(ToString::to_string).unwrap_or_default();
            key(&[sender, &event, &what, &self.repository, tag.as_deref().unwrap_or_default(), &digest])
        });
        Ok(Notice { action: self.action, repository: self.repository, tag, digest, id })
    }
}

/// One key of several texts, different for other texts.
fn key(parts: &[&str]) -> String {
    let mut hash = sha2::Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    Digest::from_bytes(hash.finalize().into()).hex()
}

/// Names must be such as an image can be asked for by.
fn check_names(repository: &str, tag: Option<&str>) -> Result<(), String> {
    if repository.is_empty() {
        return Err("it names no repository".to_owned());
    }
    if repository.len() > NAME_BYTES || tag.is_some_and(|tag| tag.len() > NAME_BYTES) {
        return Err(format!("a name in it is longer than {NAME_BYTES} bytes"));
    }
    // Some registries have names of their own with capitals, though images are pulled without.
    let lower = repository.to_ascii_lowercase();
    let suffix = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
    let name =
        Reference::parse(&format!("registry.invalid/{lower}{suffix}")).map_err(|error| match error {
            image::Error::Name { why, .. } => why,
            other => other.to_string(),
        })?;
    if name.repository() != lower {
        return Err(format!("`{}` is no repository", plain(repository)));
    }
    match tag.filter(|tag| name.tag() != Some(tag) || name.digest().is_some()) {
        Some(tag) => Err(format!("`{}` is no tag", plain(tag))),
        None => Ok(()),
    }
}

fn digest_of(text: &str) -> Result<Digest, String> {
    text.parse().map_err(|_digest| format!("`{}` is not a sha256 digest", plain(text)))
}

fn parse<T: DeserializeOwned>(sender: &str, body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| refuse(sender, &error.to_string()))
}

fn refuse(sender: &str, why: &str) -> Error {
    let what = if sender == "notice" { sender.to_owned() } else { format!("notice of {sender}") };
    Error::Answer { what, why: plain(why) }
}

/// What strangers wrote, short and without control characters.
fn plain(text: &str) -> String {
    text.chars().take(REASON).map(|c| if c.is_control() { '?' } else { c }).collect()
}
