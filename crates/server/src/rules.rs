//! Rules that people keep: whether they can be used, and the engines that use them.

mod examine;

use std::sync::Arc;

use api::RuleKind;
use inspect::BuiltIn;
use inspect::base::Bases;
use inspect::baseline::{self, Baseline};
use inspect::compliance::{self, Compliance};
use inspect::malware::{self, Malware, Texts};
use inspect::secrets::{self, Secrets};
use scan::{Check, Inspectors};
use tokio::sync::{Mutex, OnceCell};

use crate::{App, Error};

pub(crate) use examine::examine;

/// Engines that were made, and by which versions of the rules.
#[derive(Debug, Default)]
pub(crate) struct Engines {
    made: Mutex<Option<Made>>,
    built_in: OnceCell<Vec<(RuleKind, BuiltIn)>>,
}

#[derive(Debug)]
struct Made {
    versions: Vec<(String, i64)>,
    inspectors: Arc<Inspectors>,
}

/// The engines of all checks by the rules that hold now; they are made anew when a rule has changed.
///
/// # Errors
/// When the database is gone, or rules cannot be understood, which were when they were kept.
pub async fn inspectors(app: &App) -> Result<Arc<Inspectors>, Error> {
    // Who comes while they are made waits: two would only take twice the memory.
    let mut made = app.rules.made.lock().await;
    let newest = store::rules::newest(&app.database).await?;
    let versions: Vec<(String, i64)> =
        newest.into_iter().map(|version| (version.kind, version.version)).collect();
    if let Some(made) = made.as_ref().filter(|made| made.versions == versions) {
        return Ok(Arc::clone(&made.inspectors));
    }
    let rules = Rules::of(store::rules::holding(&app.database).await?);
    let key = app.settings.key.bytes();
    let inspectors =
        tokio::task::spawn_blocking(move || rules.inspectors(key)).await.map_err(Error::Panicked)??;
    let inspectors = Arc::new(inspectors);
    *made = Some(Made { versions, inspectors: Arc::clone(&inspectors) });
    Ok(inspectors)
}

/// The rules and checks that come with the program.
///
/// # Errors
/// When they cannot be understood, which tests rule out.
pub(crate) async fn built_in(app: &App) -> Result<&[(RuleKind, BuiltIn)], Error> {
    let all = || async {
        let read = || -> Result<Vec<(RuleKind, BuiltIn)>, inspect::Error> {
            let kinds = [
                (RuleKind::Secrets, secrets::built_in()?),
                (RuleKind::Malware, malware::built_in()?),
                (RuleKind::Baseline, baseline::built_in_checks()?),
                (RuleKind::Compliance, compliance::built_in()?),
            ];
            let with_kind =
                |(kind, rules): (RuleKind, Vec<BuiltIn>)| rules.into_iter().map(move |rule| (kind, rule));
            Ok(kinds.into_iter().flat_map(with_kind).collect())
        };
        Ok::<_, Error>(tokio::task::spawn_blocking(read).await.map_err(Error::Panicked)??)
    };
    Ok(app.rules.built_in.get_or_try_init(all).await?)
}

/// The checks whose results rules of a kind can change; of switched-off rules, those that the ids belong to.
pub(crate) fn concerned(kind: RuleKind) -> &'static [Check] {
    match kind {
        RuleKind::Secrets | RuleKind::Exclusions => &[Check::Secrets],
        RuleKind::Malware | RuleKind::Hashes | RuleKind::AllowedHashes => &[Check::Malware],
        RuleKind::Baseline | RuleKind::WeakPasswords => &[Check::Baseline],
        RuleKind::Compliance => &[Check::Compliance],
        RuleKind::Bases => &[Check::BaseImage],
        RuleKind::Disabled => &[Check::Secrets, Check::Malware, Check::Baseline, Check::Compliance],
    }
}

/// The lines of a list that say something, with their numbers from 1; `#` begins a comment.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().zip(1_usize..).map(|(line, number)| (number, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The rules that hold, by kind.
pub(crate) struct Rules(Vec<(RuleKind, String)>);

impl Rules {
    fn of(kept: Vec<store::rules::Rules>) -> Self {
        let known = |rules: store::rules::Rules| {
            let kind = RuleKind::ALL.into_iter().find(|kind| kind.word() == rules.kind)?;
            Some((kind, rules.content))
        };
        Self(kept.into_iter().filter_map(known).collect())
    }

    /// Only those of one kind.
    pub(crate) fn only(kind: RuleKind, content: &str) -> Self {
        Self(vec![(kind, content.to_owned())])
    }

    fn text(&self, kind: RuleKind) -> &str {
        self.0.iter().find(|(other, _)| *other == kind).map_or("", |(_, content)| content)
    }

    /// The text of a kind under the name that errors call it; none when there is no rule in it.
    fn named(&self, kind: RuleKind) -> Vec<(String, String)> {
        let text = self.text(kind);
        if text.trim().is_empty() { Vec::new() } else { vec![(kind.word().to_owned(), text.to_owned())] }
    }

    fn list(&self, kind: RuleKind) -> Vec<String> {
        lines(self.text(kind)).map(|(_, line)| line.to_owned()).collect()
    }

    /// The engines.
    pub(crate) fn inspectors(&self, key: [u8; 32]) -> Result<Inspectors, inspect::Error> {
        Ok(Inspectors {
            secrets: Some(self.secrets(key)?),
            malware: Some(self.malware()?),
            baseline: Some(self.baseline(key)?),
            compliance: Some(self.compliance()?),
            bases: self.bases()?,
        })
    }

    pub(crate) fn secrets(&self, key: [u8; 32]) -> Result<Secrets, inspect::Error> {
        Secrets::new(&secrets::Options {
            key,
            gitleaks: self.named(RuleKind::Secrets),
            without_exclusions: Vec::new(),
            without: self.list(RuleKind::Disabled),
            exclude: self.list(RuleKind::Exclusions),
        })
    }

    pub(crate) fn malware(&self) -> Result<Malware, inspect::Error> {
        Malware::new(&malware::Options {
            texts: Texts {
                rules: self.named(RuleKind::Malware),
                hashes: self.named(RuleKind::Hashes),
                allow: self.named(RuleKind::AllowedHashes),
            },
            without: self.list(RuleKind::Disabled),
            ..malware::Options::default()
        })
    }

    pub(crate) fn baseline(&self, key: [u8; 32]) -> Result<Baseline, inspect::Error> {
        Baseline::new(&baseline::Options {
            key,
            without: self.list(RuleKind::Disabled),
            check_texts: self.named(RuleKind::Baseline),
            words: self.named(RuleKind::WeakPasswords).into_iter().map(|(_, text)| text).collect(),
            ..baseline::Options::default()
        })
    }

    pub(crate) fn compliance(&self) -> Result<Compliance, inspect::Error> {
        Compliance::new(&compliance::Options {
            texts: self.named(RuleKind::Compliance),
            without: self.list(RuleKind::Disabled),
            ..compliance::Options::default()
        })
    }

    pub(crate) fn bases(&self) -> Result<Bases, inspect::Error> {
        match self.named(RuleKind::Bases).pop() {
            Some((name, text)) => Bases::parse(&name, &text),
            None => Ok(Bases::default()),
        }
    }
}
