use std::fmt;

/// A scan item, by the id used on the command line and in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Known vulnerabilities of packages.
    Vulnerabilities,
    /// Files made to do harm.
    Malware,
    /// The list of packages.
    Software,
    /// What the files come to.
    Files,
    /// Unsafe settings.
    Baseline,
    /// Keys, tokens and passwords that lie open.
    Secrets,
    /// Software and licences that are not allowed.
    Compliance,
    /// Whether the base image is an approved one.
    BaseImage,
}

/// A word that names no check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCheck(String);

impl Check {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Vulnerabilities,
        Self::Malware,
        Self::Software,
        Self::Files,
        Self::Baseline,
        Self::Secrets,
        Self::Compliance,
        Self::BaseImage,
    ];

    /// Its id.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Vulnerabilities => "vulnerabilities",
            Self::Malware => "malware",
            Self::Software => "software",
            Self::Files => "files",
            Self::Baseline => "baseline",
            Self::Secrets => "secrets",
            Self::Compliance => "compliance",
            Self::BaseImage => "base-image",
        }
    }
}

impl std::str::FromStr for Check {
    type Err = UnknownCheck;

    fn from_str(text: &str) -> Result<Self, UnknownCheck> {
        Self::ALL.into_iter().find(|check| check.word() == text).ok_or_else(|| UnknownCheck(text.to_owned()))
    }
}

impl fmt::Display for UnknownCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = Check::ALL.iter().map(|check| check.word()).collect();
        write!(f, "`{}` is not a check ({})", self.0, words.join(", "))
    }
}

impl std::error::Error for UnknownCheck {}
