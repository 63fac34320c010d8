#![doc = include_str!("../README.md")]

mod access;
mod advisories;
mod app;
mod error;
mod extract;
mod problem;
mod routes;
mod selection;
mod settings;
pub mod work;

pub use app::App;
pub use error::Error;
pub use routes::{openapi, router};
pub use settings::{Key, Places, Settings};
pub use work::run as run_workers;
