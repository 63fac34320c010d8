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

/// The ecosystem of a distribution; nothing when it is not known, or its release is not said (Debian unstable).
pub(crate) fn ecosystem(distribution: &Distribution) -> Option<String> {
    let (_, name, release) = DISTRIBUTIONS.iter().find(|(id, _, _)| *id == distribution.id)?;
    if matches!(release, Release::Rolling) {
        return Some((*name).to_owned());
    }
    let version = distribution.version.as_deref()?;
    let mut numbers = version.split('.');
    let major = numbers.next().filter(|major| !major.is_empty())?;
    let release = match release {
        Release::Rolling => return Some((*name).to_owned()),
        Release::Whole => version.to_owned(),
        Release::Major => major.to_owned(),
        Release::VMajorMinor => format!("v{major}.{}", numbers.next()?),
        Release::Ubuntu if is_long_term(version) => format!("{version}:LTS"),
        Release::Ubuntu => version.to_owned(),
        Release::OpenEuler => euler(version, distribution.name.as_deref().unwrap_or_default()),
    };
    Some(format!("{name}:{release}"))
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
            ecosystem(&Distribution { id: id.to_owned(), version, name, ..Distribution::default() })
        };
        assert_eq!(of("debian", "12", "").as_deref(), Some("Debian:12"));
        assert_eq!(of("debian", "", ""), None);
        assert_eq!(of("alpine", "3.19.1", "").as_deref(), Some("Alpine:v3.19"));
        assert_eq!(of("ubuntu", "22.04", "").as_deref(), Some("Ubuntu:22.04:LTS"));
        assert_eq!(of("ubuntu", "23.10", "").as_deref(), Some("Ubuntu:23.10"));
        assert_eq!(of("wolfi", "20230201", "").as_deref(), Some("Wolfi"));
        assert_eq!(
            of("openeuler", "22.03", "openEuler 22.03 (LTS-SP1)").as_deref(),
            Some("openEuler:22.03-LTS-SP1")
        );
        assert_eq!(of("templeos", "1", ""), None);
    }
}
