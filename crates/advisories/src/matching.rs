//! Holding packages against advisories.
//!
//! Records are taken apart by vulnerability: one that names several CVEs is several findings, several that name the same
//! CVE are one. What a distribution says of its own packages holds before everything else: that a package is not
//! affected, that it will not be mended, how bad it is. A language package whose files a system package brought is judged
//! by the distribution where the distribution has looked at the vulnerability, and by its own ecosystem where it has not.
//! A system package of somebody else is not judged by the distribution at all.

mod coverage;
mod explain;
mod lookup;
mod noise;
mod ownership;
mod rows;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::{Advisory, Distribution, Finding, FixStatus, Gap, Package};
use rustc_hash::FxHashMap;

use crate::Error;
use crate::database::Database;
use crate::distributions::{System, system};
use crate::evaluate::Verdict;
use crate::finding::{Match, Subject, finding};
use crate::identity::is_cve;
use crate::names::by_vulnerability;
use crate::segment::{Blocks, Ids, Segment};
pub use explain::{Decision, Explanation, RecordSays, explain};
pub use lookup::names;
use lookup::{Lookup, lookups};
use ownership::AssessedIds;
use rows::{Asked, Judged, Outcome, Outcomes};

/// What advisories say of packages.
#[derive(Debug, Default, PartialEq)]
pub struct Judgement {
    /// Vulnerabilities, the worst first.
    pub findings: Vec<Finding>,
    /// What could not be judged.
    pub gaps: Vec<Gap>,
}

/// Judges packages of an image of this distribution.
///
/// # Errors
/// When the database is damaged.
pub fn judge(
    database: &Database,
    distribution: Option<&Distribution>,
    packages: &[Package],
) -> Result<Judgement, Error> {
    let mut judge = Judge::new(database, distribution);
    let assessed = judge.assessed_by_owners(packages)?;
    for package in packages {
        let by_owner = package.owner.as_deref().and_then(|owner| assessed.get(owner));
        judge.package(package, by_owner)?;
    }
    let mut gaps = judge.missing(distribution, packages);
    gaps.extend(judge.unknown_versions());
    let mut findings = judge.findings;
    findings.sort_by_cached_key(|found| {
        let package = found.package().map(|(name, _)| name.to_owned());
        (Reverse(found.severity), found.id.clone(), package, found.paths().to_vec())
    });
    Ok(Judgement { findings, gaps })
}

/// Judges packages of images of this distribution one by one, as if each were alone with its owner, the system package
/// that brought it; `each` is given what comes of them, in their order.
///
/// What is found in a package of an image is the same as by [`judge`]. What the database has no advisories for is not
/// said, as it is said of images: see [`missing`].
///
/// # Errors
/// When the database is damaged.
pub fn judge_each(
    database: &Database,
    distribution: Option<&Distribution>,
    packages: &[(Package, Option<Package>)],
    mut each: impl FnMut(Judgement),
) -> Result<(), Error> {
    let mut judge = Judge::new(database, distribution);
    let mut owners: BTreeMap<&Package, AssessedIds<'_>> = BTreeMap::new();
    for (package, owner) in packages {
        let owner = owner.as_ref().filter(|owner| owner.kind.is_system());
        if let Some(owner) = owner
            && !owners.contains_key(owner)
        {
            owners.insert(owner, judge.assessed_by(owner)?);
        }
        judge.package(package, owner.and_then(|owner| owners.get(owner)))?;
        let gaps = judge.unknown_versions();
        each(Judgement { findings: std::mem::take(&mut judge.findings), gaps });
    }
    Ok(())
}

/// What the database has no advisories for, of the packages of an image of this distribution.
#[must_use]
pub fn missing(database: &Database, distribution: Option<&Distribution>, packages: &[Package]) -> Vec<Gap> {
    Judge::new(database, distribution).missing(distribution, packages)
}

struct Judge<'a> {
    database: &'a Database,
    /// The distribution, to which system packages belong.
    system: System,
    /// Channels of updates that the image takes part in.
    channels: &'a [String],
    outcomes: Outcomes<'a>,
    /// Blocks of texts that were unpacked, by segment.
    blocks: FxHashMap<*const Segment, Blocks>,
    advisories: FxHashMap<(*const Segment, u32), Rc<Advisory>>,
    /// Why versions could not be judged, by package.
    unknown: BTreeMap<String, BTreeSet<String>>,
    findings: Vec<Finding>,
}

/// The rows that matched, by vulnerability.
type Matches<'a> = BTreeMap<&'a str, Vec<Match>>;

impl<'a> Judge<'a> {
    fn new(database: &'a Database, distribution: Option<&'a Distribution>) -> Self {
        Self {
            database,
            system: system(distribution, database),
            channels: distribution.map(|distribution| distribution.channels.as_slice()).unwrap_or_default(),
            outcomes: Outcomes::default(),
            blocks: FxHashMap::default(),
            advisories: FxHashMap::default(),
            unknown: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// The ways a package is looked up: none for a system package that is not the distribution's own.
    fn lookups(&self, package: &Package) -> Vec<Lookup> {
        if self.is_foreign(package) { Vec::new() } else { lookups(package, &self.system) }
    }

    fn is_foreign(&self, package: &Package) -> bool {
        lookup::is_foreign(package, &self.system)
    }

    /// Judges a package; `by_distribution` are the ids that the distribution has looked at for its owner.
    fn package(&mut self, package: &Package, by_distribution: Option<&AssessedIds<'a>>) -> Result<(), Error> {
        let mut matches = Matches::new();
        let mut first = None;
        for lookup in self.lookups(package) {
            let outcome = self.outcome(package, &lookup)?;
            self.complain(package, &lookup, &outcome);
            let dismissed = dismissed(&outcome)?;
            for judged in &outcome.rows {
                let Verdict::Affected(hit) = &judged.verdict else { continue };
                let ids = judged.segment.ids(judged.row.advisory())?;
                let is_about_one = ids.vulnerabilities.len() == 1;
                for id in &ids.vulnerabilities {
                    let names = |known: &dyn Fn(&str) -> bool| {
                        known(id) || (is_about_one && ids.all.iter().any(|id| known(id)))
                    };
                    if by_distribution.is_some_and(|assessed| names(&|id| assessed.contains(id)))
                        || names(&|id| dismissed.contains(id))
                    {
                        continue;
                    }
                    let found = Match {
                        advisory: self.advisory(judged.segment, judged.row.advisory())?,
                        severity: judged.row.severity(),
                        status: judged.row.status(),
                        hit: hit.clone(),
                        is_about_one,
                        name: lookup.name.clone(),
                        version: lookup.version.clone(),
                    };
                    matches.entry(id).or_default().push(found);
                }
            }
            first.get_or_insert(lookup);
        }
        merge(&mut matches);
        let Some(lookup) = first else { return Ok(()) };
        for (id, matches) in matches {
            let found = self.finding(id, matches, package, &lookup)?;
            self.findings.push(found);
        }
        Ok(())
    }

    fn finding(
        &mut self,
        id: &str,
        matches: Vec<Match>,
        package: &Package,
        lookup: &Lookup,
    ) -> Result<Finding, Error> {
        let known = self.enrichment(id)?;
        let rejected = known.as_ref().is_some_and(|record| record.withdrawn.is_some());
        let subject = Subject { id, package, scheme: lookup.scheme };
        let mut found = finding(&subject, matches, known.as_slice(), self.database)?;
        found.suppressed = if rejected { Some(noise::rejected(id)) } else { noise::headers(package) };
        Ok(found)
    }

    /// What is known of a vulnerability, whoever it concerns: the newest record, where documents overlap.
    fn enrichment(&mut self, id: &str) -> Result<Option<Rc<Advisory>>, Error> {
        let mut known: Vec<Rc<Advisory>> = Vec::new();
        if is_cve(id) {
            for segment in self.database.segments(&by_vulnerability(id)) {
                for row in segment.rows(id)? {
                    known.push(self.advisory(segment, row.advisory())?);
                }
            }
        }
        Ok(known.into_iter().max_by(|left, right| left.modified.cmp(&right.modified)))
    }

    fn outcome(&mut self, package: &Package, lookup: &Lookup) -> Result<Rc<Outcome<'a>>, Error> {
        let key = (lookup.clone(), package.module.clone(), package.arch.clone());
        if let Some(known) = self.outcomes.get(&key) {
            return Ok(Rc::clone(known));
        }
        let (module, arch) = (package.module.as_deref(), package.arch.as_deref());
        let asked = Asked { module, arch, channels: self.channels };
        let outcome = Rc::new(rows::outcome(self.database, lookup, asked)?);
        self.outcomes.insert(key, Rc::clone(&outcome));
        Ok(outcome)
    }

    /// Remembers what could not be judged.
    fn complain(&mut self, package: &Package, lookup: &Lookup, outcome: &Outcome<'_>) {
        let whys = outcome.rows.iter().filter_map(|judged| match &judged.verdict {
            Verdict::Unknown(why) => Some(why.clone()),
            _ => None,
        });
        let whys: BTreeSet<String> = whys.collect();
        if !whys.is_empty() {
            let place = match package.purl.as_str() {
                "" => format!("{} {}", package.name, lookup.version),
                purl => purl.to_owned(),
            };
            self.unknown.entry(place).or_default().extend(whys);
        }
    }

    fn advisory(&mut self, segment: &'a Segment, number: u32) -> Result<Rc<Advisory>, Error> {
        let key = (std::ptr::from_ref(segment), number);
        if let Some(known) = self.advisories.get(&key) {
            return Ok(Rc::clone(known));
        }
        let advisory = Rc::new(segment.advisory(number, self.blocks.entry(key.0).or_default())?);
        self.advisories.insert(key, Rc::clone(&advisory));
        Ok(advisory)
    }

    /// One gap for each package whose version, or an advisory's about it, cannot be read.
    fn unknown_versions(&mut self) -> Vec<Gap> {
        let gap = |(package, whys): (String, BTreeSet<String>)| {
            let count = whys.len();
            let first = whys.into_iter().next().unwrap_or_default();
            let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
            Gap::new("version", package, format!("it could not be judged: {first}{more}"))
        };
        std::mem::take(&mut self.unknown).into_iter().map(gap).collect()
    }
}

/// The vulnerabilities that a publisher says the package does not have, whatever another record's versions say: it is not
/// affected, or a channel the image takes updates from has mended it in a version that the release at large has not.
fn dismissed<'a>(outcome: &Outcome<'a>) -> Result<BTreeSet<&'a str>, Error> {
    let mut dismissed = BTreeSet::new();
    for judged in &outcome.rows {
        if is_dismissing(judged)? {
            let Ids { vulnerabilities, .. } = judged.segment.ids(judged.row.advisory())?;
            dismissed.extend(vulnerabilities);
        }
    }
    Ok(dismissed)
}

fn is_dismissing(judged: &Judged<'_>) -> Result<bool, Error> {
    let is_mended = judged.verdict == Verdict::NotAffected;
    let is_of_channel = || Ok(judged.segment.condition(judged.row)?.channels().next().is_some());
    Ok(judged.row.status() == Some(FixStatus::NotAffected) || (is_mended && is_of_channel()?))
}

/// Puts the records that know only GitHub's or their own id to those that know that it is a certain CVE.
fn merge(matches: &mut Matches<'_>) {
    let others: Vec<&str> = matches.keys().copied().filter(|id| !is_cve(id)).collect();
    for other in others {
        let is_it =
            |found: &Match| found.is_about_one && crate::identity::ids(&found.advisory).any(|id| id == other);
        let cve = matches.iter().find(|(id, found)| is_cve(id) && found.iter().any(is_it)).map(|(id, _)| *id);
        if let Some(cve) = cve {
            let moved = matches.remove(other).unwrap_or_default();
            matches.entry(cve).or_default().extend(moved);
        }
    }
}
