//! What an update changed: for which packages and vulnerabilities what was judged before must be judged again.
//!
//! Everything that judging looks at for a package lies under its names, in the records that name them, in what is known
//! of their vulnerabilities, and in the catalogues of exploitation. These are compared by what they say, so that an
//! archive that was built anew and says the same changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::Error;
use crate::database::{Database, SegmentEntry};
use crate::segment::{Prints, Segment};

/// How the ecosystems begin under which what is known of vulnerabilities is kept.
const BY_VULNERABILITY: &str = "CVE:";

/// What an update changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Nothing is known of before: all packages must be judged.
    pub everything: bool,
    /// The names of packages that a changed record names, in the form that [`names`](crate::names) gives.
    pub names: BTreeSet<String>,
    /// Vulnerabilities of which something else changed: a rating, whether it is exploited, and by more than a hundredth
    /// how likely that is.
    pub vulnerabilities: BTreeSet<String>,
    /// Whether there are other ecosystems than before, so that other packages cannot be judged at all.
    pub coverage: bool,
}

impl Changes {
    /// Whether all is as it was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is different in `new` from what was in `old`.
///
/// # Errors
/// When one of them is damaged.
pub fn changes(old: Option<&Database>, new: &Database) -> Result<Changes, Error> {
    let Some(old) = old else { return Ok(Changes { everything: true, ..Changes::default() }) };
    let mut changes = Changes { coverage: ecosystems(old) != ecosystems(new), ..Changes::default() };
    let archives = old.manifest().archives.keys().chain(new.manifest().archives.keys());
    for archive in archives.collect::<BTreeSet<_>>() {
        let file = |database: &Database| database.manifest().archives.get(archive)?.file.clone();
        if file(old) != file(new) {
            changes.archive(&segments(old, archive), &segments(new, archive))?;
        }
    }
    changes.exploited(old, new)?;
    changes.likely(old, new)?;
    Ok(changes)
}

fn ecosystems(database: &Database) -> BTreeSet<&str> {
    database.manifest().segments.iter().map(|segment| segment.ecosystem.as_str()).collect()
}

/// The segments of an archive, by what they are about.
type Segments<'a> = BTreeMap<(&'a str, bool), &'a Segment>;

fn segments<'a>(database: &'a Database, archive: &str) -> Segments<'a> {
    let of_archive = |(entry, _): &(&SegmentEntry, &Segment)| entry.archive == archive;
    let keyed = |(entry, segment): (&'a SegmentEntry, &'a Segment)| {
        ((entry.ecosystem.as_str(), entry.malicious), segment)
    };
    database.each_segment().filter(of_archive).map(keyed).collect()
}

impl Changes {
    /// Notes what is different in the segments of one archive.
    fn archive(&mut self, old: &Segments<'_>, new: &Segments<'_>) -> Result<(), Error> {
        let (mut of_old, mut of_new) = (Prints::default(), Prints::default());
        for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let prints = |of: &mut Prints, segments: &Segments<'_>| {
                segments.get(key).map_or_else(|| Ok(FxHashMap::default()), |segment| of.names(segment))
            };
            let mut before = prints(&mut of_old, old)?;
            let after = prints(&mut of_new, new)?;
            let into = match key.0.starts_with(BY_VULNERABILITY) {
                true => &mut self.vulnerabilities,
                false => &mut self.names,
            };
            for (name, print) in after {
                if before.remove(&name) != Some(print) {
                    into.insert(name);
                }
            }
            into.extend(before.into_keys());
        }
        Ok(())
    }

    /// Notes what came to the catalogue of known exploited vulnerabilities, left it, or is told otherwise there.
    fn exploited(&mut self, old: &Database, new: &Database) -> Result<(), Error> {
        let (before, after) = (old.kev()?, new.kev()?);
        let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let changed = all.into_iter().filter(|id| before.get(*id) != after.get(*id));
        self.vulnerabilities.extend(changed.cloned());
        Ok(())
    }

    /// Notes whose likelihood of being exploited became another by more than a step. Steps are fixed, so that what moves
    /// a little each day is noticed some day.
    fn likely(&mut self, old: &Database, new: &Database) -> Result<(), Error> {
        if old.manifest().epss.as_ref().map(|epss| &epss.file)
            == new.manifest().epss.as_ref().map(|epss| &epss.file)
        {
            return Ok(());
        }
        let mut before: FxHashSet<(String, u64)> = FxHashSet::default();
        old.each_likelihood(|id, step| {
            before.insert((id.to_owned(), step));
        })?;
        new.each_likelihood(|id, step| {
            let known = (id.to_owned(), step);
            if !before.remove(&known) {
                self.vulnerabilities.insert(known.0);
            }
        })?;
        self.vulnerabilities.extend(before.into_iter().map(|(id, _)| id));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
