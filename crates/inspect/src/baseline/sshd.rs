//! Settings of the OpenSSH server.
//!
//! The first value of a keyword counts, `Include` is followed, and what stands below `Match` holds only for some
//! connections and is not judged, except below `Match all`.

use model::{Gap, Text};
use serde::Deserialize;

use super::{
    Kept,
    answer::Answer,
    format::{unquoted, word_and_rest},
    kept::FILE_GAP,
    pattern::{Interest, Pattern},
    test::Judge,
    tree::{self, Found},
    wanted::Wanted,
};
use crate::Evidence;

/// Files that include each other deeper than this are a circle.
const MAX_DEPTH: usize = 8;
/// At most so many `Include` lines are followed for one setting.
const MAX_INCLUDES: usize = 64;

/// A setting of the OpenSSH server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sshd {
    /// The keyword.
    name: String,
    /// What the server does where nothing is set.
    default: String,
    /// What it should be.
    value: Wanted,
    /// The main file, and what it includes in the distributions.
    #[serde(skip, default = "Files::known")]
    files: Files,
}

#[derive(Clone, Debug)]
struct Files {
    kept: Vec<Pattern>,
}

/// The main files, the first that is there being read, and the directories of what they include.
const MAIN: [&str; 2] = ["etc/ssh/sshd_config", "usr/etc/ssh/sshd_config"];
const INCLUDED: [&str; 3] = [
    "etc/ssh/sshd_config.d/*",
    "usr/etc/ssh/sshd_config.d/*",
    "etc/crypto-policies/back-ends/opensshserver.config",
];

impl Files {
    fn known() -> Self {
        let paths = MAIN.iter().chain(&INCLUDED);
        Self { kept: paths.filter_map(|path| Pattern::try_from((*path).to_owned()).ok()).collect() }
    }
}

/// A walk over the lines of the main file and what it includes.
struct Search<'a, 'b> {
    evidence: &'b Evidence<'a>,
    name: &'b str,
    known: &'b [Pattern],
    read: usize,
    /// Why it could not go on.
    gap: Option<Gap>,
}

/// A value, the file that sets it and its layer.
type Value<'a> = (usize, &'a Kept, String);

impl Judge for Sshd {
    fn interest(&self) -> Interest<'_> {
        Interest { keeps: self.files.kept.iter().collect(), ..Interest::default() }
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let mut search = Search { evidence, name: &self.name, known: &self.files.kept, read: 0, gap: None };
        let main = MAIN.iter().find_map(|path| tree::file(evidence, path));
        let found = main.and_then(|found| search.file(found, 0));
        // What could not be followed stands before what is found: it may set the value otherwise.
        if let Some(gap) = search.gap {
            return Answer::unknown(gap);
        }
        let (value, place) = match &found {
            Some((layer, kept, value)) => (value.as_str(), Some((*layer, *kept))),
            None => (self.default.as_str(), main),
        };
        if self.value.holds(value) {
            return Answer::pass();
        }
        let told = format!("{} {value}", self.name);
        let actual = match found {
            Some(_) => Text::same(told),
            None => Text::new(format!("{told} (not set)"), format!("{told}（未设置，取默认值）")),
        };
        let answer = Answer::fail(actual).expecting(self.value.told(&self.name));
        match place {
            Some((layer, kept)) => answer.at(&kept.path, layer),
            None => answer,
        }
    }
}

impl<'a> Search<'a, '_> {
    /// The first value in a file and what it includes.
    fn file(&mut self, (layer, kept): Found<'a>, depth: usize) -> Option<Value<'a>> {
        let mut is_for_all = true;
        for line in kept.text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, value) = word_and_rest(line);
            if name.eq_ignore_ascii_case("match") {
                is_for_all = value.eq_ignore_ascii_case("all");
            } else if is_for_all && name.eq_ignore_ascii_case("include") {
                for path in value.split_whitespace() {
                    let found = self.include(&kept.path, unquoted(path), depth);
                    if found.is_some() || self.gap.is_some() {
                        return found;
                    }
                }
            } else if is_for_all && name.eq_ignore_ascii_case(self.name) {
                return Some((layer, kept, unquoted(value).to_owned()));
            }
        }
        None
    }

    fn include(&mut self, by: &[u8], path: &str, depth: usize) -> Option<Value<'a>> {
        self.read += 1;
        if depth > MAX_DEPTH || self.read > MAX_INCLUDES {
            let why = "its `Include` lines lead through too many files; what they set is not judged";
            return self.stop(by, why.to_owned());
        }
        let clean = match path.strip_prefix('/') {
            Some(rest) => rest.to_owned(),
            None => format!("etc/ssh/{path}"),
        };
        // A glob with a known directory names files that are kept; so does a known file.
        let sample = clean.replace('*', "x");
        let pattern = Pattern::try_from(clean).ok().filter(|_| !path.contains(['?', '[']));
        let Some(pattern) =
            pattern.filter(|_| self.known.iter().any(|known| known.matches(sample.as_bytes())))
        else {
            let shown: String = path.chars().filter(|character| !character.is_control()).take(200).collect();
            return self.stop(
                by,
                format!("it includes `{shown}`, which is not read; the settings in it are unknown"),
            );
        };
        let files = tree::files(self.evidence, &[pattern]);
        for found in files {
            let value = self.file(found, depth + 1);
            if value.is_some() || self.gap.is_some() {
                return value;
            }
        }
        None
    }

    fn stop(&mut self, path: &[u8], why: String) -> Option<Value<'a>> {
        self.gap = Some(Gap::new(FILE_GAP, image::path::display(path), why));
        None
    }
}
