//! The form of our own, for what sends none of the others; `docs/registries.md` describes it.

use serde::Deserialize;

use super::few::{Entry, Few};
use super::{Action, Notice, Told, parse};
use crate::Error;

const SENDER: &str = "a script";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    notices: Few<Single>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Single {
    action: Happened,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
    id: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Happened {
    Pushed,
    Deleted,
}

impl Entry for Single {}

impl Single {
    fn notice(self) -> Result<Notice, Error> {
        let action = match self.action {
            Happened::Pushed => Action::Pushed,
            Happened::Deleted => Action::Deleted,
        };
        let Self { repository, tag, digest, id: event, .. } = self;
        Told { action, repository, tag, digest, event }.believe(SENDER)
    }
}

pub(super) fn single(body: &[u8]) -> Result<Vec<Notice>, Error> {
    Ok(vec![parse::<Single>(SENDER, body)?.notice()?])
}

pub(super) fn list(body: &[u8]) -> Result<Vec<Notice>, Error> {
    let List { notices } = parse(SENDER, body)?;
    notices.0.into_iter().map(Single::notice).collect()
}
