use super::*;

/// The ecosystems of the OSV schema that have an order; `GIT` has none and that of `Docker Hardened Images` is not told.
const OSV: &[&str] = &[
    "AlmaLinux",
    "Alpaquita",
    "Alpine",
    "Android",
    "Azure Linux",
    "BellSoft Hardened Containers",
    "Bioconductor",
    "Bitnami",
    "Chainguard",
    "CleanStart",
    "ConanCenter",
    "CRAN",
    "crates.io",
    "Debian",
    "Echo",
    "FreeBSD",
    "GHC",
    "GitHub Actions",
    "Go",
    "Hackage",
    "Hex",
    "Julia",
    "Kubernetes",
    "Linux",
    "Mageia",
    "Maven",
    "MinimOS",
    "npm",
    "NuGet",
    "opam",
    "openEuler",
    "openSUSE",
    "OSS-Fuzz",
    "Packagist",
    "Photon OS",
    "Pub",
    "PyPI",
    "Red Hat",
    "Rocky Linux",
    "RubyGems",
    "SUSE",
    "SwiftURL",
    "Ubuntu",
    "VSCode",
    "Wolfi",
];

#[test]
fn knows_an_ecosystem_with_or_without_its_release() {
    for (ecosystem, scheme) in [
        ("Debian:12", Scheme::Dpkg),
        ("debian", Scheme::Dpkg),
        ("Ubuntu:Pro:18.04:LTS", Scheme::Dpkg),
        ("Alpine:v3.20", Scheme::Apk),
        ("AlmaLinux:9", Scheme::Rpm),
        ("Red Hat:enterprise_linux:9::baseos", Scheme::Rpm),
        ("openEuler:24.03-LTS", Scheme::Rpm),
        ("NPM", Scheme::Semver),
        ("Maven:https://repo.example/maven2", Scheme::Maven),
        ("Root:Debian:12", Scheme::Dpkg),
        ("Root:PyPI", Scheme::Pep440),
        ("Seal:Red Hat:6", Scheme::Rpm),
        ("bitnami", Scheme::Semver),
        ("kubernetes", Scheme::Semver),
        ("RubyGems", Scheme::Rubygems),
        ("CPE", Scheme::Generic),
        ("Arch Linux", Scheme::Alpm),
        ("pep440", Scheme::Pep440),
        ("RPM", Scheme::Rpm),
    ] {
        assert_eq!(Scheme::of_ecosystem(ecosystem), Some(scheme), "{ecosystem}");
    }
}

#[test]
fn covers_the_ecosystems_of_the_osv_schema() {
    for ecosystem in OSV {
        assert!(Scheme::of_ecosystem(ecosystem).is_some(), "{ecosystem}");
    }
}

#[test]
fn says_nothing_of_an_ecosystem_it_cannot_order() {
    for ecosystem in ["", "Root", "Root:", "Seal:Homebrew", "Homebrew", "GIT", "Debian12", ":Debian"] {
        assert_eq!(Scheme::of_ecosystem(ecosystem), None, "{ecosystem}");
    }
}

#[test]
fn keeps_the_lists_sorted_and_free_of_doubles() {
    let ascends = |names: &[&str]| {
        let lower: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        lower.is_sorted_by(|a, b| a < b)
    };
    for scheme in Scheme::ALL {
        assert!(ascends(scheme.own_ecosystems()), "{scheme:?}");
    }
    let names: Vec<&str> = Scheme::ecosystems().into_iter().map(|(name, _)| name).collect();
    assert!(ascends(&names), "{names:?}");
    assert!(Scheme::ALL.is_sorted_by_key(|scheme| scheme.name()));
}

#[test]
fn gives_no_ecosystem_the_name_of_another_scheme() {
    for (name, scheme) in Scheme::ecosystems() {
        let named = Scheme::ALL.iter().find(|other| other.name().eq_ignore_ascii_case(name));
        assert!(named.is_none_or(|&named| named == scheme), "{name}");
    }
}
