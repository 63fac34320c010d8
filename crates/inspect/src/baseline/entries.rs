//! Files and directories that do not belong into an image, or have modes that are not safe.

use image::walk::{Entry, EntryKind};
use model::Text;
use serde::Deserialize;

use super::{
    answer::Answer,
    pattern::{Interest, Pattern},
    test::Judge,
};
use crate::{Evidence, Noted};

/// At most so many files are named in a finding.
const MAX_NAMED: usize = 100;

/// Entries that should not be there; all that is given must hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entries {
    /// Their paths; any, when there are none.
    #[serde(default)]
    paths: Vec<Pattern>,
    /// What their mode or kind is.
    #[serde(default)]
    trait_of: Option<Trait>,
    /// Whether they are directories, or files; both, when it is left out.
    #[serde(default)]
    directories: Option<bool>,
    /// Whether empty ones are no harm.
    #[serde(default)]
    unless_empty: bool,
    /// Those that are no harm.
    #[serde(default)]
    except: Vec<Pattern>,
}

/// What the mode or the kind of an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Trait {
    /// A file that runs with its owner's or group's rights.
    SetId,
    /// A file, or a directory without the sticky bit, that everybody may write.
    WorldWritable,
    /// A file that others than its owner may read.
    OthersRead,
    /// A device, pipe or socket.
    Special,
}

fn is_set_id(entry: &Entry<'_>) -> bool {
    matches!(entry.kind, EntryKind::File | EntryKind::HardLink) && entry.mode & 0o6000 != 0
}

fn is_world_writable(entry: &Entry<'_>) -> bool {
    let counts = match entry.kind {
        EntryKind::File | EntryKind::HardLink => true,
        EntryKind::Directory => entry.mode & 0o1000 == 0,
        _ => false,
    };
    counts && entry.mode & 0o002 != 0
}

fn is_read_by_others(entry: &Entry<'_>) -> bool {
    matches!(entry.kind, EntryKind::File | EntryKind::HardLink) && entry.mode & 0o044 != 0
}

fn is_special(entry: &Entry<'_>) -> bool {
    entry.kind == EntryKind::Special
}

impl Trait {
    fn holds(self) -> fn(&Entry<'_>) -> bool {
        match self {
            Self::SetId => is_set_id,
            Self::WorldWritable => is_world_writable,
            Self::OthersRead => is_read_by_others,
            Self::Special => is_special,
        }
    }
}

impl Judge for Entries {
    fn interest(&self) -> Interest<'_> {
        // What is found by its path is noted by that alone: most files can be read by others.
        let special = self.trait_of.filter(|_| self.paths.is_empty()).map(Trait::holds);
        Interest { notes: self.paths.iter().collect(), special, ..Interest::default() }
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let mut found = 0_usize;
        let mut answer = Answer::fail(Text::default());
        for noted in evidence.noted.iter().filter(|noted| self.means(noted)) {
            found += 1;
            if found <= MAX_NAMED {
                answer = answer.at(&noted.path, noted.layer);
            }
        }
        if found == 0 {
            return Answer::pass();
        }
        answer.actual = Text::new(format!("{found} found"), format!("发现 {found} 个"));
        answer
    }
}

impl Entries {
    fn means(&self, noted: &Noted) -> bool {
        let entry = Entry {
            path: &noted.path,
            kind: noted.kind,
            mode: noted.mode,
            uid: noted.uid,
            gid: noted.gid,
            size: noted.size,
            link: &noted.link,
        };
        let is_directory = noted.kind == EntryKind::Directory;
        noted.kind != EntryKind::SymbolicLink
            && self.directories.is_none_or(|directories| directories == is_directory)
            && self.trait_of.is_none_or(|wanted| wanted.holds()(&entry))
            && !(self.unless_empty && noted.kind == EntryKind::File && noted.size == 0)
            && (self.paths.is_empty() || self.paths.iter().any(|path| path.matches(&noted.path)))
            && !self.except.iter().any(|path| path.matches(&noted.path))
    }
}
