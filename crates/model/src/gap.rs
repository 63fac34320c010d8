use serde::{Deserialize, Serialize};

/// Something that could not be read or decided: unknown is not clean.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Gap {
    /// The kind of thing: `layer`, `file`, `version`, `distribution`, `advisories`, …
    pub what: String,
    /// Which one: a path, a layer digest, a package.
    #[serde(rename = "where")]
    pub place: String,
    /// The reason, and what can be done where something can.
    pub why: String,
}

impl Gap {
    /// A gap; `why` is the reader's to understand without the code at hand.
    pub fn new(what: &str, place: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.to_owned(), place: place.into(), why: why.into() }
    }
}
