use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{Check, ImageFilter};

/// Where the images of a schedule were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScheduleTarget {
    /// Engines of hosts have them.
    Local,
    /// Registries have them.
    Registry,
}

impl ScheduleTarget {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Local, Self::Registry];

    /// The word it is kept as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Registry => "registry",
        }
    }
}

/// How often a schedule is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum ScheduleRhythm {
    /// Every so many days.
    Days {
        /// 1, 3, 7, 14, 15 or 30.
        #[schema(minimum = 1, maximum = 30)]
        every: i64,
        /// At which time of the day, such as `02:30`; when the window opens, where nothing is said.
        #[schema(min_length = 5, max_length = 5)]
        at: Option<String>,
        /// The day from which on days are counted, such as `2026-11-22`; the next one that has the time ahead of it, where
        /// nothing is said.
        #[schema(min_length = 10, max_length = 10)]
        first: Option<String>,
    },
    /// By an expression of five fields: minute, hour, day of the month, month, day of the week. Only times within the
    /// window count.
    Cron {
        /// The expression, such as `30 2 * * MON-FRI`.
        #[schema(min_length = 1, max_length = 100)]
        expression: String,
    },
}

/// The hours of the day in which images begin to be scanned; what has begun is let finish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleWindow {
    /// From this time on, such as `00:00`.
    #[schema(min_length = 5, max_length = 5)]
    pub from: String,
    /// Before this time: of the next day when it is not later, and at any time when both are the same.
    #[schema(min_length = 5, max_length = 5)]
    pub to: String,
}

impl Default for ScheduleWindow {
    fn default() -> Self {
        Self { from: "00:00".to_owned(), to: "07:00".to_owned() }
    }
}

fn on() -> bool {
    true
}

fn everywhere() -> Vec<ScheduleTarget> {
    ScheduleTarget::ALL.to_vec()
}

fn utc() -> String {
    "UTC".to_owned()
}

/// A schedule that is to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// What it is called; no other schedule is called so.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Whether it is on.
    #[serde(default = "on")]
    #[schema(default = true)]
    pub enabled: bool,
    /// The projects whose images it scans; all that whoever makes it sees, when none is named. Who sees them all sees it.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub projects: Vec<i64>,
    /// Where the images were seen; in all places when none is named.
    #[serde(default = "everywhere")]
    #[schema(max_items = 2)]
    pub targets: Vec<ScheduleTarget>,
    /// How often it is due.
    pub rhythm: ScheduleRhythm,
    /// The time zone of all its times, by its name such as `Europe/Berlin`.
    #[serde(default = "utc")]
    #[schema(default = "UTC", min_length = 1, max_length = 64)]
    pub zone: String,
    /// The hours in which images begin to be scanned; `00:00` to `07:00` when nothing is said.
    #[serde(default)]
    pub window: ScheduleWindow,
    /// What to look for; everything when nothing is named.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub checks: Vec<Check>,
    /// Only images that fit this when it is due.
    #[serde(default)]
    pub filter: ImageFilter,
    /// Only these images; all that fit when none is named.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub images: Vec<i64>,
    /// But for these.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub exclude: Vec<i64>,
    /// Only the newest image of each repository.
    #[serde(default)]
    pub only_latest: bool,
    /// Only images of which a container runs.
    #[serde(default)]
    pub only_running: bool,
    /// Only images that were built or pushed in the last so many days, or first seen where that is not known; 0 for all.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 3650)]
    pub updated_days: i64,
    /// At most so many images begin to be scanned in any hour; 0 for no limit. Images of the same content count once.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub per_hour: i64,
    /// At most so many images at once; 0 for no limit but that of the server.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000)]
    pub parallel: i64,
}

/// What is changed of a schedule; what is absent stays. What runs goes on as it began.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleChange {
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Whether it is on.
    pub enabled: Option<bool>,
    /// Where the images were seen.
    #[schema(max_items = 2)]
    pub targets: Option<Vec<ScheduleTarget>>,
    /// How often it is due.
    pub rhythm: Option<ScheduleRhythm>,
    /// The time zone of all its times.
    #[schema(min_length = 1, max_length = 64)]
    pub zone: Option<String>,
    /// The hours in which images begin to be scanned.
    pub window: Option<ScheduleWindow>,
    /// What to look for; everything when nothing is named.
    #[schema(max_items = 8)]
    pub checks: Option<Vec<Check>>,
    /// Only images that fit this.
    pub filter: Option<ImageFilter>,
    /// Only these images; all that fit when none is named.
    #[schema(max_items = 10000)]
    pub images: Option<Vec<i64>>,
    /// But for these.
    #[schema(max_items = 10000)]
    pub exclude: Option<Vec<i64>>,
    /// Only the newest image of each repository.
    pub only_latest: Option<bool>,
    /// Only images of which a container runs.
    pub only_running: Option<bool>,
    /// Only images that were built or pushed in the last so many days; 0 for all.
    #[schema(minimum = 0, maximum = 3650)]
    pub updated_days: Option<i64>,
    /// At most so many images begin to be scanned in any hour; 0 for no limit.
    #[schema(minimum = 0, maximum = 100_000)]
    pub per_hour: Option<i64>,
    /// At most so many images at once; 0 for no limit but that of the server.
    #[schema(minimum = 0, maximum = 1000)]
    pub parallel: Option<i64>,
}

impl ScheduleChange {
    /// What a schedule is after the change that was `before`.
    #[must_use]
    pub fn of(self, before: NewSchedule) -> NewSchedule {
        NewSchedule {
            name: self.name.unwrap_or(before.name),
            enabled: self.enabled.unwrap_or(before.enabled),
            projects: before.projects,
            targets: self.targets.unwrap_or(before.targets),
            rhythm: self.rhythm.unwrap_or(before.rhythm),
            zone: self.zone.unwrap_or(before.zone),
            window: self.window.unwrap_or(before.window),
            checks: self.checks.unwrap_or(before.checks),
            filter: self.filter.unwrap_or(before.filter),
            images: self.images.unwrap_or(before.images),
            exclude: self.exclude.unwrap_or(before.exclude),
            only_latest: self.only_latest.unwrap_or(before.only_latest),
            only_running: self.only_running.unwrap_or(before.only_running),
            updated_days: self.updated_days.unwrap_or(before.updated_days),
            per_hour: self.per_hour.unwrap_or(before.per_hour),
            parallel: self.parallel.unwrap_or(before.parallel),
        }
    }
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleResult {
    /// All images were scanned.
    Success,
    /// Some images were, others could not be.
    PartlyFailed,
    /// No image fitted.
    NothingToScan,
    /// No image could be scanned.
    Failed,
    /// Somebody gave it up, or part of it.
    Cancelled,
    /// It is under way, or waits for its hours.
    Running,
}

/// A run of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScheduleRun {
    /// Its task.
    pub task_id: i64,
    /// What became of it.
    pub result: ScheduleResult,
    /// When it began, in milliseconds since 1970.
    pub at: i64,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<i64>,
    /// Its images.
    pub images: i64,
    /// How many of them were scanned.
    pub succeeded: i64,
    /// How many could not be.
    pub failed: i64,
    /// How many were given up.
    pub cancelled: i64,
    /// In how many something was found.
    pub risky: i64,
}

/// A schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Schedule {
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Whether it is on.
    pub enabled: bool,
    /// The projects whose images it scans; of all there are when empty.
    pub projects: Vec<i64>,
    /// Where the images were seen.
    pub targets: Vec<ScheduleTarget>,
    /// How often it is due.
    pub rhythm: ScheduleRhythm,
    /// The time zone of all its times.
    pub zone: String,
    /// The hours in which images begin to be scanned.
    pub window: ScheduleWindow,
    /// What it looks for.
    pub checks: Vec<Check>,
    /// Only images that fit this.
    pub filter: ImageFilter,
    /// Whether only picked images are scanned.
    pub picked: bool,
    /// The images picked; told with the schedule alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<i64>>,
    /// The images left out; told with the schedule alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude: Option<Vec<i64>>,
    /// Only the newest image of each repository.
    pub only_latest: bool,
    /// Only images of which a container runs.
    pub only_running: bool,
    /// Only images that were built or pushed in the last so many days; 0 for all.
    pub updated_days: i64,
    /// At most so many images begin to be scanned in any hour; 0 for no limit.
    pub per_hour: i64,
    /// At most so many images at once; 0 for no limit but that of the server.
    pub parallel: i64,
    /// When it begins next, in milliseconds since 1970; absent while it is off, and when it is never due again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<i64>,
    /// Its last run, made by time or by somebody; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<ScheduleRun>,
    /// When a run was last left out, as the one before was under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<i64>,
    /// Who made it.
    pub created_by: String,
    /// When, in milliseconds since 1970.
    pub created: i64,
    /// When it was last changed.
    pub updated: i64,
}

/// Which schedules are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScheduleFilter {
    /// Part of the name.
    #[param(max_length = 256)]
    pub search: Option<String>,
}
