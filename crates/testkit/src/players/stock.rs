use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Answer, Asked, Blob, Image, multi_platform_index};

/// When images were pushed unless a test says otherwise: at the beginning of 2026.
const PUSHED: u64 = 1_767_225_600;

/// What a played registry holds: repositories in order, the images of each, and the bytes of those that can be pulled.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    repositories: Vec<(String, Vec<Held>)>,
    blobs: BTreeMap<String, Blob>,
}

/// An image or index as lists tell it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its tags.
    pub tags: Vec<String>,
    /// The digest of its manifest or index.
    pub digest: String,
    /// The media type of its manifest or index.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was pushed, in seconds since 1970.
    pub pushed: u64,
    /// Operating system and architecture; empty where they are not known.
    pub platform: (String, String),
    /// The images of an index: digest, operating system, architecture, variant.
    pub children: Vec<[String; 4]>,
    /// Whether it is a Helm chart.
    pub is_chart: bool,
    /// The digests of what is attached to it, such as signatures.
    pub attached: Vec<String>,
}

impl Held {
    /// An image for linux/amd64 that cannot be pulled.
    pub fn new(digest: &str, tags: &[&str]) -> Self {
        Self {
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            digest: digest.to_owned(),
            media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
            size: 0,
            pushed: PUSHED,
            platform: ("linux".to_owned(), "amd64".to_owned()),
            children: Vec::new(),
            is_chart: false,
            attached: Vec::new(),
        }
    }

    /// Whether it is an index of images.
    pub fn is_index(&self) -> bool {
        !self.children.is_empty() || self.media_type.contains("image.index")
    }
}

impl Stock {
    /// Puts a repository there, perhaps without images.
    pub fn repository(mut self, name: &str) -> Self {
        self.of(name);
        self
    }

    /// Puts an image there that is told, and cannot be pulled.
    pub fn told(mut self, repository: &str, held: Held) -> Self {
        self.of(repository).push(held);
        self
    }

    /// Puts an image there that is told and can be pulled.
    pub fn image(mut self, repository: &str, tags: &[&str], image: &Image) -> Self {
        let blobs = image.blobs();
        self.keep(blobs.all());
        let size = blobs.layers.iter().map(|layer| layer.bytes.len() as u64).sum();
        let (os, architecture) = (image.os.clone(), image.architecture.clone());
        let told = Held::new(&blobs.manifest.digest, tags);
        let held = Held { size, media_type: blobs.manifest.media_type, platform: (os, architecture), ..told };
        self.told(repository, held)
    }

    /// Puts images of several platforms there, under the same tags.
    pub fn index(mut self, repository: &str, tags: &[&str], images: &[Image]) -> Self {
        let mut children = Vec::new();
        for image in images {
            let blobs = image.blobs();
            self.keep(blobs.all());
            let (os, architecture) = (image.os.clone(), image.architecture.clone());
            let variant = image.variant.clone().unwrap_or_default();
            children.push([blobs.manifest.digest, os, architecture, variant]);
        }
        let index = multi_platform_index(images);
        self.keep(vec![&index]);
        let told = Held::new(&index.digest, tags);
        let platform = (String::new(), String::new());
        self.told(repository, Held { media_type: index.media_type, platform, children, ..told })
    }

    fn of(&mut self, name: &str) -> &mut Vec<Held> {
        let place = self.repositories.iter().position(|(own, _)| own == name).unwrap_or_else(|| {
            self.repositories.push((name.to_owned(), Vec::new()));
            self.repositories.len() - 1
        });
        &mut self.repositories[place].1
    }

    fn keep(&mut self, blobs: Vec<&Blob>) {
        self.blobs.extend(blobs.into_iter().map(|blob| (blob.digest.clone(), blob.clone())));
    }

    /// The names of the repositories.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.repositories.iter().map(|(name, _)| name.as_str())
    }

    /// The images of a repository; nothing when there is no such repository.
    pub fn held(&self, repository: &str) -> Option<&[Held]> {
        self.repositories.iter().find(|(name, _)| name == repository).map(|(_, held)| held.as_slice())
    }

    /// The images of a repository, each of its tags with it.
    pub(crate) fn tagged(&self, repository: &str) -> Vec<(&str, &Held)> {
        let held = self.held(repository).unwrap_or_default().iter();
        held.flat_map(|held| held.tags.iter().map(move |tag| (tag.as_str(), held))).collect()
    }

    /// What the distribution protocol answers to a path below `/v2/`; who may ask is not looked at.
    pub(crate) fn answer(&self, path: &str) -> Answer {
        if path.is_empty() {
            return Answer::json("{}");
        }
        if path == "_catalog" {
            let names: Vec<&str> = self.names().collect();
            return Answer::json(json!({ "repositories": names }).to_string());
        }
        if let Some(repository) = path.strip_suffix("/tags/list") {
            let tags: Vec<&str> = self.tagged(repository).into_iter().map(|(tag, _)| tag).collect();
            return Answer::json(json!({ "name": repository, "tags": tags }).to_string());
        }
        let found = match (path.split_once("/manifests/"), path.split_once("/blobs/")) {
            (Some((repository, target)), _) => self.manifest(repository, target),
            (_, Some((repository, digest))) => self.held(repository).and(self.blobs.get(digest)),
            _ => None,
        };
        found.map_or_else(Answer::not_found, |blob| {
            Answer::new(200, blob.bytes.clone())
                .header("Content-Type", blob.media_type.clone())
                .header("Docker-Content-Digest", blob.digest.clone())
        })
    }

    /// A manifest or index by tag or digest; one of another repository is not there.
    fn manifest(&self, repository: &str, target: &str) -> Option<&Blob> {
        let held = self.held(repository)?;
        let is_it = |held: &&Held| {
            held.tags.iter().any(|tag| tag == target)
                || held.digest == target
                || held.children.iter().any(|child| child[0] == target)
        };
        let found = held.iter().find(is_it)?;
        self.blobs.get(if target.contains(':') { target } else { &found.digest })
    }

    /// A document that all pages of a list are cut from: an entry for each repository.
    pub(crate) fn entries(&self, entry: impl Fn(&str, &[Held]) -> Value) -> Vec<Value> {
        self.repositories.iter().map(|(name, held)| entry(name, held)).collect()
    }
}

/// What is asked of the distribution protocol: the path below `/v2/`.
pub(crate) fn below(asked: &Asked) -> Option<&str> {
    asked.path.strip_prefix("/v2/")
}
