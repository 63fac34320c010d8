//! Mode and owner of files.

use image::walk::EntryKind;
use model::Text;
use serde::Deserialize;

use super::{
    answer::Answer,
    mode::Mode,
    pattern::{Interest, Pattern},
    test::Judge,
    tree,
};
use crate::Evidence;

/// At most so many files are named in a finding.
const MAX_NAMED: usize = 100;

/// Files must have no more permissions than these, and belong to these users.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileMode {
    /// The files; symbolic links are not meant.
    paths: Vec<Pattern>,
    /// The permissions they may have at most.
    at_most: Mode,
    /// The users they may belong to.
    #[serde(default = "root")]
    owners: Vec<u64>,
}

fn root() -> Vec<u64> {
    vec![0]
}

impl Judge for FileMode {
    fn interest(&self) -> Interest<'_> {
        Interest { notes: self.paths.iter().collect(), ..Interest::default() }
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let mut wrong = Vec::new();
        let mut answer = Answer::not_applicable();
        for entry in tree::entries(evidence, &self.paths) {
            if entry.kind == EntryKind::SymbolicLink {
                continue;
            }
            if answer.paths.is_empty() {
                answer.outcome = model::Outcome::Pass;
            }
            if entry.mode & !self.at_most.0 & 0o7777 == 0 && self.owners.contains(&entry.uid) {
                continue;
            }
            answer.outcome = model::Outcome::Fail;
            if wrong.len() < MAX_NAMED {
                let path = image::path::display(&entry.path);
                wrong.push(format!("/{path} {:04o} uid {} gid {}", entry.mode, entry.uid, entry.gid));
                answer = answer.at(&entry.path, entry.layer);
            }
        }
        answer.actual = Text::same(wrong.join("; "));
        let (mode, owners) = (self.at_most.0, &self.owners);
        answer.expecting(Text::new(
            format!("mode {mode:04o} or stricter, owner {owners:?}"),
            format!("权限不宽于 {mode:04o}，属主 UID 为 {owners:?}"),
        ))
    }
}
