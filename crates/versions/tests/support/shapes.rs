//! Texts in the shape of versions, random but the same in every run, and the lists of real-looking ones.
//!
//! Both come from `tests/data/<scheme>.txt`: a version a line, and `# shape: ` before a regular expression of the
//! grammar, wide enough to leave it now and then. The alphabets are small on purpose: two versions should differ late
//! or not at all.

use std::path::Path;

use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use versions::Scheme;

const SHAPE: &str = "# shape: ";

#[expect(clippy::disallowed_methods, reason = "a test reads its own small file")]
fn data(scheme: Scheme) -> String {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    std::fs::read_to_string(directory.join(scheme.name()).with_extension("txt")).unwrap()
}

/// A regular expression of the scheme's grammar.
pub(crate) fn grammar(scheme: Scheme) -> String {
    let data = data(scheme);
    data.lines().find_map(|line| line.strip_prefix(SHAPE)).unwrap().into()
}

/// So many texts of a shape, the same in every run.
pub(crate) fn texts(shape: &str, count: usize) -> Vec<String> {
    let (mut runner, strategy) = (TestRunner::deterministic(), string_regex(shape).unwrap());
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// The list of real-looking versions of the scheme.
pub(crate) fn list(scheme: Scheme) -> Vec<String> {
    data(scheme).lines().filter(|line| !line.starts_with('#')).map(String::from).collect()
}
