//! Which vulnerabilities a distribution has looked at in the packages that own others' files.

use model::Package;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Judge;
use crate::Error;
use crate::names::canonical;

/// For each system package that owns language packages: the ids its distribution has looked at.
pub(super) type Assessed<'a> = FxHashMap<&'a str, FxHashSet<&'a str>>;

impl<'a> Judge<'a> {
    pub(super) fn assessed_by_owners(&self, packages: &'a [Package]) -> Result<Assessed<'a>, Error> {
        let owners: FxHashSet<&str> =
            packages.iter().filter_map(|package| package.owner.as_deref()).collect();
        let mut assessed = Assessed::default();
        let owning =
            packages.iter().filter(|package| package.kind.is_system() && owners.contains(&*package.name));
        for package in owning {
            let of_owner = assessed.entry(package.name.as_str()).or_default();
            for lookup in self.lookups(package) {
                for ecosystem in &lookup.ecosystems {
                    let canonical = canonical(ecosystem, &lookup.name);
                    for segment in self.database.segments(ecosystem) {
                        for row in segment.rows(&canonical)? {
                            let ids = segment.ids(row.advisory())?;
                            of_owner.extend(ids.vulnerabilities.into_iter().chain(ids.all));
                        }
                    }
                }
            }
        }
        Ok(assessed)
    }
}
