//! Taking many wishes at once: a registry asks for all its images at the same time, and waits 5 s for each answer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value as Json, json};

use super::{KEPT, KIND, Seen, rows, scanned};
use crate::manifests::{self, Image, Manifest};
use crate::sql::{Sql, Value, insert};
use crate::tasks::{self, Cause, Scans};
use crate::{Error, Scope, Transaction, audit, now};

/// A scan that is wanted.
#[derive(Clone)]
pub struct Wish {
    /// By which the report is asked for: a UUID.
    pub name: String,
    /// Who asks, by the name of an account.
    pub login: String,
    /// From where.
    pub address: String,
    /// The project its image belongs to.
    pub project: i64,
    /// The projects that who asks sees.
    pub scope: Scope,
    /// Where the image is pulled from.
    pub registry: String,
    /// The registry of that address, when it is connected besides.
    pub registry_id: Option<i64>,
    /// That address as names of images begin with it.
    pub host: String,
    /// Whether the certificate there is believed whatever it is.
    pub insecure: bool,
    /// What lets the one in who pulls, sealed.
    pub sealed: Option<String>,
    /// The repository.
    pub repository: String,
    /// The tag.
    pub tag: Option<String>,
    /// Of the manifest.
    pub digest: String,
    /// Of the manifest.
    pub media_type: String,
}

impl std::fmt::Debug for Wish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wish")
            .field("name", &self.name)
            .field("registry", &self.registry)
            .field("repository", &self.repository)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

impl Wish {
    /// While a job for one of a key waits or runs, whoever asks for the same joins it.
    fn key(&self) -> String {
        let Self { project, registry, insecure, repository, digest, .. } = self;
        let tag = self.tag.as_deref().unwrap_or_default();
        format!("{KIND}:{project}:{insecure}:{registry}:{repository}:{tag}:{digest}")
    }

    /// Where the registry has the image.
    fn seen(&self) -> Seen {
        Seen {
            project: self.project,
            registry: self.registry_id,
            repository: format!("{}/{}", self.host, self.repository),
            namespace: rows::namespace(&self.repository),
            tag: self.tag.clone(),
            digest: self.digest.clone(),
        }
    }

    /// As it is shown.
    fn shown(&self) -> String {
        let place = format!("{}/{}", self.host, self.repository);
        self.tag.as_ref().map_or_else(|| format!("{place}@{}", self.digest), |tag| format!("{place}:{tag}"))
    }
}

/// Takes wishes: what is known is ready at once, for all else there is a job that has `scans` made, and a task for whoever
/// asked.
///
/// # Errors
/// When the database refuses or is gone.
pub async fn accept(transaction: &mut Transaction, wishes: &[Wish], scans: &Scans) -> Result<(), Error> {
    let ready = ready(transaction, wishes).await?;
    let mut askers: BTreeMap<(&str, &str, i64), Vec<&Wish>> = BTreeMap::new();
    for wish in wishes {
        askers.entry((&wish.login, &wish.address, wish.project)).or_default().push(wish);
    }
    let mut jobs = HashMap::new();
    for ((login, address, project), wishes) in askers {
        let waiting: Vec<&Wish> =
            wishes.iter().copied().filter(|wish| !ready.contains_key(&*wish.name)).collect();
        let mut object = "-".to_owned();
        if !waiting.is_empty() {
            let asked = ask(transaction, &waiting, scans).await?;
            let task = task(transaction, login, project, &waiting, &asked).await?;
            object = format!("task {task}");
            jobs.extend(asked);
        }
        let detail = json!({ "images": wishes.len(), "known": wishes.len() - waiting.len() });
        audit::note(&mut *transaction, login, address, "adapter.scan", &object, &detail.to_string()).await?;
    }
    write(transaction, wishes, &ready, &jobs).await
}

/// A job for each image, or the one that is there; by their keys.
async fn ask(
    transaction: &mut Transaction,
    wishes: &[&Wish],
    scans: &Scans,
) -> Result<HashMap<String, i64>, Error> {
    // In one order, so that those who ask for the same wait for one another instead of deadlocking.
    let keys: BTreeMap<String, i64> = wishes.iter().map(|wish| (wish.key(), wish.project)).collect();
    let mut sql = Sql::write(
        "ask for scans",
        "INSERT INTO job (kind, subject_id, dedupe, parameters, priority, state, run_at, created, updated) VALUES ",
    )
    .bind(KIND)
    .bind(Cause::Push.priority())
    .bind(now())
    .bind(scans.json());
    for (at, (key, project)) in keys.into_iter().enumerate() {
        sql = sql.with(if at == 0 { "($1, " } else { ", ($1, " }, project);
        sql = sql.with(", ", key).push(", $4, $2, 'waiting', $3, $3, $3)");
    }
    let jobs: Vec<(String, i64)> = sql
        .push(" ON CONFLICT (dedupe) WHERE state IN ('waiting', 'running') DO UPDATE SET held = FALSE")
        .push(" RETURNING dedupe, id")
        .all(transaction)
        .await?;
    Ok(jobs.into_iter().collect())
}

/// The task that tells how far all of it is.
async fn task(
    transaction: &mut Transaction,
    login: &str,
    project: i64,
    wishes: &[&Wish],
    jobs: &HashMap<String, i64>,
) -> Result<i64, Error> {
    let registries: BTreeSet<&str> = wishes.iter().map(|wish| wish.registry.as_str()).collect();
    let name = match wishes {
        [wish] => wish.shown(),
        _several => String::new(),
    };
    let parameters: Json = json!({ "registries": registries });
    let new = tasks::New {
        projects: &[project],
        kind: KIND,
        cause: Cause::Push,
        name: &name,
        parameters: &parameters.to_string(),
        created_by: login,
        parallel: 0,
    };
    let task = tasks::create(transaction, new).await?;
    let jobs: Vec<i64> = jobs.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    tasks::add_all(transaction, task, &jobs).await?;
    Ok(task)
}

/// What a wish that is known became in the inventory.
struct Ready {
    asset: i64,
    content: i64,
}

/// The wishes, by their names, whose images are known, and were looked through for what a report tells.
///
/// Who sees only some projects is told only of what is in theirs: of all else the registry must say that they may have it.
async fn ready<'a>(
    transaction: &mut Transaction,
    wishes: &'a [Wish],
) -> Result<HashMap<&'a str, Ready>, Error> {
    let digests: BTreeSet<&str> = wishes.iter().map(|wish| wish.digest.as_str()).collect();
    let digests: Vec<&str> = digests.into_iter().collect();
    let manifests = manifests::find(&mut *transaction, &digests).await?;
    let image = |digest: &str| match manifests.get(digest) {
        Some(Manifest::Image(image)) => Some(*image),
        Some(Manifest::Index(_)) | None => None,
    };
    let contents: Vec<i64> =
        digests.iter().filter_map(|digest| image(digest)).map(|image| image.content).collect();
    let contents: HashSet<i64> = scanned(&mut *transaction, &contents).await?.into_iter().collect();
    if contents.is_empty() {
        return Ok(HashMap::new());
    }
    let visible = visible(transaction, &contents).await?;
    let may = |wish: &Wish, image: Image| {
        let projects = visible.get(&image.content).map(Vec::as_slice).unwrap_or_default();
        wish.scope == Scope::All || projects.iter().any(|project| wish.scope.holds(*project))
    };
    let known = wishes.iter().filter_map(|wish| {
        let image =
            image(&wish.digest).filter(|image| contents.contains(&image.content) && may(wish, *image))?;
        Some((wish.name.as_str(), (wish.seen(), image)))
    });
    let (names, known): (Vec<&str>, Vec<(Seen, Image)>) = known.unzip();
    let assets = rows::of(transaction, &known).await?;
    let ready =
        assets.into_iter().zip(&known).map(|(asset, (_, image))| Ready { asset, content: image.content });
    Ok(names.into_iter().zip(ready).collect())
}

/// The projects that have an image of these contents.
async fn visible(
    transaction: &mut Transaction,
    contents: &HashSet<i64>,
) -> Result<HashMap<i64, Vec<i64>>, Error> {
    let rows: Vec<(i64, i64)> =
        Sql::read("look who has images", "SELECT DISTINCT content_id, project_id FROM asset")
            .list(" WHERE content_id IN ", contents.iter().copied())
            .all(transaction)
            .await?;
    let mut projects: HashMap<i64, Vec<i64>> = HashMap::new();
    for (content, project) in rows {
        projects.entry(content).or_default().push(project);
    }
    Ok(projects)
}

async fn write(
    transaction: &mut Transaction,
    wishes: &[Wish],
    ready: &HashMap<&str, Ready>,
    jobs: &HashMap<String, i64>,
) -> Result<(), Error> {
    let now = now();
    let rows = wishes.iter().map(|wish| {
        let known = ready.get(&*wish.name);
        let job = if known.is_some() { None } else { jobs.get(&wish.key()).copied() };
        vec![
            Value::from(&wish.name),
            wish.project.into(),
            wish.registry_id.into(),
            (&wish.registry).into(),
            wish.insecure.into(),
            // What is known is not pulled.
            wish.sealed.clone().filter(|_| known.is_none()).into(),
            (&wish.repository).into(),
            wish.tag.clone().into(),
            (&wish.digest).into(),
            (&wish.media_type).into(),
            known.map(|known| known.asset).into(),
            known.map(|known| known.content).into(),
            job.into(),
            now.into(),
            now.saturating_add(KEPT).into(),
        ]
    });
    let before = "INSERT INTO adapter_scan (name, project_id, registry_id, registry, insecure, sealed, repository, tag, digest, \
        media_type, asset_id, content_id, job_id, created, expires) VALUES ";
    insert("note what a registry asks for", transaction, before, rows.collect(), "").await
}
