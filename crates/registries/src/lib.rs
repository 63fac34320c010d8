#![doc = include_str!("../README.md")]

mod api;
mod check;
mod cloud;
mod error;
mod google;
mod kind;
mod kinds;
mod listing;
mod moment;
pub mod notice;
mod pages;
mod rate;
mod selection;
mod settings;
mod sign;
mod together;
mod v2;

pub use check::{Step, StepOutcome, check};
pub use error::Error;
pub use kind::{Artifact, Catalogue, Child, Endpoint, Kind, Need, Origin, Page, Repository};
pub use kinds::{all, find};
pub use listing::{Item, Listing, list};
pub use rate::{Limiter, Limits, Permit};
pub use selection::{Selection, UnusableGlob};
pub use settings::{Settings, Version};
pub use v2::complete;
