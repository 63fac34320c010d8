//! Reports among the objects: JSON, compressed.

use std::hash::{BuildHasher, Hasher, RandomState};

use futures::{StreamExt, TryStreamExt};
use model::Report;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use store::now;
use tokio::task::spawn_blocking;

use crate::{App, Error};

/// Where they are.
const PLACE: &str = "reports";
/// The largest report that is read back, in bytes.
const LARGEST: usize = 512 << 20;
/// How hard they are compressed.
const LEVEL: i32 = 3;
/// How many are looked at together.
const TOGETHER: usize = 1_000;
/// One that is no older may belong to a scan that is being written.
const YOUNG: i64 = 24 * 3600 * 1000;

fn damaged(key: &str, why: impl std::fmt::Display) -> Error {
    Error::Report { key: key.to_owned(), why: why.to_string() }
}

/// Writes a report under a key that no other has, and gives both.
pub(super) async fn write(app: &App, content: i64, report: Report) -> Result<(Report, String), Error> {
    let packed = spawn_blocking(move || {
        let json = serde_json::to_vec(&report).map_err(|error| error.to_string())?;
        let packed = zstd::bulk::compress(&json, LEVEL).map_err(|error| error.to_string())?;
        Ok::<_, String>((report, packed))
    });
    let (report, packed) =
        packed.await.map_err(|error| damaged(PLACE, error))?.map_err(|why| damaged(PLACE, why))?;
    // Equal reports too have keys of their own: one may be deleted while the other is kept.
    let random = RandomState::new().build_hasher().finish();
    let key = format!("{PLACE}/{content}/{}-{random:016x}.json.zst", now());
    app.objects.put(&Path::from(key.as_str()), packed.into()).await?;
    Ok((report, key))
}

pub(super) async fn read(app: &App, key: &str) -> Result<Report, Error> {
    let found = app.objects.get(&Path::from(key)).await?;
    if found.meta.size > LARGEST as u64 {
        return Err(damaged(key, "it is too large"));
    }
    let packed = found.bytes().await?;
    let place = key.to_owned();
    let read = spawn_blocking(move || {
        let json = zstd::bulk::decompress(&packed, LARGEST).map_err(|error| error.to_string())?;
        serde_json::from_slice(&json).map_err(|error| error.to_string())
    });
    read.await.map_err(|error| damaged(&place, error))?.map_err(|why| damaged(&place, why))
}

/// Deletes reports that no scan has; what cannot be deleted now is swept later.
pub(super) async fn forget(app: &App, keys: &[String]) {
    for key in keys {
        if let Err(error) = app.objects.delete(&Path::from(key.as_str())).await {
            tracing::warn!(%error, key, "cannot delete a report");
        }
    }
}

/// Deletes reports of scans that never came to be: a server ended in between.
pub(super) async fn sweep(app: &App) -> Result<(), Error> {
    let place = Path::from(PLACE);
    let mut found = app.objects.list(Some(&place)).try_chunks(TOGETHER);
    while let Some(some) = found.next().await {
        let some = some.map_err(|error| error.1)?;
        let old = some
            .iter()
            .filter(|object| object.last_modified.timestamp_millis() < now().saturating_sub(YOUNG));
        let keys: Vec<String> = old.map(|object| object.location.to_string()).collect();
        forget(app, &store::ingest::unknown(&app.database, &keys).await?).await;
    }
    Ok(())
}
