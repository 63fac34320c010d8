#![doc = include_str!("../README.md")]

mod columns;
mod format;
mod json;
#[cfg(test)]
mod rich;
mod table;
mod words;

pub use format::{FORMATS, Format, Style, UnknownFormat, render};
