#![doc = include_str!("../README.md")]

mod access;
mod app;
mod error;
mod extract;
mod problem;
mod routes;
mod selection;
mod work;

pub use app::{App, Settings};
pub use error::Error;
pub use routes::{openapi, router};
pub use work::run as run_workers;
