#![doc = include_str!("../README.md")]

mod cache;
mod checks;
mod collector;
mod entries;
mod error;
mod facts;
mod findings;
mod gather;
mod hard_links;
mod inspection;
mod layer;
mod merge;
mod options;
mod progress;
mod purl;
mod scan;
mod shelf;
mod source;

pub use checks::{Check, UnknownCheck};
pub use entries::Entries;
pub use error::Error;
pub use facts::{Find, LayerFacts, Listing, Told};
pub use options::{Declared, Inspectors, Options};
pub use progress::{Event, Progress};
pub use scan::{Listed, Passed, Scanner};
pub use shelf::{Directory, Shelf};
pub use source::Found;

/// An error with its causes, on one line.
fn explain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
