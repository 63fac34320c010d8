//! What a document says of packages, put together: one entry for each package of a release.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::{Affected, Event, FixStatus, Range, Severity};
use versions::Scheme;

use super::Component;

/// A release, or a stream of one that only some images take updates from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stream {
    /// OSV's ecosystem.
    pub(crate) ecosystem: String,
    /// The channel, where it is one.
    pub(crate) channel: Option<String>,
}

/// What is true of a package.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    /// Whether it is affected, and what is done about it.
    pub(crate) status: FixStatus,
    /// How bad it is for this package.
    pub(crate) severity: Option<Severity>,
}

/// Packages by release, name and module.
#[derive(Default)]
pub(crate) struct Packages<'t> {
    entries: BTreeMap<Key<'t>, Entry<'t>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'t> {
    stream: Rc<Stream>,
    module: Option<Cow<'t, str>>,
    name: Cow<'t, str>,
}

struct Entry<'t> {
    said: Said,
    /// The highest version that mends it, by architecture.
    fixes: BTreeMap<Cow<'t, str>, Cow<'t, str>>,
}

const SOURCE: &str = "src";
/// Architectures that do not tell where a package is to be found: on all, or beside the 64-bit form of the same.
const EVERYWHERE: [&str; 2] = ["", "noarch"];
const OLD: [&str; 4] = ["i386", "i486", "i586", "i686"];

impl<'t> Packages<'t> {
    /// Takes what a document says of a component.
    ///
    /// Of several things about one package a fix holds before *affected*, that before *not yet known*, and *not
    /// affected* only where nothing else is said.
    pub(crate) fn add(&mut self, stream: Rc<Stream>, component: Component<'t>, said: Said) {
        let Component { name, version, arch, module } = component;
        let is_fix = said.status == FixStatus::Fixed;
        let version = version.filter(|_| is_fix);
        if is_fix && version.is_none() {
            return;
        }
        let new = || Entry { said, fixes: BTreeMap::new() };
        let entry = self.entries.entry(Key { stream, module, name }).or_insert_with(new);
        if rank(said.status) > rank(entry.said.status) {
            entry.said.status = said.status;
        }
        entry.said.severity = entry.said.severity.max(said.severity);
        let Some(version) = version else { return };
        let arch = arch.unwrap_or_default();
        let highest = entry.fixes.entry(arch).or_insert_with(|| version.clone());
        if *highest != version && is_higher(&version, highest) {
            *highest = version;
        }
    }

    /// The entries of the record.
    ///
    /// Fixes of source packages are told only where none of their binary packages is. Architectures are told where
    /// others differ in the version, or where other packages of the same release are mended for more of them.
    pub(crate) fn into_affected(mut self) -> Vec<Affected> {
        self.leave_out_sources();
        let mut arches: BTreeMap<Rc<Stream>, BTreeSet<String>> = BTreeMap::new();
        for (key, entry) in &self.entries {
            let known = arches.entry(Rc::clone(&key.stream)).or_default();
            known.extend(entry.fixes.keys().filter(|arch| tells(arch)).map(|arch| arch.to_string()));
        }
        let mut affected = Vec::new();
        for (key, entry) in self.entries {
            let all = arches.get(&key.stream);
            entry.push(&key, all.unwrap_or(&BTreeSet::new()), &mut affected);
        }
        affected
    }

    fn leave_out_sources(&mut self) {
        let mut built = BTreeSet::new();
        for (key, entry) in &self.entries {
            let versions =
                entry.fixes.iter().filter(|(arch, _)| *arch != SOURCE).map(|(_, version)| release(version));
            built.extend(
                versions.map(|version| (Rc::clone(&key.stream), key.module.clone(), version.to_owned())),
            );
        }
        self.entries.retain(|key, entry| {
            let is_built = |version: &str| {
                built.contains(&(Rc::clone(&key.stream), key.module.clone(), release(version).to_owned()))
            };
            let was_fixed = !entry.fixes.is_empty();
            entry.fixes.retain(|arch, version| arch != SOURCE || !is_built(version));
            !was_fixed || !entry.fixes.is_empty()
        });
    }
}

impl Entry<'_> {
    fn push(self, key: &Key<'_>, all: &BTreeSet<String>, affected: &mut Vec<Affected>) {
        let new = |ranges, arches| Affected {
            ecosystem: key.stream.ecosystem.clone(),
            package: key.name.to_string(),
            ranges,
            severity: self.said.severity.filter(|_| self.said.status != FixStatus::NotAffected),
            status: Some(self.said.status),
            module: key.module.as_ref().map(ToString::to_string),
            channels: key.stream.channel.iter().cloned().collect(),
            arches,
            ..Affected::default()
        };
        let from_the_first = || Event::Introduced("0".to_owned());
        match self.said.status {
            FixStatus::Fixed => {}
            FixStatus::NotAffected => return affected.push(new(Vec::new(), Vec::new())),
            _ => return affected.push(new(vec![Range { events: vec![from_the_first()] }], Vec::new())),
        }
        let mut by_version: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (arch, version) in &self.fixes {
            by_version.entry(version).or_default().push(arch.to_string());
        }
        let is_one = by_version.len() == 1;
        for (version, arches) in by_version {
            let is_everywhere =
                arches.iter().any(|arch| EVERYWHERE.contains(&arch.as_str()) || arch == SOURCE);
            let covers_all = all.iter().all(|arch| arches.contains(arch));
            let arches = if is_everywhere || (is_one && covers_all) { Vec::new() } else { arches };
            let events = vec![from_the_first(), Event::Fixed(version.to_owned())];
            affected.push(new(vec![Range { events }], arches));
        }
    }
}

/// Whether an architecture tells that packages are built for it.
fn tells(arch: &str) -> bool {
    arch != SOURCE && !EVERYWHERE.contains(&arch) && !OLD.contains(&arch)
}

fn rank(status: FixStatus) -> u8 {
    match status {
        FixStatus::Fixed => 6,
        FixStatus::Affected => 5,
        FixStatus::FixDeferred => 4,
        FixStatus::WillNotFix => 3,
        FixStatus::EndOfLife => 2,
        FixStatus::UnderInvestigation => 1,
        FixStatus::NotAffected => 0,
    }
}

/// Without the epoch, which file names of source packages do not have.
fn release(version: &str) -> &str {
    version.split_once(':').map_or(version, |(_, release)| release)
}

/// By the order of rpm; a version that cannot be read is not put before one that is there.
fn is_higher(version: &str, than: &str) -> bool {
    versions::compare(Scheme::Rpm, version, than).is_ok_and(Ordering::is_gt)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of `name version arch status`, `-` for what is not said.
    fn affected(lines: &[&str]) -> Vec<String> {
        let stream = Rc::new(Stream { ecosystem: "Red Hat:9".to_owned(), channel: None });
        let mut packages = Packages::default();
        for line in lines {
            let [name, version, arch, status] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
            let said = |text: &str| (text != "-").then(|| Cow::Owned(text.to_owned()));
            let status = FixStatus::ALL.into_iter().find(|known| known.word() == status).unwrap();
            let component = Component {
                name: name.to_owned().into(),
                version: said(version),
                arch: said(arch),
                module: None,
            };
            packages.add(Rc::clone(&stream), component, Said { status, severity: None });
        }
        let line = |one: Affected| {
            let fixed = one.ranges.iter().flat_map(|range| &range.events).find_map(|event| match event {
                Event::Fixed(version) => Some(version.clone()),
                _ => None,
            });
            let status = one.status.unwrap().word();
            format!("{} {status} {} {}", one.package, fixed.unwrap_or_default(), one.arches.join(","))
        };
        packages.into_affected().into_iter().map(line).collect()
    }

    #[test]
    fn a_fix_holds_before_what_else_is_said() {
        let said = ["a - - not_affected", "a - - affected", "a 1-2 x86_64 fixed", "a - - will_not_fix"];
        assert_eq!(affected(&said), ["a fixed 1-2 "]);
        assert_eq!(affected(&said[..2]), ["a affected  "]);
        assert_eq!(
            affected(&["a - - not_affected", "a - - under_investigation"]),
            ["a under_investigation  "]
        );
        assert_eq!(affected(&["a - - fixed"]), [""; 0]);
    }

    #[test]
    fn keeps_the_highest_fix() {
        let said = ["a 1-10 x86_64 fixed", "a 1-9 x86_64 fixed", "a 1-10 s390x fixed", "a 1-2 s390x fixed"];
        assert_eq!(affected(&said), ["a fixed 1-10 "]);
    }

    #[test]
    fn tells_architectures_only_where_they_tell_something() {
        assert_eq!(affected(&["a 1-1 x86_64 fixed"]), ["a fixed 1-1 "]);
        let said = ["a 1-1 x86_64 fixed", "a 1-1 s390x fixed", "b 1-1 x86_64 fixed", "c 1-1 noarch fixed"];
        assert_eq!(affected(&said), ["a fixed 1-1 ", "b fixed 1-1 x86_64", "c fixed 1-1 "]);
        let said = ["a 1-1 x86_64 fixed", "a 1-2 s390x fixed"];
        assert_eq!(affected(&said), ["a fixed 1-1 x86_64", "a fixed 1-2 s390x"]);
        let said = ["a 1-1 x86_64 fixed", "a 1-1 i686 fixed", "b 1-1 x86_64 fixed"];
        assert_eq!(affected(&said), ["a fixed 1-1 ", "b fixed 1-1 "]);
    }

    #[test]
    fn tells_of_a_source_package_only_where_nothing_built_of_it_is_told() {
        let said = ["glibc 2-1 src fixed", "glibc 2-1 x86_64 fixed", "glibc-common 2-1 x86_64 fixed"];
        assert_eq!(affected(&said), ["glibc fixed 2-1 ", "glibc-common fixed 2-1 "]);
        assert_eq!(affected(&["curl 1-1 src fixed", "libcurl 1-1 s390x fixed"]), ["libcurl fixed 1-1 "]);
        assert_eq!(affected(&["glibc 2-1 src fixed"]), ["glibc fixed 2-1 "]);
    }
}
