//! The list of all feeds beyond OSV; a new one is a module here and an entry in the list.

mod epss;
mod nvd;

use crate::feed::Feed;

/// All feeds, sorted by name.
pub static FEEDS: &[&Feed] = &[&epss::FEED, &nvd::FEED];

#[cfg(test)]
mod tests;
