//! What the database has no advisories for: said loudly, as no finding then means nothing.

use std::collections::BTreeMap;

use model::{Distribution, Gap, Package};

use super::{Judge, language, system_scheme};
use crate::distributions::System;

impl Judge<'_> {
    /// One gap for the distribution and one for each language of which the image has packages and the database nothing.
    pub(super) fn missing(&self, distribution: Option<&Distribution>, packages: &[Package]) -> Vec<Gap> {
        let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
        let mut system = 0_usize;
        for package in packages {
            match language(package.kind) {
                None if !self.is_covered(package) => system += 1,
                Some(name) if !self.is_covered(package) => *languages.entry(name).or_default() += 1,
                _ => {}
            }
        }
        let of_system = (system > 0).then(|| self.missing_system(distribution, system, packages));
        let of_languages = languages.into_iter().map(|(name, count)| {
            let why = format!(
                "the database has no advisories for `{name}`: {}; hint: lazaret db update",
                not_judged(count, "")
            );
            Gap::new("advisories", name, why)
        });
        of_system.into_iter().chain(of_languages).collect()
    }

    fn is_covered(&self, package: &Package) -> bool {
        let ecosystems = self.ecosystems(package.kind);
        ecosystems.is_some_and(|(_, names)| names.iter().any(|name| !self.database.segments(name).is_empty()))
    }

    fn missing_system(&self, distribution: Option<&Distribution>, count: usize, packages: &[Package]) -> Gap {
        let count = not_judged(count, "system ");
        let Some(distribution) = distribution else {
            let why = format!("the image does not say which distribution it is (no os-release): {count}");
            return Gap::new("advisories", "the distribution", why);
        };
        let name = distribution.name.clone().unwrap_or_else(|| {
            let version = distribution.version.as_deref().unwrap_or_default();
            format!("{} {version}", distribution.id).trim_end().to_owned()
        });
        let fits = |package: &Package| {
            system_scheme(package.kind).is_none() || self.ecosystems(package.kind).is_some()
        };
        let why = match &self.system {
            System::Ecosystem(names) if packages.iter().all(fits) => {
                let first = names.first().map(String::as_str).unwrap_or_default();
                format!(
                    "{name} is recognised but the database has no advisories for `{first}`: {count}; \
                     hint: lazaret db update"
                )
            }
            System::Ecosystem(_) => {
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

fn not_judged(count: usize, kind: &str) -> String {
    if count == 1 {
        format!("1 {kind}package was not judged")
    } else {
        format!("{count} {kind}packages were not judged")
    }
}
