//! Rules of compliance, as they are written in TOML.

use std::collections::BTreeMap;
use std::path::Path;

use model::{Severity, Text};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use toml::Spanned;

use crate::Error;
use crate::baseline::check::{position, read};

/// The rules that come with the program.
const BUILT_IN: &str = include_str!("../../../../rules/compliance.toml");

/// One rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// `software/compiler`; stable and public.
    pub(crate) id: String,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// One line; for what has ended it is made from the product.
    #[serde(default)]
    pub(crate) title: Text,
    /// Why.
    pub(crate) description: Text,
    /// What to do.
    pub(crate) advice: Text,
    /// Links.
    #[serde(default)]
    pub(crate) references: Vec<String>,
    /// What is forbidden.
    pub(crate) forbidden: Forbidden,
    /// Packages and programs it reports.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are for tests"))]
    pub(crate) fail: Vec<Example>,
    /// Packages and programs it does not report.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are for tests"))]
    pub(crate) pass: Vec<Example>,
}

/// What a rule forbids.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Forbidden {
    /// Software by the names of packages, and by the path of the program where no package has it.
    Software {
        /// Patterns of names for each type of package.
        packages: Patterns,
        /// Names of programs that no package brought, in any directory for programs.
        #[serde(default)]
        programs: Vec<String>,
    },
    /// Licences.
    License {
        /// Ids of SPDX, with `*` for any rest.
        ids: Vec<Pattern>,
        /// Words of names that are no SPDX ids.
        #[serde(default)]
        names: Vec<String>,
        /// The packages it is about.
        #[serde(default)]
        applies_to: AppliesTo,
    },
    /// Releases that their maker no longer mends.
    EndOfLife {
        /// The name of the product.
        product: String,
        /// The id of the distribution, when it is one.
        #[serde(default)]
        distribution: Option<String>,
        /// A word the distribution's full name has.
        #[serde(default)]
        named: Option<String>,
        /// A word the distribution's full name has not.
        #[serde(default)]
        not_named: Option<String>,
        /// Patterns of names for each type of package, when it is one.
        #[serde(default)]
        packages: Patterns,
        /// What the version of a system package has when its upstream built it and not the distribution.
        #[serde(default)]
        built_by: Option<String>,
        /// Where official images state the version, and the program that must be there too.
        #[serde(default)]
        environment: Option<Environment>,
        /// The last day of each release; those of a distribution are known, unless others are given.
        #[serde(default)]
        cycles: BTreeMap<String, Day>,
    },
}

/// Patterns of names for each type of package, by the word of package URLs.
pub(crate) type Patterns = BTreeMap<String, Vec<Pattern>>;

/// A version that an image states in its environment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Environment {
    /// The variable.
    pub(crate) variable: String,
    /// The path of the program.
    pub(crate) program: Pattern,
}

/// The packages that a rule of licences is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AppliesTo {
    /// Those of languages.
    #[default]
    Language,
    /// Those of the operating system.
    System,
    /// Both.
    All,
}

/// One thing that a rule is tried on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Example {
    /// `deb:gcc-12@12.2.0`
    pub(crate) package: Option<String>,
    /// The licence it states.
    pub(crate) license: Option<String>,
    /// `debian 12`
    pub(crate) distribution: Option<String>,
    /// The path of a program.
    pub(crate) program: Option<String>,
    /// `NODE_VERSION=18.1.0`
    pub(crate) environment: Option<String>,
    /// The day on which it is judged.
    pub(crate) day: Option<String>,
}

/// A name with at most one wildcard: `*` for any text, `#` for a number such as 12 or 3.11; case does not matter.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(String);

impl Pattern {
    /// Whether it is the pattern of this name.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let (name, pattern) = (name.as_bytes(), self.0.as_bytes());
        let Some(at) = pattern.iter().position(|byte| WILDCARDS.contains(byte)) else {
            return name.eq_ignore_ascii_case(pattern);
        };
        let (Some(start), Some(end)) = (pattern.get(..at), pattern.get(at.saturating_add(1)..)) else {
            return false;
        };
        let Some((begin, rest)) = name.split_at_checked(start.len()) else { return false };
        let Some(tail) = rest.len().checked_sub(end.len()) else { return false };
        let Some((middle, rest)) = rest.split_at_checked(tail) else { return false };
        let fits = begin.eq_ignore_ascii_case(start) && rest.eq_ignore_ascii_case(end);
        fits && (pattern.get(at) == Some(&b'*') || is_number(middle))
    }
}

const WILDCARDS: &[u8] = b"*#";

fn is_number(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'.').all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let wildcards = text.bytes().filter(|byte| WILDCARDS.contains(byte)).count();
        if text.is_empty() || text.bytes().next().is_some_and(|byte| WILDCARDS.contains(&byte)) {
            return Err(D::Error::custom("a pattern begins with something that is no wildcard"));
        }
        if wildcards > 1 {
            return Err(D::Error::custom("a pattern has at most one wildcard"));
        }
        Ok(Self(text))
    }
}

/// A day, `YYYY-MM-DD`.
#[derive(Clone, Debug)]
pub(crate) struct Day(pub(crate) String);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        if text.len() != 10 || crate::baseline::day::number(&text).is_none() {
            return Err(D::Error::custom(format!("`{text}` is not a day, YYYY-MM-DD")));
        }
        Ok(Self(text))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Spanned<Rule>>,
}

/// The rules that come with the program.
pub(crate) fn built_in() -> Result<Vec<Rule>, Error> {
    parse("rules/compliance.toml", BUILT_IN)
}

/// The rules of a file that the user names.
pub(crate) fn open(file: &Path) -> Result<Vec<Rule>, Error> {
    parse(&file.display().to_string(), &read(file)?)
}

pub(crate) fn parse(file: &str, text: &str) -> Result<Vec<Rule>, Error> {
    let fail = |byte: usize, why: String| {
        let (line, column) = position(text, byte);
        Error::Rules { file: file.to_owned(), line, column, why }
    };
    let parsed: File = toml::from_str(text)
        .map_err(|error| fail(error.span().map_or(0, |span| span.start), error.message().to_owned()))?;
    let mut rules: Vec<Rule> = Vec::with_capacity(parsed.rule.len());
    for spanned in parsed.rule {
        let start = spanned.span().start;
        let rule = spanned.into_inner();
        if rules.iter().any(|other| other.id == rule.id) {
            return Err(fail(start, format!("the id `{}` is given twice", rule.id)));
        }
        if let Some(why) = wrong(&rule) {
            return Err(fail(start, why));
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// Why a rule can never report anything.
fn wrong(rule: &Rule) -> Option<String> {
    if rule.title.is_empty() && !matches!(rule.forbidden, Forbidden::EndOfLife { .. }) {
        return Some(format!("the rule `{}` has no title", rule.id));
    }
    if let Forbidden::EndOfLife { distribution: None, cycles, .. } = &rule.forbidden
        && cycles.is_empty()
    {
        return Some(format!("the rule `{}` says of no release when it ends (`cycles`)", rule.id));
    }
    let packages = match &rule.forbidden {
        Forbidden::Software { packages, .. } | Forbidden::EndOfLife { packages, .. } => packages,
        Forbidden::License { .. } => return None,
    };
    let types = ["apk", "deb", "golang", "maven", "npm", "pypi"];
    let unknown = packages.keys().find(|kind| !types.contains(&kind.as_str()))?;
    Some(format!("`{unknown}` is no type of package ({})", types.join(", ")))
}
