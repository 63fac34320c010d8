use clap::{Args, Subcommand};

use super::ListOutput;
use crate::engines::EngineKind;

#[derive(Debug, Args)]
#[command(after_help = "\
Engines are looked for where they usually are: Docker by DOCKER_HOST or its socket, containerd by
CONTAINERD_ADDRESS or its socket (that of k3s too), the storage of Podman and CRI-O by
CONTAINERS_STORAGE_CONF or storage.conf.")]
pub(crate) struct LocalArguments {
    #[command(subcommand)]
    pub(crate) command: LocalCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LocalCommand {
    /// Show this machine and the engines on it
    Engines {
        #[command(flatten)]
        scope: LocalScope,
    },
    /// List the images of all engines, and why one cannot be scanned
    Images {
        #[command(flatten)]
        scope: LocalScope,
    },
    /// List the containers of all engines, in whatever state they are
    Containers {
        #[command(flatten)]
        scope: LocalScope,
    },
    /// Show what happens in the engines, until stopped
    Events {
        /// Stop after so many seconds
        #[arg(long, value_name = "SECONDS")]
        seconds: Option<u64>,
        #[command(flatten)]
        scope: LocalScope,
    },
}

/// Which engines, and how they are shown.
#[derive(Clone, Debug, Args)]
pub(crate) struct LocalScope {
    /// Only engines of this kind; may be given several times
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) engine: Vec<EngineKind>,
    #[command(flatten)]
    pub(crate) output: ListOutput,
}

impl LocalScope {
    /// The kinds that are asked for.
    pub(crate) fn kinds(&self) -> &[EngineKind] {
        if self.engine.is_empty() { &EngineKind::ALL } else { &self.engine }
    }
}
