//! Texts in the shape of versions, random but the same in every run, and the lists of real-looking ones.
//!
//! The alphabets are small on purpose: two versions should differ late or not at all.

use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use versions::Scheme;

/// A regular expression of the scheme's grammar, wide enough to leave it now and then.
pub(crate) fn grammar(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Apk => {
            "(0|1|2|10|01)(\\.(0|1|2|9|10|00|01|010|100)){0,3}[ab]?\
             (_(alpha|beta|pre|rc|cvs|svn|git|hg|p)(0|1|2|02|10)?){0,2}(~(a|1|ff|0a))?(-r(0|1|2|01|10))?"
        }
        Scheme::Dpkg => {
            "((0|1|2|00|2147483647):)?[0-2a]([0-2]|[0-9]|[aBz]|~|\\.|\\+|-|:|_|00|10){0,7}(-[0-2a~.+]{1,4})?"
        }
        Scheme::Go => {
            "(v|go|)(0|1|2)(\\.(0|1|2|10|21)){0,2}\
             (-(0|1|a|rc|rc\\.1|rc\\.2|0\\.20200101000000-abc|20200101000000-abc)|(rc|beta)(1|2|10)|)\
             (\\+incompatible| X:loopvar|)"
        }
        Scheme::Maven => {
            "(0|1|2)([.-]?(0|1|2|10|01|alpha|beta|milestone|rc|cr|snapshot|SNAPSHOT|ga|Final|release|sp|a|b|m|x|y)){0,5}\
             [.-]?"
        }
        Scheme::Pep440 => {
            "v?((0|1)!)?(0|1|2)(\\.(0|1|10|01)){0,3}([-_.]?(a|b|c|rc|alpha|beta|pre|preview|RC)[-_.]?(0|1|02|10)?)?\
             (-(0|1|2)|[-_.]?(post|rev|r)[-_.]?(0|1|2)?)?([-_.]?dev[-_.]?(0|1|2)?)?(\\+[a01]([-_.]?[aB012]){0,3})?"
        }
        Scheme::Rpm => "((0|1|2|01):)?[0-2a]([0-2]|[abZ]|[~^._+]|00|10){0,6}(-[0-2a~^._]{1,4})?",
        Scheme::Semver => {
            "v?(0|1|2|10)\\.(0|1|9|10)\\.(0|1|2|01)((-?(a|b|rc|a-b)|-(0|1|2|10|01|1a|-))(\\.(0|1|2|10|a|b|-1)){0,3})?\
             (\\+(a|1|b\\.1))?"
        }
    }
}

/// So many texts of a shape, the same in every run.
pub(crate) fn texts(shape: &str, count: usize) -> Vec<String> {
    let (mut runner, strategy) = (TestRunner::deterministic(), string_regex(shape).unwrap());
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// The list of real-looking versions of the scheme.
pub(crate) fn list(scheme: Scheme) -> Vec<&'static str> {
    let text = match scheme {
        Scheme::Apk => include_str!("../data/apk.txt"),
        Scheme::Dpkg => include_str!("../data/dpkg.txt"),
        Scheme::Go => include_str!("../data/go.txt"),
        Scheme::Maven => include_str!("../data/maven.txt"),
        Scheme::Pep440 => include_str!("../data/pep440.txt"),
        Scheme::Rpm => include_str!("../data/rpm.txt"),
        Scheme::Semver => include_str!("../data/semver.txt"),
    };
    text.lines().filter(|line| !line.starts_with('#')).collect()
}
