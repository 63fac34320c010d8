//! From what lists tell to rows: what is known is noted as seen, what is new is read first.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use model::Failure;
use registries::{Artifact, Origin, Repository};
use store::manifests::{self, Manifest};
use store::registry_images::{self, Known, Listed, Place, What};
use tokio::task::JoinSet;

use super::connection::Connected;
use super::reading::{LASTING, Read, read};
use crate::{App, Error};

/// How many manifests are read at the same time.
const READERS: usize = 8;

/// Some images of a listing.
#[derive(Default)]
pub(super) struct Batch(Vec<(Repository, Artifact)>);

impl Batch {
    pub(super) fn push(&mut self, repository: &Repository, artifact: Artifact) {
        self.0.push((repository.clone(), artifact));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Writes what a registry has.
pub(super) struct Writer<'a> {
    app: &'a App,
    connected: Arc<Connected>,
    place: Place,
    /// How many rows were met.
    pub(super) met: u64,
    /// Rows that are new, or other than before.
    pub(super) changed: Vec<i64>,
    /// How many are still to be read.
    pub(super) unread: u64,
}

/// One row to be, with what leads to its manifest.
struct Row {
    listed: Listed,
    /// As it is pulled.
    repository: String,
    artifact: Artifact,
}

impl<'a> Writer<'a> {
    pub(super) fn new(app: &'a App, connected: Arc<Connected>, place: Place) -> Self {
        Self { app, connected, place, met: 0, changed: Vec::new(), unread: 0 }
    }

    /// Writes a batch.
    pub(super) async fn write(&mut self, batch: Batch) -> Result<(), Error> {
        let rows: Vec<Row> = batch
            .0
            .into_iter()
            .flat_map(|(repository, artifact)| self.rows(&repository, &artifact))
            .collect();
        self.met = self.met.saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        let (seen, mut new) = self.known(rows).await?;
        let failures = self.read(&mut new).await?;
        let digests: Vec<&str> = new.iter().filter_map(|row| row.listed.digest.as_deref()).collect();
        let manifests = manifests::find(&self.app.database, &digests).await?;
        for row in &mut new {
            let key = key(row);
            let manifest = row.listed.digest.as_ref().and_then(|digest| manifests.get(digest));
            row.listed.what = match (manifest, failures.get(&key)) {
                (Some(manifest), _) => What::from(manifest),
                (None, Some(failure)) if LASTING.contains(failure) => What::Unfit(*failure),
                (None, _) => What::Unread,
            };
            self.unread += u64::from(row.listed.what == What::Unread);
        }
        let listed: Vec<Listed> = new.into_iter().map(|row| row.listed).collect();
        let mut transaction = self.app.database.begin().await?;
        registry_images::touch(&mut transaction, &seen, self.place.at).await?;
        let written = registry_images::write(&mut transaction, self.place, &listed).await?;
        transaction.commit().await?;
        self.changed.extend(written.rows);
        Ok(())
    }

    /// A row for each tag; for an image without one, one by its digest.
    fn rows(&self, repository: &Repository, artifact: &Artifact) -> Vec<Row> {
        let pulled = self.connected.catalogue.pull_name(&repository.name);
        let listed = listed(&self.connected, repository, &pulled, artifact);
        let tags: Vec<Option<String>> = match artifact.tags.as_slice() {
            [] if artifact.digest.is_none() => return Vec::new(),
            [] => vec![None],
            tags => tags.iter().cloned().map(Some).collect(),
        };
        tags.into_iter()
            .map(|tag| Row {
                artifact: Artifact { tags: tag.iter().cloned().collect(), ..artifact.clone() },
                listed: Listed { tag, ..listed.clone() },
                repository: pulled.clone(),
            })
            .collect()
    }

    /// Tells those that are as they were, by their ids, from the others.
    async fn known(&self, rows: Vec<Row>) -> Result<(Vec<i64>, Vec<Row>), Error> {
        let names: BTreeSet<&str> = rows.iter().map(|row| row.listed.repository.as_str()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let known = registry_images::known(&self.app.database, self.place.registry, &names).await?;
        let (mut seen, mut new) = (Vec::new(), Vec::new());
        for row in rows {
            let reference =
                registry_images::reference(row.listed.tag.as_deref(), row.listed.digest.as_deref());
            let known: Option<&Known> = known.get(&(row.listed.repository.clone(), reference));
            match known.filter(|known| known.is_same(&row.listed)) {
                Some(known) => seen.push(known.id),
                None => new.push(row),
            }
        }
        Ok((seen, new))
    }

    /// Reads the manifests nobody has read, unless the registry counts them; gives why some could not be.
    async fn read(&self, rows: &mut [Row]) -> Result<HashMap<String, Failure>, Error> {
        let digests: Vec<&str> = rows.iter().filter_map(|row| row.listed.digest.as_deref()).collect();
        let known = manifests::find(&self.app.database, &digests).await?;
        let is_known =
            |row: &Row| row.listed.digest.as_ref().is_some_and(|digest| known.contains_key(digest));
        let mut wanted: BTreeMap<String, (String, Artifact)> = BTreeMap::new();
        if !self.connected.catalogue.counts_manifests() {
            for row in rows.iter().filter(|row| !is_known(row)) {
                wanted.insert(key(row), (row.repository.clone(), row.artifact.clone()));
            }
        }
        let (mut found, mut failures) = (HashMap::new(), HashMap::new());
        let mut wanted = wanted.into_iter();
        let mut reading = JoinSet::new();
        loop {
            while reading.len() < READERS
                && let Some((key, (repository, artifact))) = wanted.next()
            {
                let connected = Arc::clone(&self.connected);
                reading.spawn_blocking(move || (key, read(&connected, &repository, artifact)));
            }
            let Some(done) = reading.join_next().await else { break };
            match done? {
                (key, Ok(read)) => {
                    found.insert(key, read);
                }
                (key, Err(refused)) => {
                    tracing::info!(manifest = key, error = crate::told(&refused), "cannot read a manifest");
                    failures.insert(key, refused.failure());
                }
            }
        }
        for row in rows.iter_mut() {
            if let Some(read) = found.get(&key(row)) {
                row.listed.digest = Some(read.digest.clone());
            }
        }
        self.keep(found).await?;
        Ok(failures)
    }

    async fn keep(&self, found: HashMap<String, Read>) -> Result<(), Error> {
        let mut found: Vec<Read> = found.into_values().collect();
        // In one order, so that those who read the same wait for one another instead of deadlocking.
        found.sort_by(|one, other| one.digest.cmp(&other.digest));
        found.dedup_by(|one, other| one.digest == other.digest);
        if found.is_empty() {
            return Ok(());
        }
        let mut transaction = self.app.database.begin().await?;
        for read in found {
            let _: Manifest = read.keep(self.app, &mut transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// What leads to a manifest: its digest, or else a tag of its repository.
fn key(row: &Row) -> String {
    match (&row.artifact.digest, &row.listed.tag) {
        (Some(digest), _) => digest.to_string(),
        (None, tag) => format!("{}:{}", row.repository, tag.as_deref().unwrap_or_default()),
    }
}

/// What a list tells of an image.
pub(super) fn listed(
    connected: &Connected,
    repository: &Repository,
    pulled: &str,
    artifact: &Artifact,
) -> Listed {
    let time = |text: &Option<String>| text.as_deref().and_then(model::milliseconds_of);
    let (owner, until) = match &repository.origin {
        Origin::Shared { owner, until } => (Some(clean(owner)), time(until)),
        Origin::Own | Origin::ProxyCache => (None, None),
    };
    let namespace = repository.name.rsplit_once('/').map(|(namespace, _)| namespace);
    Listed {
        repository: clean(&format!("{}/{pulled}", connected.host)),
        namespace: clean(namespace.unwrap_or_default()),
        tag: None,
        digest: artifact.digest.as_ref().map(ToString::to_string),
        size: artifact.size.map_or(0, |size| i64::try_from(size).unwrap_or(i64::MAX)),
        pushed: time(&artifact.pushed),
        owner,
        shared_until: until,
        what: What::Unread,
    }
}

/// A registry's word without what PostgreSQL keeps in no text.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}
