mod contents;
mod layers;
mod stock;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::server::converse;
use crate::{Answer, Asked};
use stock::{Part, Stock};

/// A registry of tens of thousands of images for tests of load, which makes each when it is asked for.
///
/// The same options give the same images. Base layers and layers of language packages are shared as in life; every image
/// has a small layer and a configuration of its own. It speaks the distribution protocol over plain HTTP with kept
/// connections, and ends with the test's process. A digest is known once a tag led to it.
#[derive(Debug)]
pub struct Fleet {
    /// `127.0.0.1:PORT`
    pub host: String,
    held: Arc<Held>,
}

/// How large a fleet is.
#[derive(Clone, Debug)]
pub struct FleetOptions {
    /// Tags at the start, evenly in the repositories.
    pub images: usize,
    /// Repositories at the start.
    pub repositories: usize,
    /// Base layers, Debian and Alpine in turn.
    pub bases: usize,
    /// Layers of language packages, of which every image has two.
    pub middles: usize,
    /// One of so many tags is an index of two platforms; none is with 0.
    pub index_every: usize,
    /// Other numbers give other images.
    pub seed: u64,
    /// Who is let in, by name and password; everybody when there is none.
    pub user: Option<(String, String)>,
}

impl Default for FleetOptions {
    fn default() -> Self {
        Self {
            images: 20_000,
            repositories: 200,
            bases: 40,
            middles: 2_000,
            index_every: 20,
            seed: 1,
            user: None,
        }
    }
}

/// What a fleet was asked for and gave, since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Parts of the list of repositories.
    pub catalogs: u64,
    /// Parts of lists of tags.
    pub tag_lists: u64,
    /// Manifests and indexes that were asked for without their bytes.
    pub heads: u64,
    /// Manifests and indexes.
    pub manifests: u64,
    /// Configurations.
    pub configs: u64,
    /// Layers.
    pub layers: u64,
    /// Questions that were refused, for want of a password or of what was asked for.
    pub refused: u64,
    /// Bytes of all bodies.
    pub bytes: u64,
}

#[derive(Debug)]
struct Held {
    stock: Stock,
    /// What `Authorization` must say.
    authorization: Option<String>,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    catalogs: AtomicU64,
    tag_lists: AtomicU64,
    heads: AtomicU64,
    manifests: AtomicU64,
    configs: AtomicU64,
    layers: AtomicU64,
    refused: AtomicU64,
    bytes: AtomicU64,
}

impl Fleet {
    /// Starts it on a port of its own.
    pub fn start(options: FleetOptions) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let user = options.user.as_ref();
        let authorization =
            user.map(|(name, password)| format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))));
        let held = Arc::new(Held { stock: Stock::new(options), authorization, counts: Counts::default() });
        let shared = Arc::clone(&held);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, held) = (stream.unwrap(), Arc::clone(&shared));
                stream.set_nodelay(true).unwrap();
                std::thread::spawn(move || converse(&stream, &|asked| held.answer(asked)));
            }
        });
        Self { host, held }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    /// What it was asked for until now.
    pub fn served(&self) -> Served {
        let counts = &self.held.counts;
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Served {
            catalogs: read(&counts.catalogs),
            tag_lists: read(&counts.tag_lists),
            heads: read(&counts.heads),
            manifests: read(&counts.manifests),
            configs: read(&counts.configs),
            layers: read(&counts.layers),
            refused: read(&counts.refused),
            bytes: read(&counts.bytes),
        }
    }

    /// Its repositories in order.
    pub fn repositories(&self) -> Vec<String> {
        self.held.stock.repositories()
    }

    /// The tags of a repository in order.
    pub fn tags(&self, repository: &str) -> Vec<String> {
        self.held.stock.tags(repository).unwrap_or_default()
    }

    /// Pushes another image under a tag, which need not be there yet; nor need the repository.
    pub fn push(&self, repository: &str, tag: &str) {
        self.held.stock.push(repository, tag);
    }

    /// Deletes a tag with what it stands for.
    pub fn delete(&self, repository: &str, tag: &str) {
        self.held.stock.delete(repository, tag);
    }
}

impl Held {
    fn answer(&self, asked: &Asked) -> Answer {
        let answer = self.find(asked).unwrap_or_else(Answer::not_found);
        if !answer.is_success() {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
        }
        if asked.method != "HEAD" {
            self.counts.bytes.fetch_add(answer.length() as u64, Ordering::Relaxed);
        }
        answer
    }

    fn find(&self, asked: &Asked) -> Option<Answer> {
        let path = asked.path.strip_prefix("/v2/")?;
        if self.authorization.is_some() && asked.header("authorization") != self.authorization.as_deref() {
            let body = r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#;
            let answer = Answer::new(401, body).header("Content-Type", "application/json");
            return Some(answer.header("WWW-Authenticate", "Basic realm=\"fleet\""));
        }
        if path.is_empty() {
            return Some(Answer::json("{}"));
        }
        let counts = &self.counts;
        if path == "_catalog" {
            counts.catalogs.fetch_add(1, Ordering::Relaxed);
            let names = self.stock.repositories();
            return Some(part(asked, &names, |names| serde_json::json!({ "repositories": names })));
        }
        if let Some(repository) = path.strip_suffix("/tags/list") {
            counts.tag_lists.fetch_add(1, Ordering::Relaxed);
            let tags = self.stock.tags(repository)?;
            return Some(part(asked, &tags, |tags| serde_json::json!({ "name": repository, "tags": tags })));
        }
        if let Some((repository, target)) = path.split_once("/manifests/") {
            let count = if asked.method == "HEAD" { &counts.heads } else { &counts.manifests };
            count.fetch_add(1, Ordering::Relaxed);
            let manifest = self.stock.manifest(repository, target)?;
            let answer = Answer::new(200, manifest.bytes).header("Content-Type", manifest.media_type);
            return Some(answer.header("Docker-Content-Digest", manifest.digest));
        }
        let (_repository, digest) = path.split_once("/blobs/")?;
        let (part, bytes) = self.stock.blob(digest)?;
        let count = if part == Part::Config { &counts.configs } else { &counts.layers };
        count.fetch_add(1, Ordering::Relaxed);
        Some(Answer::new(200, bytes).header("Content-Type", "application/octet-stream"))
    }
}

/// The part of a list that is asked for, and where it goes on.
fn part(asked: &Asked, names: &[String], document: impl Fn(&[String]) -> serde_json::Value) -> Answer {
    let size = asked.parameter("n").map_or(100, |n| n.parse().unwrap());
    let last = asked.parameter("last").map(|last| last.replace("%2F", "/"));
    let begin = last.map_or(0, |last| names.partition_point(|name| *name <= last));
    let end = names.len().min(begin + size);
    let names_of_part = names.get(begin..end).unwrap();
    let answer = Answer::json(document(names_of_part).to_string());
    match names_of_part.last().filter(|_| end < names.len()) {
        Some(last) => {
            let last = last.replace('/', "%2F");
            answer.header("Link", format!("<{}?last={last}&n={size}>; rel=\"next\"", asked.path))
        }
        None => answer,
    }
}
