//! VEX documents: which format one is, and what it comes down to.

mod csaf;
mod cyclonedx;
mod openvex;

use std::sync::Arc;

use model::SuppressionStatus;
use serde::Deserialize;

use crate::document::Document;
use crate::statement::{Statement, Things, Undecided};
use crate::{Error, day};

/// The longest subject of a notice, in characters.
const LONGEST_SUBJECT: usize = 200;

/// What a document says.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    /// The file, and the id the document gives itself.
    pub(crate) source: String,
    pub(crate) statements: Vec<Statement>,
    pub(crate) undecided: Vec<Row>,
}

/// A statement that cannot be decided.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) ids: Arc<[String]>,
    pub(crate) subject: String,
    pub(crate) why: Undecided,
}

/// What tells the formats apart.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "@context")]
    context: Option<serde_json::Value>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<serde_json::Value>,
    document: Option<serde::de::IgnoredAny>,
}

/// Reads a document; `place` is its number among the documents, and that of its first statement.
pub(crate) fn parse(name: &str, text: &str, place: (usize, usize)) -> Result<Parsed, Error> {
    let document = Document::new(name, text);
    let probe: Probe = document.json()?;
    let mut builder = Builder::new(name, place);
    let is_open_vex = |context: &serde_json::Value| {
        context.as_str().is_some_and(|context| context.starts_with("https://openvex.dev/ns"))
    };
    let result = if probe.context.as_ref().is_some_and(is_open_vex) {
        openvex::read(document.json()?, &mut builder)
    } else if probe.bom_format.is_some_and(|format| format == "CycloneDX") {
        cyclonedx::read(&document.json()?, &mut builder)
    } else if probe.document.is_some() {
        csaf::read(document.json()?, &mut builder)
    } else {
        Err("it is neither OpenVEX (`@context`), CSAF (`document`) nor CycloneDX (`bomFormat`)".to_owned())
    };
    result.map_err(|why| Error::Document { file: name.to_owned(), why: shorten(&why) })?;
    Ok(builder.parsed)
}

/// Collects what a document says.
struct Builder {
    document: usize,
    next: usize,
    parsed: Parsed,
}

/// What a statement says about its vulnerability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Stands,
    Suppressed(SuppressionStatus),
}

/// One statement as a format gives it.
struct Said<'a> {
    ids: &'a Arc<[String]>,
    products: Things,
    packages: Option<Things>,
    status: Status,
    reason: String,
    /// When, RFC 3339.
    timestamp: Option<&'a str>,
}

impl Builder {
    fn new(name: &str, (document, next): (usize, usize)) -> Self {
        let parsed = Parsed { source: name.to_owned(), statements: Vec::new(), undecided: Vec::new() };
        Self { document, next, parsed }
    }

    /// Notes the id that the document gives itself.
    fn named(&mut self, id: &str) {
        if !id.is_empty() {
            self.parsed.source = format!("{} ({})", self.parsed.source, shorten(id));
        }
    }

    fn add(&mut self, said: Said<'_>) {
        let status = match said.status {
            Status::Stands => None,
            Status::Suppressed(status) => Some(status),
        };
        // What says no time comes before all that does.
        let moment = said.timestamp.and_then(day::moment).unwrap_or(i64::MIN);
        self.parsed.statements.push(Statement {
            document: self.document,
            ids: Arc::clone(said.ids),
            products: said.products,
            packages: said.packages,
            status,
            reason: said.reason,
            order: (moment, self.next),
        });
        self.next += 1;
    }

    fn undecided(&mut self, ids: &Arc<[String]>, why: Undecided, product: &str) {
        let id = shorten(ids.first().map_or("", String::as_str));
        let subject = if product.is_empty() { id } else { format!("{id} {}", shorten(product)) };
        self.parsed.undecided.push(Row { ids: Arc::clone(ids), subject, why });
    }
}

/// A text of a stranger as it can be shown: not too long, and nothing that a terminal obeys.
fn shorten(text: &str) -> String {
    let shown = |character: char| match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        control if control.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    };
    text.chars().take(LONGEST_SUBJECT).map(shown).collect()
}
