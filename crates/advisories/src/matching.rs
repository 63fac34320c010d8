//! Holding packages against advisories.
//!
//! Records are taken apart by vulnerability: one that names several CVEs is several findings, several that name the same
//! CVE are one. A language package whose files a system package brought is judged by the distribution where the
//! distribution has looked at the vulnerability, and by its own ecosystem where it has not.

mod coverage;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::{Advisory, Distribution, Finding, Gap, Package, PackageType, Severity};
use rustc_hash::{FxHashMap, FxHashSet};
use versions::{Scheme, Version};

use crate::Error;
use crate::database::Database;
use crate::distributions::{System, system};
use crate::evaluate::{Hit, Verdict, evaluate};
use crate::finding::{Match, finding};
use crate::identity::is_cve;
use crate::names::canonical;
use crate::segment::{Blocks, Segment};

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
    let mut judge = Judge {
        database,
        system: distribution.map_or(System::NotKnown, system),
        outcomes: FxHashMap::default(),
        blocks: FxHashMap::default(),
        advisories: FxHashMap::default(),
        unknown: BTreeMap::new(),
        findings: Vec::new(),
    };
    let assessed = judge.assessed_by_owners(packages)?;
    for package in packages {
        judge.package(package, &assessed)?;
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

struct Judge<'a> {
    database: &'a Database,
    /// The distribution, to which system packages belong.
    system: System,
    /// Packages that share a name and version there, as those of one source do, are looked up once.
    outcomes: FxHashMap<(PackageType, &'a str, &'a str), Rc<Outcome<'a>>>,
    /// Blocks of texts that were unpacked, by segment.
    blocks: FxHashMap<*const Segment, Blocks>,
    advisories: FxHashMap<(*const Segment, u32), Rc<Advisory>>,
    /// Why versions could not be judged, by package.
    unknown: BTreeMap<String, BTreeSet<String>>,
    findings: Vec<Finding>,
}

/// What all rows about a name say of a version.
#[derive(Default)]
struct Outcome<'a> {
    affected: Vec<Affecting<'a>>,
    unknown: Vec<String>,
}

/// A record that affects the version.
struct Affecting<'a> {
    segment: &'a Segment,
    advisory: u32,
    severity: Option<Severity>,
    hit: Hit,
}

/// For each system package that owns language packages: the ids its distribution has looked at.
type Assessed<'a> = FxHashMap<&'a str, FxHashSet<&'a str>>;

/// The ecosystem of a language package.
fn language(kind: PackageType) -> Option<&'static str> {
    kind.ecosystem()
}

/// The order of a system package's versions; its distribution's must be the same.
fn system_scheme(kind: PackageType) -> Option<Scheme> {
    let name = match kind {
        PackageType::Deb => "dpkg",
        PackageType::Apk => "apk",
        PackageType::Rpm => "rpm",
        PackageType::Alpm => "pacman",
        PackageType::Opkg => "opkg",
        _ => return None,
    };
    Scheme::of_ecosystem(name)
}

/// The name and version a package is looked up by: its source's, where distributions publish by source.
fn subject(package: &Package) -> (&str, &str) {
    match &package.source {
        Some(source) => (&source.name, &source.version),
        None => (&package.name, &package.version),
    }
}

impl<'a> Judge<'a> {
    /// The ecosystems whose advisories are about a package, and the order of its versions.
    fn ecosystems(&self, kind: PackageType) -> Option<(Scheme, Vec<String>)> {
        let names = match (language(kind), &self.system) {
            (Some(name), _) => vec![name.to_owned()],
            (None, _) if !kind.is_system() => return None,
            (None, System::Ecosystem(names)) => names.clone(),
            (None, System::NoRelease | System::NotKnown) => return None,
        };
        let scheme = names.first().and_then(|name| Scheme::of_ecosystem(name))?;
        let is_fitting = system_scheme(kind).is_none_or(|of_package| of_package == scheme);
        is_fitting.then_some((scheme, names))
    }

    fn package(&mut self, package: &'a Package, assessed: &Assessed<'a>) -> Result<(), Error> {
        let Some((scheme, names)) = self.ecosystems(package.kind) else { return Ok(()) };
        let (name, version) = subject(package);
        let outcome = self.outcome(package.kind, scheme, &names, name, version)?;
        if !outcome.unknown.is_empty() {
            let place = if package.purl.is_empty() {
                format!("{} {version}", package.name)
            } else {
                package.purl.clone()
            };
            self.unknown.entry(place).or_default().extend(outcome.unknown.iter().cloned());
        }
        let by_distribution = package.owner.as_deref().and_then(|owner| assessed.get(owner));
        let mut matches: BTreeMap<&str, Vec<Match>> = BTreeMap::new();
        for affecting in &outcome.affected {
            let ids = affecting.segment.ids(affecting.advisory)?;
            let is_about_one = ids.vulnerabilities.len() == 1;
            for id in ids.vulnerabilities {
                let is_assessed = |assessed: &FxHashSet<&str>| {
                    assessed.contains(id) || (is_about_one && ids.all.iter().any(|id| assessed.contains(id)))
                };
                if by_distribution.is_some_and(is_assessed) {
                    continue;
                }
                let found = Match {
                    advisory: self.advisory(affecting.segment, affecting.advisory)?,
                    severity: affecting.severity,
                    hit: affecting.hit.clone(),
                    is_about_one,
                };
                matches.entry(id).or_default().push(found);
            }
        }
        merge(&mut matches);
        for (id, matches) in matches {
            self.findings.push(finding(id, matches, package, scheme, self.database.kev()?));
        }
        Ok(())
    }

    fn outcome(
        &mut self,
        kind: PackageType,
        scheme: Scheme,
        ecosystems: &[String],
        name: &'a str,
        version: &'a str,
    ) -> Result<Rc<Outcome<'a>>, Error> {
        if let Some(known) = self.outcomes.get(&(kind, name, version)) {
            return Ok(Rc::clone(known));
        }
        let parsed = Version::parse(scheme, version).ok();
        let mut outcome = Outcome::default();
        let mut steps = Vec::new();
        for ecosystem in ecosystems {
            let canonical = canonical(ecosystem, name);
            for segment in self.database.segments(ecosystem) {
                for row in segment.rows(&canonical)?.iter().filter(|row| !row.is_unaffected()) {
                    segment.steps(row, &mut steps)?;
                    match evaluate(scheme, version, parsed.as_ref(), &steps) {
                        Verdict::NotAffected => {}
                        Verdict::Unknown(why) => outcome.unknown.push(why),
                        Verdict::Affected(hit) => {
                            let (advisory, severity) = (row.advisory(), row.severity());
                            outcome.affected.push(Affecting { segment, advisory, severity, hit });
                        }
                    }
                }
            }
        }
        let outcome = Rc::new(outcome);
        self.outcomes.insert((kind, name, version), Rc::clone(&outcome));
        Ok(outcome)
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

    fn assessed_by_owners(&self, packages: &'a [Package]) -> Result<Assessed<'a>, Error> {
        let owners: FxHashSet<&str> =
            packages.iter().filter_map(|package| package.owner.as_deref()).collect();
        let mut assessed = Assessed::default();
        let owning =
            packages.iter().filter(|package| package.kind.is_system() && owners.contains(&*package.name));
        for package in owning {
            let Some((_, ecosystems)) = self.ecosystems(package.kind) else { continue };
            let (name, _version) = subject(package);
            let of_owner = assessed.entry(package.name.as_str()).or_default();
            for ecosystem in &ecosystems {
                let canonical = canonical(ecosystem, name);
                for segment in self.database.segments(ecosystem) {
                    for row in segment.rows(&canonical)? {
                        let ids = segment.ids(row.advisory())?;
                        of_owner.extend(ids.vulnerabilities.into_iter().chain(ids.all));
                    }
                }
            }
        }
        Ok(assessed)
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

/// Puts the records that know only GitHub's or their own id to those that know that it is a certain CVE.
fn merge(matches: &mut BTreeMap<&str, Vec<Match>>) {
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
