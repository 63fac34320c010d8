//! The lock file of Poetry: `poetry.lock`.
//!
//! Written by Poetry. Source: <https://python-poetry.org/docs/dependency-specification/>, and what its versions write.
//! What belongs to other groups than `main` is left out where the file tells groups: Poetry 2 does, and `category`
//! until 1.4 did; files of the versions between do not, and all they list counts. Folders of the project are left out.

use image::interest::Pattern;
use model::PackageType;
use serde::Deserialize;

use crate::listing::{self, Listing};
use crate::{Error, Evidence, Extractor, Input, projects};

pub(super) static EXTRACTOR: Extractor = Extractor {
    name: "python/poetry-lock",
    version: 1,
    files: &[Pattern::Name("poetry.lock")],
    wants: projects::is_own,
    evidence: Evidence::Declared,
    extract,
};

const FORMAT: &str = "Poetry lock file";
const MAIN: &str = "main";

#[derive(Deserialize)]
struct Lock {
    /// Says that the file is one; each version writes it.
    #[serde(rename = "metadata")]
    _metadata: serde::de::IgnoredAny,
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    #[serde(default)]
    version: String,
    category: Option<String>,
    groups: Option<Vec<String>>,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: Option<String>,
}

fn extract(input: &mut Input<'_>) -> Result<(), Error> {
    let text = listing::text(input, FORMAT)?;
    let lock: Lock = toml::from_str(text)
        .map_err(|error| Error::Format { format: FORMAT, why: error.message().to_owned() })?;
    let mut listing = Listing::new(PackageType::Pypi);
    for locked in lock.package.iter().filter(|locked| locked.counts()) {
        listing.add(&locked.name, &locked.version);
    }
    listing.report(input);
    Ok(())
}

impl Locked {
    fn counts(&self) -> bool {
        let is_main = match &self.groups {
            Some(groups) => groups.iter().any(|group| group == MAIN),
            None => self.category.as_deref().is_none_or(|category| category == MAIN),
        };
        let is_own = self.source.as_ref().is_some_and(|source| source.kind.as_deref() == Some("directory"));
        is_main && !is_own
    }
}
