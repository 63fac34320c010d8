//! The lock file of uv: `uv.lock`.
//!
//! Written by uv. Source: <https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>, and what it writes. What
//! only dependency groups ask for (`dev` and others) is left out: it follows from who depends on whom, beginning at the
//! projects of the workspace; extras count. The projects themselves are left out.

use std::collections::{BTreeMap, HashMap};

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::dependencies::Dependencies;
use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "python/uv-lock",
    version: 1,
    files: &[Pattern::Name("uv.lock")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "uv lock file";

#[derive(Deserialize)]
struct Lock {
    /// Says that the file is one.
    #[serde(rename = "version")]
    _version: u32,
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Locked {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    source: Source,
    #[serde(default)]
    dependencies: Vec<Wanted>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<Wanted>>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, Vec<Wanted>>,
}

/// Where a package is from, as far as it may be the project.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Source {
    #[serde(rename = "virtual")]
    manifest: Option<IgnoredAny>,
    editable: Option<IgnoredAny>,
    directory: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    version: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let lock: Lock = toml::from_str(text)
        .map_err(|error| Error::Format { format: FORMAT, why: error.message().to_owned() })?;
    let mut listing = Listing::new(PackageType::Pypi);
    for (locked, left_out) in lock.package.iter().zip(development(&lock.package)) {
        // A repository's package may have no version, where it is made up while building.
        if !left_out && !locked.is_own() {
            listing.add(&locked.name, &locked.version);
        }
    }
    listing.report(input);
    Ok(())
}

impl Locked {
    fn is_own(&self) -> bool {
        self.source.manifest.is_some() || self.source.editable.is_some() || self.source.directory.is_some()
    }

    fn production(&self) -> impl Iterator<Item = &Wanted> {
        self.dependencies.iter().chain(self.optional_dependencies.values().flatten())
    }
}

/// For each package whether only dependency groups ask for it.
fn development(packages: &[Locked]) -> Vec<bool> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut exact: HashMap<(&str, &str), usize> = HashMap::new();
    for (place, package) in packages.iter().enumerate() {
        places.entry(&package.name).or_default().push(place);
        exact.insert((&package.name, &package.version), place);
    }
    let mut graph = Dependencies::new(packages.len());
    let (mut production, mut asked) = (Vec::new(), Vec::new());
    for (from, package) in packages.iter().enumerate() {
        for wanted in package.production() {
            for to in wanted.find(&places, &exact) {
                graph.add(from, to);
            }
        }
        if package.is_own() {
            production.push(from);
            let groups = package.dev_dependencies.values().flatten();
            asked.extend(groups.flat_map(|wanted| wanted.find(&places, &exact)));
        }
    }
    graph.only_for_development(&production, &asked)
}

impl Wanted {
    /// The one of the version, where it is stated: it is when there are several of the name.
    fn find(&self, places: &HashMap<&str, Vec<usize>>, exact: &HashMap<(&str, &str), usize>) -> Vec<usize> {
        let version = self.version.as_deref();
        match version.and_then(|version| exact.get(&(self.name.as_str(), version))) {
            Some(place) => vec![*place],
            // A hostile file could name one package very often, and ask for it as often.
            None => places.get(self.name.as_str()).into_iter().flatten().take(64).copied().collect(),
        }
    }
}
