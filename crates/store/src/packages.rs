//! Packages as advisories are held against them: shared by all images of one distribution that have them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use model::{Distribution, Package};
use serde::{Deserialize, Serialize};

use crate::hash::hash;
use crate::sql::{Sql, Value, insert};
use crate::{Error, Transaction};

/// How many ids are asked for at once.
const TOGETHER: usize = 10_000;

/// All that matching looks at of one package, as it is kept in `package.facts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The package, without what is different from image to image: places, layer, licences, who found it.
    pub package: Package,
    /// For one that a system package brought: that package, by which it is judged first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Package>,
}

/// By which names advisories may be about a package of a distribution.
pub type Names<'a> = &'a (dyn Fn(Option<&Distribution>, &Facts) -> BTreeSet<String> + Send + Sync);

/// What of a package is the same in every image.
fn shared(package: &Package) -> Package {
    Package {
        paths: Vec::new(),
        layer: None,
        created_by: None,
        from_base: None,
        licenses: Vec::new(),
        found_by: String::new(),
        ..package.clone()
    }
}

impl Facts {
    /// The facts of every package of an image, in its order.
    #[must_use]
    pub fn of(packages: &[Package]) -> Vec<Self> {
        let named: HashSet<&str> = packages.iter().filter_map(|package| package.owner.as_deref()).collect();
        let mut owners: HashMap<&str, Package> = HashMap::new();
        for package in packages.iter().filter(|one| one.kind.is_system() && named.contains(&*one.name)) {
            let facts = shared(package);
            // Of several of one name always the same one.
            match owners.get(&*package.name) {
                Some(known) if *known <= facts => {}
                _ => drop(owners.insert(&package.name, facts)),
            }
        }
        let owner_of = |package: &Package| owners.get(package.owner.as_deref()?).cloned();
        packages.iter().map(|package| Self { package: shared(package), owner: owner_of(package) }).collect()
    }

    /// Reads `package.facts`.
    ///
    /// # Errors
    /// When it was not written here.
    pub fn read(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }
}

/// The row of a distribution, which is made when it is not there.
pub(crate) async fn context(
    transaction: &mut Transaction,
    distribution: Option<&Distribution>,
) -> Result<i64, Error> {
    // Texts and lists are always written.
    let json = serde_json::to_string(&distribution).unwrap_or_default();
    let fingerprint = hash(&json);
    Sql::write(
        "note a distribution",
        "INSERT INTO context (fingerprint, distribution) VALUES ($1, $2) ON CONFLICT (fingerprint) DO NOTHING",
    )
    .bind(&fingerprint)
    .bind(json)
    .run(&mut *transaction)
    .await?;
    let sql = Sql::read("find a distribution", "SELECT id FROM context WHERE fingerprint = ");
    let (id,): (i64,) = sql.with("", fingerprint).one(transaction).await?;
    Ok(id)
}

/// The rows of packages, in their order; those that are not there are made.
pub(crate) async fn note(
    transaction: &mut Transaction,
    distribution: Option<&Distribution>,
    packages: &[Package],
    names: Names<'_>,
) -> Result<Vec<i64>, Error> {
    let context = context(transaction, distribution).await?;
    let facts = Facts::of(packages);
    let written: Vec<(String, String)> = facts
        .iter()
        .map(|facts| {
            let json = serde_json::to_string(facts).unwrap_or_default();
            (hash(&format!("{context}\n{json}")), json)
        })
        .collect();
    // In one order, so that writers who share packages wait for one another instead of deadlocking.
    let new: BTreeMap<&str, usize> = {
        let known = ids(transaction, written.iter().map(|(fingerprint, _)| fingerprint.as_str())).await?;
        let all = written.iter().enumerate().map(|(at, (fingerprint, _))| (fingerprint.as_str(), at));
        all.filter(|(fingerprint, _)| !known.contains_key(*fingerprint)).collect()
    };
    let rows = new.values().filter_map(|at| Some(row(context, facts.get(*at)?, written.get(*at)?))).collect();
    let before = "INSERT INTO package (fingerprint, context_id, kind, name, short_name, version, architecture, source, \
        purl, facts) VALUES ";
    insert("note packages", transaction, before, rows, " ON CONFLICT (fingerprint) DO NOTHING").await?;
    let known = ids(transaction, written.iter().map(|(fingerprint, _)| fingerprint.as_str())).await?;
    let mut looked_up: Vec<(String, i64)> = new
        .iter()
        .filter_map(|(fingerprint, at)| Some((*known.get(*fingerprint)?, facts.get(*at)?)))
        .flat_map(|(id, facts)| names(distribution, facts).into_iter().map(move |name| (name, id)))
        .collect();
    looked_up.sort_unstable();
    let rows = looked_up.into_iter().map(|(name, id)| vec![name.into(), id.into()]).collect();
    let before = "INSERT INTO package_lookup (name, package_id) VALUES ";
    insert("note names of packages", transaction, before, rows, " ON CONFLICT DO NOTHING").await?;
    Ok(written.iter().filter_map(|(fingerprint, _)| known.get(fingerprint).copied()).collect())
}

/// The name without a group, scope or path before it: `log4j-core`, `node`, `yaml.v3`.
#[must_use]
pub fn short_name(name: &str) -> &str {
    match name.rsplit([':', '/']).next() {
        Some(short) if !short.is_empty() => short,
        _ => name,
    }
}

fn row(context: i64, facts: &Facts, written: &(String, String)) -> Vec<Value> {
    let (fingerprint, json) = written;
    let package = &facts.package;
    vec![
        fingerprint.into(),
        context.into(),
        package.kind.word().into(),
        (&package.name).into(),
        short_name(&package.name).into(),
        (&package.version).into(),
        package.arch.as_deref().unwrap_or_default().into(),
        package.source.as_ref().map_or("", |source| source.name.as_str()).into(),
        (&package.purl).into(),
        json.into(),
    ]
}

async fn ids(
    transaction: &mut Transaction,
    fingerprints: impl Iterator<Item = &str>,
) -> Result<HashMap<String, i64>, Error> {
    let fingerprints: Vec<&str> = fingerprints.collect();
    let mut found = HashMap::new();
    for some in fingerprints.chunks(TOGETHER) {
        let rows: Vec<(String, i64)> =
            Sql::read("find packages", "SELECT fingerprint, id FROM package WHERE fingerprint IN ")
                .list("", some.iter().copied())
                .all(&mut *transaction)
                .await?;
        found.extend(rows);
    }
    Ok(found)
}
