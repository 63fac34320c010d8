//! Whether a schedule can be as it is wanted.

use api::{NewSchedule, ScheduleRhythm, ScheduleTarget};
use serde::Serialize;
use serde_json::{Value, json};
use store::schedules::{Said, Schedule};

use crate::problem::Problem;
use crate::routes::{text, tokens};
use crate::schedules::{Hours, Timing, Unfit, completed, minutes};
use crate::selection;

/// The longest name of a time zone.
const ZONE: usize = 64;
/// The longest expression.
const EXPRESSION: usize = 100;
/// The longest time or day.
const TIME: usize = 10;
/// The most days since an image was built or pushed.
const MOST_DAYS: i64 = 3_650;
/// The most images in an hour.
const MOST_PER_HOUR: i64 = 100_000;
/// The most images at once.
const MOST_PARALLEL: i64 = 1_000;
/// The most projects that are named.
const MOST_PROJECTS: usize = 1_000;

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        Self::invalid(unfit.to_string())
    }
}

/// A schedule that can be, in the words it is kept in.
#[derive(Debug)]
pub(super) struct Checked {
    /// Also when none of those picked is left: it does not scan more for that.
    pub(super) picked: bool,
    /// What is due stays so: nothing was said of when it is, or the same.
    pub(super) keeps_next: bool,
    pub(super) images: Vec<i64>,
    pub(super) exclude: Vec<i64>,
    wanted: NewSchedule,
    targets: String,
    rhythm: String,
    window: (i64, i64),
    checks: String,
    filter: String,
    next_at: Option<i64>,
}

impl Checked {
    /// What is wanted of a new schedule, or of one that was something else before.
    ///
    /// # Errors
    /// When something of it cannot be.
    pub(super) fn new(mut wanted: NewSchedule, before: Option<&Schedule>, now: i64) -> Result<Self, Problem> {
        wanted.name = tokens::name(&wanted.name)?.to_owned();
        texts(&wanted)?;
        numbers(&wanted)?;
        let targets = json(&targets(&wanted)?)?;
        let hours = Hours {
            from: minutes(&wanted.window.from)?,
            to: minutes(&wanted.window.to)?,
            zone: wanted.zone.clone(),
        };
        wanted.rhythm = completed(wanted.rhythm, &hours, now)?;
        let rhythm = json(&wanted.rhythm)?;
        let window = (hours.from, hours.to);
        let timing = Timing::new(&wanted.rhythm, &hours)?;
        let keeps_next = wanted.enabled
            && before.is_some_and(|before| {
                before.enabled
                    && before.rhythm == rhythm
                    && before.zone == wanted.zone
                    && (before.window_from, before.window_to) == window
            });
        let next_at = match wanted.enabled && !keeps_next {
            true => Some(timing.next(now).ok_or(Unfit::Never)?),
            false => None,
        };
        let (images, exclude) = (ids(&wanted.images), ids(&wanted.exclude));
        let (checks, filter) = (json(&selection::checks(&wanted.checks))?, json(&wanted.filter)?);
        let picked = !images.is_empty();
        Ok(Self {
            picked,
            keeps_next,
            images,
            exclude,
            wanted,
            targets,
            rhythm,
            window,
            checks,
            filter,
            next_at,
        })
    }

    /// As it is kept.
    pub(super) fn said(&self) -> Said<'_> {
        let wanted = &self.wanted;
        Said {
            name: &wanted.name,
            enabled: wanted.enabled,
            targets: &self.targets,
            rhythm: &self.rhythm,
            zone: &wanted.zone,
            window: self.window,
            checks: &self.checks,
            filter: &self.filter,
            picked: self.picked,
            images: &self.images,
            exclude: &self.exclude,
            only_latest: wanted.only_latest,
            only_running: wanted.only_running,
            updated_days: wanted.updated_days,
            per_hour: wanted.per_hour,
            parallel: wanted.parallel,
            next_at: self.next_at,
        }
    }

    /// What is told of it in the list of what was done.
    pub(super) fn told(&self) -> Value {
        let wanted = &self.wanted;
        json!({
            "name": wanted.name,
            "enabled": wanted.enabled,
            "rhythm": wanted.rhythm,
            "zone": wanted.zone,
            "window": wanted.window,
            "picked": self.picked,
            "images": self.images.len(),
            "exclude": self.exclude.len(),
            "per_hour": wanted.per_hour,
            "parallel": wanted.parallel,
        })
    }
}

/// Refuses more projects than are taken.
pub(super) fn projects(wanted: &[i64]) -> Result<(), Problem> {
    counted("projects", wanted.len(), MOST_PROJECTS)
}

fn texts(wanted: &NewSchedule) -> Result<(), Problem> {
    text::check("zone", &wanted.zone, ZONE)?;
    text::check("window.from", &wanted.window.from, TIME)?;
    text::check("window.to", &wanted.window.to, TIME)?;
    match &wanted.rhythm {
        ScheduleRhythm::Days { at, first, .. } => {
            text::check("rhythm.at", at.as_deref().unwrap_or_default(), TIME)?;
            text::check("rhythm.first", first.as_deref().unwrap_or_default(), TIME)
        }
        ScheduleRhythm::Cron { expression } => text::check("rhythm.expression", expression, EXPRESSION),
    }
}

fn numbers(wanted: &NewSchedule) -> Result<(), Problem> {
    counted("images", wanted.images.len(), api::MOST_IMAGES)?;
    counted("exclude", wanted.exclude.len(), api::MOST_IMAGES)?;
    counted("targets", wanted.targets.len(), ScheduleTarget::ALL.len())?;
    counted("checks", wanted.checks.len(), api::Check::ALL.len())?;
    let limits = [
        ("updated_days", wanted.updated_days, MOST_DAYS),
        ("per_hour", wanted.per_hour, MOST_PER_HOUR),
        ("parallel", wanted.parallel, MOST_PARALLEL),
    ];
    match limits.iter().find(|(_, number, most)| !(0..=*most).contains(number)) {
        Some((name, _, most)) => Err(Problem::invalid(format!("`{name}` is not a number from 0 to {most}"))),
        None => Ok(()),
    }
}

fn counted(name: &str, count: usize, most: usize) -> Result<(), Problem> {
    if count <= most {
        return Ok(());
    }
    Err(Problem::invalid(format!("`{name}` has {count} entries; at most {most} are taken")))
}

/// Where the images were seen; everywhere when nothing is named.
fn targets(wanted: &NewSchedule) -> Result<Vec<ScheduleTarget>, Problem> {
    let mut targets =
        if wanted.targets.is_empty() { ScheduleTarget::ALL.to_vec() } else { wanted.targets.clone() };
    targets.sort_unstable();
    targets.dedup();
    selection::filter(&wanted.filter)?;
    let filter = &wanted.filter;
    let fits = |kind: &api::ImageKind| targets.iter().any(|target| target.word() == kind.word());
    let contradiction = if filter.gone == Some(true) {
        Some("`filter.gone`: images that are gone cannot be scanned")
    } else if !filter.kind.is_empty() && !filter.kind.iter().any(fits) {
        Some("`filter.kind` and `targets`: no image fits both")
    } else if filter.latest == Some(false) && wanted.only_latest {
        Some("`filter.latest` and `only_latest`: no image fits both")
    } else if filter.running == Some(false) && wanted.only_running {
        Some("`filter.running` and `only_running`: no image fits both")
    } else {
        None
    };
    match contradiction {
        Some(why) => Err(Problem::invalid(format!("cannot scan anything: {why}"))),
        None => Ok(targets),
    }
}

/// Each once, the lowest first.
fn ids(wanted: &[i64]) -> Vec<i64> {
    let mut ids = wanted.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn json(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| Problem::internal(&error))
}
