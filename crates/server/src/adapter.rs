//! This server as a scanner that a registry uses, by the interface that Harbor made for it.
//!
//! Source: <https://github.com/goharbor/pluggable-scanner-spec>, version 1.2. Harbor waits 5 s for any answer, follows no
//! redirect, takes 429 for a failure, and asks for all its images at once: so asking writes a row and nothing else
//! (`desk`), a job looks what the image is (`work::adapter`), and the scan is the one of its content.

mod desk;
mod refusal;
mod source;
mod standing;

use std::time::Duration;

use futures::FutureExt;

pub(crate) use desk::Desk;
pub(crate) use refusal::Refusal;
pub(crate) use source::{Source, let_in, sources};
pub(crate) use standing::{Standing, standing};

use crate::work::Duty;

/// Forgets what nobody asks for any more.
pub(crate) const DUTY: Duty = Duty {
    name: "sweep-adapter",
    every: |_| Duration::from_secs(60),
    run: |app| async move { Ok(store::adapter::sweep(&app.database).await.map(drop)?) }.boxed(),
};
