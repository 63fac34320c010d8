//! Two texts as versions of one scheme: the order is the same from both sides. The second also as a range.
#![no_main]

use libfuzzer_sys::fuzz_target;
use versions::range::Range;
use versions::{Scheme, Version, compare};

fuzz_target!(|data: (u8, &str, &str)| {
    let (scheme, a, b) = data;
    let scheme = Scheme::ALL[usize::from(scheme) % Scheme::ALL.len()];
    let (there, back) = (compare(scheme, a, b), compare(scheme, b, a));
    assert_eq!(there.ok(), back.ok().map(std::cmp::Ordering::reverse));
    if let (Ok(version), Ok(range)) = (Version::parse(Scheme::Semver, a), Range::parse(b)) {
        assert!(range.contains(&version).is_some());
    }
});
