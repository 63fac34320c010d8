//! Under which names and versions a package is looked up.

use std::collections::BTreeSet;

use distributions::{Known, Publishes};
use model::{Distribution, Package, PackageType};
use versions::Scheme;

use crate::distributions::{System, system_by_itself};
use crate::names::canonical;

/// The ecosystem of upstream versions, by CPE: `vendor:product`.
const CPE: &str = "CPE";
/// The ecosystem whose names programs without a package manager go by.
const BITNAMI: &str = "Bitnami";

/// One way of looking a package up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lookup {
    pub(crate) scheme: Scheme,
    /// Names of ecosystems; rows under any of them count.
    pub(crate) ecosystems: Vec<String>,
    pub(crate) name: String,
    pub(crate) version: String,
    /// Whether the version is known without its epoch, so that those of advisories are not looked at either: an rpm
    /// names its source package without one.
    pub(crate) without_epoch: bool,
}

/// The names by which records may be about a package of an image of this distribution, as [`changes`](crate::changes)
/// tells them.
///
/// A package that `owner`, a system package, brought is judged by what is said of the owner too. No database is asked:
/// the names are the same whatever is published.
#[must_use]
pub fn names(
    distribution: Option<&Distribution>,
    package: &Package,
    owner: Option<&Package>,
) -> BTreeSet<String> {
    let system = system_by_itself(distribution);
    let lookups = std::iter::once(package).chain(owner).flat_map(|package| {
        if is_foreign(package, &system) { Vec::new() } else { lookups(package, &system) }
    });
    let in_each = |lookup: Lookup| {
        let Lookup { ecosystems, name, .. } = lookup;
        ecosystems.into_iter().map(move |ecosystem| canonical(&ecosystem, &name))
    };
    lookups.flat_map(in_each).collect()
}

/// Whether a system package is surely somebody else's than the distribution's.
pub(super) fn is_foreign(package: &Package, system: &System) -> bool {
    let System::Ecosystem(known, _) = system else { return false };
    package.kind.is_system() && known.is_own(package.vendor.as_deref()) == Some(false)
}

/// The ways a package of this system is looked up; none where nothing is known of its kind.
pub(crate) fn lookups(package: &Package, system: &System) -> Vec<Lookup> {
    if package.kind.is_system() {
        return of_system(package, system);
    }
    let of = |scheme: Scheme, ecosystem: &str, name: String, version: &str| Lookup {
        scheme,
        ecosystems: vec![ecosystem.to_owned()],
        name,
        version: version.to_owned(),
        without_epoch: false,
    };
    let by_cpe = package.cpes.iter().filter_map(|cpe| {
        let (name, version) = name_and_version(cpe)?;
        Some(of(Scheme::of_ecosystem(CPE)?, CPE, name, &version))
    });
    let ecosystem = match package.kind {
        PackageType::Generic => Some(BITNAMI),
        kind => kind.ecosystem(),
    };
    let by_name = ecosystem.and_then(|ecosystem| {
        Some(of(Scheme::of_ecosystem(ecosystem)?, ecosystem, package.name.clone(), &package.version))
    });
    by_name.into_iter().chain(by_cpe).collect()
}

/// The name, `vendor:product`, and the version with its update that records are about, of `cpe:2.3:a:vendor:product:…`.
fn name_and_version(cpe: &str) -> Option<(String, String)> {
    let mut parts = cpe.strip_prefix("cpe:2.3:a:")?.split(':');
    let (vendor, product, version) = (parts.next()?, parts.next()?, parts.next()?);
    let update = parts.next().filter(|update| !matches!(*update, "*" | "-")).unwrap_or_default();
    // Signs are written behind a backslash there, and as they are in records.
    let plain = |text: String| text.replace('\\', "");
    Some((plain(format!("{vendor}:{product}")), plain(format!("{version}{update}"))))
}

fn of_system(package: &Package, system: &System) -> Vec<Lookup> {
    let System::Ecosystem(known, ecosystems) = system else { return Vec::new() };
    if !fits(package.kind, known) {
        return Vec::new();
    }
    let Some(scheme) = ecosystems.first().and_then(|name| Scheme::of_ecosystem(name)) else {
        return Vec::new();
    };
    let of = |name: &str, version: &str, without_epoch: bool| Lookup {
        scheme,
        ecosystems: ecosystems.clone(),
        name: name.to_owned(),
        version: version.to_owned(),
        without_epoch,
    };
    let binary = || of(&package.name, &package.version, false);
    let source = || match &package.source {
        Some(source) => {
            let without_epoch = package.kind == PackageType::Rpm && !source.version.contains(':');
            of(&source.name, &source.version, without_epoch)
        }
        None => binary(),
    };
    match known.publishes {
        Publishes::Source => vec![source()],
        Publishes::Binary => vec![binary()],
        Publishes::Both if package.source.as_ref().is_none_or(|source| source.name == package.name) => {
            vec![binary()]
        }
        Publishes::Both => vec![binary(), source()],
    }
}

/// Whether the distribution has packages of this kind.
pub(crate) fn fits(kind: PackageType, known: &Known) -> bool {
    kind == known.packages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owned_package_goes_by_its_owners_names_too() {
        let debian = Distribution {
            id: "debian".to_owned(),
            version: Some("12".to_owned()),
            ..Distribution::default()
        };
        let python = Package::new(PackageType::Pypi, "Zope.Interface", "5.4");
        let mut owner = Package::new(PackageType::Deb, "python3-zope.interface", "5.4-1");
        owner.source =
            Some(model::SourcePackage { name: "zope.interface".to_owned(), version: "5.4-1".to_owned() });
        let of = |package, owner| names(Some(&debian), package, owner).into_iter().collect::<Vec<_>>();
        assert_eq!(of(&python, None), ["zope-interface"]);
        assert_eq!(of(&python, Some(&owner)), ["zope-interface", "zope.interface"]);
        assert_eq!(of(&owner, None), ["zope.interface"]);
        owner.vendor = Some("Somebody <mail@example.com>".to_owned());
        assert_eq!(names(None, &owner, None).len(), 0);
    }

    #[test]
    fn programs_are_looked_up_by_their_cpe() {
        let mut redis = Package::new(PackageType::Generic, "redis", "7.0.0");
        redis.cpes = vec![
            "cpe:2.3:a:redis:redis:7.0.0:*:*:*:*:*:*:*".to_owned(),
            "cpe:2.3:o:linux:linux_kernel:6:*:*:*:*:*:*:*".to_owned(),
        ];
        let names: Vec<String> =
            lookups(&redis, &System::NotKnown).into_iter().map(|lookup| lookup.name).collect();
        assert_eq!(names, ["redis", "redis:redis"]);
        let of = |cpe: &str| name_and_version(cpe).map(|(name, version)| format!("{name} {version}"));
        assert_eq!(of("cpe:2.3:a:redis:redis:7.0.0:*:*:*:*:*:*:*").unwrap(), "redis:redis 7.0.0");
        assert_eq!(of("cpe:2.3:a:oracle:jdk:1.8.0:update392:*:*").unwrap(), "oracle:jdk 1.8.0update392");
        assert_eq!(of(r"cpe:2.3:a:gnu:g\+\+:7:-:*").unwrap(), "gnu:g++ 7");
        assert_eq!(of("cpe:2.3:o:linux:linux_kernel:6"), None);
    }
}
