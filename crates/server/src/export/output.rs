//! The file of an export while it is written, by a thread of its own.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use api::{ExportFormat, ExportSubject};
use model::{Language, Report};
use report::{Format, Style};
use tempfile::NamedTempFile;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::Parameters;
use super::columns::{self, Column};
use super::sheet::{Cell, Heading, Sheet};

/// How many images may be ahead of what is written.
const AHEAD: usize = 4;

/// What is to be written.
pub(super) enum Item {
    Rows(Vec<Vec<Cell>>),
    /// The report of an image, and what its file may be called.
    Report(String, Box<Report>),
}

/// Takes what is to be written.
pub(super) struct Output {
    columns: Vec<&'static Column>,
    items: Sender<Item>,
    writing: JoinHandle<io::Result<Written>>,
}

/// A file that was written.
pub(super) struct Written {
    pub(super) file: NamedTempFile,
    pub(super) ending: &'static str,
    pub(super) rows: usize,
    pub(super) truncated: bool,
}

impl Output {
    pub(super) fn start(parameters: &Parameters, single: bool, directory: PathBuf) -> Self {
        let wanted = &parameters.wanted;
        let all = columns::of(wanted.subject);
        let chosen = |id: &String| all.iter().copied().find(|column| column.id == id);
        let columns: Vec<&'static Column> = match wanted.columns.is_empty() {
            true => all.clone(),
            false => wanted.columns.iter().filter_map(chosen).collect(),
        };
        let (items, received) = channel(AHEAD);
        let language = parameters.language();
        let heading = |column: &&'static Column| Heading {
            id: column.id,
            title: language.pick(column.english, column.chinese),
            width: column.width,
        };
        let table = Table {
            headings: columns.iter().map(heading).collect(),
            format: wanted.format,
            most: parameters.rows(),
            language,
        };
        let is_table = wanted.subject != ExportSubject::Sbom;
        let writing = tokio::task::spawn_blocking(move || {
            if is_table {
                return table.write(received, &directory);
            }
            if single {
                one(table.format, received, &directory)
            } else {
                archive(&table, received, &directory)
            }
        });
        Self { columns, items, writing }
    }

    /// The columns in their order.
    pub(super) fn columns(&self) -> &[&'static Column] {
        &self.columns
    }

    /// Hands on what is to be written; gives whether there is room for more.
    pub(super) async fn put(&self, item: Item) -> bool {
        self.items.send(item).await.is_ok()
    }

    /// The file, once all is written.
    pub(super) async fn finish(self) -> io::Result<Written> {
        drop(self.items);
        self.writing.await.map_err(io::Error::other)?
    }
}

struct Table {
    headings: Vec<Heading>,
    format: ExportFormat,
    most: usize,
    language: Language,
}

impl Table {
    fn write(self, mut items: Receiver<Item>, directory: &Path) -> io::Result<Written> {
        let (mut sheet, ending) = match self.format {
            ExportFormat::Xlsx => (Sheet::xlsx(&self.headings, directory)?, "xlsx"),
            ExportFormat::Csv => (Sheet::csv(&self.headings, directory)?, "csv"),
            _ => (Sheet::json(self.headings.clone(), directory)?, "json"),
        };
        let (mut rows, mut truncated) = (0, false);
        'all: while let Some(item) = items.blocking_recv() {
            let Item::Rows(some) = item else { continue };
            for row in some {
                if rows == self.most {
                    truncated = true;
                    break 'all;
                }
                sheet.row(&row)?;
                rows += 1;
            }
        }
        let file = sheet.finish(truncated.then_some(self.most), self.language, directory)?;
        Ok(Written { file, ending, rows, truncated })
    }
}

fn format(format: ExportFormat) -> io::Result<(&'static Format, &'static str)> {
    let (name, ending) = match format {
        ExportFormat::Spdx => ("spdx", "spdx.json"),
        _ => ("cyclonedx", "cdx.json"),
    };
    Ok((Format::by_name(name).map_err(io::Error::other)?, ending))
}

/// The list of packages of one image.
fn one(wanted: ExportFormat, mut items: Receiver<Item>, directory: &Path) -> io::Result<Written> {
    let (format, ending) = format(wanted)?;
    let mut file = NamedTempFile::new_in(directory)?;
    let mut rows = 0;
    while let Some(item) = items.blocking_recv() {
        let Item::Report(_, read) = item else { continue };
        if rows == 0 {
            report::render(std::slice::from_ref(&*read), format, Style::default(), &mut file)?;
            rows = 1;
        }
    }
    file.flush()?;
    Ok(Written { file, ending, rows, truncated: false })
}

/// The lists of packages of several images, each a file of an archive.
fn archive(table: &Table, mut items: Receiver<Item>, directory: &Path) -> io::Result<Written> {
    let (format, ending) = format(table.format)?;
    let file = NamedTempFile::new_in(directory)?;
    let mut archive = ZipWriter::new(file.reopen()?);
    let options = SimpleFileOptions::default().large_file(false);
    let mut names = HashSet::new();
    let (mut rows, mut truncated) = (0, false);
    while let Some(item) = items.blocking_recv() {
        let Item::Report(name, read) = item else { continue };
        if rows == table.most {
            truncated = true;
            break;
        }
        let name = format!("{name}.{ending}");
        if !names.insert(name.clone()) {
            continue;
        }
        archive.start_file(name, options).map_err(io::Error::other)?;
        report::render(std::slice::from_ref(&*read), format, Style::default(), &mut archive)?;
        rows += 1;
    }
    archive.finish().map_err(io::Error::other)?;
    Ok(Written { file, ending: "zip", rows, truncated })
}
