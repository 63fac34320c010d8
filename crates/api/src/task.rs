use model::{Failure, Text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::SyncOutcome;

/// Something that was asked for, made of jobs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    /// Its id.
    pub id: i64,
    /// What it does: scan, adapter (scans that Harbor asked for), judge, export, engines, advisories.
    pub kind: String,
    /// Why.
    #[schema(value_type = TaskCause)]
    pub cause: String,
    /// The name that was given, or that of the only thing it is about; empty where `kind` and `total` tell all.
    pub name: String,
    /// What was asked for.
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
    /// Who asked.
    pub created_by: String,
    /// When, in milliseconds since 1970.
    pub created: i64,
    /// When its first job began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<i64>,
    /// When its last job ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<i64>,
    /// How it stands: waiting, running, done, failed, cancelled. It is `failed` when nothing of it went well.
    pub status: TaskStatus,
    /// At most so many of its jobs at once; 0 for no limit.
    pub parallel: i64,
    /// At most so many of its jobs begin in any hour; 0 for no limit.
    pub per_hour: i64,
    /// When it goes on, in milliseconds since 1970; absent while it is in the hours in which it may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume_at: Option<i64>,
    /// How many images, or what else its jobs are for.
    pub total: i64,
    /// How many of them went well.
    pub succeeded: i64,
    /// How many did not.
    pub failed: i64,
    /// How many were given up.
    pub cancelled: i64,
    /// In how many something was found.
    pub risky: i64,
    /// How far it is.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: i64,
    /// How long it will take at the pace so far, in milliseconds; absent while that cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_left: Option<i64>,
}

/// How a task or a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TaskStatus {
    /// Nothing of it has begun.
    Waiting,
    /// It is being done.
    Running,
    /// It was done.
    Done,
    /// It could not be done.
    Failed,
    /// Somebody gave it up.
    Cancelled,
}

impl TaskStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The word it is kept as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why a task was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TaskCause {
    /// A person waits.
    Person,
    /// An image was pushed or built.
    Push,
    /// It was time.
    Schedule,
    /// Something changed that all else has to follow.
    Backfill,
}

impl TaskCause {
    /// The word it is kept as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Push => "push",
            Self::Schedule => "schedule",
            Self::Backfill => "backfill",
        }
    }
}

/// Which tasks are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaskFilter {
    /// Of this kind.
    #[param(max_length = 64)]
    pub kind: Option<String>,
    /// That stand so.
    pub status: Option<TaskStatus>,
    /// Asked for because of this.
    pub cause: Option<TaskCause>,
    /// Part of the name or of who asked.
    #[param(max_length = 256)]
    pub search: Option<String>,
    /// Asked for from this time on, in milliseconds since 1970.
    pub since: Option<i64>,
    /// Asked for before this time.
    pub until: Option<i64>,
}

/// One job of a task, for the sake of one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskJob {
    /// Its id.
    pub id: i64,
    /// What it does; `unscannable` for an image of which it is known that it cannot be scanned.
    pub kind: String,
    /// How it stands.
    pub status: TaskStatus,
    /// The image it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<i64>,
    /// The name of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The registry that it lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_id: Option<i64>,
    /// The name of the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// What came of listing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listing: Option<SyncOutcome>,
    /// How far it is.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: i64,
    /// How often it was begun.
    pub attempts: i64,
    /// When it was asked for, in milliseconds since 1970.
    pub created: i64,
    /// When it last began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<i64>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<i64>,
    /// Why it could not be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<Text>,
}

/// Which jobs of a task are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaskJobFilter {
    /// That stand so.
    pub status: Option<TaskStatus>,
}

/// What was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GivenUp {
    /// Images, or what else jobs were for, that tasks no longer wait for.
    pub given_up: i64,
    /// Jobs that waited, and never begin. Those that run are told to stop.
    pub cancelled: i64,
}
