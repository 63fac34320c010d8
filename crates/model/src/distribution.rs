use serde::{Deserialize, Serialize};

/// The distribution an image is made from, as its `os-release` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Distribution {
    /// `ID`: `debian`, `alpine`, `openEuler`, … as written there, lower-cased.
    pub id: String,
    /// `VERSION_ID`; absent for rolling releases.
    #[serde(default)]
    pub version: Option<String>,
    /// `PRETTY_NAME`, for people.
    #[serde(default)]
    pub name: Option<String>,
    /// `VERSION_CODENAME`.
    #[serde(default)]
    pub codename: Option<String>,
    /// `ID_LIKE`, in its order.
    #[serde(default)]
    pub like: Vec<String>,
    /// What the image may take updates from beyond the release itself, as its files say: `esm-infra`, or the content
    /// sets of Red Hat.
    #[serde(default)]
    pub channels: Vec<String>,
    /// The last day on which the release is mended for everybody, where that is known.
    #[serde(default)]
    pub end_of_life: Option<String>,
}
