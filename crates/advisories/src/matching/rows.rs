//! What the rows about one name say of a version.

use model::FixStatus;
use rustc_hash::FxHashMap;
use versions::Version;

use super::lookup::Lookup;
use crate::Error;
use crate::database::Database;
use crate::evaluate::{Installed, Verdict, evaluate};
use crate::names::canonical;
use crate::segment::{Row, Segment};
use crate::steps::Step;

/// What all rows about a name say of a version.
#[derive(Default)]
pub(crate) struct Outcome<'a> {
    pub(crate) rows: Vec<Judged<'a>>,
}

/// A row, and what it comes to.
pub(crate) struct Judged<'a> {
    pub(crate) segment: &'a Segment,
    pub(crate) row: &'a Row,
    pub(crate) verdict: Verdict,
}

/// What of a package and its image rows may ask for.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) module: Option<&'a str>,
    pub(crate) arch: Option<&'a str>,
    pub(crate) channels: &'a [String],
}

impl Asked<'_> {
    /// Whether a row concerns the package at all.
    fn meets(&self, segment: &Segment, row: &Row, steps: &[Step<'_>]) -> Result<bool, Error> {
        let condition = segment.condition(row)?;
        if !condition.module.is_empty() && self.module != Some(condition.module) {
            return Ok(false);
        }
        if condition.module.is_empty() && self.module.is_some() != is_modular(steps) && has_versions(steps) {
            return Ok(false);
        }
        // Who tells the state of packages names the module of those that are of one: `nodejs` is not `nodejs:18/nodejs`.
        let is_of_none = condition.module.is_empty() && !has_versions(steps) && row.status().is_some();
        if is_of_none && self.module.is_some() {
            return Ok(false);
        }
        let mut channels = condition.channels().peekable();
        if channels.peek().is_some()
            && !channels.any(|channel| self.channels.iter().any(|own| own == channel))
        {
            return Ok(false);
        }
        let mut arches = condition.arches().peekable();
        let fits =
            |arch: &str| self.arch.is_none_or(|own| own == arch || matches!(own, "noarch" | "all" | "any"));
        Ok(arches.peek().is_none() || arches.any(fits))
    }
}

/// Whether versions are those of a module of rpm packages, as their release says.
fn is_modular(steps: &[Step<'_>]) -> bool {
    steps.iter().any(|step| step.text.contains(".module"))
}

fn has_versions(steps: &[Step<'_>]) -> bool {
    steps.iter().any(|step| !step.is_endless())
}

/// Outcomes by look-up: packages that share a name and version, as those of one source do, are looked up once.
pub(crate) type Outcomes<'a> = FxHashMap<(Lookup, Option<String>, Option<String>), std::rc::Rc<Outcome<'a>>>;

/// Holds a version against all rows about a name.
pub(crate) fn outcome<'a>(
    database: &'a Database,
    lookup: &Lookup,
    asked: Asked<'_>,
) -> Result<Outcome<'a>, Error> {
    let parsed = Version::parse(lookup.scheme, &lookup.version).ok();
    let installed = Installed {
        scheme: lookup.scheme,
        text: &lookup.version,
        version: parsed.as_ref(),
        without_epoch: lookup.without_epoch,
    };
    let mut outcome = Outcome::default();
    let mut steps = Vec::new();
    for ecosystem in &lookup.ecosystems {
        let canonical = canonical(ecosystem, &lookup.name);
        for segment in database.segments(ecosystem) {
            for row in segment.rows(&canonical)? {
                segment.steps(row, &mut steps)?;
                if !asked.meets(segment, row, &steps)? {
                    continue;
                }
                let verdict = match row.status() {
                    Some(FixStatus::NotAffected) => Verdict::NotAffected,
                    _ => evaluate(&installed, &steps),
                };
                outcome.rows.push(Judged { segment, row, verdict });
            }
        }
    }
    Ok(outcome)
}
