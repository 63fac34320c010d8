use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};

use super::FleetOptions;
use super::contents::{Made, index, make};
use super::layers::{Shared, own};
use crate::{Blob, gzip};

/// Of how many kinds the images of one repository are: others of the same kind share all but their own layer.
const KINDS: u64 = 8;
/// What an index is of.
const PLATFORMS: [&str; 2] = ["amd64", "arm64"];

/// All images, most of which were never made.
#[derive(Debug)]
pub(super) struct Stock {
    options: FleetOptions,
    /// How many tags each repository has at the start.
    initial: BTreeMap<String, usize>,
    /// The base layers, then those of language packages; each known once it was needed.
    shared: Vec<OnceLock<Shared>>,
    changes: Mutex<Changes>,
    known: Mutex<HashMap<String, Object>>,
}

/// What happened since the start.
#[derive(Debug, Default)]
struct Changes {
    added: BTreeMap<String, BTreeSet<String>>,
    deleted: HashSet<(String, String)>,
    /// How often a tag was pushed.
    revisions: HashMap<(String, String), u32>,
}

/// What a tag stood for at a time.
#[derive(Debug)]
pub(super) struct Tagged {
    pub(super) repository: String,
    pub(super) tag: String,
    pub(super) revision: u32,
}

/// What a digest leads to.
#[derive(Clone, Debug)]
enum Object {
    Shared(usize),
    Index(Arc<Tagged>),
    /// A part of the image for a platform.
    Of(Part, Arc<Tagged>, &'static str),
}

/// A part of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Manifest,
    Config,
    Layer,
}

impl Stock {
    pub(super) fn new(options: FleetOptions) -> Self {
        let count = options.repositories;
        let tags = |number: usize| options.images / count + usize::from(number < options.images % count);
        let name = |number: usize| format!("team-{:02}/service-{number:04}", number % 20);
        let initial = (0..count).map(|number| (name(number), tags(number))).collect();
        let shared = (0..options.bases + options.middles).map(|_| OnceLock::new()).collect();
        Self { options, initial, shared, changes: Mutex::default(), known: Mutex::default() }
    }

    pub(super) fn repositories(&self) -> Vec<String> {
        let changes = self.changes.lock().unwrap();
        let names: BTreeSet<&String> = self.initial.keys().chain(changes.added.keys()).collect();
        names.into_iter().cloned().collect()
    }

    /// The tags in order; nothing when there is no such repository.
    pub(super) fn tags(&self, repository: &str) -> Option<Vec<String>> {
        let changes = self.changes.lock().unwrap();
        let (initial, added) = (self.initial.get(repository), changes.added.get(repository));
        if initial.is_none() && added.is_none() {
            return None;
        }
        let initial = (0..initial.copied().unwrap_or_default()).map(initial_tag);
        let mut tags: BTreeSet<String> = initial.chain(added.into_iter().flatten().cloned()).collect();
        tags.retain(|tag| !changes.deleted.contains(&(repository.to_owned(), tag.clone())));
        Some(tags.into_iter().collect())
    }

    pub(super) fn push(&self, repository: &str, tag: &str) {
        let mut changes = self.changes.lock().unwrap();
        let key = (repository.to_owned(), tag.to_owned());
        changes.deleted.remove(&key);
        *changes.revisions.entry(key).or_default() += 1;
        changes.added.entry(repository.to_owned()).or_default().insert(tag.to_owned());
    }

    pub(super) fn delete(&self, repository: &str, tag: &str) {
        self.changes.lock().unwrap().deleted.insert((repository.to_owned(), tag.to_owned()));
    }

    /// The manifest or index that a tag or digest of a repository leads to.
    pub(super) fn manifest(&self, repository: &str, target: &str) -> Option<Blob> {
        if !target.starts_with("sha256:") {
            return self.tagged(repository, target).map(|tagged| self.top(&tagged));
        }
        match self.object(target)? {
            Object::Index(tagged) if tagged.repository == repository => Some(self.top(&tagged)),
            Object::Of(Part::Manifest, tagged, platform) if tagged.repository == repository => {
                Some(self.made(&tagged, platform).manifest)
            }
            _ => None,
        }
    }

    pub(super) fn blob(&self, digest: &str) -> Option<(Part, Vec<u8>)> {
        match self.object(digest)? {
            Object::Shared(number) => Some((Part::Layer, self.shared_bytes(number))),
            Object::Of(Part::Config, tagged, platform) => {
                Some((Part::Config, self.made(&tagged, platform).config.bytes))
            }
            Object::Of(Part::Layer, tagged, platform) => {
                Some((Part::Layer, gzip(own(&tagged, platform).tar())))
            }
            Object::Index(_) | Object::Of(Part::Manifest, ..) => None,
        }
    }

    /// What a digest leads to, unless its tag was deleted.
    fn object(&self, digest: &str) -> Option<Object> {
        let object = self.known.lock().unwrap().get(digest).cloned()?;
        let (Object::Index(tagged) | Object::Of(_, tagged, _)) = &object else { return Some(object) };
        let key = (tagged.repository.clone(), tagged.tag.clone());
        (!self.changes.lock().unwrap().deleted.contains(&key)).then_some(object)
    }

    fn tagged(&self, repository: &str, tag: &str) -> Option<Arc<Tagged>> {
        let changes = self.changes.lock().unwrap();
        let is_initial = self.initial.get(repository).is_some_and(|count| is_initial(tag, *count));
        let is_added = || changes.added.get(repository).is_some_and(|tags| tags.contains(tag));
        let key = (repository.to_owned(), tag.to_owned());
        if changes.deleted.contains(&key) || !(is_initial || is_added()) {
            return None;
        }
        let revision = changes.revisions.get(&key).copied().unwrap_or_default();
        let (repository, tag) = key;
        Some(Arc::new(Tagged { repository, tag, revision }))
    }

    /// What a tag stands for; all that it leads to is known from now on.
    fn top(&self, tagged: &Arc<Tagged>) -> Blob {
        if !self.is_index(tagged) {
            return self.made(tagged, PLATFORMS[0]).manifest;
        }
        let manifests = PLATFORMS.map(|platform| (platform, self.made(tagged, platform).manifest));
        let index = index(&manifests);
        self.known.lock().unwrap().insert(index.digest.clone(), Object::Index(Arc::clone(tagged)));
        index
    }

    fn is_index(&self, tagged: &Tagged) -> bool {
        let every = self.options.index_every as u64;
        every > 0 && self.draw(&["index", &tagged.repository, &tagged.tag]).is_multiple_of(every)
    }

    /// The image of a tag for a platform.
    fn made(&self, tagged: &Arc<Tagged>, platform: &'static str) -> Made {
        let numbers = self.layers_of(tagged);
        let layers: Vec<&Shared> = numbers.iter().map(|number| self.shared(*number)).collect();
        let age = self.draw(&["created", &tagged.repository, &tagged.tag, &tagged.revision.to_string()]);
        let made = make(tagged, platform, age, &layers);
        let mut known = self.known.lock().unwrap();
        let parts = [
            (Part::Manifest, &made.manifest.digest),
            (Part::Config, &made.config.digest),
            (Part::Layer, &made.own),
        ];
        for (part, digest) in parts {
            known.entry(digest.clone()).or_insert_with(|| Object::Of(part, Arc::clone(tagged), platform));
        }
        for (number, layer) in numbers.iter().zip(layers) {
            known.entry(layer.digest.clone()).or_insert(Object::Shared(*number));
        }
        made
    }

    /// The shared layers of an image: a base for the repository, and language packages for kinds of its images.
    fn layers_of(&self, tagged: &Tagged) -> Vec<usize> {
        let Tagged { repository, tag, .. } = tagged;
        let among = |count: usize, drawn: u64| usize::try_from(drawn % count as u64).unwrap();
        let kind = (self.draw(&["kind", repository, tag]) % KINDS).to_string();
        let mut numbers = vec![among(self.options.bases, self.draw(&["base", repository]))];
        for place in ["first", "second"] {
            let drawn = self.draw(&["middle", repository, &kind, place]);
            let number = self.options.bases + among(self.options.middles, drawn);
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }

    fn shared(&self, number: usize) -> &Shared {
        self.shared.get(number).unwrap().get_or_init(|| Shared::new(&self.shared_layer(number)))
    }

    fn shared_bytes(&self, number: usize) -> Vec<u8> {
        gzip(self.shared_layer(number).tar())
    }

    fn shared_layer(&self, number: usize) -> crate::Layer {
        let drawn = |what: &str| self.draw(&["layer", &number.to_string(), what]);
        match number.checked_sub(self.options.bases) {
            None => super::layers::base(number, &drawn),
            Some(number) => super::layers::middle(number, &drawn),
        }
    }

    /// A number that the seed and the words decide.
    fn draw(&self, words: &[&str]) -> u64 {
        let mut drawn = self.options.seed ^ 0xcbf2_9ce4_8422_2325;
        for word in words {
            for byte in word.bytes().chain([0xff]) {
                drawn = (drawn ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        // The low digits of the above are poor.
        drawn ^= drawn >> 30;
        drawn = drawn.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        drawn ^= drawn >> 27;
        drawn = drawn.wrapping_mul(0x94d0_49bb_1331_11eb);
        drawn ^ (drawn >> 31)
    }
}

fn initial_tag(number: usize) -> String {
    format!("1.{}.{}", number / 10, number % 10)
}

/// Whether a tag is among so many initial ones.
fn is_initial(tag: &str, count: usize) -> bool {
    let number = tag.strip_prefix("1.").and_then(|rest| rest.split_once('.'));
    let number =
        number.and_then(|(tens, ones)| Some(tens.parse::<usize>().ok()? * 10 + ones.parse::<usize>().ok()?));
    number.is_some_and(|number| number < count && initial_tag(number) == tag)
}
