//! Where the base image likely ends, by the build history: a guess.
//!
//! Three signs, the strongest first:
//! 1. An image ends by saying what it runs. A `CMD` or `ENTRYPOINT` with further layers after it was the end of an image
//!    that this one is built from. One that is followed by a pause is believed before one that is not: a Dockerfile may
//!    say `CMD` before its last `COPY`.
//! 2. A base image is older than what is built on it: the longest pause of at least a day.
//! 3. The first layer is the root file system of a distribution.

use model::HistoryStep;

use crate::baseline::day;

/// A pause within one build is rarely longer, in seconds.
const PAUSE: i64 = 3600;

/// A pause that is a sign by itself, in seconds.
const LONG_PAUSE: i64 = 24 * 3600;

/// A place in the history where a base image may end.
#[derive(Clone, Copy, Debug)]
struct Boundary {
    /// The layers below it.
    layers: usize,
    /// The seconds between what is below and what is above, when both are dated.
    pause: Option<i64>,
    /// Whether the last instruction below that makes no layer says what to run.
    runs: bool,
}

/// How many of `layers` layers are likely the base image's; never all of them.
///
/// A history that does not tell of as many layers as there are says nothing.
pub(super) fn boundary(layers: usize, history: &[HistoryStep]) -> Option<usize> {
    if history.iter().filter(|step| !step.empty_layer).count() != layers {
        return None;
    }
    let boundaries = boundaries(history);
    let paused = |least: i64| move |at: &&Boundary| at.pause.is_some_and(|pause| pause >= least);
    let runs = || boundaries.iter().filter(|at| at.runs);
    let found = runs()
        .rfind(paused(PAUSE))
        .or_else(|| runs().next_back())
        .or_else(|| boundaries.iter().filter(paused(LONG_PAUSE)).max_by_key(|at| at.pause));
    if let Some(found) = found {
        return Some(found.layers);
    }
    let first = history.iter().find(|step| !step.empty_layer)?;
    (layers > 1 && is_root_file_system(first)).then_some(1)
}

/// The places between two layers.
fn boundaries(history: &[HistoryStep]) -> Vec<Boundary> {
    let mut boundaries = Vec::new();
    let mut layers = 0_usize;
    let mut runs = false;
    let mut latest: Option<i64> = None;
    for step in history {
        let moment = step.created.as_deref().and_then(seconds);
        if step.empty_layer {
            runs |= says_what_to_run(&step.created_by);
        } else {
            if layers > 0 {
                let pause = latest.zip(moment).map(|(below, above)| above.saturating_sub(below));
                boundaries.push(Boundary { layers, pause, runs });
            }
            layers = layers.saturating_add(1);
            runs = false;
        }
        latest = moment.or(latest);
    }
    boundaries
}

/// Whether the instruction is `CMD` or `ENTRYPOINT`, as the old builder and `BuildKit` write it.
fn says_what_to_run(instruction: &str) -> bool {
    let instruction = instruction.trim_start();
    let instruction = instruction.strip_prefix("/bin/sh -c").unwrap_or(instruction).trim_start();
    let instruction = instruction.strip_prefix("#(nop)").unwrap_or(instruction).trim_start();
    ["CMD", "ENTRYPOINT"].iter().any(|word| {
        instruction
            .strip_prefix(word)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '['))
    })
}

/// Whether a step brings the whole root of a distribution.
fn is_root_file_system(step: &HistoryStep) -> bool {
    let comment = step.comment.as_deref().unwrap_or_default().to_ascii_lowercase();
    let makers = ["debuerreotype", "debootstrap", "mkimage", "imported from", "kiwi", "koji"];
    if makers.iter().any(|maker| comment.contains(maker) || step.created_by.contains(maker)) {
        return true;
    }
    let instruction = step.created_by.trim_start();
    let instruction = instruction.strip_prefix("/bin/sh -c").unwrap_or(instruction).trim_start();
    let instruction = instruction.strip_prefix("#(nop)").unwrap_or(instruction).trim_start();
    let mut words = instruction.split_whitespace().filter(|word| *word != "in");
    let Some(arguments) = words.next().filter(|word| matches!(*word, "ADD" | "COPY")).map(|_| words) else {
        return false;
    };
    let words: Vec<&str> = arguments.take_while(|word| *word != "#").collect();
    let (Some(from), Some(to)) = (words.first(), words.last()) else { return false };
    words.len() > 1 && *to == "/" && (from.starts_with("file:") || is_archive(from))
}

fn is_archive(name: &str) -> bool {
    [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst"].iter().any(|end| name.ends_with(end))
}

/// The seconds since 1970 of an RFC 3339 time, without its fraction.
fn seconds(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let days = day::number(date)?;
    let clock = rest.get(..8)?;
    let mut parts = clock.splitn(3, ':').map(|part| part.parse::<u8>().ok().map(i64::from));
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let zone = rest.get(8..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    Some(days * 86_400 + hours * 3600 + minutes * 60 + seconds - offset(zone)?)
}

/// The seconds a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
    Some(sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}
