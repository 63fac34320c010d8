//! Judging again.

use futures::FutureExt;
use store::jobs::Held;

use super::{Hold, Kind, Undone};
use crate::{App, judge};

/// Judges again what changed, or the image it is about.
pub(super) const KIND: Kind =
    Kind { name: judge::KIND, run: |app, held, hold| async move { run(&app, &held, &hold).await }.boxed() };

async fn run(app: &App, held: &Held, hold: &Hold) -> Result<(), Undone> {
    match held.subject_id {
        0 => judge::all(app, hold).await,
        content => judge::one(app, hold, content).await,
    }
}
