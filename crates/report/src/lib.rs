#![doc = include_str!("../README.md")]

mod address;
mod columns;
mod counts;
mod csv;
mod cyclonedx;
mod document;
mod format;
mod github;
pub mod harbor;
#[cfg(test)]
mod hostile;
mod html;
mod json;
mod junit;
mod layers;
mod license;
mod markdown;
mod moment;
#[cfg(test)]
mod people;
#[cfg(test)]
mod rich;
mod sarif;
#[cfg(test)]
mod schemas;
mod spdx;
mod spreadsheet;
mod table;
mod template;
mod words;
mod xlsx;

pub use csv::harmless;
pub use format::{FORMATS, Format, Style, UnknownFormat, render};
pub use spreadsheet::cell;
pub use template::{Template, TemplateError, render_template};
pub use words::{
    forbidden as forbidden_word, malware_class as malware_class_word, origin as origin_word,
    severity as severity_word,
};
