use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::Error;

/// A text with its name, so that an error can say where it is.
#[derive(Clone, Copy)]
pub(crate) struct Document<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
}

impl<'a> Document<'a> {
    /// The text without the mark that some editors put before it.
    pub(crate) fn new(name: &'a str, text: &'a str) -> Self {
        Self { name, text: text.strip_prefix('\u{feff}').unwrap_or(text) }
    }

    /// Reads it as TOML.
    pub(crate) fn toml<T: DeserializeOwned>(self) -> Result<T, Error> {
        toml::from_str(self.text)
            .map_err(|error| self.error(error.span().unwrap_or_default(), error.message().trim()))
    }

    /// Reads it as JSON.
    pub(crate) fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        serde_json::from_str(self.text).map_err(|error| {
            let whole = error.to_string();
            let why = whole.split(" at line ").next().unwrap_or_default().to_owned();
            // serde_json numbers the columns from 0 when a text is cut short.
            Error::File {
                file: self.name.to_owned(),
                line: error.line().max(1),
                column: error.column().max(1),
                why,
            }
        })
    }

    /// An error about a part of it.
    pub(crate) fn error(self, span: Range<usize>, why: impl Into<String>) -> Error {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Error::File { file: self.name.to_owned(), line, column, why: why.into() }
    }
}

/// Where the lines of a text end, for finding many places in it.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(document: Document<'_>) -> Self {
        Self(document.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of a place, from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.0.partition_point(|end| *end < at) + 1
    }
}
