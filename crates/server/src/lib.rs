#![doc = include_str!("../README.md")]

mod access;
mod adapter;
mod advisories;
mod again;
mod app;
mod compare;
mod connection;
mod current;
mod decisions;
mod engines;
mod error;
mod export;
mod extract;
mod fix_plan;
mod headers;
mod health;
pub mod ingest;
mod judge;
mod listen;
mod logs;
mod metrics;
mod objects;
mod package_version;
mod problem;
mod registries;
mod routes;
mod rules;
mod scanning;
mod schedules;
mod sealed;
mod selection;
mod serve;
mod settings;
mod site;
mod stream;
mod upload;
pub mod work;

pub use access::client::{Network, UnknownNetwork};
pub use access::{FirstAdministrator, first_start, reset_password};
pub use app::App;
pub use error::Error;
pub use listen::{Certificate, Door, Listening};
pub use logs::{LogFormat, log, start_log};
pub use routes::{openapi, router};
pub use rules::inspectors;
pub use serve::{Started, forget_password, serve};
pub use settings::{Key, Places, Settings};
pub use work::run as run_workers;

/// An error with its causes, on one line; what only hands on another says the same, and is left out.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |cause| (*cause).source());
    let mut told: Vec<String> = causes.map(ToString::to_string).collect();
    told.dedup();
    told.join(": ")
}
