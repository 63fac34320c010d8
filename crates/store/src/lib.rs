#![doc = include_str!("../README.md")]

mod database;
mod error;
mod migrations;
mod page;
mod pattern;
mod scope;
mod sql;

pub mod accounts;
pub mod assets;
pub mod attempts;
pub mod audit;
pub mod components;
pub mod containers;
pub mod contents;
pub mod daily;
pub mod decided;
pub mod decisions;
pub mod engines;
pub mod engines_list;
pub mod exports;
pub mod findings;
pub mod hosts;
pub mod ingest;
pub mod jobs;
pub mod packages;
pub mod projects;
pub mod risk_list;
pub mod risks;
pub mod rules;
pub mod scans;
pub mod sessions;
pub mod settings;
pub mod settle;
pub mod summary;
pub mod sync;
pub mod tasks;
pub mod tokens;
pub mod totals;

pub use database::{Database, Transaction, now};
pub use error::Error;
pub use page::{Key, MOST_ROWS, Order, Page, Wanted};
pub use scope::Scope;
pub use sql::{On, Row, Sql, Value, insert};
