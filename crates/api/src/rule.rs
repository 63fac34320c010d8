use model::{Severity, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// Rules of secrets: TOML as gitleaks writes it.
    Secrets,
    /// Rules of malware: the YARA language.
    Malware,
    /// Sums of bad files: a hash and a name in each line, or lines of `ClamAV`'s `.hdb` and `.hsb`.
    Hashes,
    /// What is known to be harmless: a sum or a pattern of paths in each line.
    AllowedHashes,
    /// Checks of the baseline: TOML.
    Baseline,
    /// Rules of compliance: TOML.
    Compliance,
    /// Where no secrets are looked for: a pattern of paths in each line.
    Exclusions,
    /// Passwords that are weak, one in each line.
    WeakPasswords,
    /// Approved base images: JSON, as `lazaret base` keeps it.
    Bases,
    /// Ids of built-in rules and checks that are switched off, one in each line.
    Disabled,
}

impl RuleKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Secrets,
        Self::Malware,
        Self::Hashes,
        Self::AllowedHashes,
        Self::Baseline,
        Self::Compliance,
        Self::Exclusions,
        Self::WeakPasswords,
        Self::Bases,
        Self::Disabled,
    ];

    /// The word it is kept as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::Malware => "malware",
            Self::Hashes => "hashes",
            Self::AllowedHashes => "allowed-hashes",
            Self::Baseline => "baseline",
            Self::Compliance => "compliance",
            Self::Exclusions => "exclusions",
            Self::WeakPasswords => "weak-passwords",
            Self::Bases => "bases",
            Self::Disabled => "disabled",
        }
    }
}

/// A version of the rules of one kind.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RuleVersion {
    /// Which rules.
    pub kind: RuleKind,
    /// From 1; 0 as long as nobody wrote any.
    pub version: i64,
    /// How many rules or lines it has.
    pub entries: i64,
    /// How many bytes.
    pub bytes: i64,
    /// Who wrote it.
    pub created_by: String,
    /// When; 0 as long as nobody wrote any.
    pub created: i64,
    /// Why.
    pub remark: String,
}

/// The rules of one kind in one version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RuleSet {
    /// Which rules.
    pub kind: RuleKind,
    /// From 1; 0 as long as nobody wrote any.
    pub version: i64,
    /// The rules, in the language of their kind.
    pub content: String,
}

/// Rules that are to hold from now on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleChange {
    /// All rules of the kind; none when empty.
    #[schema(max_length = 16_777_216)]
    pub content: String,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 1024)]
    pub remark: String,
}

/// What became of a change of rules.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RuleChanged {
    /// The version that holds now.
    pub version: i64,
    /// How many rules or lines it has.
    pub entries: i64,
    /// The tasks that look again through what was looked through with the rules before.
    pub tasks: Vec<i64>,
}

/// A rule or check that comes with the program.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BuiltInRule {
    /// Where it belongs.
    pub kind: RuleKind,
    /// Its public id.
    pub id: String,
    /// One line.
    pub title: Text,
    /// How bad it is when something is found.
    pub severity: Severity,
    /// Whether it is used.
    pub enabled: bool,
}

/// Which built-in rules are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BuiltInFilter {
    /// Of this kind.
    #[param(inline)]
    pub kind: Option<RuleKind>,
}
