//! Reports by a template of the user's own, in the language of Jinja.
//!
//! A template sees `reports`, the list of reports as the `json` format writes them, `report`, the first of them, and
//! `language`. It cannot read files or reach anything else, and ends when it takes too long.

mod filters;

use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior};
use model::{Language, Report};

use crate::Style;
use crate::columns::printable;

/// The most instructions a template may run for: far more than one over 100 000 findings needs, and seconds at most.
const FUEL: u64 = 50_000_000;

/// A template, ready to be filled in.
#[derive(Debug)]
pub struct Template {
    name: String,
    text: String,
}

/// Why a template could not be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is no template.
    #[error("cannot read template `{name}` at line {line}: {reason}")]
    Syntax {
        /// The template.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// It could not be filled in.
    #[error("cannot fill in template `{name}` at line {line}: {reason}")]
    Fill {
        /// The template.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What went wrong there.
        reason: String,
    },
    /// What came of it could not be written.
    #[error("cannot write the report")]
    Write(#[from] io::Error),
}

impl Template {
    /// Reads a template. The end of its name says how values are escaped: `.html` and `.xml` as HTML, `.json` and
    /// `.yaml` as JSON (a text with its quotes), anything else not at all; a further `.j2` or `.jinja` does not count.
    ///
    /// # Errors
    /// When it is no template, with the line.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Result<Self, TemplateError> {
        let template = Self { name: name.into(), text: text.into() };
        template.environment(Language::English)?;
        Ok(template)
    }

    fn environment(&self, language: Language) -> Result<Environment<'_>, TemplateError> {
        let mut environment = Environment::new();
        environment.set_fuel(Some(FUEL));
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        let mut syntax = SyntaxConfig::builder();
        syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
        environment.set_syntax(syntax.build().map_err(|error| self.unreadable(&error))?);
        environment.set_formatter(format);
        filters::add(&mut environment, language);
        environment.add_template(&self.name, &self.text).map_err(|error| self.unreadable(&error))?;
        Ok(environment)
    }

    fn unreadable(&self, error: &minijinja::Error) -> TemplateError {
        let line = error.line().unwrap_or(1);
        TemplateError::Syntax { name: self.name.clone(), line, reason: reason(error) }
    }
}

/// Writes reports by a template.
///
/// # Errors
/// When the template asks for what is not there or runs too long, with the line, and when `out` cannot be written.
pub fn render_template(
    reports: &[Report],
    template: &Template,
    style: Style,
    out: &mut dyn Write,
) -> Result<(), TemplateError> {
    let environment = template.environment(style.language)?;
    let fail = |error: &minijinja::Error| TemplateError::Fill {
        name: template.name.clone(),
        line: error.line().unwrap_or(1),
        reason: reason(error),
    };
    let compiled = environment.get_template(&template.name).map_err(|error| fail(&error))?;
    let values: Vec<Value> = reports.iter().map(|report| Value::from(Serde(report))).collect();
    let context = minijinja::context! {
        report => values.first(),
        reports => values,
        language => style.language.pick("en", "zh"),
    };
    let text = compiled.render(context).map_err(|error| fail(&error))?;
    out.write_all(text.as_bytes())?;
    Ok(())
}

/// Writes a value as its place needs it; what is not known is nothing, but in JSON.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    if value.is_none() && *state.auto_escape() != AutoEscape::Json {
        return Ok(());
    }
    minijinja::escape_formatter(out, state, value)
}

/// What is wrong, for a terminal: it may quote what stands in a report.
fn reason(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {}", error.kind(), printable(detail)),
        None => error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests;
