//! Every scheme is a total preorder, over texts in its own shape, over its list and over anything at all.
#![cfg(test)]

#[path = "support/shapes.rs"]
mod shapes;

use std::cmp::Ordering;

use proptest::prelude::*;
use proptest::string::string_regex;
use versions::range::Range;
use versions::{Scheme, Version};

/// Asserts the laws of a total preorder on three versions.
fn assert_lawful(a: &Version, b: &Version, c: &Version) {
    let order = |x: &Version, y: &Version| x.compare(y).unwrap();
    assert_eq!(order(a, a), Ordering::Equal, "reflexive: {a:?}");
    assert_eq!(order(a, b), order(b, a).reverse(), "antisymmetric: {a:?} {b:?}");
    if order(a, b) == order(b, c) || order(b, c) == Ordering::Equal {
        assert_eq!(order(a, c), order(a, b), "transitive: {a:?} {b:?} {c:?}");
    }
    if order(a, b) == Ordering::Equal {
        assert_eq!(order(a, c), order(b, c), "transitive: {a:?} {b:?} {c:?}");
    }
}

fn assert_lawful_shapes(scheme: Scheme) {
    let shape = shapes::grammar(scheme);
    let texts = || string_regex(&shape).unwrap();
    let config = ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(a in texts(), b in texts(), c in texts())| {
        if let [Ok(a), Ok(b), Ok(c)] = [a, b, c].map(|text| Version::parse(scheme, &text)) {
            assert_lawful(&a, &b, &c);
        }
    });
}

/// Sorts many versions and asserts that every earlier one is at most every later one.
fn assert_sortable(scheme: Scheme) {
    let parse = |text: &str| Version::parse(scheme, text).ok();
    let mut versions: Vec<Version> =
        shapes::texts(&shapes::grammar(scheme), 500).iter().filter_map(|t| parse(t)).collect();
    versions.extend(shapes::list(scheme).iter().filter_map(|t| parse(t)));
    assert!(versions.len() > 500, "{} of {scheme:?}", versions.len());
    versions.sort_by(|a, b| a.compare(b).unwrap());
    for (i, a) in versions.iter().enumerate() {
        let mut least = Ordering::Equal;
        for b in versions.iter().skip(i) {
            let order = a.compare(b).unwrap();
            assert!(order <= least, "{a:?} {b:?}");
            least = order;
        }
    }
}

#[test]
fn is_a_total_preorder_over_its_own_shapes() {
    for &scheme in Scheme::ALL {
        assert_lawful_shapes(scheme);
    }
}

#[test]
fn sorts_shapes_and_list_into_one_line() {
    for &scheme in Scheme::ALL {
        assert_sortable(scheme);
    }
}

#[test]
fn reads_nearly_all_of_every_list() {
    for &scheme in Scheme::ALL {
        let list = shapes::list(scheme);
        let read = list.iter().filter(|text| Version::parse(scheme, text).is_ok()).count();
        assert!(list.len() >= 200 && read + 8 >= list.len(), "{read} of {} in {scheme:?}", list.len());
    }
}

#[test]
fn survives_long_texts() {
    for &scheme in Scheme::ALL {
        for unit in ["1", "0", "a", "1.", "-", "~", "^", "1a", "a-1.", "0-", "_p1", ".0", "+", "1!", ":"] {
            for front in ["", "1.0-", "1."] {
                let text: String = front.chars().chain(unit.chars().cycle().take(1000)).collect();
                if let Ok(version) = Version::parse(scheme, &text) {
                    assert_eq!(version.compare(&version.clone()), Some(Ordering::Equal));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics_on_any_text(a in ".{0,40}", b in "[0-9a-z.~^:_+! -]{0,20}", c in "[0-9a.-]{0,8}") {
        for &scheme in Scheme::ALL {
            let read: Vec<Version> = [&a, &b, &c].into_iter().filter_map(|t| Version::parse(scheme, t).ok()).collect();
            if let [a, b, c] = &read[..] {
                assert_lawful(a, b, c);
            } else if let [a, b] = &read[..] {
                assert_lawful(a, b, a);
            }
        }
    }

    #[test]
    fn never_panics_on_any_range(range in "[0-9x*.|<>=~^ ,a-]{0,24}|.{0,24}", text in "[0-2]\\.[0-2]\\.[0-2](-a)?") {
        let version = Version::parse(Scheme::Semver, &text).unwrap();
        if let Ok(range) = Range::parse(&range) {
            prop_assert!(range.contains(&version).is_some());
        }
    }
}
