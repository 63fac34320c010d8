//! Settings that are not safe.

mod absent;
mod account_rule;
mod accounts;
mod answer;
mod any_of;
mod applies;
pub(crate) mod check;
mod configuration;
mod crypt;
pub(crate) mod day;
mod entries;
mod example;
mod file_mode;
mod format;
mod guess;
mod instructions;
mod judgement;
mod kept;
mod line_match;
mod md5_crypt;
mod mode;
mod pam;
mod pattern;
mod setting;
mod sshd;
mod test;
mod tree;
mod wanted;
mod weak_password;

use std::path::PathBuf;

use image::walk::Entry;
use model::{CheckResult, Gap, Outcome};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use self::{
    check::{BUILT_IN, Check, Located},
    guess::Guesser,
    kept::Keeper,
    pattern::{Pattern, Patterns},
};
use crate::{BuiltIn, Error, Evidence, Placed};

/// Counted up whenever the same file is kept otherwise than before.
const ENGINE: u64 = 1;

/// Which checks are made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The key of the hash that stands for a password hash.
    pub key: [u8; 32],
    /// Further checks: TOML files or directories of them; an id that is known already replaces that check.
    pub checks: Vec<PathBuf>,
    /// Ids of checks that are not made.
    pub without: Vec<String>,
    /// Further passwords that are weak, one a line.
    pub dictionary: Vec<PathBuf>,
    /// Further checks that are no files: what errors call each, and its text.
    pub check_texts: Vec<(String, String)>,
    /// Further weak passwords that are no files.
    pub words: Vec<String>,
}

/// A configuration file as it is kept: nothing in it tells a password or its hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The clean path.
    pub path: Vec<u8>,
    /// The text, with password hashes replaced by their scheme and a keyed hash.
    pub text: String,
    /// The weak passwords in it.
    pub weak: Vec<WeakPassword>,
    /// What could not be read or decided in it.
    pub gaps: Vec<Gap>,
}

/// A password that is in the dictionary.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WeakPassword {
    /// The service: `system`, `redis`, `mysql`, …
    pub service: String,
    /// The user.
    pub user: String,
    /// The password with its middle left out.
    pub masked: String,
}

/// What came of all checks.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Every check and what came of it, sorted by id.
    pub results: Vec<CheckResult>,
    /// Those that failed.
    pub findings: Vec<Placed>,
    /// What could not be decided.
    pub gaps: Vec<Gap>,
}

/// Judges settings.
#[derive(Debug)]
pub struct Baseline {
    /// Sorted by id.
    checks: Vec<Check>,
    keeper: Keeper,
    keeps: Patterns,
    notes: Patterns,
    special: Vec<fn(&Entry<'_>) -> bool>,
    version: u64,
}

impl Baseline {
    /// The checks, ready.
    ///
    /// # Errors
    /// When a file of checks or a dictionary cannot be read or understood, or when a check contradicts its examples.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let mut checks = built_in()?;
        let users = user_checks(options)?;
        for (_, located) in &users {
            checks.retain(|check| check.id != located.check.id);
            checks.push(located.check.clone());
        }
        checks.retain(|check| !options.without.contains(&check.id));
        checks.sort_by(|a, b| a.id.cmp(&b.id));
        let files = options.dictionary.iter().map(|path| check::read(path));
        let own: Vec<String> =
            files.chain(options.words.iter().cloned().map(Ok)).collect::<Result<_, _>>()?;
        let baseline =
            Self::of(checks, options, Guesser::new(&own)).map_err(|why| defect("baseline checks", why))?;
        for (file, located) in &users {
            // What the examples contradict is not what its author means.
            if let Some(why) = example::contradiction(&baseline, &located.check) {
                return Err(Error::Rules {
                    file: file.clone(),
                    line: located.line,
                    column: located.column,
                    why,
                });
            }
        }
        Ok(baseline)
    }

    fn of(checks: Vec<Check>, options: &Options, guesser: Guesser) -> Result<Self, String> {
        let mut keeps: Vec<Pattern> = accounts::files();
        let mut notes = applies::Applies::notes()?;
        let mut special = Vec::new();
        let mut readers = Vec::new();
        for check in &checks {
            let interest = check.test.kind().interest();
            keeps.extend(interest.keeps.into_iter().cloned());
            notes.extend(interest.notes.into_iter().cloned());
            special.extend(interest.special);
            readers.extend(interest.reads.into_iter().cloned());
        }
        // A kept file may be reached by symbolic links, and those are seen only where they are noted.
        notes.extend(keeps.iter().cloned());
        let mut version = Xxh3::new();
        version.update(&ENGINE.to_le_bytes());
        version.update(&options.key);
        let mut words: Vec<&str> = keeps.iter().map(Pattern::as_str).collect();
        words.sort_unstable();
        words.dedup();
        version.update(words.join("\n").as_bytes());
        for word in guesser.words() {
            version.update(word.as_bytes());
            version.update(b"\n");
        }
        for reader in &readers {
            version.update(weak_password::WeakPasswords::fingerprint(reader).as_bytes());
        }
        Ok(Self {
            keeper: Keeper::new(options.key, guesser, readers).map_err(|error| error.to_string())?,
            keeps: Patterns::new(keeps.iter()),
            notes: Patterns::new(notes.iter()),
            checks,
            special,
            version: version.digest(),
        })
    }

    /// Changes whenever the same file could be kept otherwise: by the files that are kept, the dictionary, the engine.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether the content of a file is kept.
    ///
    /// A file of any size is wanted: of one that is too large, [`Baseline::keep`] says so.
    #[must_use]
    pub fn wants(&self, path: &[u8], _size: u64) -> bool {
        self.keeps.matches(path)
    }

    /// The file as it is kept.
    #[must_use]
    pub fn keep(&self, path: &[u8], content: &[u8]) -> Option<Kept> {
        self.keeps.matches(path).then(|| self.keeper.keep(path, content))
    }

    /// Whether some check asks for this entry: by its path, or by its mode.
    #[must_use]
    pub fn notes(&self, entry: &Entry<'_>) -> bool {
        self.notes.matches(entry.path) || self.special.iter().any(|asks| asks(entry))
    }

    /// Makes all checks.
    #[must_use]
    pub fn judge(&self, evidence: &Evidence<'_>) -> Verdict {
        let mut verdict = Verdict::default();
        for (_, kept) in evidence.kept {
            verdict.gaps.extend(kept.gaps.iter().cloned());
        }
        for check in &self.checks {
            let answer = check.judge(evidence);
            verdict.results.push(check.result(answer.outcome));
            verdict.gaps.extend(answer.gaps.iter().cloned());
            if answer.outcome == Outcome::Fail {
                verdict.findings.push(check.finding(answer));
            }
        }
        verdict.gaps.sort();
        verdict.gaps.dedup();
        verdict
    }
}

/// How many checks the text of a file of checks has.
///
/// # Errors
/// When it is not written as it should be; says where.
pub fn count_checks(file: &str, text: &str) -> Result<usize, Error> {
    Ok(check::parse(file, text)?.len())
}

fn built_in() -> Result<Vec<Check>, Error> {
    let mut checks = Vec::new();
    for (file, text) in BUILT_IN {
        checks.extend(check::parse(file, text)?.into_iter().map(|located| located.check));
    }
    Ok(checks)
}

/// The checks that come with the program.
///
/// # Errors
/// When they cannot be understood, which a test rules out.
pub fn built_in_checks() -> Result<Vec<BuiltIn>, Error> {
    let told = |check: Check| BuiltIn { id: check.id, title: check.title, severity: check.severity };
    Ok(built_in()?.into_iter().map(told).collect())
}

/// The checks of the user's files and texts, and the file of each.
fn user_checks(options: &Options) -> Result<Vec<(String, Located)>, Error> {
    let mut checks = Vec::new();
    for path in &options.checks {
        for file in check::files_at(path)? {
            let name = file.display().to_string();
            let located = check::parse(&name, &check::read(&file)?)?;
            checks.extend(located.into_iter().map(|located| (name.clone(), located)));
        }
    }
    for (name, text) in &options.check_texts {
        checks.extend(check::parse(name, text)?.into_iter().map(|located| (name.clone(), located)));
    }
    Ok(checks)
}

fn defect(file: &str, why: String) -> Error {
    Error::Rules { file: file.to_owned(), line: 1, column: 1, why }
}

#[cfg(test)]
mod tests;
