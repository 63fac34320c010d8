//! Which of OSV's ecosystems a distribution is, as data.

use model::Distribution;

/// How a distribution's release is written in the ecosystem's name.
#[derive(Clone, Copy)]
enum Release {
    /// None: a rolling release.
    Rolling,
    /// All of `VERSION_ID`.
    Whole,
    /// Up to the first point.
    Major,
    /// `v` and the first two numbers.
    VMajorMinor,
    /// All of it; with `:LTS` behind it for the April releases of even years.
    Ubuntu,
    /// All of it; with the service pack, `22.03-LTS-SP1`, as the pretty name states it.
    OpenEuler,
}

/// The distribution's `ID`, OSV's name, and its releases. Source: the list of ecosystems of the OSV schema.
const DISTRIBUTIONS: &[(&str, &str, Release)] = &[
    ("almalinux", "AlmaLinux", Release::Major),
    ("alpaquita", "Alpaquita", Release::Whole),
    ("alpine", "Alpine", Release::VMajorMinor),
    ("azurelinux", "Azure Linux", Release::Major),
    ("chainguard", "Chainguard", Release::Rolling),
    ("debian", "Debian", Release::Major),
    ("echo", "Echo", Release::Rolling),
    ("mageia", "Mageia", Release::Whole),
    ("mariner", "Azure Linux", Release::Major),
    ("minimos", "MinimOS", Release::Rolling),
    ("openeuler", "openEuler", Release::OpenEuler),
    ("photon", "Photon OS", Release::Whole),
    ("rocky", "Rocky Linux", Release::Major),
    ("ubuntu", "Ubuntu", Release::Ubuntu),
    ("wolfi", "Wolfi", Release::Rolling),
];

/// What a distribution is to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// One of OSV's ecosystems, by the names it may go by there; advisories under any of them count.
    Ecosystem(Vec<String>),
    /// One of OSV's ecosystems, but which release is not said (Debian unstable).
    NoRelease,
    /// None of them. The children of a distribution are not taken for their parent: they rebuild what they ship.
    NotKnown,
}

/// The ecosystem of a distribution.
pub(crate) fn system(distribution: &Distribution) -> System {
    let Some((_, name, release)) = DISTRIBUTIONS.iter().find(|(id, _, _)| *id == distribution.id) else {
        return System::NotKnown;
    };
    if matches!(release, Release::Rolling) {
        return System::Ecosystem(vec![(*name).to_owned()]);
    }
    let releases = releases(*release, distribution).unwrap_or_default();
    if releases.is_empty() {
        return System::NoRelease;
    }
    System::Ecosystem(releases.into_iter().map(|release| format!("{name}:{release}")).collect())
}

fn releases(release: Release, distribution: &Distribution) -> Option<Vec<String>> {
    let version = distribution.version.as_deref()?;
    let mut numbers = version.split('.');
    let major = numbers.next().filter(|major| !major.is_empty())?;
    Some(match release {
        Release::Rolling => Vec::new(),
        Release::Whole => vec![version.to_owned()],
        Release::Major => vec![major.to_owned()],
        Release::VMajorMinor => vec![format!("v{major}.{}", numbers.next()?)],
        Release::Ubuntu if is_long_term(version) => vec![format!("{version}:LTS"), version.to_owned()],
        Release::Ubuntu => vec![version.to_owned()],
        Release::OpenEuler => vec![euler(version, distribution.name.as_deref().unwrap_or_default())],
    })
}

fn is_long_term(version: &str) -> bool {
    let even = |year: &str| year.parse::<u32>().is_ok_and(|year| year.is_multiple_of(2));
    version.split_once('.').is_some_and(|(year, month)| month == "04" && even(year))
}

/// `openEuler 22.03 (LTS-SP1)` is `22.03-LTS-SP1`.
fn euler(version: &str, name: &str) -> String {
    let pack = name.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(pack, _)| pack);
    pack.map_or_else(|| version.to_owned(), |pack| format!("{version}-{}", pack.replace(' ', "-")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_ecosystem() {
        let of = |id: &str, version: &str, name: &str| {
            let version = Some(version.to_owned()).filter(|version| !version.is_empty());
            let name = Some(name.to_owned());
            match system(&Distribution { id: id.to_owned(), version, name, ..Distribution::default() }) {
                System::Ecosystem(names) => names.join(" or "),
                other => format!("{other:?}"),
            }
        };
        assert_eq!(of("debian", "12", ""), "Debian:12");
        assert_eq!(of("debian", "", ""), "NoRelease");
        assert_eq!(of("alpine", "3.19.1", ""), "Alpine:v3.19");
        assert_eq!(of("ubuntu", "22.04", ""), "Ubuntu:22.04:LTS or Ubuntu:22.04");
        assert_eq!(of("ubuntu", "23.10", ""), "Ubuntu:23.10");
        assert_eq!(of("wolfi", "20230201", ""), "Wolfi");
        assert_eq!(of("openeuler", "22.03", "openEuler 22.03 (LTS-SP1)"), "openEuler:22.03-LTS-SP1");
        assert_eq!(of("linuxmint", "22", ""), "NotKnown");
    }
}
