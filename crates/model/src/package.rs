use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of package, named as package URLs name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PackageType {
    /// Debian and its children, by dpkg.
    Deb,
    /// Alpine, Wolfi, by apk.
    Apk,
    /// JavaScript.
    Npm,
    /// Python.
    Pypi,
    /// Java; the name is `group:artifact`.
    Maven,
    /// Go modules; the toolchain's own library is `stdlib`.
    Golang,
}

impl PackageType {
    /// The word used in package URLs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Apk => "apk",
            Self::Npm => "npm",
            Self::Pypi => "pypi",
            Self::Maven => "maven",
            Self::Golang => "golang",
        }
    }

    /// Whether the operating system's package manager keeps it.
    #[must_use]
    pub fn is_system(self) -> bool {
        matches!(self, Self::Deb | Self::Apk)
    }
}

impl fmt::Display for PackageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The source package a system package was built from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
            found_by: String::new(),
        }
    }
}
