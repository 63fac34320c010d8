use serde::{Deserialize, Serialize};

use crate::Text;

/// A key, token or password that lies open; the finding's id is the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Secret {
    /// What kind of secret it is.
    pub title: Text,
    /// More about it.
    pub description: Text,
    /// What to do.
    pub advice: Text,
    /// Where it was found: `file`, or `env NAME`, `label NAME`, `history STEP` of the image's configuration.
    pub place: String,
    /// The file.
    #[serde(default)]
    pub path: Option<String>,
    /// The line of the file, from 1.
    #[serde(default)]
    pub line: Option<u32>,
    /// What surrounds the value, and the value with its middle left out.
    pub masked: String,
    /// A keyed hash of the value, by which the same secret is known again.
    pub fingerprint: String,
    /// Whether it is still there when all layers are applied; otherwise it is in the history only.
    pub visible: bool,
}
