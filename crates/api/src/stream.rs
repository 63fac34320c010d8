use model::Failure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Event, ImageStatus, Task};

/// What a stream tells; the server-sent event has the same name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StreamMessage {
    /// A task has changed.
    Task(Box<Task>),
    /// What some images show of their scans has changed.
    Images(Vec<ImageProgress>),
    /// What these engines have was read again: images, containers, or why they cannot be asked.
    Engines(Vec<i64>),
    /// Something happened that people should hear of.
    Event(Box<Event>),
    /// More has changed than is told one by one: lists are to be asked for anew.
    Reload(Reload),
}

/// What an image shows of its scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImageProgress {
    /// The image.
    pub id: i64,
    /// How far its scan is.
    pub status: ImageStatus,
    /// In percent.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: i64,
    /// Why the last scan failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// More has changed than is told one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reload {
    /// When, in milliseconds since 1970.
    pub at: i64,
}
