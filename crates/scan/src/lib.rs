#![doc = include_str!("../README.md")]

mod cache;
mod entries;
mod error;
mod facts;
mod layer;
mod merge;
mod options;
mod progress;
mod purl;
mod scan;

pub use entries::Entries;
pub use error::Error;
pub use facts::{Find, LayerFacts};
pub use options::Options;
pub use progress::{Event, Progress};
pub use scan::{Passed, Scanner};
