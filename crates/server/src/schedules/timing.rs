//! When a schedule is due: computed from nothing but what it says and a time.

use api::ScheduleRhythm;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use store::schedules::Schedule;

use super::window::{self, Hours, Window};

/// The distances in days that are taken.
const DISTANCES: [i64; 6] = [1, 3, 7, 14, 15, 30];
const DAY_SECS: i64 = 24 * 3600;
/// Half a day, in milliseconds: two times that are days apart are never as near, also when clocks are set.
const HALF_DAY: i64 = 12 * 3_600_000;
/// How many times in a row an expression may lead past the window.
const MOST_PASSED: usize = 100;

/// Why nothing can be due like that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// No time of the day.
    #[error("cannot understand the time `{0}`: write hours and minutes, such as `02:30`")]
    Time(String),
    /// No day.
    #[error("cannot understand the day `{0}`: write it such as `2026-11-22`")]
    Day(String),
    /// No time zone.
    #[error("cannot find the time zone `{0}`: write its name, such as `Europe/Berlin`")]
    Zone(String),
    /// A distance that is not taken.
    #[error("cannot be due every {0} days: 1, 3, 7, 14, 15 or 30 are taken")]
    Distance(i64),
    /// A time of the day at which nothing begins.
    #[error("cannot begin at `{0}`: it is not within the window; hint: move it, or widen the window")]
    Outside(String),
    /// No expression.
    #[error(
        "cannot understand the expression `{0}`: write minute, hour, day of the month, month and day of the week, such as \
         `30 2 * * MON-FRI`"
    )]
    Expression(String),
    /// It is never due.
    #[error("cannot ever begin: no time of it is both ahead and within the window; hint: widen the window")]
    Never,
}

/// How often something is due, and when it may begin.
#[derive(Debug)]
pub(crate) struct Timing {
    rhythm: Rhythm,
    pub(crate) window: Window,
}

#[derive(Debug)]
enum Rhythm {
    /// Every so many days from the first on, at a time of the day.
    Days {
        every: i64,
        at: i64,
        first: Date,
    },
    Cron(Box<Cron>),
}

impl Timing {
    /// That of a schedule that is kept.
    ///
    /// # Errors
    /// When it cannot be understood; a newer version may have written it.
    pub(crate) fn of(schedule: &Schedule) -> Result<Self, store::Error> {
        let unreadable = || store::Error::Kept { what: "schedule", id: schedule.id };
        let hours = Hours { from: schedule.window_from, to: schedule.window_to, zone: schedule.zone.clone() };
        let rhythm: ScheduleRhythm =
            serde_json::from_str(&schedule.rhythm).map_err(|_unreadable| unreadable())?;
        Self::new(&rhythm, &hours).map_err(|_unfit| unreadable())
    }

    /// That of a whole rhythm.
    ///
    /// # Errors
    /// When nothing can be due like that.
    pub(crate) fn new(rhythm: &ScheduleRhythm, hours: &Hours) -> Result<Self, Unfit> {
        let window = Window::try_from(hours)?;
        let rhythm = match rhythm {
            ScheduleRhythm::Days { every, at, first } => {
                let (at, first) = (at.as_deref().unwrap_or_default(), first.as_deref().unwrap_or_default());
                Rhythm::Days { every: distance(*every)?, at: window::minutes(at)?, first: day(first)? }
            }
            ScheduleRhythm::Cron { expression } => Rhythm::Cron(Box::new(cron(expression)?)),
        };
        Ok(Self { rhythm, window })
    }

    /// When it begins next after a time: when it is due and the window is open; never when no such time is found.
    pub(crate) fn next(&self, after: i64) -> Option<i64> {
        match &self.rhythm {
            // On the day on which clocks are set the time may lie outside of the window.
            Rhythm::Days { every, at, first } => {
                self.next_day(after, *every, *at, *first).and_then(|due| self.window.opens(due))
            }
            Rhythm::Cron(cron) => self.next_of_cron(after, cron),
        }
    }

    /// When it begins next after a run. One that was late, as no server ran or the window was closed, stands for the time
    /// that is due soon after it.
    pub(crate) fn after(&self, run: i64) -> Option<i64> {
        let next = self.next(run)?;
        let is_near = next.saturating_sub(run) < HALF_DAY && matches!(self.rhythm, Rhythm::Days { .. });
        if is_near { self.next(next) } else { Some(next) }
    }

    fn next_day(&self, after: i64, every: i64, at: i64, first: Date) -> Option<i64> {
        let today = self.window.local(after)?.date();
        let passed = today.duration_since(first).as_secs().div_euclid(DAY_SECS).div_euclid(every).max(0);
        let due = |turn: i64| {
            let days = SignedDuration::from_secs(turn.checked_mul(every)?.checked_mul(DAY_SECS)?);
            moment(&self.window, first.checked_add(days).ok()?, at)
        };
        (passed..passed.saturating_add(3)).find_map(|turn| due(turn).filter(|due| *due > after))
    }

    fn next_of_cron(&self, after: i64, cron: &Cron) -> Option<i64> {
        let zoned =
            |at: i64| Some(Timestamp::from_millisecond(at).ok()?.to_zoned(self.window.zone().clone()));
        let (mut from, mut with_itself) = (zoned(after)?, false);
        for _ in 0..MOST_PASSED {
            // What is not found within centuries is never.
            let due = cron.find_next_occurrence(&from, with_itself).ok()?.timestamp().as_millisecond();
            if self.window.is_open(due) {
                return Some(due);
            }
            (from, with_itself) = (zoned(self.window.opens(due)?)?, true);
        }
        None
    }
}

/// A rhythm with all that was left open: the time at which the window opens, and the next day that has it ahead.
///
/// # Errors
/// When nothing can be due like that within the window.
pub(crate) fn completed(rhythm: ScheduleRhythm, hours: &Hours, now: i64) -> Result<ScheduleRhythm, Unfit> {
    let rhythm = match rhythm {
        ScheduleRhythm::Days { every, at, first } => {
            let window = Window::try_from(hours)?;
            let minutes = at.as_deref().map_or(Ok(hours.from), window::minutes)?;
            let at = window::time(minutes);
            if !window.holds(minutes) {
                return Err(Unfit::Outside(at));
            }
            let first = first.map_or_else(|| next_day(&window, minutes, now), Ok)?;
            ScheduleRhythm::Days { every, at: Some(at), first: Some(first) }
        }
        cron @ ScheduleRhythm::Cron { .. } => cron,
    };
    Ok(rhythm)
}

/// The next day on which a time of the day lies ahead.
fn next_day(window: &Window, minutes: i64, now: i64) -> Result<String, Unfit> {
    let today = window.local(now).ok_or(Unfit::Never)?.date();
    let is_ahead = moment(window, today, minutes).is_some_and(|moment| moment > now);
    let day = if is_ahead { Some(today) } else { today.tomorrow().ok() };
    Ok(day.ok_or(Unfit::Never)?.to_string())
}

/// When clocks show a time on a day: the first time where they show it twice, as much later as they were set forward where
/// they do not.
fn moment(window: &Window, day: Date, minutes: i64) -> Option<i64> {
    let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    let shown = day.to_datetime(Time::new(hour, minute, 0, 0).ok()?);
    let zoned = window.zone().to_ambiguous_zoned(shown).compatible().ok()?;
    Some(zoned.timestamp().as_millisecond())
}

fn distance(days: i64) -> Result<i64, Unfit> {
    if DISTANCES.contains(&days) { Ok(days) } else { Err(Unfit::Distance(days)) }
}

fn day(text: &str) -> Result<Date, Unfit> {
    let unfit = || Unfit::Day(text.to_owned());
    let date: Date = text.parse().map_err(|_not_a_day| unfit())?;
    // Only as it is written by everybody, and not before there were clocks that count from then.
    if date.to_string() == text && date.year() >= 1970 { Ok(date) } else { Err(unfit()) }
}

fn cron(expression: &str) -> Result<Cron, Unfit> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(expression).map_err(|_not_one| Unfit::Expression(expression.to_owned()))
}

#[cfg(test)]
mod tests;
