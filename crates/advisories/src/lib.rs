#![doc = include_str!("../README.md")]

mod archive;
mod bundle;
mod changes;
mod csaf;
mod database;
mod distributions;
mod document;
mod elements;
mod error;
mod evaluate;
mod feed;
mod feeds;
mod finding;
mod gather;
mod identity;
mod instant;
pub mod kev;
mod map;
mod matching;
mod mirror;
mod names;
pub mod osv;
mod oval;
mod scores;
mod secdb;
mod segment;
mod signature;
mod steps;
mod store;
mod update;
mod xml;

pub use bundle::{Trust, export, import};
pub use changes::{Changes, changes};
pub use database::{ArchiveStatus, Database, EpssEntry, FileEntry, KevEntry, Manifest, SegmentEntry};
pub use document::Own;
pub use error::Error;
pub use feed::{Document, Feed, Follow, Input, Sink};
pub use feeds::FEEDS;
pub use matching::{
    Decision, Explanation, Judgement, RecordSays, explain, judge, judge_each, missing, names,
};
pub use mirror::{KEV_URL, Mirror, OSV_URL};
pub use signature::{PublicKey, SigningKey};
pub use store::duplicate;
pub use update::{Progress, Sources, Updated, update};
