#![doc = include_str!("../README.md")]

mod columns;
mod counts;
mod csv;
mod format;
mod html;
mod json;
mod layers;
#[cfg(test)]
mod people;
#[cfg(test)]
mod rich;
mod spreadsheet;
mod table;
mod words;
mod xlsx;

pub use format::{FORMATS, Format, Style, UnknownFormat, render};
