#![doc = include_str!("../README.md")]

mod known;
mod names;
mod table;

pub use known::{Known, Publishes};
pub use table::{all, find};
