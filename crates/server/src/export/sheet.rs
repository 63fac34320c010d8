//! Tables as they are written: row by row into a file, never whole in memory.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use model::{Language, day_of, time_of};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use tempfile::NamedTempFile;

/// The rows of a workbook's sheet, without its heading and the line that tells of rows left out.
pub(super) const SHEET_ROWS: usize = 1_048_574;
/// The name of a workbook's sheet.
const SHEET: &str = "lazaret";

/// What stands in one place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Number(f64),
}

impl Cell {
    pub(super) fn text(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    pub(super) fn some(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    #[expect(clippy::cast_precision_loss, reason = "spreadsheets count in such numbers")]
    pub(super) fn count(count: i64) -> Self {
        Self::Number(count as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "spreadsheets count in such numbers")]
    pub(super) fn size(size: u64) -> Self {
        Self::Number(size as f64)
    }

    pub(super) fn real(number: Option<f64>) -> Self {
        number.filter(|number| number.is_finite()).map_or(Self::Empty, Self::Number)
    }

    /// A moment in milliseconds since 1970, as people of all zones read it.
    pub(super) fn time(at: Option<i64>) -> Self {
        let seconds = at.and_then(|at| u64::try_from(at / 1000).ok());
        seconds.map_or(Self::Empty, |seconds| Self::Text(time_of(seconds)))
    }
}

/// A heading: the id, the words for people, the width in characters.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) width: u16,
}

/// Something that rows are written to.
pub(super) enum Sheet {
    Xlsx(Box<Book>),
    Csv(Box<csv::Writer<BufWriter<File>>>, NamedTempFile),
    Json { out: BufWriter<File>, headings: Vec<Heading>, first: bool, file: NamedTempFile },
}

/// A workbook under way.
pub(super) struct Book {
    workbook: Workbook,
    row: u32,
}

impl Sheet {
    /// A workbook; its rows lie in a file of `directory` until it is whole.
    pub(super) fn xlsx(headings: &[Heading], directory: &std::path::Path) -> io::Result<Self> {
        let book = Book::new(headings, directory).map_err(io::Error::other)?;
        Ok(Self::Xlsx(Box::new(book)))
    }

    pub(super) fn csv(headings: &[Heading], directory: &std::path::Path) -> io::Result<Self> {
        let file = NamedTempFile::new_in(directory)?;
        let mut out = BufWriter::new(file.reopen()?);
        // By which Excel knows that it is no other encoding.
        out.write_all("\u{feff}".as_bytes())?;
        let mut table = csv::WriterBuilder::new().flexible(true).from_writer(out);
        table.write_record(headings.iter().map(|heading| heading.title))?;
        Ok(Self::Csv(Box::new(table), file))
    }

    /// An object: `columns` with headings, then `rows`, each with the ids of its columns.
    pub(super) fn json(headings: Vec<Heading>, directory: &std::path::Path) -> io::Result<Self> {
        let file = NamedTempFile::new_in(directory)?;
        let mut out = BufWriter::new(file.reopen()?);
        let columns: Vec<serde_json::Value> = headings
            .iter()
            .map(|heading| serde_json::json!({ "id": heading.id, "title": heading.title }))
            .collect();
        write!(out, "{{\"columns\":{},\"rows\":[", serde_json::to_string(&columns)?)?;
        Ok(Self::Json { out, headings, first: true, file })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        match self {
            Self::Xlsx(book) => book.row(cells).map_err(io::Error::other),
            Self::Csv(table, _) => Ok(table.write_record(cells.iter().map(plain))?),
            Self::Json { out, headings, first, .. } => {
                let row: serde_json::Map<String, serde_json::Value> = headings
                    .iter()
                    .zip(cells)
                    .map(|(heading, cell)| (heading.id.to_owned(), value(cell)))
                    .collect();
                out.write_all(if std::mem::take(first) { b"\n" } else { b",\n" })?;
                Ok(serde_json::to_writer(out, &row)?)
            }
        }
    }

    /// The whole file; `left_out` tells that there were more rows than had room.
    pub(super) fn finish(
        self,
        left_out: Option<usize>,
        language: Language,
        directory: &std::path::Path,
    ) -> io::Result<NamedTempFile> {
        let note = left_out.map(|most| match language {
            Language::English => {
                format!("there are more rows: {most} is the most that was asked for or has room")
            }
            Language::Chinese => format!("仍有更多数据：已达到请求或文件所能容纳的 {most} 行上限"),
        });
        match self {
            Self::Xlsx(book) => book.finish(note, directory),
            Self::Csv(mut table, file) => {
                if let Some(note) = note {
                    table.write_record([note])?;
                }
                table.flush()?;
                Ok(file)
            }
            Self::Json { mut out, file, .. } => {
                let note = serde_json::to_string(&note)?;
                write!(out, "\n],\"truncated\":{},\"note\":{note}}}\n", left_out.is_some())?;
                out.flush()?;
                Ok(file)
            }
        }
    }
}

impl Book {
    fn new(headings: &[Heading], directory: &std::path::Path) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(directory)?;
        let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_author("lazaret").set_creation_datetime(&created));
        let bold = Format::new()
            .set_bold()
            .set_background_color(Color::RGB(0x1F_3A_5F))
            .set_font_color(Color::White);
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(SHEET)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, heading) in (0_u16..).zip(headings) {
            sheet.set_column_width(column, heading.width)?;
            sheet.write_string_with_format(0, column, heading.title, &bold)?;
        }
        Ok(Self { workbook, row: 0 })
    }

    fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        self.row = self.row.saturating_add(1);
        let row = self.row;
        let sheet = self.workbook.worksheet_from_name(SHEET)?;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                // A text that is written as one is never taken for a formula or a link.
                Cell::Text(text) => {
                    sheet.write_string(row, column, report::cell(text))?;
                }
                Cell::Number(number) => {
                    sheet.write_number(row, column, *number)?;
                }
            }
        }
        Ok(())
    }

    fn finish(mut self, note: Option<String>, directory: &std::path::Path) -> io::Result<NamedTempFile> {
        if let Some(note) = note {
            self.row(&[Cell::Text(note)]).map_err(io::Error::other)?;
        }
        let file = NamedTempFile::new_in(directory)?;
        self.workbook.save_to_writer(file.reopen()?).map_err(io::Error::other)?;
        Ok(file)
    }
}

/// A cell of comma-separated values, which no spreadsheet computes.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => report::harmless(text),
        Cell::Number(number) => number.to_string(),
    }
}

fn value(cell: &Cell) -> serde_json::Value {
    match cell {
        Cell::Empty => serde_json::Value::Null,
        Cell::Text(text) => text.as_str().into(),
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => (*number as i64).into(),
        Cell::Number(number) => (*number).into(),
    }
}

/// The day of a moment in milliseconds since 1970.
pub(super) fn day(at: i64) -> String {
    day_of(u64::try_from(at / 1000).unwrap_or_default())
}
