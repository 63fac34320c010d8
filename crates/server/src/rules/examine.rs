//! Whether rules can be used: tried by the engines that will use them.

use api::RuleKind;
use inspect::{BuiltIn, Error, baseline, compliance, malware, secrets};

use super::{Rules, lines};

/// The longest text of rules that are compiled, in bytes.
const RULE_BYTES: usize = 4 << 20;
/// The longest list, in bytes.
const LIST_BYTES: usize = 16 << 20;
/// The most patterns that every path is held against.
const MOST_PATTERNS: usize = 1000;
/// The longest pattern, in characters.
const LONGEST_PATTERN: usize = 1000;
/// The most words that are tried on every password.
const MOST_WORDS: usize = 20_000;
/// The longest word, in bytes.
const LONGEST_WORD: usize = 64;
/// A key, where nothing depends on which.
const ANY_KEY: [u8; 32] = [0; 32];

/// Tries rules, and says how many they are; takes as long as compiling them.
///
/// # Errors
/// When they cannot be used; says in which line.
pub(crate) fn examine(
    kind: RuleKind,
    content: &str,
    built_in: &[(RuleKind, BuiltIn)],
) -> Result<usize, Error> {
    let file = kind.word();
    let compiled =
        matches!(kind, RuleKind::Secrets | RuleKind::Malware | RuleKind::Baseline | RuleKind::Compliance);
    let most = if compiled { RULE_BYTES } else { LIST_BYTES };
    if content.len() > most {
        return Err(wrong(kind, 1, format!("it is longer than {} MiB", most >> 20)));
    }
    if let Some(at) = content.find('\0') {
        let line = content.get(..at).unwrap_or_default().matches('\n').count() + 1;
        return Err(wrong(kind, line, "there is a NUL character; leave it out".to_owned()));
    }
    if content.trim().is_empty() {
        return Ok(0);
    }
    let rules = Rules::only(kind, content);
    match kind {
        RuleKind::Secrets => {
            rules.secrets(ANY_KEY)?;
            secrets::count_rules(file, content)
        }
        RuleKind::Malware => malware::count_rules(file, content),
        RuleKind::Hashes | RuleKind::AllowedHashes => {
            if kind == RuleKind::AllowedHashes {
                patterns(kind, content)?;
            }
            rules.malware()?;
            Ok(lines(content).count())
        }
        RuleKind::Baseline => {
            rules.baseline(ANY_KEY)?;
            baseline::count_checks(file, content)
        }
        RuleKind::Compliance => {
            rules.compliance()?;
            compliance::count_rules(file, content)
        }
        RuleKind::Exclusions => patterns(kind, content),
        RuleKind::WeakPasswords => words(kind, content),
        RuleKind::Bases => Ok(rules.bases()?.list().len()),
        RuleKind::Disabled => ids(kind, content, built_in),
    }
}

fn wrong(kind: RuleKind, line: usize, why: String) -> Error {
    Error::Rules { file: kind.word().to_owned(), line, column: 1, why }
}

/// A list of patterns, of which few and short ones are taken; sums are none.
fn patterns(kind: RuleKind, content: &str) -> Result<usize, Error> {
    let is_pattern = |line: &str| line.contains(['/', '*', '?']);
    let mut count = 0;
    for (number, line) in lines(content) {
        if line.chars().count() > LONGEST_PATTERN {
            return Err(wrong(
                kind,
                number,
                format!("the pattern is longer than {LONGEST_PATTERN} characters"),
            ));
        }
        let fits_a_path = line.starts_with(['/', '*']);
        if kind == RuleKind::Exclusions && !fits_a_path {
            let why = format!("`{line}` fits no path: begin it with `/` or `*`");
            return Err(wrong(kind, number, why));
        }
        if kind == RuleKind::AllowedHashes && !fits_a_path && malware::sum_of(line).is_none() {
            let why =
                format!("`{line}` is no MD5 or SHA-256 sum, and fits no path: begin that with `/` or `*`");
            return Err(wrong(kind, number, why));
        }
        count += usize::from(is_pattern(line));
        if count > MOST_PATTERNS {
            return Err(wrong(kind, number, format!("there are more than {MOST_PATTERNS} patterns")));
        }
    }
    Ok(lines(content).count())
}

/// A dictionary; in it `#` begins no comment.
fn words(kind: RuleKind, content: &str) -> Result<usize, Error> {
    let mut count = 0;
    for (line, number) in content.lines().zip(1_usize..).filter(|(line, _)| !line.is_empty()) {
        if line.len() > LONGEST_WORD {
            return Err(wrong(kind, number, format!("the word is longer than {LONGEST_WORD} bytes")));
        }
        count += 1;
        if count > MOST_WORDS {
            return Err(wrong(kind, number, format!("there are more than {MOST_WORDS} words")));
        }
    }
    Ok(count)
}

/// Ids of what is built in.
fn ids(kind: RuleKind, content: &str, built_in: &[(RuleKind, BuiltIn)]) -> Result<usize, Error> {
    for (number, line) in lines(content) {
        if !built_in.iter().any(|(_, rule)| rule.id == line) {
            let why =
                format!("there is no built-in rule `{line}`; hint: `GET /api/v1/rules/built-in` lists them");
            return Err(wrong(kind, number, why));
        }
    }
    Ok(lines(content).count())
}
