//! Registries with an interface of their own, played as their vendors publish it.
//!
//! Each tells what a [`Stock`] holds, checks who asks and every signature, and hands out the images by the distribution
//! protocol. What a test wants to go wrong it answers itself, before it asks the player.
#![expect(clippy::indexing_slicing, reason = "test support: a failure here is a failed test")]

mod ccr;
mod door;
mod ecr;
mod harbor;
mod jfrog;
mod quay;
mod signature;
mod stock;
mod swr;
mod swr_enterprise;
mod tcr;
mod tencent;

pub use ccr::Ccr;
pub use ecr::Ecr;
pub use harbor::Harbor;
pub use jfrog::Artifactory;
pub use quay::Quay;
pub use signature::{Given, hexadecimal, hmac};
pub use stock::{Held, Stock};
pub use swr::Swr;
pub use swr_enterprise::SwrEnterprise;
pub use tcr::Tcr;

use crate::Asked;

/// A part of a list that begins after so many entries.
pub(crate) fn part<T: Clone>(all: &[T], skipped: usize, size: usize) -> Vec<T> {
    all.iter().skip(skipped).take(size).cloned().collect()
}

/// A number in the query; 1 when there is none.
pub(crate) fn number(asked: &Asked, parameter: &str) -> usize {
    asked.parameter(parameter).map_or(1, |text| text.parse().unwrap())
}

/// Whether user and password of a request are these.
pub(crate) fn is_basic(asked: &Asked, user: &str, password: &str) -> bool {
    door::basic(asked).is_some_and(|(own, word)| own == user && word == password)
}

/// Text without percent signs.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A time of seconds since 1970, RFC 3339.
pub(crate) fn time(seconds: u64) -> String {
    // Counted in eras of 400 years that begin in March, so that a leap day is the last of its year.
    let (days, rest) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_names_are_written_as_they_are_read() {
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(time(1_709_251_199), "2024-02-29T23:59:59Z");
        assert_eq!(time(1_767_225_600), "2026-01-01T00:00:00Z");
        assert_eq!(decoded("team%2Fdeep%252Fshop"), "team/deep%2Fshop");
    }
}
