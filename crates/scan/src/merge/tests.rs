//! Whose a secret is, and whether it is still there.

use std::sync::LazyLock;

use image::walk::{Entry, EntryKind};

use super::*;
use crate::Inspectors;

static NONE: LazyLock<Inspectors> = LazyLock::new(Inspectors::default);

/// A layer of these entries; a path that ends in `!` tells a secret.
fn layer(entries: &[(&str, EntryKind, &str)]) -> LayerFacts {
    let mut facts = LayerFacts::default();
    for (path, kind, link) in entries {
        let (path, secret) = path.strip_suffix('!').map_or((*path, false), |path| (path, true));
        facts.listing.entries.push(&Entry {
            path: path.as_bytes(),
            kind: *kind,
            mode: 0o644,
            uid: 0,
            gid: 0,
            size: 1,
            link: link.as_bytes(),
        });
        if secret {
            facts.secrets.facts.push(SecretFact {
                path: path.as_bytes().to_vec(),
                place: "file".to_owned(),
                line: Some(1),
                rule: "rule".to_owned(),
                masked: "***".to_owned(),
                fingerprint: "same".to_owned(),
            });
        }
    }
    facts
}

/// The secrets of layers: path, layer, visible.
fn secrets(layers: &[LayerFacts]) -> Vec<(String, usize, bool)> {
    let options = Options {
        checks: &[],
        inspectors: &NONE,
        database: None,
        cache: None,
        jobs: 1,
        limits: bounded::Limits::default(),
        today: String::new(),
        progress: &|_event| {},
    };
    let stacked: Vec<Stacked<'_>> = layers
        .iter()
        .map(|facts| Stacked { facts, diff_id: None, created_by: None, from_base: None })
        .collect();
    let merged = merge(&stacked, &options);
    merged.secrets.iter().map(|seen| (path::display(&seen.fact.path), seen.layer, seen.visible)).collect()
}

fn one(path: &str, layer: usize, visible: bool) -> Vec<(String, usize, bool)> {
    vec![(path.to_owned(), layer, visible)]
}

#[test]
fn what_a_later_layer_takes_away_is_in_the_history_only() {
    use EntryKind::{Directory, File, Opaque, SymbolicLink, Whiteout};
    let below = || layer(&[("a", Directory, ""), ("a/key!", File, "")]);
    assert_eq!(secrets(&[below()]), one("a/key", 0, true));
    for above in [
        ("a/key", Whiteout, ""),
        ("a", Whiteout, ""),
        ("a", Opaque, ""),
        ("", Opaque, ""),
        ("a/key", File, ""),
        ("a", File, ""),
        ("a", SymbolicLink, "b"),
    ] {
        assert_eq!(secrets(&[below(), layer(&[above])]), one("a/key", 0, false), "{above:?}");
    }
    for above in [("a", Directory, ""), ("a/other", File, ""), ("ab", Whiteout, "")] {
        assert_eq!(secrets(&[below(), layer(&[above])]), one("a/key", 0, true), "{above:?}");
    }
}

#[test]
fn what_comes_back_belongs_to_the_layer_that_brings_it_back() {
    use EntryKind::{File, Whiteout};
    let with = || layer(&[("key!", File, "")]);
    assert_eq!(secrets(&[with(), layer(&[("key", Whiteout, "")]), with()]), one("key", 2, true));
    // Another content in between is as good as a removal.
    assert_eq!(secrets(&[with(), layer(&[("key", File, "")]), with()]), one("key", 2, true));
    // Written once more, the same: it has been there all the time.
    assert_eq!(secrets(&[with(), with(), layer(&[("x", File, "")])]), one("key", 0, true));
    // Gone in the end: the first layer that has it is the one to mend.
    let gone = layer(&[("key", Whiteout, "")]);
    assert_eq!(secrets(&[with(), gone.clone(), with(), gone]), one("key", 0, false));
}

#[test]
fn a_hard_link_keeps_it_visible() {
    use EntryKind::{File, HardLink, Whiteout};
    let linked = || layer(&[("key!", File, ""), ("other", HardLink, "key")]);
    let gone = |path| layer(&[(path, Whiteout, "")]);
    assert_eq!(secrets(&[linked(), gone("key")]), one("key", 0, true));
    assert_eq!(secrets(&[linked(), gone("key"), gone("other")]), one("key", 0, false));
}
