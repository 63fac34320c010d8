use model::PackageType;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::SeverityCounts;

/// A package of an image, with what is wrong with it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImagePackage {
    /// Its type, as package URLs name it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture; empty where none is known.
    pub architecture: String,
    /// The source package it was built from; empty where none is known.
    pub source: String,
    /// Its package URL.
    pub purl: String,
    /// Its first path.
    pub path: String,
    /// The position of its layer.
    pub layer: Option<i64>,
    /// Whether the base image brought it.
    pub from_base: Option<bool>,
    /// Its licences.
    pub licenses: String,
    /// Its vulnerabilities that count.
    pub vulnerabilities: SeverityCounts,
}

/// Which packages of an image are wanted: all that is said must hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PackageFilter {
    /// Part of the name, the version, the licences or the path.
    #[param(max_length = 256)]
    pub search: Option<String>,
    /// Their type, as package URLs name it.
    #[serde(rename = "type")]
    #[param(inline)]
    pub kind: Option<PackageType>,
    /// Whether something that counts is wrong with them.
    pub vulnerable: Option<bool>,
    /// Whether the base image brought them.
    pub from_base: Option<bool>,
    /// The position of their layer.
    pub layer: Option<i64>,
}

/// Which packages of the inventory are wanted.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComponentFilter {
    /// The name; `*` at the end stands for anything. Case counts.
    #[param(min_length = 1, max_length = 256, example = "org.apache.logging.log4j:log4j-core")]
    pub name: String,
    /// Conditions that must all hold, with commas between them: `<2.17`, `>=2.0,<2.17`, `=1.0`. Compared as the
    /// package's type orders versions.
    #[param(max_length = 256, example = "<2.17")]
    pub version: Option<String>,
    /// The type, as package URLs name it.
    #[serde(rename = "type")]
    #[param(inline)]
    pub kind: Option<PackageType>,
}

/// A package of the inventory.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Component {
    /// Its type, as package URLs name it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// How many images have it.
    pub images: i64,
    /// Whether its version could not be compared: it may or may not be one that is wanted.
    pub uncertain: bool,
}

/// Packages that were found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ComponentSearch {
    /// By name and version.
    pub items: Vec<Component>,
    /// Whether all packages of the name were compared; when not, a longer name or a type is needed.
    pub complete: bool,
}

/// A package where it was found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ComponentImage {
    /// The image.
    pub image: i64,
    /// Where it was seen.
    pub source: String,
    /// As it is shown.
    pub name: String,
    /// Its containers.
    pub containers: i64,
    /// Those that run.
    pub running: i64,
    /// The package's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The package's name.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The package's first path.
    pub path: String,
}

/// Images that have a package.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ComponentImages {
    /// The rows; an image is on one page only, with all that it has.
    pub items: Vec<ComponentImage>,
    /// What asks for the rows after these, as `after`; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether all packages of the name were compared.
    pub complete: bool,
}
