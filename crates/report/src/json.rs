//! The report as JSON, field for field as `model::Report`; several images are an array.

use std::io::{self, Write};

use model::Report;

use crate::{Style, document};

pub(crate) fn write(reports: &[Report], _style: Style, out: &mut dyn Write) -> io::Result<()> {
    match reports {
        [report] => document::write(report, out),
        reports => document::write(&reports, out),
    }
}
