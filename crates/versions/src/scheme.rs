//! The schemes and the table of ecosystems that use them.

/// How one ecosystem writes and orders its versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// apk-tools: Alpine and its kin.
    Apk,
    /// deb-version(7): Debian and its kin.
    Dpkg,
    /// Go modules, the Go toolchain and its standard library.
    Go,
    /// Maven's `ComparableVersion`.
    Maven,
    /// PEP 440: Python packages.
    Pep440,
    /// rpm's epoch, version and release.
    Rpm,
    /// Semantic Versioning 2.0.0: npm and Cargo.
    Semver,
}

/// The ecosystems of the OSV schema whose order this crate implements, sorted by name.
///
/// Bitnami's *advisories* are written in Semantic Versioning, its *packages* add a revision (`2.4.58-3`) that would
/// read as a pre-release; whoever catalogues such a package must cut the revision off first.
const ECOSYSTEMS: &[(&str, Scheme)] = &[
    ("AlmaLinux", Scheme::Rpm),
    ("Alpaquita", Scheme::Apk),
    ("Alpine", Scheme::Apk),
    ("Azure Linux", Scheme::Rpm),
    ("BellSoft Hardened Containers", Scheme::Apk),
    ("Bitnami", Scheme::Semver),
    ("Chainguard", Scheme::Apk),
    ("crates.io", Scheme::Semver),
    ("Debian", Scheme::Dpkg),
    ("Echo", Scheme::Dpkg),
    ("Go", Scheme::Go),
    ("Mageia", Scheme::Rpm),
    ("Maven", Scheme::Maven),
    ("MinimOS", Scheme::Apk),
    ("npm", Scheme::Semver),
    ("openEuler", Scheme::Rpm),
    ("openSUSE", Scheme::Rpm),
    ("Photon OS", Scheme::Rpm),
    ("PyPI", Scheme::Pep440),
    ("Red Hat", Scheme::Rpm),
    ("Rocky Linux", Scheme::Rpm),
    ("SUSE", Scheme::Rpm),
    ("SwiftURL", Scheme::Semver),
    ("Ubuntu", Scheme::Dpkg),
    ("Wolfi", Scheme::Apk),
];

/// The one ecosystem that only wraps another: `Root:Debian:12` is ordered as `Debian:12`.
const WRAPPER: &str = "Root";

impl Scheme {
    /// Every scheme, in the order of their names.
    pub const ALL: &'static [Scheme] =
        &[Scheme::Apk, Scheme::Dpkg, Scheme::Go, Scheme::Maven, Scheme::Pep440, Scheme::Rpm, Scheme::Semver];

    /// The scheme's own name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Apk => "apk",
            Scheme::Dpkg => "dpkg",
            Scheme::Go => "go",
            Scheme::Maven => "maven",
            Scheme::Pep440 => "pep440",
            Scheme::Rpm => "rpm",
            Scheme::Semver => "semver",
        }
    }

    /// The scheme of an OSV ecosystem (`Debian:12`, `npm`, `Root:Alpine:3.20`) or of a scheme's own name.
    ///
    /// Letter case does not matter. `None` when the ecosystem is not known or its order is not implemented.
    pub fn of_ecosystem(ecosystem: &str) -> Option<Scheme> {
        let (base, release) = ecosystem.split_once(':').unwrap_or((ecosystem, ""));
        let base = if base.eq_ignore_ascii_case(WRAPPER) { release.split(':').next()? } else { base };
        let own_names = Scheme::ALL.iter().map(|&scheme| (scheme.name(), scheme));
        Scheme::ecosystems()
            .chain(own_names)
            .find_map(|(name, scheme)| name.eq_ignore_ascii_case(base).then_some(scheme))
    }

    /// Every known ecosystem with its scheme, sorted by name; for documentation and error messages.
    pub fn ecosystems() -> impl Iterator<Item = (&'static str, Scheme)> {
        ECOSYSTEMS.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_an_ecosystem_with_or_without_its_release() {
        for (ecosystem, scheme) in [
            ("Debian:12", Scheme::Dpkg),
            ("debian", Scheme::Dpkg),
            ("Ubuntu:Pro:18.04:LTS", Scheme::Dpkg),
            ("Alpine:v3.20", Scheme::Apk),
            ("AlmaLinux:9", Scheme::Rpm),
            ("Red Hat:enterprise_linux:9::baseos", Scheme::Rpm),
            ("NPM", Scheme::Semver),
            ("Maven:https://repo.example/maven2", Scheme::Maven),
            ("Root:Debian:12", Scheme::Dpkg),
            ("Root:PyPI", Scheme::Pep440),
            ("pep440", Scheme::Pep440),
            ("RPM", Scheme::Rpm),
        ] {
            assert_eq!(Scheme::of_ecosystem(ecosystem), Some(scheme), "{ecosystem}");
        }
    }

    #[test]
    fn says_nothing_of_an_ecosystem_it_cannot_order() {
        for ecosystem in ["", "Root", "Root:", "RubyGems", "NuGet", "Packagist", "Hex", "Debian12", ":Debian"]
        {
            assert_eq!(Scheme::of_ecosystem(ecosystem), None, "{ecosystem}");
        }
    }

    #[test]
    fn keeps_the_table_sorted_and_free_of_doubles() {
        let names: Vec<String> = Scheme::ecosystems().map(|(name, _)| name.to_ascii_lowercase()).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        assert!(Scheme::ALL.is_sorted_by_key(|scheme| scheme.name()));
    }
}
