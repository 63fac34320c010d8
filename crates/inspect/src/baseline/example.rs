//! Small images that a check is tried on.

use image::{
    path::display,
    walk::{Entry, EntryKind},
};
use model::{Distribution, HistoryStep, ImageConfig};
use serde::Deserialize;

use super::{Baseline, Kept, answer::Answer, check::Check};
use crate::{Evidence, Noted};

/// A small image, written down with the check it is an example for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Example {
    /// Its files.
    files: Vec<ExampleFile>,
    /// What it runs.
    config: ImageConfig,
    /// Its history.
    history: Vec<HistoryStep>,
    /// The name it was asked for by.
    name: String,
    /// The distribution in it.
    distribution: Option<Distribution>,
    /// Whether it is a bare directory.
    directory: bool,
    /// Words that the finding must say it found, in English.
    actual: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleFile {
    path: String,
    #[serde(default)]
    content: String,
    #[serde(default)]
    kind: ExampleKind,
    /// Octal; `0644` when it is left out, `0755` for a directory.
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    uid: u64,
    #[serde(default)]
    gid: u64,
    /// The size, where the content is not written down.
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    link: String,
    #[serde(default)]
    layer: usize,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ExampleKind {
    #[default]
    File,
    Directory,
    SymbolicLink,
    Special,
}

impl Example {
    /// What a check says of it, by way of everything that a real image goes through.
    pub(crate) fn judge(&self, baseline: &Baseline, check: &Check) -> Answer {
        let mut noted: Vec<Noted> = self.files.iter().map(ExampleFile::noted).collect();
        noted.sort_by(|a, b| a.path.cmp(&b.path));
        noted.retain(|noted| baseline.notes(&entry(noted)));
        let mut kept: Vec<(usize, Kept)> = self.files.iter().filter_map(|file| file.kept(baseline)).collect();
        kept.sort_by(|a, b| a.1.path.cmp(&b.1.path));
        let kept: Vec<(usize, &Kept)> = kept.iter().map(|(layer, kept)| (*layer, kept)).collect();
        check.judge(&Evidence {
            config: &self.config,
            history: &self.history,
            name: &self.name,
            distribution: self.distribution.as_ref(),
            packages: &[],
            kept: &kept,
            noted: &noted,
            is_directory: self.directory,
            today: "2026-11-21",
        })
    }

    /// Whether a finding says what the example wants it to say.
    pub(crate) fn is_told(&self, answer: &Answer) -> bool {
        answer.actual.en.contains(&self.actual)
    }
}

impl ExampleFile {
    fn noted(&self) -> Noted {
        let (kind, usual) = match self.kind {
            ExampleKind::File => (EntryKind::File, 0o644),
            ExampleKind::Directory => (EntryKind::Directory, 0o755),
            ExampleKind::SymbolicLink => (EntryKind::SymbolicLink, 0o777),
            ExampleKind::Special => (EntryKind::Special, 0o644),
        };
        Noted {
            path: self.path.clone().into_bytes(),
            kind,
            mode: self.mode.as_deref().and_then(|mode| u32::from_str_radix(mode, 8).ok()).unwrap_or(usual),
            uid: self.uid,
            gid: self.gid,
            size: self.size.unwrap_or(self.content.len() as u64),
            link: self.link.clone().into_bytes(),
            layer: self.layer,
        }
    }

    fn kept(&self, baseline: &Baseline) -> Option<(usize, Kept)> {
        let path = self.path.as_bytes();
        let wanted =
            matches!(self.kind, ExampleKind::File) && baseline.wants(path, self.content.len() as u64);
        let kept = wanted.then(|| baseline.keep(path, self.content.as_bytes()))??;
        Some((self.layer, kept))
    }
}

fn entry(noted: &Noted) -> Entry<'_> {
    Entry {
        path: &noted.path,
        kind: noted.kind,
        mode: noted.mode,
        uid: noted.uid,
        gid: noted.gid,
        size: noted.size,
        link: &noted.link,
    }
}

/// What is wrong with the examples of a check, if anything.
pub(crate) fn contradiction(baseline: &Baseline, check: &Check) -> Option<String> {
    use model::Outcome::{Fail, NotApplicable, Pass};
    for (list, word, outcome) in [
        (&check.pass, "pass", Pass),
        (&check.fail, "fail", Fail),
        (&check.not_applicable, "not_applicable", NotApplicable),
    ] {
        for (place, example) in list.iter().enumerate() {
            let answer = example.judge(baseline, check);
            if answer.outcome != outcome || !example.is_told(&answer) {
                let (number, id) = (place + 1, display(check.id.as_bytes()));
                return Some(format!(
                    "example {number} of `{word}` of `{id}` comes out as {:?}: {}",
                    answer.outcome, answer.actual.en
                ));
            }
        }
    }
    None
}
