//! Manifests and indexes, and what is attached to them.
//!
//! Source: the OCI distribution specification 1.1, "pulling manifests" and "listing referrers". Known gap: what cosign
//! attaches by tags of its own (`sha256-HEX.sig`) is not among the referrers.

use model::{Digest, Failure};
use net::{Request, encode_component};
use serde::Deserialize;

use super::MANIFEST_BYTES;
use super::connection::{About, Registry, Scope, media_type};
use crate::layout::parse;
use crate::store::digest_of;
use crate::{Descriptor, Error, media_types};

/// More parts than any list of referrers has.
const PARTS: usize = 50;

/// The bytes of a manifest or index, and what the registry says they are.
pub struct Document {
    /// As they came.
    pub bytes: Vec<u8>,
    /// The registry's `Content-Type`.
    pub media_type: String,
    /// The registry's `Docker-Content-Digest`.
    pub digest: Option<Digest>,
}

/// What a registry says of a manifest without handing it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its digest; nothing when the registry names it by other sums than SHA-256.
    pub digest: Option<Digest>,
    /// What it is.
    pub media_type: String,
    /// The size of the manifest itself.
    pub size: Option<u64>,
}

impl Registry {
    /// What the registry says of a manifest, by tag or digest.
    ///
    /// Old registries do not tell its digest; it is then read and hashed.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses or has no such manifest.
    pub fn head(&self, repository: &str, target: &str) -> Result<Described, Error> {
        let about = about_manifest(repository, target);
        let response = self.send_head(&about, self.manifest_request(repository, target))?;
        let digest = response.header("docker-content-digest");
        if response.status() == 200 && digest.is_some() {
            return Ok(Described {
                digest: digest.and_then(|digest| digest.parse().ok()),
                media_type: media_type(&response),
                size: response.length(),
            });
        }
        // A refusal to this way of asking is none to asking at all; others are said again with their reason.
        if ![200, 400, 401, 403, 405, 412, 501].contains(&response.status()) {
            return Err(self.refused(&about, response));
        }
        let document = self.manifest(repository, target, MANIFEST_BYTES)?;
        Ok(Described {
            digest: Some(digest_of(&document.bytes)),
            media_type: document.media_type,
            size: Some(document.bytes.len() as u64),
        })
    }

    /// A manifest by tag or digest; it is not verified.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses, has no such manifest, or one larger than `limit`.
    pub fn manifest(&self, repository: &str, target: &str, limit: u64) -> Result<Document, Error> {
        let about = about_manifest(repository, target);
        let response = self.expect(&about, &self.manifest_request(repository, target), &[200])?;
        let digest = response.header("docker-content-digest").and_then(|digest| digest.parse().ok());
        let media_type = media_type(&response);
        let bytes = response.bytes(limit).map_err(|source| self.fail(&about.what, source))?;
        Ok(Document { bytes, media_type, digest })
    }

    /// What is attached to a manifest: signatures, lists of packages, statements; of one kind, when it is given.
    ///
    /// A registry that does not know the question is asked for the tag under which such lists were kept before.
    ///
    /// # Errors
    /// When the registry cannot be reached, refuses, or gives a list that cannot be understood or does not end.
    pub fn referrers(
        &self,
        repository: &str,
        digest: &Digest,
        artifact_type: Option<&str>,
    ) -> Result<Vec<Descriptor>, Error> {
        let what = format!("what is attached to {digest}");
        let about = About { what, name: digest.to_string(), scope: Scope::Repository(repository) };
        let path = format!("{}/v2/{repository}/referrers/{digest}", self.base);
        let mut query =
            artifact_type.map_or_else(String::new, |kind| format!("artifactType={}", encode_component(kind)));
        let mut found = Vec::new();
        for part in 0..PARTS {
            let mark = if query.is_empty() { "" } else { "?" };
            let request = Request::get(format!("{path}{mark}{query}"));
            let response = self.send(&about, &request.header("accept", media_types::OCI_INDEX))?;
            let is_list = response.status() == 200 && media_type(&response).ends_with("json");
            let is_unknown = [200, 400, 404, 405, 406, 501].contains(&response.status());
            if part == 0 && is_unknown && !is_list {
                return self.tagged_referrers(repository, digest, artifact_type);
            }
            if response.status() != 200 {
                return Err(self.refused(&about, response));
            }
            let next = self.next(&about, &query, response.headers("link"))?;
            let bytes = response.bytes(MANIFEST_BYTES).map_err(|source| self.fail(&about.what, source))?;
            let listed: Listed = parse(&bytes, || format!("{} in {}", about.what, self.place()))?;
            found.extend(listed.of_type(artifact_type));
            match next {
                Some(next) => query = next,
                None => return Ok(found),
            }
        }
        let what = format!("{} in {}", about.what, self.place());
        let why = format!("the list has more than {PARTS} parts");
        Err(Error::Unreadable { failure: Failure::TooLarge, what, why })
    }

    /// The list that clients keep under a tag where the registry keeps none.
    fn tagged_referrers(
        &self,
        repository: &str,
        digest: &Digest,
        artifact_type: Option<&str>,
    ) -> Result<Vec<Descriptor>, Error> {
        let tag = format!("sha256-{}", digest.hex());
        match self.manifest(repository, &tag, MANIFEST_BYTES) {
            Ok(document) => {
                let what = || format!("index of `{repository}:{tag}` in {}", self.place());
                let listed: Listed = parse(&document.bytes, what)?;
                Ok(listed.of_type(artifact_type))
            }
            Err(Error::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn manifest_request(&self, repository: &str, target: &str) -> Request {
        let url = format!("{}/v2/{repository}/manifests/{target}", self.base);
        media_types::ALL.iter().fold(Request::get(url), |request, kind| request.header("accept", *kind))
    }
}

fn about_manifest<'a>(repository: &'a str, target: &str) -> About<'a> {
    let separator = if target.contains(':') { '@' } else { ':' };
    let name = format!("{repository}{separator}{target}");
    About { what: format!("manifest of `{name}`"), name, scope: Scope::Repository(repository) }
}

/// An index of what is attached, which some registries leave empty by `null`.
#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    manifests: Option<Vec<Descriptor>>,
}

impl Listed {
    /// Registries may give more than they were asked for.
    fn of_type(self, artifact_type: Option<&str>) -> Vec<Descriptor> {
        let all = self.manifests.unwrap_or_default().into_iter();
        let wanted = |descriptor: &Descriptor| {
            artifact_type.is_none_or(|wanted| descriptor.artifact_type.as_deref() == Some(wanted))
        };
        all.filter(wanted).collect()
    }
}
