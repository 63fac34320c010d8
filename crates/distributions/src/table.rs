//! The table, read once.

use std::sync::LazyLock;

use model::Distribution;
use serde::Deserialize;

use crate::Known;

#[derive(Deserialize)]
struct Table {
    distribution: Vec<Known>,
}

/// A table that cannot be read is empty; that it can be read is tested.
static TABLE: LazyLock<Vec<Known>> = LazyLock::new(|| {
    toml::from_str(include_str!("../distributions.toml"))
        .map_or_else(|_error| Vec::new(), |table: Table| table.distribution)
});

/// Every distribution that is known, sorted by id.
#[must_use]
pub fn all() -> &'static [Known] {
    &TABLE
}

/// What is known of the distribution an image is made from. The children of a distribution are not taken for their
/// parent: they rebuild what they ship.
#[must_use]
pub fn find(distribution: &Distribution) -> Option<&'static Known> {
    let place = TABLE.binary_search_by(|known| known.id.as_str().cmp(&distribution.id)).ok()?;
    TABLE.get(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_readable_sorted_and_about_system_packages() {
        let table: Table = toml::from_str(include_str!("../distributions.toml")).unwrap();
        assert!(table.distribution.is_sorted_by(|a, b| a.id < b.id));
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
        assert_eq!(of("ubuntu", "22.04", "", &[]), "Ubuntu:22.04:LTS or Ubuntu:22.04");
        assert_eq!(
            of("ubuntu", "18.04", "", &["esm-infra"]),
            "Ubuntu:18.04:LTS or Ubuntu:18.04 or Ubuntu:Pro:18.04:LTS"
        );
        assert_eq!(of("wolfi", "20230201", "", &[]), "Wolfi");
        assert_eq!(of("openeuler", "22.03", "openEuler 22.03 (LTS-SP1)", &[]), "openEuler:22.03-LTS-SP1");
        assert_eq!(of("openeuler", "22.03", "", &[]), "openEuler:22.03");
        assert_eq!(of("linuxmint", "22", "", &[]), "not known");
    }
}
