//! Modules of PAM and their arguments.

use model::Text;
use serde::Deserialize;

use super::{
    Kept,
    answer::Answer,
    format::Format,
    pattern::{Interest, Pattern},
    test::Judge,
    tree,
    wanted::Wanted,
};
use crate::Evidence;

/// Where the distributions have the stacks that others include: Debian, Red Hat with and without authselect, SUSE, Alpine.
const STACKS: [&str; 18] = [
    "etc/pam.d/common-password",
    "etc/pam.d/common-auth",
    "etc/pam.d/common-account",
    "etc/pam.d/common-password-pc",
    "etc/pam.d/common-auth-pc",
    "etc/pam.d/common-account-pc",
    "etc/pam.d/system-auth",
    "etc/pam.d/system-auth-ac",
    "etc/pam.d/password-auth",
    "etc/pam.d/password-auth-ac",
    "etc/authselect/system-auth",
    "etc/authselect/password-auth",
    "etc/pam.d/base-password",
    "etc/pam.d/base-auth",
    "etc/pam.d/base-account",
    "etc/pam.d/passwd",
    "usr/lib/pam.d/common-password",
    "usr/lib/pam.d/common-auth",
];

/// A module that must be in a stack, and its arguments.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pam {
    /// The modules, any of which will do: `pam_pwquality.so`.
    modules: Vec<String>,
    /// What one of them must be told, any of which will do; nothing where its presence is enough.
    #[serde(default)]
    arguments: Vec<Argument>,
    /// Files with the arguments that are not given in the stack.
    #[serde(default)]
    settings: Vec<Pattern>,
    /// Whether nothing is said where no stack has the module.
    #[serde(default)]
    only_where_used: bool,
    #[serde(skip, default = "stacks")]
    stacks: Vec<Pattern>,
}

/// An argument of a module.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    name: String,
    /// What the module does where it is not told.
    #[serde(default)]
    default: Option<String>,
    /// What it should be; left out for an argument that has no value and must be there.
    #[serde(default)]
    value: Option<Wanted>,
}

/// A line of a stack that names one of the modules.
struct Line<'a> {
    layer: usize,
    kept: &'a Kept,
    words: Vec<&'a str>,
}

fn stacks() -> Vec<Pattern> {
    STACKS.iter().filter_map(|path| Pattern::try_from((*path).to_owned()).ok()).collect()
}

impl Judge for Pam {
    fn interest(&self) -> Interest<'_> {
        Interest { keeps: self.stacks.iter().chain(&self.settings).collect(), ..Interest::default() }
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        let files = tree::files(evidence, &self.stacks);
        let Some((first_layer, first)) = files.first() else {
            return Answer::not_applicable();
        };
        let lines: Vec<Line<'_>> = files.iter().flat_map(|(layer, kept)| self.lines(*layer, kept)).collect();
        let Some(line) = lines.first() else {
            if self.only_where_used {
                return Answer::not_applicable();
            }
            let modules = self.modules.join(", ");
            let actual =
                Text::new(format!("no {modules} in any stack"), format!("PAM 配置中没有启用 {modules}"));
            return Answer::fail(actual).at(&first.path, *first_layer).expecting(self.expected());
        };
        let settings = tree::files(evidence, &self.settings);
        let mut actual = Vec::new();
        for argument in &self.arguments {
            let value = lines
                .iter()
                .find_map(|line| argument.of_line(&line.words))
                .or_else(|| settings.iter().rev().find_map(|(_, kept)| argument.of_settings(&kept.text)))
                .or_else(|| argument.default.clone());
            if argument.holds(value.as_deref()) {
                return Answer::pass();
            }
            let value = value.as_deref().unwrap_or("-");
            actual.push(format!("{} {value}", argument.name));
        }
        if self.arguments.is_empty() {
            return Answer::pass();
        }
        Answer::fail(Text::same(actual.join(", "))).at(&line.kept.path, line.layer).expecting(self.expected())
    }
}

impl Pam {
    fn lines<'a>(&self, layer: usize, kept: &'a Kept) -> impl Iterator<Item = Line<'a>> {
        kept.text.lines().filter(|line| !line.trim_start().starts_with('#')).filter_map(move |line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let is_meant = words.iter().any(|word| {
                let name = word.rsplit('/').next().unwrap_or_default();
                self.modules.iter().any(|module| module == name)
            });
            is_meant.then_some(Line { layer, kept, words })
        })
    }

    fn expected(&self) -> Text {
        let modules = self.modules.join(" / ");
        let arguments: Vec<Text> = self
            .arguments
            .iter()
            .map(|argument| {
                argument
                    .value
                    .as_ref()
                    .map_or_else(|| Text::same(&argument.name), |value| value.told(&argument.name))
            })
            .collect();
        let of =
            |language| arguments.iter().map(|text| text.of(language).to_owned()).collect::<Vec<String>>();
        let (en, zh) = (of(model::Language::English), of(model::Language::Chinese));
        match arguments.is_empty() {
            true => Text::same(modules),
            false => Text::new(
                format!("{modules} with {}", en.join(", or ")),
                format!("{modules}，{}", zh.join("，或 ")),
            ),
        }
    }
}

impl Argument {
    fn of_line(&self, words: &[&str]) -> Option<String> {
        words.iter().find_map(|word| match word.split_once('=') {
            Some((name, value)) => (name == self.name).then(|| value.to_owned()),
            None => (*word == self.name).then(String::new),
        })
    }

    fn of_settings(&self, text: &str) -> Option<String> {
        Format::Ini.values(text, &self.name).pop()
    }

    fn holds(&self, value: Option<&str>) -> bool {
        match (value, &self.value) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(value), Some(wanted)) => wanted.holds(value),
        }
    }
}
