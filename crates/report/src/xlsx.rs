//! The report as an Excel workbook: a sheet for each kind, as the consoles of image scanners export them.
//!
//! Every text is written as a string, so that nothing of an image becomes a formula or a link, and the same reports give
//! the same bytes.

mod sheets;

use std::io::{self, Write};

use model::{Report, Severity};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use crate::{Style, spreadsheet, words};

/// The rows of a sheet, its heading among them.
const ROW_LIMIT: usize = 1_048_576;

/// One cell.
pub(super) enum Cell {
    Text(String),
    Number(f64),
    Severity(Severity),
}

/// A sheet before it is written.
pub(super) struct Sheet {
    pub(super) name: &'static str,
    /// The headings and widths of its columns.
    pub(super) columns: Vec<(&'static str, u16)>,
    pub(super) rows: Vec<Vec<Cell>>,
}

pub(crate) fn write(reports: &[Report], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let bytes = workbook(&sheets::all(reports, style.language), style).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn workbook(sheets: &[Sheet], style: Style) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A time that is the same in every run; the image's own stands in the summary.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_author("lazaret").set_creation_datetime(&created));
    for sheet in sheets {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(sheet.name)?;
        fill(worksheet, sheet, style)?;
    }
    workbook.save_to_buffer()
}

fn fill(worksheet: &mut Worksheet, sheet: &Sheet, style: Style) -> Result<(), XlsxError> {
    let heading = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x1F_3A_5F))
        .set_font_color(Color::White)
        .set_align(FormatAlign::VerticalCenter);
    let plain = Format::new().set_align(FormatAlign::Top);
    let severities = Severity::WORST_FIRST.map(severity_format);
    for (column, (text, width)) in (0_u16..).zip(&sheet.columns) {
        worksheet.write_string_with_format(0, column, *text, &heading)?;
        worksheet.set_column_width(column, *width)?;
    }
    let mut last = 0;
    for (row, cells) in (1_u32..).zip(sheet.rows.iter().take(ROW_LIMIT - 2)) {
        last = row;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Text(text) => {
                    let text = spreadsheet::cell(text);
                    worksheet.write_string_with_format(row, column, text, &plain)?
                }
                Cell::Number(number) => worksheet.write_number_with_format(row, column, *number, &plain)?,
                Cell::Severity(severity) => {
                    let format = Severity::WORST_FIRST.iter().position(|one| one == severity);
                    let format = format.and_then(|place| severities.get(place)).unwrap_or(&plain);
                    let word = words::severity(style.language, *severity);
                    worksheet.write_string_with_format(row, column, word, format)?
                }
            };
        }
    }
    worksheet.set_freeze_panes(1, 0)?;
    worksheet.set_repeat_rows(0, 0)?;
    if let (Some(columns), true) = (u16::try_from(sheet.columns.len()).ok(), last > 0) {
        worksheet.autofilter(0, 0, last, columns.saturating_sub(1))?;
    }
    let left = sheet.rows.len().saturating_sub(ROW_LIMIT - 2);
    if left > 0 {
        let note = style.language.pick("further rows do not fit into this sheet", "行超出工作表上限，未写入");
        worksheet.write_string_with_format(last + 1, 0, format!("{left} {note}"), &plain)?;
    }
    Ok(())
}

fn severity_format(severity: Severity) -> Format {
    let (background, text) = match severity {
        Severity::Critical => (0x7B_1F_A2, 0xFF_FF_FF),
        Severity::High => (0xD3_2F_2F, 0xFF_FF_FF),
        Severity::Medium => (0xFF_B7_4D, 0x00_00_00),
        Severity::Low => (0x90_CA_F9, 0x00_00_00),
        Severity::Negligible | Severity::Unknown => (0xE0_E0_E0, 0x00_00_00),
    };
    Format::new()
        .set_background_color(Color::RGB(background))
        .set_font_color(Color::RGB(text))
        .set_align(FormatAlign::Top)
}
