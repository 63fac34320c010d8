use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of package, named as package URLs name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PackageType {
    /// Debian and its children, by dpkg.
    Deb,
    /// Alpine, Wolfi, by apk.
    Apk,
    /// Red Hat, SUSE, openEuler and their kin, by rpm.
    Rpm,
    /// Arch Linux, by pacman.
    Alpm,
    /// OpenWrt and Yocto, by opkg.
    Opkg,
    /// JavaScript.
    Npm,
    /// Python.
    Pypi,
    /// Conda, of whatever language.
    Conda,
    /// Java; the name is `group:artifact`.
    Maven,
    /// Go modules; the toolchain's own library is `stdlib`.
    Golang,
    /// Rust.
    Cargo,
    /// Ruby.
    Gem,
    /// PHP; the name is `vendor/package`.
    Composer,
    /// .NET.
    Nuget,
    /// Erlang and Elixir.
    Hex,
    /// Dart.
    Pub,
    /// Swift; the name is the repository's address without its scheme.
    Swift,
    /// Swift and Objective-C, by CocoaPods.
    Cocoapods,
    /// C and C++, by Conan.
    Conan,
    /// R.
    Cran,
    /// Julia.
    Julia,
    /// Haskell.
    Hackage,
    /// Lua.
    Luarocks,
    /// Perl.
    Cpan,
    /// Programs as Bitnami packages them.
    Bitnami,
    /// A program or library that no package manager keeps.
    Generic,
}

/// What there is to know of each kind, in their order.
const KINDS: [(PackageType, &str, Keeper); 26] = [
    (PackageType::Deb, "deb", Keeper::System),
    (PackageType::Apk, "apk", Keeper::System),
    (PackageType::Rpm, "rpm", Keeper::System),
    (PackageType::Alpm, "alpm", Keeper::System),
    (PackageType::Opkg, "opkg", Keeper::System),
    (PackageType::Npm, "npm", Keeper::Language("npm")),
    (PackageType::Pypi, "pypi", Keeper::Language("PyPI")),
    (PackageType::Conda, "conda", Keeper::Unpublished),
    (PackageType::Maven, "maven", Keeper::Language("Maven")),
    (PackageType::Golang, "golang", Keeper::Language("Go")),
    (PackageType::Cargo, "cargo", Keeper::Language("crates.io")),
    (PackageType::Gem, "gem", Keeper::Language("RubyGems")),
    (PackageType::Composer, "composer", Keeper::Language("Packagist")),
    (PackageType::Nuget, "nuget", Keeper::Language("NuGet")),
    (PackageType::Hex, "hex", Keeper::Language("Hex")),
    (PackageType::Pub, "pub", Keeper::Language("Pub")),
    (PackageType::Swift, "swift", Keeper::Language("SwiftURL")),
    (PackageType::Cocoapods, "cocoapods", Keeper::Unpublished),
    (PackageType::Conan, "conan", Keeper::Language("ConanCenter")),
    (PackageType::Cran, "cran", Keeper::Language("CRAN")),
    (PackageType::Julia, "julia", Keeper::Language("Julia")),
    (PackageType::Hackage, "hackage", Keeper::Language("Hackage")),
    (PackageType::Luarocks, "luarocks", Keeper::Unpublished),
    (PackageType::Cpan, "cpan", Keeper::Unpublished),
    (PackageType::Bitnami, "bitnami", Keeper::Language("Bitnami")),
    (PackageType::Generic, "generic", Keeper::Unpublished),
];

/// Who keeps packages of a kind, and so who publishes advisories about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeper {
    /// The operating system: its distribution does.
    System,
    /// A language: OSV's ecosystem of this name.
    Language(&'static str),
    /// Nobody, under names of this kind.
    Unpublished,
}

impl PackageType {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(|(kind, _, _)| *kind)
    }

    fn facts(self) -> Option<&'static (Self, &'static str, Keeper)> {
        KINDS.iter().find(|(kind, _, _)| *kind == self)
    }

    /// The word used in package URLs.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.facts().map_or("generic", |(_, word, _)| word)
    }

    /// The kind that package URLs call so.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known, _)| *known == word).map(|(kind, _, _)| *kind)
    }

    /// Whether the operating system's package manager keeps it.
    #[must_use]
    pub fn is_system(self) -> bool {
        self.facts().is_some_and(|(_, _, keeper)| *keeper == Keeper::System)
    }

    /// OSV's name of the ecosystem, for packages of a language that has one.
    #[must_use]
    pub fn ecosystem(self) -> Option<&'static str> {
        match self.facts()? {
            (_, _, Keeper::Language(name)) => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for PackageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The source package a system package was built from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SourcePackage {
    /// Its name, by which most distributions publish advisories.
    pub name: String,
    /// Its version; may differ from the binary package's.
    pub version: String,
}

/// A package found in an image.
///
/// An extractor fills what its file says; `purl`, `layer` and `owner` are filled when the layers are merged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Package {
    /// The name, in its ecosystem's canonical form.
    pub name: String,
    /// The version as written, with epoch.
    pub version: String,
    /// The kind of package.
    #[serde(rename = "type")]
    pub kind: PackageType,
    /// The architecture, where the format knows one.
    #[serde(default)]
    pub arch: Option<String>,
    /// The package URL.
    #[serde(default)]
    pub purl: String,
    /// The source package, for system packages.
    #[serde(default)]
    pub source: Option<SourcePackage>,
    /// Licences as the package states them.
    #[serde(default)]
    pub licenses: Vec<String>,
    /// Where it was found; `a.war/WEB-INF/lib/b.jar` for what lies in an archive.
    #[serde(default)]
    pub paths: Vec<String>,
    /// The diff id of the layer that brought it; absent for a directory.
    #[serde(default)]
    pub layer: Option<String>,
    /// The instruction of the build history that made that layer.
    #[serde(default)]
    pub created_by: Option<String>,
    /// Whether the base image brought it; absent when no base image is known.
    #[serde(default)]
    pub from_base: Option<bool>,
    /// The system package whose files these are, for a language package that one brought.
    #[serde(default)]
    pub owner: Option<String>,
    /// Who built or maintains it, as a system package states; tells a distribution's own packages from others'.
    #[serde(default)]
    pub vendor: Option<String>,
    /// The module stream it is from, `nodejs:18`, for rpm packages of a module.
    #[serde(default)]
    pub module: Option<String>,
    /// Its CPE 2.3 names, for programs that no package manager keeps.
    #[serde(default)]
    pub cpes: Vec<String>,
    /// Whether it is only asked for, by a lock file or manifest, rather than there.
    #[serde(default)]
    pub declared: bool,
    /// The extractor that found it.
    #[serde(default)]
    pub found_by: String,
}

impl Package {
    /// A package of `kind` with nothing but its name and version.
    pub fn new(kind: PackageType, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            kind,
            arch: None,
            purl: String::new(),
            source: None,
            licenses: Vec::new(),
            paths: Vec::new(),
            layer: None,
            created_by: None,
            from_base: None,
            owner: None,
            vendor: None,
            module: None,
            cpes: Vec::new(),
            declared: false,
            found_by: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_word() {
        for kind in PackageType::all() {
            assert_eq!(PackageType::from_word(kind.word()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
            assert!(!(kind.is_system() && kind.ecosystem().is_some()), "{kind}");
        }
        assert_eq!(PackageType::from_word("nonsense"), None);
    }
}
