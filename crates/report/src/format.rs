use std::fmt;
use std::io::{self, Write};

use model::{Language, Report};

use crate::{csv, cyclonedx, github, html, json, junit, sarif, spdx, table, xlsx};

/// How a report is written for its reader.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// The language of texts for people.
    pub language: Language,
    /// Whether the reader's terminal shows colours.
    pub color: bool,
    /// The width of the reader's terminal in columns; no line is cut when it is unknown.
    pub width: Option<usize>,
}

/// One form a report can be written in.
#[derive(Debug)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// Writes reports, one after the other or as one document.
    write: fn(&[Report], Style, &mut dyn Write) -> io::Result<()>,
}

/// All formats.
pub static FORMATS: &[Format] = &[
    Format { name: "csv", write: csv::write },
    Format { name: "cyclonedx", write: cyclonedx::write },
    Format { name: "github", write: github::write },
    Format { name: "html", write: html::write },
    Format { name: "json", write: json::write },
    Format { name: "junit", write: junit::write },
    Format { name: "sarif", write: sarif::write },
    Format { name: "spdx", write: spdx::write },
    Format { name: "table", write: table::write },
    Format { name: "xlsx", write: xlsx::write },
];

/// A name that is no format's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl Format {
    /// The format of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn by_name(name: &str) -> Result<&'static Self, UnknownFormat> {
        FORMATS.iter().find(|format| format.name == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// Writes reports in a format.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(reports: &[Report], format: &Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    (format.write)(reports, style, out)
}

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        write!(f, "`{}` is not a format ({})", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}
