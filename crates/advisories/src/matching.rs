//! Holding packages against advisories.
//!
//! Records are taken apart by vulnerability: one that names several CVEs is several findings, several that name the same
//! CVE are one. A language package whose files a system package brought is judged by the distribution where the
//! distribution has looked at the vulnerability, and by its own ecosystem where it has not.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use model::{Advisory, Distribution, Finding, Gap, Package, PackageType};
use versions::{Scheme, Version};

use crate::database::Database;
use crate::evaluate::{Verdict, evaluate};
use crate::finding::{Match, finding};
use crate::identity::vulnerabilities;
use crate::names::canonical;
use crate::segment::Segment;
use crate::{Error, distributions};

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
        system: distribution.and_then(distributions::ecosystem),
        texts: HashMap::new(),
        unknown: BTreeMap::new(),
        judgement: Judgement::default(),
    };
    let assessed = judge.assessed_by_owners(packages)?;
    for package in packages {
        judge.package(package, &assessed)?;
    }
    judge.missing_ecosystems(distribution, packages);
    judge.unknown_versions();
    let Judgement { mut findings, gaps } = judge.judgement;
    findings.sort_by_cached_key(|Finding::Vulnerability(found)| {
        (std::cmp::Reverse(found.severity), found.id.clone(), found.package.clone(), found.paths.clone())
    });
    Ok(Judgement { findings, gaps })
}

struct Judge<'a> {
    database: &'a Database,
    /// The ecosystem of system packages.
    system: Option<String>,
    /// Blocks of texts that were decompressed, by segment.
    texts: HashMap<*const Segment, HashMap<u32, Vec<Advisory>>>,
    /// Why versions could not be judged, by package.
    unknown: BTreeMap<String, BTreeSet<String>>,
    judgement: Judgement,
}

/// The ecosystem of a language package.
fn language(kind: PackageType) -> Option<&'static str> {
    match kind {
        PackageType::Npm => Some("npm"),
        PackageType::Pypi => Some("PyPI"),
        PackageType::Maven => Some("Maven"),
        PackageType::Golang => Some("Go"),
        PackageType::Deb | PackageType::Apk => None,
    }
}

/// The name and version a package is looked up by: its source's, where distributions publish by source.
fn subject(package: &Package) -> (&str, &str) {
    match &package.source {
        Some(source) => (&source.name, &source.version),
        None => (&package.name, &package.version),
    }
}

impl Judge<'_> {
    fn ecosystem(&self, package: &Package) -> Option<String> {
        language(package.kind).map(str::to_owned).or_else(|| self.system.clone())
    }

    fn package(
        &mut self,
        package: &Package,
        assessed: &HashMap<String, HashSet<String>>,
    ) -> Result<(), Error> {
        let Some(ecosystem) = self.ecosystem(package) else { return Ok(()) };
        let Some(scheme) = Scheme::of_ecosystem(&ecosystem) else { return Ok(()) };
        let (name, version) = subject(package);
        let parsed = Version::parse(scheme, version).ok();
        let by_distribution = package.owner.as_ref().and_then(|owner| assessed.get(owner));
        let mut matches: BTreeMap<String, Vec<Match>> = BTreeMap::new();
        let database = self.database;
        for segment in database.segments(&ecosystem) {
            for row in segment.rows(&canonical(&ecosystem, name))? {
                match evaluate(scheme, version, parsed.as_ref(), &row.affected) {
                    Verdict::NotAffected => {}
                    Verdict::Unknown(why) => {
                        self.unknown.entry(format!("{} {version}", package.name)).or_default().insert(why);
                    }
                    Verdict::Affected { fixed, why } => {
                        let advisory = self.text(segment, row.advisory)?;
                        for id in vulnerabilities(&advisory) {
                            if by_distribution.is_none_or(|assessed| !is_assessed(assessed, &id, &advisory)) {
                                let found = Match {
                                    advisory: advisory.clone(),
                                    severity: row.affected.severity,
                                    fixed: fixed.clone(),
                                    why: why.clone(),
                                };
                                matches.entry(id).or_default().push(found);
                            }
                        }
                    }
                }
            }
        }
        for (id, matches) in matches {
            let finding = finding(&id, matches, package, scheme, database.kev()?);
            self.judgement.findings.push(Finding::Vulnerability(Box::new(finding)));
        }
        Ok(())
    }

    fn text(&mut self, segment: &Segment, advisory: u32) -> Result<Advisory, Error> {
        let open = self.texts.entry(std::ptr::from_ref(segment)).or_default();
        segment.advisory(advisory, open).cloned()
    }

    /// For each system package that owns language packages: the vulnerabilities its distribution has looked at.
    fn assessed_by_owners(
        &mut self,
        packages: &[Package],
    ) -> Result<HashMap<String, HashSet<String>>, Error> {
        let owners: HashSet<&str> = packages.iter().filter_map(|package| package.owner.as_deref()).collect();
        let mut assessed: HashMap<String, HashSet<String>> = HashMap::new();
        let Some(ecosystem) = self.system.clone().filter(|_| !owners.is_empty()) else { return Ok(assessed) };
        let database = self.database;
        for package in
            packages.iter().filter(|package| package.kind.is_system() && owners.contains(&*package.name))
        {
            let (name, _version) = subject(package);
            for segment in database.segments(&ecosystem) {
                for row in segment.rows(&canonical(&ecosystem, name))? {
                    let advisory = self.text(segment, row.advisory)?;
                    assessed.entry(package.name.clone()).or_default().extend(vulnerabilities(&advisory));
                }
            }
        }
        Ok(assessed)
    }

    /// One gap for each ecosystem of which the image has packages and the database nothing.
    fn missing_ecosystems(&mut self, distribution: Option<&Distribution>, packages: &[Package]) {
        let mut missing: BTreeMap<String, usize> = BTreeMap::new();
        for package in packages {
            let ecosystem = self.ecosystem(package).unwrap_or_default();
            if self.database.segments(&ecosystem).is_empty() || Scheme::of_ecosystem(&ecosystem).is_none() {
                *missing.entry(ecosystem).or_default() += 1;
            }
        }
        for (ecosystem, count) in missing {
            let (place, why) = if ecosystem.is_empty() {
                let name = distribution.map_or("the distribution".to_owned(), |distribution| {
                    distribution.name.clone().unwrap_or_else(|| distribution.id.clone())
                });
                (
                    name.clone(),
                    format!("no advisories are known for {name}: {count} system packages were not judged"),
                )
            } else {
                let why = format!(
                    "the database has no advisories for `{ecosystem}`: {count} packages were not judged; \
                     hint: lazaret db update"
                );
                (ecosystem, why)
            };
            self.judgement.gaps.push(Gap::new("advisories", place, why));
        }
    }

    fn unknown_versions(&mut self) {
        let unknown = std::mem::take(&mut self.unknown);
        let gap = |(package, whys): (String, BTreeSet<String>)| {
            let count = whys.len();
            let first = whys.into_iter().next().unwrap_or_default();
            let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
            Gap::new("version", package, format!("it could not be judged: {first}{more}"))
        };
        self.judgement.gaps.extend(unknown.into_iter().map(gap));
    }
}

/// Whether the distribution has looked at a vulnerability, under any of its ids.
fn is_assessed(assessed: &HashSet<String>, id: &str, advisory: &Advisory) -> bool {
    assessed.contains(id) || advisory.aliases.iter().any(|alias| assessed.contains(alias))
}
