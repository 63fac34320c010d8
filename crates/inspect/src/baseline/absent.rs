//! Files that should not be in an image.

use image::walk::EntryKind;
use model::Text;
use serde::Deserialize;

use super::{
    answer::Answer,
    pattern::{Interest, Pattern},
    test::Judge,
    tree,
};
use crate::Evidence;

/// At most so many files are named in a finding.
const MAX_NAMED: usize = 100;

/// Files that should not be there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Absent {
    /// The files; directories are not meant.
    paths: Vec<Pattern>,
    /// Whether an empty one is harmless.
    #[serde(default)]
    unless_empty: bool,
}

impl Judge for Absent {
    fn interest(&self) -> Interest<'_> {
        Interest { notes: self.paths.iter().collect(), ..Interest::default() }
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let found: Vec<_> = tree::entries(evidence, &self.paths)
            .into_iter()
            .filter(|entry| match entry.kind {
                EntryKind::File | EntryKind::HardLink => entry.size > 0 || !self.unless_empty,
                // What a link leads to may be made when the image is built or run.
                EntryKind::SymbolicLink => entry.link != b"/dev/null",
                _ => false,
            })
            .collect();
        let count = found.len();
        if count == 0 {
            return Answer::pass();
        }
        let actual = Text::new(format!("{count} such files"), format!("存在 {count} 个此类文件"));
        found
            .into_iter()
            .take(MAX_NAMED)
            .fold(Answer::fail(actual), |answer, entry| answer.at(&entry.path, entry.layer))
            .expecting(Text::new("no such file", "不存在此类文件"))
    }
}
