//! Every classifier passes and fails its examples through the extractor itself.

use bounded::{Buffer, Limits};
use serde::Deserialize;

use super::search::OVERLAP_BYTES;
use super::{Classifier, classifiers};
use crate::{EXTRACTORS, Extractor, Found, Input};

/// A file that tells its version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Passing {
    file: String,
    text: String,
    version: String,
}

/// A file that looks alike and is something else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failing {
    file: String,
    text: String,
}

fn extractor() -> &'static Extractor {
    EXTRACTORS.iter().find(|extractor| extractor.name == crate::CLASSIFIED).unwrap()
}

/// What the extractor tells of a file, if it wants it at all.
fn read(path: &str, content: Buffer) -> Found {
    let (mut content, mut found) = (content, Found::default());
    if (extractor().wants)(path) {
        let limits = Limits::default();
        (extractor().extract)(&mut Input::new(path, &mut content, &limits, &mut found)).unwrap();
    }
    found
}

/// An example as a file: a program unless the classifier is for text.
fn example(classifier: &Classifier, text: &str) -> Vec<u8> {
    let magic: &[u8] = if classifier.text { b"" } else { b"\x7fELF\x02\x01\x01\0" };
    [magic, text.as_bytes()].concat()
}

/// The versions that the classifier's package is found in.
fn versions(classifier: &Classifier, file: &str, text: &str) -> Vec<String> {
    let found = read(&format!("opt/{file}"), Buffer::from_bytes(example(classifier, text)));
    let own = found.packages.into_iter().filter(|package| {
        (package.kind, package.name.as_str()) == (classifier.purl.kind, classifier.purl.name.as_str())
    });
    own.map(|package| package.version).collect()
}

#[test]
fn every_classifier_passes_and_fails_its_examples() {
    for classifier in classifiers() {
        assert!(!classifier.pass.is_empty(), "{} has no example that passes", classifier.id);
        assert!(!classifier.fail.is_empty(), "{} has no example that fails", classifier.id);
        for example in &classifier.pass {
            let versions = versions(classifier, &example.file, &example.text);
            assert_eq!(versions, [example.version.as_str()], "{}: {example:?}", classifier.id);
        }
        for example in &classifier.fail {
            let versions = versions(classifier, &example.file, &example.text);
            assert_eq!(versions, [] as [&str; 0], "{}: {example:?}", classifier.id);
        }
    }
}

#[test]
fn every_pattern_of_a_version_is_used_by_an_example() {
    for classifier in classifiers() {
        for pattern in &classifier.version {
            let regex = pattern.regex().unwrap();
            let is_used = classifier.pass.iter().any(|passing| regex.is_match(passing.text.as_bytes()));
            assert!(is_used, "{}: no example has what `{}` looks for", classifier.id, pattern.text);
        }
    }
}

#[test]
fn classifiers_are_sorted_and_complete() {
    assert!(classifiers().is_sorted_by(|a, b| a.id < b.id));
    for classifier in classifiers() {
        assert!(!classifier.files.is_empty() && !classifier.version.is_empty(), "{}", classifier.id);
        for file in &classifier.files {
            let known = file.rsplit('/').next().and_then(|name| name.split(['*', '#']).next());
            assert!(known.is_some_and(|known| known.len() >= 2), "{}: `{file}` fits too much", classifier.id);
        }
        for names in &classifier.cpe {
            let parts: Vec<&str> = names.split(':').collect();
            assert_eq!(parts.len(), 3, "{}: {names}", classifier.id);
            assert!(["a", "o"].contains(&parts[0]), "{}: {names}", classifier.id);
        }
        for pattern in &classifier.version {
            let regex = pattern.regex().unwrap();
            let tells = |name: Option<&str>| matches!(name, Some("version" | "packed"));
            assert!(regex.capture_names().any(tells), "{}", pattern.text);
        }
    }
}

#[test]
fn finds_a_version_wherever_the_chunks_meet() {
    let line = b"\0memcached 1.6.23\0";
    let spilling = Limits { memory_bytes: 1 << 10, ..Limits::default() };
    for place in
        ((1 << 20) - 24..(1 << 20) + 24).chain([(1 << 20) - OVERLAP_BYTES, (2 << 20) - OVERLAP_BYTES - 6])
    {
        let mut bytes = vec![b'.'; 3 << 20];
        bytes[..4].copy_from_slice(b"\x7fELF");
        bytes[place..place + line.len()].copy_from_slice(line);
        let length = bytes.len() as u64;
        let content = Buffer::read_from(&mut bytes.as_slice(), length, &spilling).unwrap();
        assert!(matches!(content, Buffer::File(..)));
        let found = read("usr/bin/memcached", content);
        let versions: Vec<_> = found.packages.iter().map(|package| package.version.as_str()).collect();
        assert_eq!(versions, ["1.6.23"], "{place}");
    }
}

#[test]
fn says_so_when_a_program_hides_its_version() {
    let found = read("usr/bin/memcached", Buffer::from_bytes(b"\x7fELF and nothing else".to_vec()));
    assert!(found.packages.is_empty());
    assert_eq!(found.gaps.len(), 1, "{:?}", found.gaps);
    assert!(found.gaps[0].why.contains("`memcached`"), "{:?}", found.gaps);
}

#[test]
fn a_script_is_no_program() {
    let found = read("usr/bin/memcached", Buffer::from_bytes(b"#!/bin/sh\0memcached 1.6.23\0".to_vec()));
    assert_eq!(found, Found::default());
}
