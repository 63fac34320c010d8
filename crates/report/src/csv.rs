//! The findings of all kinds as rows of one table, and the gaps after them.
//!
//! UTF-8 with a byte order mark, by which Excel knows that it is no other encoding. No cell begins with a character that
//! a spreadsheet takes for the beginning of a formula.

use std::io::{self, Write};

use model::{Gap, Report};

use crate::Style;
use crate::layers::LayerNumbers;
use crate::spreadsheet::{self, Column, Row};

const COLUMNS: &[Column] = &[
    spreadsheet::IMAGE,
    spreadsheet::DIGEST,
    spreadsheet::KIND,
    spreadsheet::ID,
    spreadsheet::SEVERITY,
    spreadsheet::SCORE,
    spreadsheet::EXPLOITED,
    spreadsheet::EPSS,
    spreadsheet::RISK,
    spreadsheet::TITLE,
    spreadsheet::PACKAGE,
    spreadsheet::INSTALLED,
    spreadsheet::FIXED,
    spreadsheet::PATH,
    spreadsheet::LINE,
    spreadsheet::LAYER,
    spreadsheet::LAYER_ID,
    spreadsheet::INSTRUCTION,
    spreadsheet::ORIGIN,
    spreadsheet::STATUS,
    spreadsheet::SUPPRESSED,
    spreadsheet::REASON,
    spreadsheet::EVIDENCE,
    spreadsheet::ADVICE,
    spreadsheet::ALIASES,
    spreadsheet::REFERENCES,
];

pub(crate) fn write(reports: &[Report], style: Style, out: &mut dyn Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let language = style.language;
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS.iter().map(|column| column.heading(language)))?;
    for report in reports {
        let layers = LayerNumbers::new(report);
        for finding in &report.findings {
            let row = Row { report, layers: &layers, finding, language };
            table.write_record(COLUMNS.iter().map(|column| harmless(&(column.value)(&row))))?;
        }
        for gap in &report.gaps {
            let record = COLUMNS.iter().map(|column| harmless(&of_gap(report, gap, column, style)));
            table.write_record(record)?;
        }
    }
    table.flush()
}

/// What stands in a column for a gap, which is no finding and yet must not be missing: unknown is not clean.
fn of_gap(report: &Report, gap: &Gap, column: &Column, style: Style) -> String {
    match column.english {
        "Image" => report.image.name.clone(),
        "Image digest" => report.image.digest.clone().unwrap_or_default(),
        "Kind" => style.language.pick("Gap", "缺口").to_owned(),
        "ID" => gap.what.clone(),
        "Title" => gap.why.clone(),
        "Path" => gap.place.clone(),
        _ => String::new(),
    }
}

/// A cell that no spreadsheet computes: what could begin a formula stands behind an apostrophe.
#[must_use]
pub fn harmless(text: &str) -> String {
    let text = spreadsheet::cell(text);
    if text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for start in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\n=1", "＝1", "\u{202e}=1"] {
            assert!(harmless(start).starts_with('\''), "{start:?}");
        }
        for start in ["\t=1", "\r=1", "\0=1"] {
            assert!(harmless(start).starts_with(['\'', '\\']), "{start:?}: {}", harmless(start));
        }
        assert_eq!(harmless("a-b=c"), "a-b=c");
    }
}
