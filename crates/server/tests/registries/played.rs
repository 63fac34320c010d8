//! A registry that holds what a test puts there, and counts what it hands out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use testkit::{Answer, Asked, Blob, Image, WebServer, multi_platform_index};

/// The registry.
pub(crate) struct Played {
    pub(crate) server: WebServer,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Manifests and indexes by repository and tag.
    tags: BTreeMap<(String, String), Blob>,
    /// Manifests, indexes, configurations and layers by digest.
    blobs: BTreeMap<String, Blob>,
    /// Repositories whose tags cannot be listed.
    broken: Vec<String>,
}

impl Played {
    pub(crate) fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let answering = Arc::clone(&state);
        let server = WebServer::start(move |asked| answering.lock().unwrap().answer(asked));
        Self { server, state }
    }

    /// Puts an image there.
    pub(crate) fn push(&self, repository: &str, tag: &str, image: &Image) {
        let blobs = image.blobs();
        let manifest = blobs.manifest.clone();
        self.keep(blobs.all());
        self.tag(repository, tag, manifest);
    }

    /// Puts images of several platforms there, under one tag.
    pub(crate) fn push_index(&self, repository: &str, tag: &str, images: &[Image]) {
        for image in images {
            let blobs = image.blobs();
            self.keep(blobs.all());
            self.keep(vec![&blobs.manifest]);
        }
        self.tag(repository, tag, multi_platform_index(images));
    }

    fn keep(&self, blobs: Vec<&Blob>) {
        let blobs = blobs.into_iter().map(|blob| (blob.digest.clone(), blob.clone()));
        self.state.lock().unwrap().blobs.extend(blobs);
    }

    fn tag(&self, repository: &str, tag: &str, manifest: Blob) {
        self.keep(vec![&manifest]);
        self.state.lock().unwrap().tags.insert((repository.to_owned(), tag.to_owned()), manifest);
    }

    /// What a tag stands for.
    pub(crate) fn digest(&self, repository: &str, tag: &str) -> String {
        self.state.lock().unwrap().tags[&(repository.to_owned(), tag.to_owned())].digest.clone()
    }

    pub(crate) fn delete(&self, repository: &str, tag: &str) {
        self.state.lock().unwrap().tags.remove(&(repository.to_owned(), tag.to_owned()));
    }

    /// Whether the tags of a repository can be listed.
    pub(crate) fn is_broken(&self, repository: &str, is: bool) {
        let mut state = self.state.lock().unwrap();
        state.broken.retain(|name| name != repository);
        if is {
            state.broken.push(repository.to_owned());
        }
    }

    /// How many requests held this in their path.
    pub(crate) fn asked(&self, part: &str) -> usize {
        self.server.asked().iter().filter(|asked| asked.path.contains(part)).count()
    }
}

impl State {
    fn answer(&self, asked: &Asked) -> Answer {
        let Some(path) = asked.path.strip_prefix("/v2/") else { return Answer::not_found() };
        if path.is_empty() {
            return Answer::json("{}");
        }
        if path == "_catalog" {
            let mut names: Vec<&str> = self.tags.keys().map(|(repository, _)| repository.as_str()).collect();
            names.dedup();
            return Answer::json(serde_json::json!({ "repositories": names }).to_string());
        }
        if let Some(repository) = path.strip_suffix("/tags/list") {
            if self.broken.iter().any(|name| name == repository) {
                return Answer::new(400, r#"{"errors":[{"code":"UNKNOWN","message":"it is broken"}]}"#);
            }
            let tags: Vec<&str> =
                self.tags.keys().filter(|(own, _)| own == repository).map(|(_, tag)| tag.as_str()).collect();
            return Answer::json(serde_json::json!({ "name": repository, "tags": tags }).to_string());
        }
        let found = path.split_once("/manifests/").map(|(repository, target)| {
            let tagged = self.tags.get(&(repository.to_owned(), target.to_owned()));
            tagged.or_else(|| self.blobs.get(target))
        });
        let found = found.or_else(|| path.split_once("/blobs/").map(|(_, digest)| self.blobs.get(digest)));
        match found.flatten() {
            Some(blob) => Answer::new(200, blob.bytes.clone())
                .header("Content-Type", blob.media_type.clone())
                .header("Docker-Content-Digest", blob.digest.clone()),
            None => Answer::not_found(),
        }
    }
}
