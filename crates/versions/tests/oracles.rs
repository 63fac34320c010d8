//! Agreement with the programs that define the orders, where they are installed.
//!
//! An oracle that is missing is skipped with a word on stderr; with `LAZARET_REQUIRE_ALL=1` it fails the test, unless
//! it is one that hardly any machine has.
#![cfg(test)]

#[path = "support/shapes.rs"]
mod shapes;

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;

use versions::range::Range;
use versions::{Scheme, Version, compare};

/// How many random pairs an oracle that reads them in bulk is given.
const PAIRS: usize = 25_000;
/// How many pairs `dpkg` is given, which takes a process for each.
const DPKG_PAIRS: usize = 2_000;

/// Debian versions that no reader of them objects to.
const STRICT_DPKG: &str = "((0|1|2|00):)?[0-2]([0-9]|[0-2aBz]|~|\\.|\\+|-|00|10){0,7}(-[0-2a~.+]{1,4})?";

/// Maven versions on which all releases of Maven agree: numbers, then at most one qualifier with its number.
const PLAIN_MAVEN: &str = "(0|1|2)(\\.(0|1|2|01|10|3000000000)){0,3}\
     (-?((alpha|beta|milestone|rc|cr|RC|xy|jre|sp)(-?(1|2|02|10))?(-SNAPSHOT)?|[abm](1|2|10)|snapshot|ga|Final|release))?";

/// Conan versions without items that are a number and letters, which Conan puts in no order.
const PLAIN_CONAN: &str =
    "(0|1|2|9|10)(\\.(0|1|2|9|10|01|ab|b)){0,3}(-(a|rc|0|1)(\\.(0|1|2|10)){0,2})?(\\+(0|1|2)(\\.(0|1))?)?";

/// A program that reads `a<TAB>b` lines and answers each with `<`, `=`, `>` or `!` for "cannot read one".
struct Oracle {
    name: &'static str,
    command: &'static [&'static str],
    /// Whether every machine that tests must have it.
    is_common: bool,
}

/// What an oracle may refuse without the scheme refusing it too.
#[derive(Clone, Copy, PartialEq)]
enum Reads {
    /// Both read the same texts.
    TheSame,
    /// The scheme reads all that the oracle reads, and more.
    More,
}

const DPKG_PERL: Oracle = Oracle {
    name: "Dpkg::Version",
    command: &[
        "perl",
        "-MDpkg::Version",
        "-ne",
        r#"chomp; my ($a, $b) = map { Dpkg::Version->new($_, check => 1) } split /\t/, $_, -1;
           print defined $a && defined $b ? ("<", "=", ">")[($a <=> $b) + 1] : "!", "\n";"#,
    ],
    is_common: true,
};

const DPKG: Oracle = Oracle {
    name: "dpkg",
    command: &[
        "sh",
        "-c",
        r#"dpkg --version >/dev/null || exit 1
           while IFS="$(printf '\t')" read -r a b; do
               dpkg --compare-versions "$a" lt "$b" 2>/dev/null
               case $? in 0) echo '<'; continue;; 2) echo '!'; continue;; esac
               dpkg --compare-versions "$a" eq "$b" 2>/dev/null && echo '=' || echo '>'
           done"#,
    ],
    is_common: true,
};

const RPM: Oracle = Oracle {
    name: "python3-rpm",
    command: &[
        "/usr/bin/python3",
        "-c",
        "import rpm, sys\n\
         for line in sys.stdin:\n\
         \x20 a, b = map(rpm.ver, line.rstrip('\\n').split('\\t'))\n\
         \x20 print('<' if a < b else '>' if a > b else '=')\n",
    ],
    is_common: true,
};

const PACKAGING: Oracle = Oracle {
    name: "python3 packaging",
    command: &[
        "python3",
        "-c",
        "import sys\n\
         try: from packaging.version import Version, InvalidVersion\n\
         except ImportError: from pip._vendor.packaging.version import Version, InvalidVersion\n\
         for line in sys.stdin:\n\
         \x20 try: a, b = map(Version, line.rstrip('\\n').split('\\t'))\n\
         \x20 except InvalidVersion: print('!')\n\
         \x20 else: print('<' if a < b else '>' if a > b else '=')\n",
    ],
    is_common: true,
};

const NODE: Oracle = Oracle {
    name: "node semver",
    command: &[
        "node",
        "-e",
        "const semver = require('/usr/lib/node_modules/npm/node_modules/semver');\n\
         const parse = (text) => semver.parse(text, { loose: true });\n\
         const lines = require('fs').readFileSync(0, 'utf8').split('\\n').slice(0, -1);\n\
         console.log(lines.map((line) => {\n\
           const [a, b] = line.split('\\t').map(parse);\n\
           return a && b ? '<=>'[a.compare(b) + 1] : '!';\n\
         }).join('\\n'));\n",
    ],
    is_common: true,
};

/// Reads `range<TAB>version` and answers `=` for "holds it" and `<` for "does not".
const NODE_RANGE: Oracle = Oracle {
    name: "node semver's ranges",
    command: &[
        "node",
        "-e",
        "const semver = require('/usr/lib/node_modules/npm/node_modules/semver');\n\
         const options = { includePrerelease: true };\n\
         const lines = require('fs').readFileSync(0, 'utf8').split('\\n').slice(0, -1);\n\
         console.log(lines.map((line) => {\n\
           const [range, version] = line.split('\\t');\n\
           if (semver.validRange(range, options) === null || !semver.valid(version, options)) return '!';\n\
           return semver.satisfies(version, range, options) ? '=' : '<';\n\
         }).join('\\n'));\n",
    ],
    is_common: true,
};

const MAVEN: Oracle = Oracle {
    name: "Maven's ComparableVersion",
    command: &[
        "java",
        "-cp",
        "/usr/share/maven/lib/*",
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/MavenOracle.java"),
    ],
    is_common: true,
};

const PERL: Oracle = Oracle {
    name: "Perl's version",
    command: &[
        "perl",
        "-Mversion",
        "-ne",
        r#"chomp; s/-TRIAL//g; my ($a, $b) = map { my $v = $_; eval { version->parse($v) } } split /\t/, $_, -1;
           print defined $a && defined $b ? ("<", "=", ">")[($a <=> $b) + 1] : "!", "\n";"#,
    ],
    is_common: true,
};

const RUBY: Oracle = Oracle {
    name: "Gem::Version",
    command: &[
        "ruby",
        "-e",
        "STDIN.each_line do |line|\n\
         \x20 a, b = line.chomp.split(\"\\t\").map { |t| Gem::Version.new(t) rescue nil }\n\
         \x20 puts a && b ? %w[= > <][a <=> b] : '!'\n\
         end\n",
    ],
    is_common: true,
};

const COMPOSER: Oracle = Oracle {
    name: "Composer's semver",
    command: &[
        "php",
        "-r",
        r#"foreach (["VersionParser", "Comparator", "Constraint/ConstraintInterface", "Constraint/Constraint"] as $class) {
               require_once "/usr/share/php/Composer/Semver/$class.php";
           }
           $parser = new Composer\Semver\VersionParser();
           while (($line = fgets(STDIN)) !== false) {
               try {
                   [$a, $b] = array_map([$parser, "normalize"], explode("\t", rtrim($line, "\n")));
                   echo ["<", "=", ">"][version_compare($a, $b) + 1], "\n";
               } catch (UnexpectedValueException $e) { echo "!\n"; }
           }"#,
    ],
    is_common: true,
};

const CONAN: Oracle = Oracle {
    name: "Conan",
    command: &[
        "python3",
        "-c",
        "import sys\n\
         from conan.internal.model.version import Version\n\
         for line in sys.stdin:\n\
         \x20 a, b = map(Version, line.rstrip('\\n').split('\\t'))\n\
         \x20 print('<' if a < b else '>' if b < a else '=')\n",
    ],
    is_common: false,
};

const RATTLER: Oracle = Oracle {
    name: "conda's order in py-rattler",
    command: &[
        "python3",
        "-c",
        "import sys\n\
         from rattler import Version\n\
         for line in sys.stdin:\n\
         \x20 try: a, b = map(Version, line.rstrip('\\n').split('\\t'))\n\
         \x20 except Exception: print('!')\n\
         \x20 else: print('<' if a < b else '>' if a > b else '=')\n",
    ],
    is_common: false,
};

const ALPM: Oracle = Oracle {
    name: "libalpm",
    command: &[
        "python3",
        "-c",
        "import ctypes, ctypes.util, sys\n\
         alpm = ctypes.CDLL(ctypes.util.find_library('alpm'))\n\
         for line in sys.stdin:\n\
         \x20 a, b = (text.encode() for text in line.rstrip('\\n').split('\\t'))\n\
         \x20 order = alpm.alpm_pkg_vercmp(a, b)\n\
         \x20 print('<' if order < 0 else '>' if order > 0 else '=')\n",
    ],
    is_common: true,
};

const LUAROCKS: Oracle = Oracle {
    name: "LuaRocks",
    command: &[
        "lua",
        "-e",
        r#"local vers = require("luarocks.core.vers")
           for line in io.lines() do
               local a, b = line:match("^(.-)\t(.*)$")
               a, b = vers.parse_version(a), vers.parse_version(b)
               print(a < b and "<" or b < a and ">" or "=")
           end"#,
    ],
    is_common: true,
};

/// Every version of the list beside its neighbours and a spread of others, then random texts in pairs.
fn pairs(scheme: Scheme) -> Vec<(String, String)> {
    pairs_of(scheme, &shapes::grammar(scheme))
}

/// The same with another shape.
fn pairs_of(scheme: Scheme, shape: &str) -> Vec<(String, String)> {
    let list = shapes::list(scheme);
    let apart = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144];
    let beside = apart.iter().flat_map(|&n| list.iter().zip(list.iter().cycle().skip(n)));
    let mut pairs: Vec<_> = beside.map(|(a, b)| (a.to_string(), b.to_string())).collect();
    pairs.extend(in_pairs(&shapes::texts(shape, 2 * PAIRS)));
    pairs
}

fn in_pairs(texts: &[String]) -> impl Iterator<Item = (String, String)> {
    texts.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()))
}

/// Asks the oracle about every pair; `None` when it is not installed.
fn ask(oracle: &Oracle, pairs: &[(String, String)]) -> Option<Vec<char>> {
    let input = pairs.iter().fold(String::new(), |mut input, (a, b)| {
        writeln!(input, "{a}\t{b}").unwrap();
        input
    });
    let (program, arguments) = oracle.command.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut stdin = child.stdin.take().unwrap();
    // An oracle that is missing closes its input early; its empty answer tells.
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()).is_ok());
    let output = child.wait_with_output().unwrap();
    let was_read = writer.join().unwrap();
    if !was_read || !output.status.success() {
        return None;
    }
    let answers: Vec<char> =
        String::from_utf8(output.stdout).unwrap().lines().filter_map(|l| l.chars().next()).collect();
    assert_eq!(answers.len(), pairs.len(), "{} did not answer every line", oracle.name);
    Some(answers)
}

#[expect(clippy::disallowed_methods, reason = "a test has no options to be passed; this is its only setting")]
fn must_have_all() -> bool {
    std::env::var("LAZARET_REQUIRE_ALL").is_ok_and(|value| value == "1")
}

/// Asserts that the scheme answers as the oracle does; `least` pairs must have been read by both.
fn assert_agreement(scheme: Scheme, oracle: &Oracle, reads: Reads, pairs: &[(String, String)], least: usize) {
    let Some(answers) = ask(oracle, pairs) else {
        assert!(!oracle.is_common || !must_have_all(), "oracle {} is not installed", oracle.name);
        eprintln!("SKIPPED: oracle {} not installed", oracle.name);
        return;
    };
    let mut compared = 0;
    for ((a, b), answer) in pairs.iter().zip(answers) {
        let ours = match compare(scheme, a, b) {
            Ok(Ordering::Less) => '<',
            Ok(Ordering::Equal) => '=',
            Ok(Ordering::Greater) => '>',
            Err(_) => '!',
        };
        if answer == '!' && reads == Reads::More {
            continue;
        }
        assert_eq!(ours, answer, "ours and {}'s answer to `{a}` and `{b}`", oracle.name);
        compared += usize::from(answer != '!');
    }
    eprintln!("agreed: {} with {} on {compared} of {} pairs", scheme.name(), oracle.name, pairs.len());
    assert!(compared >= least, "only {compared} pairs were read by both");
}

#[test]
fn agrees_with_dpkg_in_perl() {
    // The module refuses what dpkg only warns of, so the texts must be strict.
    let mut pairs = pairs_of(Scheme::Dpkg, STRICT_DPKG);
    pairs.retain(|(a, b)| compare(Scheme::Dpkg, a, b).is_ok());
    assert_agreement(Scheme::Dpkg, &DPKG_PERL, Reads::More, &pairs, 20_000);
}

#[test]
fn agrees_with_dpkg_itself() {
    // `read` would drop white space and dpkg takes a leading hyphen for an option; the shape has neither.
    let list = shapes::list(Scheme::Dpkg).into_iter();
    let texts: Vec<String> =
        list.chain(shapes::texts(&shapes::grammar(Scheme::Dpkg), 2 * DPKG_PAIRS)).collect();
    let pairs: Vec<_> = in_pairs(&texts).take(DPKG_PAIRS).collect();
    assert_agreement(Scheme::Dpkg, &DPKG, Reads::TheSame, &pairs, DPKG_PAIRS / 2);
}

#[test]
fn agrees_with_rpm() {
    // rpm reads an empty part; here it is refused, so those pairs are left out.
    let mut pairs = pairs(Scheme::Rpm);
    pairs.retain(|(a, b)| compare(Scheme::Rpm, a, b).is_ok());
    assert_agreement(Scheme::Rpm, &RPM, Reads::TheSame, &pairs, 20_000);
}

#[test]
fn agrees_with_packaging() {
    let pairs = pairs(Scheme::Pep440);
    assert_agreement(Scheme::Pep440, &PACKAGING, Reads::TheSame, &pairs, 20_000);
}

#[test]
fn refuses_what_packaging_refuses() {
    let texts = shapes::texts("[01][01a.+!_rcdev-]{0,7}", PAIRS);
    let pairs: Vec<_> = texts.into_iter().map(|text| (text, String::from("1"))).collect();
    assert_agreement(Scheme::Pep440, &PACKAGING, Reads::TheSame, &pairs, 500);
}

#[test]
fn agrees_with_npm() {
    let pairs = pairs(Scheme::Semver);
    assert_agreement(Scheme::Semver, &NODE, Reads::More, &pairs, 20_000);
}

#[test]
fn agrees_with_maven_where_its_releases_agree() {
    let texts = shapes::texts(PLAIN_MAVEN, 2 * PAIRS);
    let pairs: Vec<_> = in_pairs(&texts).collect();
    assert_agreement(Scheme::Maven, &MAVEN, Reads::TheSame, &pairs, 20_000);
}

#[test]
fn agrees_with_perl() {
    let pairs = pairs(Scheme::Cpan);
    assert_agreement(Scheme::Cpan, &PERL, Reads::More, &pairs, 20_000);
}

#[test]
fn agrees_with_ruby() {
    assert_agreement(Scheme::Rubygems, &RUBY, Reads::TheSame, &pairs(Scheme::Rubygems), 20_000);
}

#[test]
fn agrees_with_composer() {
    assert_agreement(Scheme::Packagist, &COMPOSER, Reads::TheSame, &pairs(Scheme::Packagist), 15_000);
}

#[test]
fn agrees_with_conan_where_it_has_an_order() {
    let texts = shapes::texts(PLAIN_CONAN, 2 * PAIRS);
    let pairs: Vec<_> = in_pairs(&texts).collect();
    assert_agreement(Scheme::Conan, &CONAN, Reads::TheSame, &pairs, 20_000);
}

#[test]
fn agrees_with_conda() {
    // py-rattler does not read the `*` that conda does, and parts `a_` at the end, which to conda is one word.
    let ends_in_a_word = |text: &str| {
        let version = text.split('+').next().unwrap();
        version.strip_suffix('_').is_some_and(|front| front.ends_with(|c: char| c.is_ascii_alphabetic()))
    };
    let mut pairs = pairs(Scheme::Conda);
    pairs.retain(|(a, b)| !ends_in_a_word(a) && !ends_in_a_word(b));
    assert_agreement(Scheme::Conda, &RATTLER, Reads::More, &pairs, 10_000);
}

#[test]
fn agrees_with_pacman_where_it_has_an_order() {
    // alpm leaves a missing release out and reads anything.
    let has_release = |text: &str| text.contains('-');
    let mut pairs = pairs(Scheme::Alpm);
    pairs.retain(|(a, b)| compare(Scheme::Alpm, a, b).is_ok() && has_release(a) == has_release(b));
    assert_agreement(Scheme::Alpm, &ALPM, Reads::TheSame, &pairs, 5_000);
}

#[test]
fn agrees_with_luarocks_where_it_has_an_order() {
    let has_revision =
        |text: &str| text.rsplit_once('-').is_some_and(|(_, r)| r.bytes().all(|b| b.is_ascii_digit()));
    let mut pairs = pairs(Scheme::Luarocks);
    pairs.retain(|(a, b)| compare(Scheme::Luarocks, a, b).is_ok() && has_revision(a) == has_revision(b));
    assert_agreement(Scheme::Luarocks, &LUAROCKS, Reads::TheSame, &pairs, 10_000);
}

#[test]
fn agrees_with_npm_on_what_is_in_a_range() {
    // npm silently drops alternatives that it cannot read, such as `vx`; the shape has none.
    let part =
        "(>=|<=|<|>|=|~|\\^|~>)?[ ]?(v?(0|1|2)(\\.(0|1|2|x)(\\.(0|1|2|\\*)(-(0|a|rc)(\\.(0|1))?)?)?)?|x|\\*)";
    let between = "(0|1)(\\.[0-2]){0,2} - (1|2)(\\.[0-2](\\.[0-2](-a)?)?)?";
    let shape = format!("{part}( {part})?(( )?\\|\\|( )?{part})?|{between}|");
    let ranges = shapes::texts(&shape, PAIRS);
    let versions = shapes::texts("[0-2]\\.[0-2]\\.[0-2](-(0|a|rc)(\\.(0|1))?)?", PAIRS);
    let pairs: Vec<_> = ranges.into_iter().zip(versions).collect();
    let Some(answers) = ask(&NODE_RANGE, &pairs) else {
        assert!(!must_have_all(), "oracle {} is not installed", NODE_RANGE.name);
        eprintln!("SKIPPED: oracle {} not installed", NODE_RANGE.name);
        return;
    };
    let mut inside = 0;
    for ((range, text), answer) in pairs.iter().zip(answers) {
        let version = Version::parse(Scheme::Semver, text).unwrap();
        let ours = Range::parse(range).map(|range| range.contains(&version) == Some(true));
        let theirs = match answer {
            '!' => continue,
            answer => answer == '=',
        };
        assert_eq!(ours, Ok(theirs), "`{text}` in `{range}`");
        inside += usize::from(theirs);
    }
    eprintln!("agreed: ranges with {}, {inside} of {} inside", NODE_RANGE.name, pairs.len());
    assert!(inside > 2_000, "only {inside} versions were in a range");
}
