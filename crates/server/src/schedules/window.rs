//! The hours of the day in which something may begin, in a time zone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use store::tasks::Opening;

use super::timing::Unfit;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1440;
/// How many minutes are looked through: on the day on which clocks are set there may be no hours at all.
const AHEAD: i64 = 3 * DAY;

/// From one time of the day to another.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// Minutes after midnight.
    from: i64,
    to: i64,
    zone: TimeZone,
}

/// A window as it is kept with a task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Hours {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) zone: String,
}

impl TryFrom<&Hours> for Window {
    type Error = Unfit;

    fn try_from(hours: &Hours) -> Result<Self, Unfit> {
        Ok(Self { from: hours.from, to: hours.to, zone: zone(&hours.zone)? })
    }
}

impl Window {
    /// Whether it is the whole day.
    fn is_always(&self) -> bool {
        self.from == self.to
    }

    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether a time of the day, in minutes after midnight, is in it.
    pub(crate) fn holds(&self, minute: i64) -> bool {
        match self.from < self.to {
            true => (self.from..self.to).contains(&minute),
            false => self.is_always() || minute >= self.from || minute < self.to,
        }
    }

    /// What clocks there show at a time.
    pub(super) fn local(&self, at: i64) -> Option<DateTime> {
        Some(self.zone.to_datetime(Timestamp::from_millisecond(at).ok()?))
    }

    /// Whether it is open at a time.
    pub(crate) fn is_open(&self, at: i64) -> bool {
        self.local(at).is_some_and(|local| self.holds(minute_of(local)))
    }

    /// When it is open from a time on: at once, or when it opens next.
    pub(crate) fn opens(&self, at: i64) -> Option<i64> {
        if self.is_open(at) {
            return Some(at);
        }
        minutes_after(at).find(|minute| self.is_open(*minute))
    }

    /// When it opened that is open at a time; a day ago where it is the whole day.
    pub(crate) fn opened(&self, at: i64) -> Option<i64> {
        if !self.is_open(at) {
            return None;
        }
        let whole = at.div_euclid(MINUTE).saturating_mul(MINUTE);
        let before = |minutes: &i64| whole.saturating_sub(minutes * MINUTE);
        let closed = (1..=DAY).find(|minutes| !self.is_open(before(minutes)));
        Some(before(&closed.map_or(DAY, |minutes| minutes - 1)))
    }

    /// When it closes next; never when it is the whole day.
    fn closes(&self, at: i64) -> Option<i64> {
        if self.is_always() {
            return None;
        }
        minutes_after(at).find(|minute| !self.is_open(*minute))
    }

    /// Whether it is open, and until when it stays so.
    pub(crate) fn opening(&self, at: i64) -> Opening {
        if self.is_open(at) {
            return Opening::Open(self.closes(at));
        }
        // Without any hours ahead it is looked again when that may have changed.
        Opening::Closed(self.opens(at).unwrap_or_else(|| at.saturating_add(AHEAD * MINUTE)))
    }
}

/// The whole minutes after a time: clocks are only ever set by whole minutes.
fn minutes_after(at: i64) -> impl Iterator<Item = i64> {
    let whole = at.div_euclid(MINUTE).saturating_mul(MINUTE);
    (1..=AHEAD).map(move |minutes| whole.saturating_add(minutes * MINUTE))
}

fn minute_of(local: DateTime) -> i64 {
    i64::from(local.hour()) * 60 + i64::from(local.minute())
}

/// The time zone of a name, of those in this program.
pub(super) fn zone(name: &str) -> Result<TimeZone, Unfit> {
    TimeZoneDatabase::bundled().get(name).map_err(|_unknown| Unfit::Zone(name.to_owned()))
}

/// The minutes after midnight of a time such as `02:30`.
pub(crate) fn minutes(text: &str) -> Result<i64, Unfit> {
    let number = |text: &str| -> Option<i64> {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok()).flatten()
    };
    let time = text.split_once(':').and_then(|(hour, minute)| Some((number(hour)?, number(minute)?)));
    match time {
        Some((hour, minute)) if hour < 24 && minute < 60 => Ok(hour * 60 + minute),
        _ => Err(Unfit::Time(text.to_owned())),
    }
}

/// A time such as `02:30`, of minutes after midnight.
pub(crate) fn time(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
