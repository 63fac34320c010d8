//! Looking things up in the merged image.

use image::path;
use image::walk::EntryKind;

use super::{Kept, pattern::Pattern};
use crate::{Evidence, Noted};

/// More links than this one after the other are a circle.
const MAX_LINKS: usize = 8;

/// A kept file, and the layer that brought it.
pub(crate) type Found<'a> = (usize, &'a Kept);

/// The noted entry of a path.
pub(crate) fn entry<'a>(evidence: &Evidence<'a>, path: &[u8]) -> Option<&'a Noted> {
    let noted = evidence.noted;
    noted.binary_search_by(|entry| entry.path.as_slice().cmp(path)).ok().and_then(|place| noted.get(place))
}

/// The noted entries that one of the patterns is about, by path.
pub(crate) fn entries<'a>(evidence: &Evidence<'a>, patterns: &[Pattern]) -> Vec<&'a Noted> {
    let noted = evidence.noted;
    let mut found: Vec<&Noted> = Vec::new();
    for pattern in patterns {
        if let Some(path) = pattern.exact() {
            found.extend(entry(evidence, path.as_bytes()));
            continue;
        }
        // Millions may be noted; those that begin alike stand side by side.
        let prefix = pattern.prefix().as_bytes();
        let first = noted.partition_point(|entry| entry.path.as_slice() < prefix);
        let alike = noted.iter().skip(first).take_while(|entry| entry.path.starts_with(prefix));
        found.extend(alike.filter(|entry| pattern.matches(&entry.path)));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    found
}

/// The kept file of a path, also where symbolic links lead to it.
pub(crate) fn file<'a>(evidence: &Evidence<'a>, path: &str) -> Option<Found<'a>> {
    let mut path = path.as_bytes().to_vec();
    for _ in 0..MAX_LINKS {
        if let Some(found) = evidence.kept.iter().find(|(_, kept)| kept.path == path) {
            return Some(*found);
        }
        let link = entry(evidence, &path).filter(|entry| entry.kind == EntryKind::SymbolicLink)?;
        path = path::follow(&path, &link.link);
    }
    None
}

/// The kept files of the patterns, in the order of the patterns, those of one pattern by path.
pub(crate) fn files<'a>(evidence: &Evidence<'a>, patterns: &[Pattern]) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = Vec::new();
    for pattern in patterns {
        let matching: Vec<Found<'a>> = match pattern.exact() {
            Some(path) => file(evidence, path).into_iter().collect(),
            None => evidence.kept.iter().filter(|(_, kept)| pattern.matches(&kept.path)).copied().collect(),
        };
        for one in matching {
            if !found.iter().any(|(_, kept)| kept.path == one.1.path) {
                found.push(one);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_never_leave_the_image() {
        for (link, expected) in [
            ("../authselect/a", "etc/authselect/a"),
            ("/etc/b", "etc/b"),
            ("system-auth-ac", "etc/pam.d/system-auth-ac"),
            ("../../../../x", "x"),
        ] {
            assert_eq!(
                path::follow(b"etc/pam.d/system-auth", link.as_bytes()),
                expected.as_bytes(),
                "{link}"
            );
        }
    }
}
