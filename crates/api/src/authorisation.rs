use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ImageFilter, ImageKind, Task};

/// Which images may be scanned.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Authorisation {
    /// Whether only authorised images are scanned; else all may be.
    pub enabled: bool,
    /// How many distinct images may be authorised; absent for any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<i64>,
    /// How many are.
    pub used: i64,
    /// How many more may be; absent for any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
    /// By which new images are authorised by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<AuthorisationRule>,
    /// How many that rule authorised today, by UTC.
    pub automatic_today: i64,
}

/// How images are authorised; what is not said is as if it had never been set.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorisationSettings {
    /// Whether only authorised images are scanned.
    pub enabled: bool,
    /// How many distinct images may be authorised; any number when it is not given.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub quota: Option<i64>,
    /// By which new images are authorised by themselves; none are when it is not given.
    pub rule: Option<AuthorisationRule>,
}

/// Which new images are authorised by themselves: all that is said must fit. Images that people withdrew are not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AuthorisationRule {
    /// Where they were seen; anywhere when nothing is named.
    #[schema(max_items = 4)]
    pub kinds: Vec<ImageKind>,
    /// What they are called, as lists show it; `*` stands for anything. One must fit; any name does when there is none.
    #[schema(max_items = 50, example = json!(["harbor.example/shop/*"]))]
    pub names: Vec<String>,
    /// At most so many distinct images a day of UTC, the others on the days after; 0 for no limit.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub daily: i64,
}

/// Which images are authorised: those named, those that fit a filter, or all; exactly one of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorisationRequest {
    /// These images.
    #[schema(min_items = 1, max_items = 10000)]
    pub images: Option<Vec<i64>>,
    /// Those that fit this.
    pub filter: Option<ImageFilter>,
    /// All that may be seen.
    pub all: Option<bool>,
    /// But for these, where all or a filter is given.
    #[schema(max_items = 10000)]
    pub exclude: Option<Vec<i64>>,
    /// At most so many distinct images, those that were seen first.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub count: Option<i64>,
    /// Scan those that may be scanned then.
    pub scan: Option<bool>,
}

/// Which images are withdrawn: those named, those that fit a filter, or all; exactly one of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalRequest {
    /// These images.
    #[schema(min_items = 1, max_items = 10000)]
    pub images: Option<Vec<i64>>,
    /// Those that fit this.
    pub filter: Option<ImageFilter>,
    /// All that may be seen.
    pub all: Option<bool>,
    /// But for these, where all or a filter is given.
    #[schema(max_items = 10000)]
    pub exclude: Option<Vec<i64>>,
}

/// Whether all were authorised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorisationResult {
    /// All that was asked for, and can be scanned.
    Success,
    /// Some were not: the quota is used up.
    QuotaReached,
}

/// What became of images that were to be authorised. Of an index of several platforms each image counts.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuthorisationOutcome {
    /// Whether all were.
    pub code: AuthorisationResult,
    /// Images that were authorised now.
    pub authorised: i64,
    /// Images that were authorised before.
    pub already: i64,
    /// Images for which the quota has no room.
    pub refused: i64,
    /// The first 200 of these.
    pub refused_images: Vec<i64>,
    /// Images that cannot be scanned, and need not be authorised.
    pub unscannable: i64,
    /// Images beyond the number asked for.
    pub left_out: i64,
    /// How much of the quota it took: one for each distinct image that nobody had authorised.
    pub taken: i64,
    /// How much of it is taken.
    pub used: i64,
    /// How much of it is left; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
    /// The task that scans those that may be scanned, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
}

/// What became of images that were to be withdrawn. Of an index of several platforms each image counts.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WithdrawalOutcome {
    /// Images that are no longer authorised.
    pub withdrawn: i64,
    /// Images that were not authorised.
    pub unauthorised: i64,
    /// How much of the quota it gave back: nothing for what other projects have authorised, too.
    pub given_back: i64,
    /// How much of it is taken.
    pub used: i64,
    /// How much of it is left; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
}

/// Why an image was authorised or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuthorisationCause {
    /// Somebody did it.
    Person,
    /// The rule for new images did it.
    Rule,
    /// It had been gone for a day from wherever it was.
    Gone,
    /// It became known what an image of a registry is: the same as another one, or several.
    Known,
}

/// An image that was authorised or withdrawn.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuthorisationEntry {
    /// Its id.
    pub id: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Why.
    pub cause: AuthorisationCause,
    /// Who: the name of an account; absent for what nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The project of the image; absent when that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<i64>,
    /// What the image was called.
    pub image: String,
    /// `sha256:…` of its configuration, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    /// 1 when it took one from the quota, -1 when it gave one back, 0 when another project has the same image.
    pub change: i64,
    /// How many were taken afterwards.
    pub balance: i64,
}
