//! Files that people have made of what is known: rows by the same rules as lists, written as they come.

mod columns;
mod gather;
mod output;
mod sheet;

use api::{ExportFormat, ExportSubject, NewExport};
use futures::{StreamExt, TryStreamExt};
use model::{Failure, Language, Text};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use serde::{Deserialize, Serialize};
use store::exports::{Export, Made};
use store::{Scope, exports};
use tempfile::NamedTempFile;
use tokio::io::AsyncReadExt;

use crate::work::{Hold, Undone};
use crate::{App, Error};

use output::{Output, Written};

/// Where they are among the objects.
const PLACE: &str = "exports";
/// The rows of one when nobody says.
pub(crate) const ROWS: i64 = 1_000_000;
/// How many parts of an object are on their way at once.
const PARTS: usize = 2;
/// What is read of a file at once, in bytes.
const CHUNK: usize = 1 << 20;
/// So many whose time is over are deleted in one go.
const BATCH: i64 = 100;

/// What was asked for, and what who asked may see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Parameters {
    /// What was asked for.
    pub(crate) wanted: NewExport,
    /// The projects, when not all may be seen.
    pub(crate) projects: Option<Vec<i64>>,
}

impl Parameters {
    fn scope(&self) -> Scope {
        self.projects.clone().map_or(Scope::All, Scope::Projects)
    }

    fn language(&self) -> Language {
        self.wanted.language.into()
    }

    /// How many rows have room.
    fn rows(&self) -> usize {
        let asked = usize::try_from(self.wanted.max_rows.unwrap_or(ROWS)).unwrap_or(usize::MAX);
        match self.wanted.format {
            ExportFormat::Xlsx => asked.min(sheet::SHEET_ROWS),
            _ => asked,
        }
    }
}

/// The columns of a subject: id and heading.
pub(crate) fn columns(subject: ExportSubject) -> Vec<(&'static str, Text)> {
    let told = |column: &columns::Column| (column.id, Text::new(column.english, column.chinese));
    columns::of(subject).into_iter().map(told).collect()
}

/// The formats of a subject.
pub(crate) fn formats(subject: ExportSubject) -> &'static [ExportFormat] {
    match subject {
        ExportSubject::Sbom => &[ExportFormat::Cyclonedx, ExportFormat::Spdx],
        _ => &[ExportFormat::Xlsx, ExportFormat::Csv, ExportFormat::Json],
    }
}

/// The name of an export that nobody named.
pub(crate) fn name(subject: &str, at: i64) -> String {
    format!("lazaret-{subject}-{}", sheet::day(at))
}

/// The name of its file: letters that every system takes.
pub(crate) fn file_name(export: &Export) -> String {
    let safe = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() || "-_.".contains(letter) => letter,
        _ => '_',
    };
    let name: String = export.name.chars().map(safe).collect();
    let name = name.trim_matches(['.', '_']);
    let name = if name.is_empty() { "export" } else { name };
    let made = export.object.as_deref().and_then(|key| key.rsplit('/').next()?.split_once('.'));
    let ending = made.map_or(export.format.as_str(), |(_, ending)| ending);
    format!("{name}.{ending}")
}

/// Makes the file of an export, and ends the job.
pub(crate) async fn make(app: &App, hold: &Hold, id: i64) -> Result<(), Undone> {
    let Some(export) = exports::find(&app.database, &Scope::All, id).await? else {
        return Err(Undone::Failed(Failure::NotFound, "the export was deleted".to_owned()));
    };
    let parameters: Parameters = serde_json::from_str(&export.parameters)
        .map_err(|error| Undone::Failed(Failure::InvalidContent, error.to_string()))?;
    let directory = app.settings.uploads.clone();
    let fail = |source| Error::Directory { path: app.settings.uploads.clone(), source };
    std::fs::create_dir_all(&directory).map_err(fail)?;
    let images = gather::Images::new(app, &parameters).await?;
    let single = images.is_one();
    let output = Output::start(&parameters, single, directory);
    let gathered = gather::gather(app, hold, &parameters, images, &output).await;
    let written = output.finish().await.map_err(fail)?;
    gathered?;
    let key = format!("{PLACE}/{id}/{}.{}", hold.job(), written.ending);
    let bytes = upload(app, &key, &written).await?;
    let made = Made {
        object: key.clone(),
        rows: i64::try_from(written.rows).unwrap_or(i64::MAX),
        bytes,
        truncated: written.truncated,
    };
    let mut transaction = app.database.begin().await?;
    let is_wanted = exports::finish(&mut transaction, id, &made).await?;
    hold.end(&mut transaction, None).await?;
    transaction.commit().await.map_err(Error::from)?;
    if !is_wanted {
        // Somebody deleted it meanwhile.
        app.objects.delete(&Path::from(key)).await.map_err(Error::from)?;
    }
    Ok(())
}

async fn upload(app: &App, key: &str, written: &Written) -> Result<i64, Error> {
    let fail = |source| Error::Directory { path: app.settings.uploads.clone(), source };
    let file: &NamedTempFile = &written.file;
    let mut file = tokio::fs::File::from_std(file.reopen().map_err(fail)?);
    let mut write = WriteMultipart::new(app.objects.put_multipart(&Path::from(key)).await?);
    let mut buffer = vec![0; CHUNK];
    let mut bytes = 0_i64;
    loop {
        let read = file.read(&mut buffer).await.map_err(fail)?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else { break };
        write.wait_for_capacity(PARTS).await?;
        write.write(chunk);
        bytes = bytes.saturating_add(i64::try_from(read).unwrap_or(i64::MAX));
    }
    write.finish().await?;
    Ok(bytes)
}

/// Deletes what is kept of an export, and then forgets it.
pub(crate) async fn delete(app: &App, id: i64) -> Result<(), Error> {
    let place = Path::from(format!("{PLACE}/{id}"));
    let objects: Vec<Path> = app
        .objects
        .list(Some(&place))
        .map(|object| object.map(|object| object.location))
        .try_collect()
        .await?;
    for object in objects {
        match app.objects.delete(&object).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(exports::delete(&app.database, id).await?)
}

/// Deletes those whose time is over.
pub(crate) async fn expire(app: &App) -> Result<(), Error> {
    loop {
        let over = exports::expired(&app.database, BATCH).await?;
        for id in &over {
            delete(app, *id).await?;
        }
        if i64::try_from(over.len()).unwrap_or(i64::MAX) < BATCH {
            return Ok(());
        }
    }
}
