//! What the database has no advisories for: said loudly, as no finding then means nothing.

use std::collections::{BTreeMap, BTreeSet};

use model::{Distribution, Gap, Package, PackageType};

use super::Judge;
use super::lookup::fits;
use crate::distributions::System;

/// How many packages are named.
const NAMED: usize = 3;

impl Judge<'_> {
    /// One gap for the distribution, one for packages that are not its own, and one for each language of which the image
    /// has packages and the database nothing.
    pub(super) fn missing(&self, distribution: Option<&Distribution>, packages: &[Package]) -> Vec<Gap> {
        let mut languages: BTreeMap<PackageType, usize> = BTreeMap::new();
        let (mut system, mut foreign) = (Vec::new(), Vec::new());
        for package in packages.iter().filter(|package| !self.is_covered(package)) {
            match package.kind.is_system() {
                true if self.is_foreign(package) => foreign.push(package),
                true => system.push(package),
                false => *languages.entry(package.kind).or_default() += 1,
            }
        }
        let of_system = (!system.is_empty()).then(|| self.missing_system(distribution, &system));
        let of_foreign = (!foreign.is_empty()).then(|| self.missing_foreign(&foreign));
        let of_languages = languages.into_iter().map(|(kind, count)| missing_language(kind, count));
        of_system.into_iter().chain(of_foreign).chain(of_languages).collect()
    }

    fn is_covered(&self, package: &Package) -> bool {
        let lookups = self.lookups(package);
        let names = lookups.iter().flat_map(|lookup| &lookup.ecosystems);
        names.into_iter().any(|name| !self.database.segments(name).is_empty())
    }

    fn missing_foreign(&self, foreign: &[&Package]) -> Gap {
        let vendors: BTreeSet<&str> =
            foreign.iter().filter_map(|package| package.vendor.as_deref()).take(NAMED).collect();
        let names: Vec<&str> = foreign.iter().map(|package| package.name.as_str()).take(NAMED).collect();
        let more = if foreign.len() > NAMED { ", …" } else { "" };
        let why = format!(
            "they come from others than the distribution ({}), whose advisories say nothing of them: {}: {}{more}",
            vendors.into_iter().collect::<Vec<_>>().join("; "),
            not_judged(foreign.len(), "system "),
            names.join(", "),
        );
        Gap::new("advisories", "packages of other vendors", why)
    }

    fn missing_system(&self, distribution: Option<&Distribution>, packages: &[&Package]) -> Gap {
        let count = not_judged(packages.len(), "system ");
        let Some(distribution) = distribution else {
            let why = format!("the image does not say which distribution it is (no os-release): {count}");
            return Gap::new("advisories", "the distribution", why);
        };
        let name = distribution.name.clone().unwrap_or_else(|| {
            let version = distribution.version.as_deref().unwrap_or_default();
            format!("{} {version}", distribution.id).trim_end().to_owned()
        });
        let why = match &self.system {
            System::Ecosystem(known, names) if packages.iter().all(|package| fits(package.kind, known)) => {
                let first = names.first().map(String::as_str).unwrap_or_default();
                format!(
                    "{name} is recognised but the database has no advisories for `{first}`: {count}; \
                     hint: lazaret db update"
                )
            }
            System::Ecosystem(..) => {
                format!("some of its system packages are of another kind than those of {name}: {count}")
            }
            System::NoRelease => {
                format!(
                    "{name} is recognised but does not say its release, by which advisories are published: {count}"
                )
            }
            System::NotKnown => {
                format!("no advisories are known for {name}, and none of another are used: {count}")
            }
        };
        Gap::new("advisories", name, why)
    }
}

fn missing_language(kind: PackageType, count: usize) -> Gap {
    let count = not_judged(count, "");
    match kind.ecosystem() {
        Some(name) => {
            let why =
                format!("the database has no advisories for `{name}`: {count}; hint: lazaret db update");
            Gap::new("advisories", name, why)
        }
        None if kind == PackageType::Generic => {
            let why = format!(
                "the database has no advisories for programs outside package managers (Bitnami, NVD): {count}; \
                 hint: lazaret db update"
            );
            Gap::new("advisories", kind.word(), why)
        }
        None => {
            let why = format!("nobody publishes advisories about packages of type `{kind}`: {count}");
            Gap::new("advisories", kind.word(), why)
        }
    }
}

fn not_judged(count: usize, kind: &str) -> String {
    if count == 1 {
        format!("1 {kind}package was not judged")
    } else {
        format!("{count} {kind}packages were not judged")
    }
}
