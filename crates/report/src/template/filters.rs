//! What templates can do with a value besides what the language brings.

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind};
use model::{Language, Severity};

use crate::columns::printable;
use crate::{address, document, markdown, moment, words};

/// Adds the filters, which speak a language.
pub(super) fn add(environment: &mut Environment<'_>, language: Language) {
    environment.add_filter("severity", move |word: &str| severity(word, language));
    environment.add_filter("tr", move |text: Value| translate(&text, language));
    environment.add_filter("json", json);
    environment.add_filter("markdown", one_line);
    environment.add_filter("link", |link: &str| address::of_link(link).unwrap_or_default());
    environment.add_filter("sha256", |text: &str| document::hash(text));
    environment.add_filter("utc", |time: Value| {
        time.as_str().and_then(moment::utc).unwrap_or_else(|| moment::EPOCH.to_owned())
    });
}

/// The word for a severity.
fn severity(word: &str, language: Language) -> Result<&'static str, Error> {
    let severity: Severity =
        word.parse().map_err(|unknown| Error::new(ErrorKind::InvalidOperation, format!("{unknown}")))?;
    Ok(words::severity(language, severity))
}

/// A text that is there in several languages in the reader's; any other value as it is.
fn translate(text: &Value, language: Language) -> Result<Value, Error> {
    if text.kind() != ValueKind::Map {
        return Ok(text.clone());
    }
    let own = text.get_attr(language.pick("en", "zh"))?;
    if own.is_true() { Ok(own) } else { text.get_attr("en") }
}

/// A value as JSON, on several lines when so wanted, that can also stand in HTML and drives no terminal.
fn json(value: &Value, lines: Option<bool>) -> Result<Value, Error> {
    let text = document::quiet(value, lines.unwrap_or_default()).map_err(|error| {
        Error::new(ErrorKind::BadSerialization, "cannot write the value as JSON").with_source(error)
    })?;
    let text =
        text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026").replace('\'', "\\u0027");
    Ok(Value::from_safe_string(text))
}

/// A text on one line that Markdown shows as it is, also in a table.
fn one_line(text: &Value) -> String {
    let text = if text.is_none() { String::new() } else { text.to_string() };
    let line: Vec<String> = text.lines().map(printable).collect();
    markdown::literal(&line.join(" "))
}
