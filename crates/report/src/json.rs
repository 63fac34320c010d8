//! The report as JSON, field for field as `model::Report`; several images are an array.

use std::io::{self, Write};

use model::Report;

use crate::Style;

pub(crate) fn write(reports: &[Report], _style: Style, out: &mut dyn Write) -> io::Result<()> {
    match reports {
        [report] => serde_json::to_writer_pretty(&mut *out, report)?,
        reports => serde_json::to_writer_pretty(&mut *out, reports)?,
    }
    writeln!(out)
}
