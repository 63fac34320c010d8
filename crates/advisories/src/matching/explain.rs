//! Why a package has a vulnerability, or has it not: every record that names both, and what came of it.

use model::{Distribution, Package, Severity};
use serde::Serialize;

use super::rows::{Asked, outcome};
use super::{Judge, dismissed};
use crate::Error;
use crate::database::Database;
use crate::evaluate::Verdict;

/// What advisories say of one vulnerability in one package, and what was made of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The package, by its package URL.
    pub package: String,
    /// Where it lies.
    pub paths: Vec<String>,
    /// The extractor that found it.
    pub found_by: String,
    /// The layer that brought it.
    pub layer: Option<String>,
    /// The records that name both.
    pub records: Vec<RecordSays>,
    /// What was decided, and why.
    pub decision: Decision,
}

/// What one record says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordSays {
    /// Its id.
    pub advisory: String,
    /// The ecosystem it is about.
    pub ecosystem: String,
    /// The name it was looked up by, and the version that was compared.
    pub name: String,
    /// The version that was compared.
    pub version: String,
    /// How versions were ordered.
    pub scheme: String,
    /// The versions it names.
    pub range: String,
    /// What the publisher says beyond versions.
    pub status: Option<String>,
    /// The publisher's severity for this package alone.
    pub severity: Option<Severity>,
    /// `affected`, `not affected`, or why it cannot be told.
    pub verdict: String,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Decision {
    /// It is reported.
    Affected,
    /// No record holds the version.
    NotAffected,
    /// The publisher says that it is not affected, whatever other records say.
    Dismissed,
    /// The distribution has looked at it for the system package that owns the files.
    JudgedByOwner {
        /// That package.
        owner: String,
    },
    /// It is somebody else's package than the distribution's.
    NotOfTheDistribution {
        /// Whose.
        vendor: String,
    },
    /// A version could not be read.
    Unknown,
}

/// Explains a vulnerability in every package that a record about it names.
///
/// # Errors
/// When the database is damaged.
pub fn explain(
    database: &Database,
    distribution: Option<&Distribution>,
    packages: &[Package],
    id: &str,
) -> Result<Vec<Explanation>, Error> {
    let judge = Judge::new(database, distribution);
    let assessed = judge.assessed_by_owners(packages)?;
    let mut all = Vec::new();
    for package in packages {
        let (records, mut decision) = judge.records(package, id)?;
        if records.is_empty() {
            continue;
        }
        let owner = package.owner.as_deref();
        if let Some(owner) = owner.filter(|owner| assessed.get(owner).is_some_and(|ids| ids.contains(id))) {
            decision = Decision::JudgedByOwner { owner: owner.to_owned() };
        }
        if judge.is_foreign(package) {
            let vendor = package.vendor.clone().unwrap_or_default();
            decision = Decision::NotOfTheDistribution { vendor };
        }
        all.push(Explanation {
            package: package.purl.clone(),
            paths: package.paths.clone(),
            found_by: package.found_by.clone(),
            layer: package.layer.clone(),
            records,
            decision,
        });
    }
    Ok(all)
}

impl Judge<'_> {
    /// What every record about the vulnerability says of a package.
    fn records(&self, package: &Package, id: &str) -> Result<(Vec<RecordSays>, Decision), Error> {
        let (module, arch) = (package.module.as_deref(), package.arch.as_deref());
        let asked = Asked { module, arch, channels: self.channels };
        let mut records = Vec::new();
        let mut decision = Decision::NotAffected;
        // A package of somebody else's is looked up all the same, to tell what was left aside.
        for lookup in super::lookups(package, &self.system) {
            let outcome = outcome(self.database, &lookup, asked)?;
            let is_dismissed = dismissed(&outcome)?.contains(id);
            for judged in &outcome.rows {
                let ids = judged.segment.ids(judged.row.advisory())?;
                if !ids.vulnerabilities.iter().chain(&ids.all).any(|known| *known == id) {
                    continue;
                }
                let mut steps = Vec::new();
                judged.segment.steps(judged.row, &mut steps)?;
                let verdict = match &judged.verdict {
                    Verdict::Affected(hit) => format!("affected: {}", hit.why),
                    Verdict::NotAffected => "not affected".to_owned(),
                    Verdict::Unknown(why) => format!("it cannot be told: {why}"),
                };
                decision = match (&judged.verdict, decision) {
                    (_, _) if is_dismissed => Decision::Dismissed,
                    (Verdict::Affected(_), _) | (_, Decision::Affected) => Decision::Affected,
                    (Verdict::Unknown(_), _) | (_, Decision::Unknown) => Decision::Unknown,
                    (_, decision) => decision,
                };
                let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
                records.push(RecordSays {
                    advisory: ids.all.first().map(|id| (*id).to_owned()).unwrap_or_default(),
                    ecosystem: judged.segment.ecosystem().to_owned(),
                    name: lookup.name.clone(),
                    version: lookup.version.clone(),
                    scheme: lookup.scheme.name().to_owned(),
                    range: steps.join(", "),
                    status: judged.row.status().map(|status| status.word().to_owned()),
                    severity: judged.row.severity(),
                    verdict,
                });
            }
        }
        Ok((records, decision))
    }
}
