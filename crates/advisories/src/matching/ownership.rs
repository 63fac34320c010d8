//! Which vulnerabilities a distribution has looked at in the packages that own others' files.

use model::Package;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Judge;
use crate::Error;
use crate::names::canonical;

/// The ids that a distribution has looked at for a system package.
pub(super) type AssessedIds<'a> = FxHashSet<&'a str>;
/// Those of each system package that owns language packages.
pub(super) type Assessed<'p, 'a> = FxHashMap<&'p str, AssessedIds<'a>>;

impl<'a> Judge<'a> {
    pub(super) fn assessed_by_owners<'p>(&self, packages: &'p [Package]) -> Result<Assessed<'p, 'a>, Error> {
        let owners: FxHashSet<&str> =
            packages.iter().filter_map(|package| package.owner.as_deref()).collect();
        let mut assessed = Assessed::default();
        let owning =
            packages.iter().filter(|package| package.kind.is_system() && owners.contains(&*package.name));
        for package in owning {
            assessed.entry(package.name.as_str()).or_default().extend(self.assessed_by(package)?);
        }
        Ok(assessed)
    }

    /// What the distribution has looked at for a system package.
    pub(super) fn assessed_by(&self, package: &Package) -> Result<AssessedIds<'a>, Error> {
        let mut assessed = AssessedIds::default();
        for lookup in self.lookups(package) {
            for ecosystem in &lookup.ecosystems {
                let canonical = canonical(ecosystem, &lookup.name);
                for segment in self.database.segments(ecosystem) {
                    for row in segment.rows(&canonical)? {
                        let ids = segment.ids(row.advisory())?;
                        assessed.extend(ids.vulnerabilities.into_iter().chain(ids.all));
                    }
                }
            }
        }
        Ok(assessed)
    }
}
