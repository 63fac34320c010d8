//! The list of all schemes; a new scheme is a module here and an entry in the list.

mod alpm;
mod apk;
mod conan;
mod conda;
mod cpan;
mod dpkg;
mod freebsd;
mod generic;
mod go;
mod luarocks;
mod maven;
mod nuget;
mod numeric;
mod packagist;
mod pep440;
mod rpm;
mod rubygems;
pub(crate) mod semver;
mod semver_build;

use std::cmp::Ordering;

/// Makes the enum, the keys and everything that tells the schemes apart of one list.
///
/// An entry is `Variant(module) "name": [ecosystems]`. The module has a `Key` and `parse(&str) -> Result<Key, &str>`;
/// a key is `Ord` or has a `compare` of its own.
macro_rules! schemes {
    ($($(#[$doc:meta])* $variant:ident($module:ident) $name:literal: [$($ecosystem:literal),* $(,)?];)*) => {
        /// How one ecosystem writes and orders its versions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scheme {
            $($(#[$doc])* $variant,)*
        }

        /// What each scheme compares.
        #[derive(Clone, Debug)]
        pub(crate) enum Key {
            $($variant($module::Key),)*
        }

        impl Scheme {
            /// Every scheme, in the order of their names.
            pub const ALL: &'static [Scheme] = &[$(Scheme::$variant),*];

            /// The scheme's own name, in lower case.
            pub fn name(self) -> &'static str {
                match self {
                    $(Scheme::$variant => $name,)*
                }
            }

            /// The ecosystems that use it, named as OSV names them, sorted without regard to letter case.
            pub fn own_ecosystems(self) -> &'static [&'static str] {
                match self {
                    $(Scheme::$variant => &[$($ecosystem),*],)*
                }
            }

            /// Reads a text that was found to be one line of ASCII.
            pub(crate) fn parse(self, text: &str) -> Result<Key, &'static str> {
                match self {
                    $(Scheme::$variant => $module::parse(text).map(Key::$variant),)*
                }
            }
        }

        impl Key {
            pub(crate) fn scheme(&self) -> Scheme {
                match self {
                    $(Key::$variant(_) => Scheme::$variant,)*
                }
            }

            /// `None` when the schemes differ.
            pub(crate) fn compare(&self, other: &Key) -> Option<Ordering> {
                match (self, other) {
                    $((Key::$variant(a), Key::$variant(b)) => Some(a.compare(b)),)*
                    _ => None,
                }
            }
        }
    };
}

// Sorted by name. The lists hold the ecosystems of the OSV schema and those distributions and languages that this
// program knows besides.
//
// Kylin and UOS come with rpm on servers, which is what images are made from, and with dpkg on desktops.
//
// Bitnami's *advisories* are written in Semantic Versioning, its *packages* add a revision (`2.4.58-3`) that would
// read as a pre-release; whoever catalogues such a package must cut the revision off first.
schemes! {
    /// pacman's `vercmp`: Arch Linux and its kin.
    Alpm(alpm) "alpm": ["Arch Linux"];
    /// apk-tools: Alpine and its kin.
    Apk(apk) "apk": [
        "Alpaquita", "Alpine", "BellSoft Hardened Containers", "Chainguard", "CleanStart", "MinimOS", "Wolfi",
    ];
    /// Conan's `Version`: C and C++ packages.
    Conan(conan) "conan": ["ConanCenter"];
    /// Conda's `VersionOrder`.
    Conda(conda) "conda": ["Conda", "conda-forge"];
    /// Perl's `version.pm`.
    Cpan(cpan) "cpan": ["CPAN"];
    /// deb-version(7): Debian and its kin; opam and opkg, which order alike.
    Dpkg(dpkg) "dpkg": ["Debian", "deepin", "Echo", "opam", "OpenWrt", "opkg", "Ubuntu"];
    /// pkg-version(8): ports and packages of FreeBSD.
    Freebsd(freebsd) "freebsd": ["FreeBSD"];
    /// What upstream projects write and NVD's CPEs repeat, read as people read it.
    Generic(generic) "generic": ["Android", "CPE", "Linux", "OSS-Fuzz"];
    /// Go modules, the Go toolchain and its standard library.
    Go(go) "go": ["Go"];
    /// LuaRocks.
    Luarocks(luarocks) "luarocks": ["LuaRocks"];
    /// Maven's `ComparableVersion`.
    Maven(maven) "maven": ["Maven"];
    /// NuGet's `NuGetVersion`.
    Nuget(nuget) "nuget": ["NuGet"];
    /// Lists of numbers: Haskell's Package Versioning Policy and R's `package_version`.
    Numeric(numeric) "numeric": ["Bioconductor", "CRAN", "GHC", "Hackage"];
    /// Composer.
    Packagist(packagist) "packagist": ["Composer", "Packagist"];
    /// PEP 440: Python packages.
    Pep440(pep440) "pep440": ["PyPI"];
    /// rpm's epoch, version and release.
    Rpm(rpm) "rpm": [
        "Alibaba Cloud Linux",
        "AlmaLinux",
        "Amazon Linux",
        "Anolis OS",
        "Azure Linux",
        "CBL-Mariner",
        "CentOS",
        "CTyunOS",
        "EulerOS",
        "Fedora",
        "HCE",
        "Huawei Cloud EulerOS",
        "Kylin",
        "Mageia",
        "OpenCloudOS",
        "openEuler",
        "openSUSE",
        "Oracle Linux",
        "Photon OS",
        "Red Hat",
        "Rocky Linux",
        "SUSE",
        "TencentOS",
        "TencentOS Server",
        "UOS",
    ];
    /// `Gem::Version`.
    Rubygems(rubygems) "rubygems": ["RubyGems"];
    /// Semantic Versioning 2.0.0: npm, Cargo, Hex, Swift and more.
    Semver(semver) "semver": [
        "Bitnami", "CocoaPods", "crates.io", "GitHub Actions", "Hex", "Kubernetes", "npm", "SwiftURL", "VSCode",
    ];
    /// Semantic Versioning in which build metadata counts: Dart's pub and Julia.
    SemverBuild(semver_build) "semver-build": ["Julia", "Pub"];
}

/// What every key that is [`Ord`] can do; the others have a method of this name, which comes before the trait's.
trait Compare {
    fn compare(&self, other: &Self) -> Ordering;
}

impl<K: Ord> Compare for K {
    fn compare(&self, other: &K) -> Ordering {
        self.cmp(other)
    }
}

/// The ecosystems that only wrap another: `Root:Debian:12` is ordered as `Debian:12`.
const WRAPPERS: &[&str] = &["Root", "Seal"];

impl Scheme {
    /// The scheme of an OSV ecosystem (`Debian:12`, `npm`, `Root:Alpine:3.20`) or of a scheme's own name.
    ///
    /// Letter case does not matter. `None` when the ecosystem is not known or its order is not implemented.
    pub fn of_ecosystem(ecosystem: &str) -> Option<Scheme> {
        let (base, release) = ecosystem.split_once(':').unwrap_or((ecosystem, ""));
        let is_wrapper = WRAPPERS.iter().any(|wrapper| wrapper.eq_ignore_ascii_case(base));
        let base = if is_wrapper { release.split(':').next()? } else { base };
        let is_named = |scheme: &Scheme| {
            let is_base = |name: &&str| name.eq_ignore_ascii_case(base);
            is_base(&scheme.name()) || scheme.own_ecosystems().iter().any(is_base)
        };
        Scheme::ALL.iter().copied().find(is_named)
    }

    /// Every known ecosystem with its scheme, sorted by name; for documentation and error messages.
    pub fn ecosystems() -> Vec<(&'static str, Scheme)> {
        let of_scheme = |&scheme: &Scheme| scheme.own_ecosystems().iter().map(move |&name| (name, scheme));
        let mut all: Vec<_> = Scheme::ALL.iter().flat_map(of_scheme).collect();
        all.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        all
    }
}

#[cfg(test)]
mod tests;
