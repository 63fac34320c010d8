//! The kinds of tests that a check can ask for.

use serde::Deserialize;

use super::{
    absent::Absent, account_rule::AccountRule, answer::Answer, any_of::AnyOf, configuration::Image,
    entries::Entries, file_mode::FileMode, instructions::Instructions, line_match::LineMatch, pam::Pam,
    pattern::Interest, setting::Setting, sshd::Sshd, weak_password::WeakPasswords,
};
use crate::Evidence;

/// What a check looks at; `kind` in TOML chooses it.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Test {
    /// Files that should not be there.
    Absent(Absent),
    /// Users and groups.
    AccountRule(AccountRule),
    /// Several tests, one of which is enough.
    AnyOf(AnyOf),
    /// Files and directories by path, mode and kind.
    Entry(Entries),
    /// Mode and owner of files.
    FileMode(FileMode),
    /// The configuration of the image.
    Image(Image),
    /// The build history.
    Instruction(Instructions),
    /// Lines of a file.
    LineMatch(LineMatch),
    /// Modules of PAM.
    Pam(Pam),
    /// Names and values.
    Setting(Setting),
    /// The OpenSSH server.
    Sshd(Sshd),
    /// Passwords of the dictionary.
    WeakPassword(WeakPasswords),
}

/// One kind of test.
pub(crate) trait Judge {
    /// What it wants to be kept and noted.
    fn interest(&self) -> Interest<'_>;

    /// What it says of an image.
    fn judge(&self, evidence: &Evidence<'_>) -> Answer;
}

impl Test {
    /// The kind that is meant.
    pub(crate) fn kind(&self) -> &dyn Judge {
        match self {
            Self::Absent(test) => test,
            Self::AccountRule(test) => test,
            Self::AnyOf(test) => test,
            Self::Entry(test) => test,
            Self::FileMode(test) => test,
            Self::Image(test) => test,
            Self::Instruction(test) => test,
            Self::LineMatch(test) => test,
            Self::Pam(test) => test,
            Self::Setting(test) => test,
            Self::Sshd(test) => test,
            Self::WeakPassword(test) => test,
        }
    }
}
