//! The rules of the list of extractors.

use std::path::Path;

use image::interest::{HEAD_BYTES, Pattern, Wanted};

use super::{cases, names, run};
use crate::EXTRACTORS;

#[test]
fn names_are_sorted_unique_and_of_two_words() {
    assert!(EXTRACTORS.is_sorted_by(|a, b| a.name < b.name));
    assert!(EXTRACTORS.len() <= Wanted::CAPACITY);
    for extractor in EXTRACTORS {
        let words: Vec<&str> = extractor.name.split('/').collect();
        assert_eq!(words.len(), 2, "{}", extractor.name);
        assert!(extractor.name.bytes().all(|byte| byte.is_ascii_lowercase() || b"/-".contains(&byte)));
        assert!(extractor.version > 0);
    }
}

#[test]
fn patterns_can_match() {
    let listed = |pattern: &Pattern| match pattern {
        Pattern::Listed(list) => list().to_vec(),
        pattern => vec![*pattern],
    };
    for pattern in EXTRACTORS.iter().flat_map(|extractor| extractor.files).flat_map(listed) {
        let good = match pattern {
            Pattern::Extension(extension) => extension.strip_prefix('.').is_some_and(|rest| {
                !rest.is_empty() && !rest.contains(['.', '/']) && rest == rest.to_ascii_lowercase()
            }),
            Pattern::Path(path) => !path.starts_with('/') && path.contains('/'),
            Pattern::Name(name) => !name.is_empty() && !name.contains('/'),
            Pattern::Directory { path, .. } => !path.starts_with('/') && !path.ends_with('/'),
            Pattern::Prefix(prefix) => prefix.len() >= 2 && !prefix.contains('/'),
            Pattern::Listed(_) => false,
            Pattern::Executable(magic) => !magic.is_empty() && magic.len() <= HEAD_BYTES,
        };
        assert!(good, "{pattern:?}");
    }
}

#[test]
fn every_file_of_formats_is_an_extractor_named_as_the_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/formats");
    let files = names(&folder).into_iter().filter_map(|name| name.strip_suffix(".rs").map(str::to_owned));
    let expected = EXTRACTORS.iter().map(|extractor| extractor.name.replace(['/', '-'], "_"));
    assert_eq!(files.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn every_extractor_has_a_good_and_a_malformed_case() {
    let cases = cases();
    for extractor in EXTRACTORS {
        let own = || cases.iter().filter(|case| case.extractor.name == extractor.name);
        let tells = |found: &crate::Found| {
            !found.packages.is_empty()
                || !found.owned.is_empty()
                || !found.channels.is_empty()
                || !found.licensed.is_empty()
                || found.distribution.is_some()
        };
        assert!(
            own().any(|case| !case.name.starts_with("malformed") && tells(&run(case))),
            "{}",
            extractor.name
        );
        let mut malformed = own().filter(|case| case.name.starts_with("malformed")).peekable();
        assert!(malformed.peek().is_some(), "{} has no malformed case", extractor.name);
        assert!(malformed.all(|case| !run(case).gaps.is_empty()), "{} says nothing of it", extractor.name);
    }
}
