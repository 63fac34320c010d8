#![doc = include_str!("../README.md")]

mod bundle;
mod database;
mod distributions;
mod elements;
mod error;
mod evaluate;
mod feed;
mod feeds;
mod finding;
mod identity;
pub mod kev;
mod map;
mod matching;
mod mirror;
mod names;
pub mod osv;
mod secdb;
mod segment;
mod steps;
mod store;
mod update;

pub use bundle::{export, import};
pub use database::{ArchiveStatus, Database, KevEntry, Manifest, SegmentEntry};
pub use error::Error;
pub use feed::{Document, Feed, Follow, Input};
pub use feeds::FEEDS;
pub use matching::{Judgement, judge};
pub use mirror::{KEV_URL, Mirror, OSV_URL};
pub use update::{Progress, Updated, update};
