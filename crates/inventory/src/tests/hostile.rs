//! Bytes of any kind: every extractor returns, and never panics.

use bounded::Limits;
use proptest::prelude::*;
use testkit::zip;

use super::{Case, cases, read, read_within};
use crate::EXTRACTORS;

/// A path by which the extractor takes a file for each of its kinds.
const PATHS: &[&str] =
    &["a/file", "a/file.md5sums", "a/container-manifest-2", "a/rpmdb.sqlite-wal", "a/redhat.repo"];

/// A good file with a few bytes changed and its end cut off.
fn change(case: &Case, file: usize, changes: &[(u16, u8)], cut: u16) -> Option<(String, Vec<u8>)> {
    let (path, bytes) = case.files.get(file % case.files.len().max(1))?;
    let mut bytes = bytes.clone();
    for (place, value) in changes {
        let place = usize::from(*place) % bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(place) {
            *byte = *value;
        }
    }
    if cut.is_multiple_of(2) {
        bytes.truncate(usize::from(cut) % (bytes.len() + 1));
    }
    Some((path.clone(), bytes))
}

#[test]
fn every_extractor_returns_on_any_bytes() {
    proptest!(ProptestConfig::with_cases(2000), |(bytes in proptest::collection::vec(any::<u8>(), 0..600))| {
        for extractor in EXTRACTORS {
            for path in PATHS {
                read(extractor, path, bytes.clone());
            }
        }
    });
}

#[test]
fn every_extractor_returns_on_damaged_files() {
    let cases = cases();
    proptest!(ProptestConfig::with_cases(2000), |(
        case in any::<usize>(),
        file in any::<usize>(),
        changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 0..12),
        cut in any::<u16>(),
    )| {
        let case = &cases[case % cases.len()];
        if let Some((path, bytes)) = change(case, file, &changes, cut) {
            read(case.extractor, &path, bytes);
        }
    });
}

#[test]
fn archives_within_archives_end_at_the_limit() {
    let mut bytes = zip(&[("x.class", b"")]);
    for _ in 0..12 {
        bytes = zip(&[("a-1.0.jar", &bytes)]);
    }
    let java = EXTRACTORS.iter().find(|extractor| extractor.name == "java/archive").unwrap();
    let found = read(java, "a-1.0.jar", bytes);
    assert_eq!(found.packages.len(), 9);
    assert_eq!(found.gaps.len(), 1);
    assert!(found.gaps[0].why.contains("8 levels"), "{:?}", found.gaps);
}

#[test]
fn an_archive_ends_when_its_bytes_are_spent() {
    let inner = zip(&[("blob", &[7; 20_000]), ("x.class", b"")]);
    let names: Vec<String> = (0..20).map(|number| format!("lib/a{number}-1.0.jar")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), inner.as_slice())).collect();
    let java = EXTRACTORS.iter().find(|extractor| extractor.name == "java/archive").unwrap();
    let limits = Limits { archive_bytes: 40_000, ..Limits::default() };
    let found = read_within(java, "a-1.0.war", zip(&files), &limits);
    assert_eq!(found.packages.len(), 10);
    assert_eq!(found.gaps.len(), 1);
    assert!(found.gaps[0].why.contains("40000 bytes"), "{:?}", found.gaps);
}
