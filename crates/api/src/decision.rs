use model::FindingKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ImageKind;

/// What is decided about findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionAction {
    /// They are none.
    FalsePositive,
    /// They are allowed, and not shown unless somebody asks.
    Whitelist,
    /// They are shown as ignored, and not counted.
    Ignore,
    /// They are ignored until a time, or until they can be mended.
    Deferral,
}

/// Whether a decision holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecisionState {
    /// It does.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
}

/// What a decision is about: each field that is not empty must fit, and one must be given besides `kind`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionSubject {
    /// The kind of findings.
    pub kind: FindingKind,
    /// What is wrong, by its id or another of its ids.
    #[serde(default)]
    #[schema(max_length = 256)]
    pub rule: String,
    /// The package; `*` and `?` stand for any text.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub package: String,
    /// The path; `*` and `?` stand for text without slashes, `**` for any.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub path: String,
    /// One finding, by the digest that lists show; `rule` must be given with it.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub fingerprint: String,
}

/// In which images of its project a decision holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum DecisionScope {
    /// In all.
    All,
    /// In those of some kinds.
    Kinds {
        /// Which ones.
        #[schema(min_items = 1, max_items = 4)]
        kinds: Vec<ImageKind>,
    },
    /// In those of some registries.
    Registries {
        /// Their hosts, with a port where names have one; `docker.io` is meant by names without one.
        #[schema(min_items = 1, max_items = 100)]
        registries: Vec<String>,
    },
    /// In those of some names.
    Names {
        /// Patterns, one of which must fit; every repository when there is none.
        #[serde(default)]
        #[schema(max_items = 100)]
        repositories: Vec<String>,
        /// Patterns, one of which must fit; every tag when there is none.
        #[serde(default)]
        #[schema(max_items = 100)]
        tags: Vec<String>,
    },
    /// In those picked: by name and digest, so that another of the same digest is not meant.
    Images {
        /// Their ids.
        #[schema(min_items = 1, max_items = 10000)]
        images: Vec<i64>,
    },
}

/// Decisions that are to be made: one for each subject.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecisions {
    /// The project in which they hold; that of the picked images, or the only one there is, when absent.
    #[serde(default)]
    pub project_id: Option<i64>,
    /// What is decided.
    pub action: DecisionAction,
    /// What they are about.
    #[schema(min_items = 1, max_items = 200)]
    pub subjects: Vec<DecisionSubject>,
    /// In which images they hold.
    pub scope: DecisionScope,
    /// Until when, in milliseconds since 1970.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub until: Option<i64>,
    /// Whether they are over as soon as a fix exists.
    #[serde(default)]
    pub until_fix: bool,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 1024)]
    pub remark: String,
}

/// What is changed of a decision; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionChange {
    /// In which images it holds.
    #[serde(default)]
    pub scope: Option<DecisionScope>,
    /// Until when it holds.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub until: Option<i64>,
    /// Takes its end away.
    #[serde(default)]
    pub endless: bool,
    /// Whether it is over as soon as a fix exists.
    #[serde(default)]
    pub until_fix: Option<bool>,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 1024)]
    pub remark: Option<String>,
}

/// Why a decision is taken back.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// Why.
    #[serde(default)]
    #[schema(max_length = 1024)]
    pub remark: String,
}

/// A decision.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Its id.
    pub id: i64,
    /// The project in which it holds.
    pub project_id: i64,
    /// What was decided.
    pub action: DecisionAction,
    /// What it is about.
    pub subject: DecisionSubject,
    /// In which images it holds; of picked ones their ids are told with the decision alone.
    pub scope: DecisionScope,
    /// Until when.
    pub until: Option<i64>,
    /// Whether it is over as soon as a fix exists.
    pub until_fix: bool,
    /// Why.
    pub remark: String,
    /// Whether it holds.
    pub state: DecisionState,
    /// Who decided.
    pub created_by: String,
    /// When.
    pub created: i64,
    /// Who took it back.
    pub revoked_by: Option<String>,
    /// When.
    pub revoked: Option<i64>,
}

/// A decision with what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DecisionDetail {
    /// The decision.
    pub decision: Decision,
    /// How many images have something that it is about; also when it holds no longer.
    pub images: i64,
    /// How many findings they are.
    pub findings: i64,
    /// Who did what to it, the oldest first.
    pub history: Vec<DecisionEvent>,
}

/// What happened to a decision.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DecisionEvent {
    /// When.
    pub at: i64,
    /// Who did it; nobody when its time was over.
    pub actor: String,
    /// `created`, `changed`, `revoked` or `expired`.
    pub action: String,
    /// What was said, or changed.
    pub remark: String,
}

/// Which decisions are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DecisionFilter {
    /// Whether they hold.
    #[param(inline)]
    pub state: Option<DecisionState>,
    /// The kind of findings.
    #[param(inline)]
    pub kind: Option<FindingKind>,
    /// What was decided.
    #[param(inline)]
    pub action: Option<DecisionAction>,
    /// The rule, exactly.
    pub rule: Option<String>,
    /// One finding, by its digest.
    pub fingerprint: Option<String>,
    /// Part of rule, package, path or remark.
    pub search: Option<String>,
    /// Who decided.
    pub creator: Option<String>,
}
