//! What an image's configuration says it runs.

use model::{ImageConfig, Outcome, Text};
use serde::Deserialize;

use super::{answer::Answer, line_match::Expression, pattern::Interest, test::Judge, tree};
use crate::Evidence;

/// At most so many values are named in a finding, and so many characters of each.
const MAX_NAMED: usize = 20;
const MAX_CHARACTERS: usize = 100;

/// The values of a field of the configuration; all that is given must hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Image {
    /// The field.
    field: Field,
    /// No value looks like this.
    #[serde(default)]
    none: Option<Expression>,
    /// One value looks like this.
    #[serde(default)]
    some: Option<Expression>,
    /// There are no more values than this.
    #[serde(default)]
    at_most: Option<usize>,
}

/// A field of the configuration, as a list of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Field {
    /// The user it runs as: the user id where `/etc/passwd` knows the name, else what is written; empty for none.
    User,
    /// The first word of the health check; empty for none.
    HealthCheck,
    /// The tag of the name it was asked for by; `latest` for a name with neither tag nor digest.
    Tag,
    /// The ports.
    Ports,
    /// The volumes.
    Volumes,
    /// The environment, `NAME=value`; only the names are shown.
    Environment,
    /// The directories of `PATH`; an empty one is the working directory.
    Path,
    /// The names of the labels.
    Labels,
    /// The program and arguments that are run, as one line; only the program is shown.
    Run,
    /// What an image built from it is to do.
    OnBuild,
    /// The working directory, when there is one.
    WorkingDirectory,
    /// The stop signal, when there is one.
    StopSignal,
}

impl Judge for Image {
    fn interest(&self) -> Interest<'_> {
        // `/etc/passwd` is kept for the checks of accounts.
        Interest::default()
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        if evidence.is_directory {
            return Answer::not_applicable();
        }
        let Some(values) = self.field.values(evidence) else { return Answer::not_applicable() };
        let wrong: Vec<&String> = match &self.none {
            Some(none) => values.iter().filter(|value| none.0.is_match(value)).collect(),
            None => Vec::new(),
        };
        if !wrong.is_empty() {
            return Answer::fail(self.field.told(evidence.config, &wrong));
        }
        if self.some.as_ref().is_some_and(|some| !values.iter().any(|value| some.0.is_match(value))) {
            return Answer::fail(Text::new("not set", "未设置"));
        }
        match self.at_most {
            Some(most) if values.len() > most => {
                let count = values.len();
                Answer::fail(Text::new(format!("{count} values"), format!("{count} 项")))
                    .expecting(Text::new(format!("at most {most}"), format!("不超过 {most} 项")))
            }
            _ => Answer { outcome: Outcome::Pass, ..Answer::pass() },
        }
    }
}

impl Field {
    /// The values; nothing where the image does not have the field at all.
    fn values(self, evidence: &Evidence<'_>) -> Option<Vec<String>> {
        let config = evidence.config;
        let filled = |text: &str| (!text.is_empty()).then(|| vec![text.to_owned()]);
        match self {
            Self::User => Some(vec![user_id(evidence)]),
            Self::HealthCheck => {
                Some(config.healthcheck.iter().flat_map(|words| words.first().cloned()).collect())
            }
            Self::Tag => tag(evidence.name).map(|tag| vec![tag.to_owned()]),
            Self::Ports => Some(config.exposed_ports.clone()),
            Self::Volumes => Some(config.volumes.iter().map(|path| normal(path)).collect()),
            Self::Environment => Some(config.environment.clone()),
            Self::Path => {
                let path = config.environment.iter().rev().find_map(|set| set.strip_prefix("PATH="))?;
                Some(path.split(':').map(str::to_owned).collect())
            }
            Self::Labels => Some(config.labels.keys().cloned().collect()),
            Self::Run => {
                let words: Vec<&str> =
                    config.entrypoint.iter().chain(&config.command).map(String::as_str).collect();
                filled(&words.join(" "))
            }
            Self::OnBuild => Some(config.on_build.clone()),
            Self::WorkingDirectory => {
                filled(&config.working_directory).map(|paths| paths.iter().map(|path| normal(path)).collect())
            }
            Self::StopSignal => config.stop_signal.as_deref().and_then(filled),
        }
    }

    /// The values that are wrong, without what may be secret in them.
    fn told(self, config: &ImageConfig, wrong: &[&String]) -> Text {
        let shown = wrong.iter().take(MAX_NAMED).map(|value| {
            let value = match self {
                Self::User if config.user.is_empty() => "(not set)",
                Self::User => &config.user,
                Self::Environment => value.split('=').next().unwrap_or_default(),
                Self::Run | Self::OnBuild => value.split_whitespace().next().unwrap_or_default(),
                Self::Path if value.is_empty() => "(empty)",
                _ => value,
            };
            value.chars().filter(|character| !character.is_control()).take(MAX_CHARACTERS).collect::<String>()
        });
        Text::same(shown.collect::<Vec<_>>().join(", "))
    }
}

/// The id of the user that the image runs as, where it is known; else the name.
fn user_id(evidence: &Evidence<'_>) -> String {
    let user = evidence.config.user.split(':').next().unwrap_or_default();
    let known = tree::file(evidence, "etc/passwd").and_then(|(_, kept)| {
        let mut lines = kept.text.lines().map(|line| line.split(':'));
        lines
            .find_map(|mut fields| (fields.next() == Some(user)).then(|| fields.nth(1).map(str::to_owned))?)
    });
    known.filter(|_| !user.is_empty()).unwrap_or_else(|| user.to_owned())
}

/// The tag of a reference; nothing where a digest says which image is meant, or where it is no reference.
fn tag(name: &str) -> Option<&str> {
    if name.is_empty() || name.contains('@') || name.starts_with(['/', '.']) {
        return None;
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    Some(last.split_once(':').map_or("latest", |(_, tag)| tag))
}

/// A path without a slash at its end; `/` stays.
fn normal(path: &str) -> String {
    let short = path.trim_end_matches('/');
    if short.is_empty() { path.to_owned() } else { short.to_owned() }
}
