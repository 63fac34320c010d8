//! Which system package a file belongs to.

use std::collections::HashMap;

use image::path;
use inventory::{CLASSIFIED, Found};

use crate::facts::Find;

/// The system packages of paths.
pub(super) struct Owners<'a>(HashMap<&'a str, &'a str>);

impl<'a> Owners<'a> {
    pub(super) fn of(found: impl Iterator<Item = &'a Found>) -> Self {
        let owned = found.flat_map(|found| &found.owned);
        Self(
            owned
                .flat_map(|owned| owned.paths.iter().map(|path| (path.as_str(), owned.package.as_str())))
                .collect(),
        )
    }

    /// With `/lib` and `/usr/lib` as one, as they are since the merge of the two.
    pub(super) fn of_path(&self, path: &str) -> Option<&'a str> {
        let merged = || self.0.get(path.strip_prefix("usr/")?);
        self.0.get(path).or_else(merged).copied()
    }

    /// Whether what this file told is to be heard: what a program's bytes tell is not when a system package brought it,
    /// for it is judged as that package, whose maker may have mended it without a new version.
    pub(super) fn lets_count(&self, find: &Find) -> bool {
        find.extractor != CLASSIFIED || self.of_path(&path::display(&find.path)).is_none()
    }
}
