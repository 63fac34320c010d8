use serde::{Deserialize, Serialize};

/// The distribution an image is made from, as its `os-release` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
}
