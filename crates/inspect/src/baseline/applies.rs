use serde::Deserialize;

use super::{accounts, pattern::Pattern, tree};
use crate::Evidence;

/// What must be in an image for a check to mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Applies {
    /// Nothing: the test itself knows when it has nothing to look at.
    #[default]
    Always,
    /// A way to log in with a password: an account has one, or an SSH server is there.
    ///
    /// No container runs `getty`, so a package `login` alone is no such way.
    Passwords,
    /// An SSH server.
    SshServer,
}

/// The programs and the settings by which an SSH server is known.
const SSH_SERVERS: [&str; 4] =
    ["usr/sbin/sshd", "usr/local/sbin/sshd", "usr/lib/openssh/sshd", "etc/ssh/sshd_config"];

impl Applies {
    /// Whether it is there.
    pub(crate) fn holds(self, evidence: &Evidence<'_>) -> bool {
        match self {
            Self::Always => true,
            Self::Passwords => has_ssh_server(evidence) || accounts::has_password(evidence),
            Self::SshServer => has_ssh_server(evidence),
        }
    }

    /// The paths that are noted for it.
    pub(crate) fn notes() -> Result<Vec<Pattern>, String> {
        SSH_SERVERS.iter().map(|path| Pattern::try_from((*path).to_owned())).collect()
    }
}

fn has_ssh_server(evidence: &Evidence<'_>) -> bool {
    SSH_SERVERS.iter().any(|path| tree::entry(evidence, path.as_bytes()).is_some())
}
