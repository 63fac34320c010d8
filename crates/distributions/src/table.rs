//! The table, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::{Distribution, PackageType};
use serde::Deserialize;

use crate::Known;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// The domains of those who publish packages for the distributions of others.
    foreign: BTreeMap<PackageType, Vec<String>>,
    distribution: Vec<Known>,
}

/// A table that cannot be read is empty; that it can be read is tested.
static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("../distributions.toml")).unwrap_or_default());

/// Every distribution that is known, sorted by id.
#[must_use]
pub fn all() -> &'static [Known] {
    &TABLE.distribution
}

/// What is known of the distribution an image is made from. The children of a distribution are not taken for their
/// parent: they rebuild what they ship.
#[must_use]
pub fn find(distribution: &Distribution) -> Option<&'static Known> {
    let all = all();
    let start = all.partition_point(|known| known.id < distribution.id);
    let name = distribution.name.as_deref().unwrap_or_default();
    let mut same = all.iter().skip(start).take_while(|known| known.id == distribution.id);
    same.find(|known| known.named.as_ref().is_none_or(|word| name.contains(word.as_str())))
}

/// Whether a maintainer is known to publish packages for the distributions of others.
pub(crate) fn is_foreign(kind: PackageType, maintainer: &str) -> bool {
    let Some((_, domain)) = maintainer.trim_end_matches('>').rsplit_once('@') else { return false };
    TABLE.foreign.get(&kind).is_some_and(|domains| domains.iter().any(|foreign| foreign == domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_readable_sorted_and_about_system_packages() {
        let table: Table = toml::from_str(include_str!("../distributions.toml")).unwrap();
        // Of several of one id, the one that any name fits is the last.
        assert!(
            table.distribution.is_sorted_by(|a, b| (&a.id, a.named.is_none()) < (&b.id, b.named.is_none()))
        );
        assert!(table.distribution.iter().all(|known| known.packages.is_system()));
        assert!(table.distribution.iter().all(|known| known.id == known.id.to_lowercase()));
    }

    #[test]
    fn names_the_ecosystems_of_a_release() {
        let of = |id: &str, version: &str, name: &str, channels: &[&str]| {
            let distribution = Distribution {
                id: id.to_owned(),
                version: Some(version.to_owned()).filter(|version| !version.is_empty()),
                name: Some(name.to_owned()),
                channels: channels.iter().map(|channel| (*channel).to_owned()).collect(),
                ..Distribution::default()
            };
            let known = find(&distribution);
            known.map_or_else(|| "not known".to_owned(), |known| known.ecosystems(&distribution).join(" or "))
        };
        assert_eq!(of("debian", "12", "", &[]), "Debian:12");
        assert_eq!(of("debian", "", "", &[]), "");
        assert_eq!(of("alpine", "3.19.1", "", &[]), "Alpine:v3.19");
        assert_eq!(of("alpine", "3.23_alpha20250612", "", &[]), "Alpine:edge");
        assert_eq!(of("ubuntu", "22.04", "", &[]), "Ubuntu:22.04:LTS or Ubuntu:22.04");
        assert_eq!(
            of("ubuntu", "18.04", "", &["esm-infra"]),
            "Ubuntu:18.04:LTS or Ubuntu:18.04 or Ubuntu:Pro:18.04:LTS"
        );
        assert_eq!(of("wolfi", "20230201", "", &[]), "Wolfi");
        assert_eq!(of("openeuler", "22.03", "openEuler 22.03 (LTS-SP1)", &[]), "openEuler:22.03-LTS-SP1");
        assert_eq!(of("openeuler", "22.03", "", &[]), "openEuler:22.03");
        assert_eq!(of("opensuse-leap", "15.6", "", &[]), "openSUSE:Leap 15.6");
        assert_eq!(of("amzn", "2018.03", "", &[]), "Amazon Linux:2018");
        assert_eq!(of("euleros", "2.0", "EulerOS 2.0 (SP10)", &[]), "EulerOS:2.0-SP10");
        assert_eq!(of("arch", "", "Arch Linux", &[]), "Arch Linux");
        assert_eq!(
            of("sles", "15.4", "", &[]),
            "SUSE:Linux Enterprise Server 15 SP4 or SUSE:Linux Enterprise Server 15.4 or \
             SUSE:Linux Enterprise Module for * 15 SP4 or SUSE:Linux Enterprise Module for * 15.4 or \
             SUSE:Linux Enterprise Module for * 15"
        );
        assert_eq!(of("nonsense", "1", "", &[]), "not known");
    }

    #[test]
    fn names_testing_and_unstable_by_the_next_release() {
        let id = || "debian".to_owned();
        let forky = Distribution { id: id(), codename: Some("forky".to_owned()), ..Distribution::default() };
        assert_eq!(find(&forky).unwrap().ecosystems(&forky), ["Debian:forky"]);
        let trixie =
            Distribution { version: Some("13".to_owned()), codename: Some("trixie".to_owned()), ..forky };
        assert_eq!(find(&trixie).unwrap().ecosystems(&trixie), ["Debian:13"]);
    }

    #[test]
    fn tells_distributions_of_one_id_by_their_names() {
        let of = |id: &str, name: &str| {
            let (id, name) = (id.to_owned(), Some(name.to_owned()));
            find(&Distribution { id, name, ..Distribution::default() }).unwrap().name.as_str()
        };
        assert_eq!(of("centos", "CentOS Stream 9"), "CentOS Stream");
        assert_eq!(of("centos", "CentOS Linux 7 (Core)"), "CentOS Linux");
        assert_eq!(of("kylin", "Kylin Linux Advanced Server V10 (Sword)"), "Kylin Linux Advanced Server");
        assert_eq!(of("kylin", "Kylin V10 SP1"), "Kylin Desktop");
        assert_eq!(of("uos", "UnionTech OS Server 20"), "UnionTech OS Server");
        assert_eq!(of("uos", "UnionTech OS Desktop 20 Pro"), "UnionTech OS Desktop");
    }

    #[test]
    fn knows_when_releases_end() {
        let of = |id: &str, version: &str| {
            let (id, version) = (id.to_owned(), Some(version.to_owned()));
            let release = Distribution { id, version, ..Distribution::default() };
            find(&release).unwrap().release(&release)
        };
        assert_eq!(of("alpine", "3.10.9"), Some(("3.10", "2021-05-01")));
        assert_eq!(of("debian", "12"), Some(("12", "2028-06-30")));
        assert_eq!(of("rhel", "9.4"), Some(("9", "2032-05-31")));
        // Nothing is said of a service pack that is not known.
        assert_eq!(of("sles", "15.9"), None);
        assert_eq!(of("ubuntu", "22.04"), Some(("22.04", "2027-04-30")));
        for (release, day) in all().iter().flat_map(Known::releases) {
            let shape = |byte: u8| if byte.is_ascii_digit() { '0' } else { char::from(byte) };
            assert_eq!(day.bytes().map(shape).collect::<String>(), "0000-00-00", "{release}");
        }
    }

    #[test]
    fn tells_own_packages_from_those_of_others() {
        let own = |id: &str, vendor: &str| {
            let of = Distribution { id: id.to_owned(), ..Distribution::default() };
            find(&of).unwrap().is_own(Some(vendor).filter(|vendor| !vendor.is_empty()))
        };
        assert_eq!(own("rhel", "Red Hat, Inc."), Some(true));
        assert_eq!(own("rhel", "Fedora Project"), Some(false));
        assert_eq!(own("rhel", ""), None);
        assert_eq!(own("sles", "SUSE LLC <https://www.suse.com/>"), Some(true));
        assert_eq!(own("debian", "Docker <support@docker.com>"), Some(false));
        assert_eq!(own("debian", "Matthias Klose <doko@debian.org>"), None);
        assert_eq!(own("ubuntu", "support@docker.com.example.org"), None);
    }
}
