#![doc = include_str!("../README.md")]

mod archive;
mod bundle;
mod database;
mod distributions;
mod document;
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
mod scores;
mod secdb;
mod segment;
mod signature;
mod steps;
mod store;
mod update;

pub use bundle::{Trust, export, import};
pub use database::{ArchiveStatus, Database, EpssEntry, FileEntry, KevEntry, Manifest, SegmentEntry};
pub use document::Own;
pub use error::Error;
pub use feed::{Document, Feed, Follow, Input};
pub use feeds::FEEDS;
pub use matching::{Explanation, Judgement, explain, judge};
pub use mirror::{KEV_URL, Mirror, OSV_URL};
pub use signature::{PublicKey, SigningKey};
pub use update::{Progress, Sources, Updated, update};
