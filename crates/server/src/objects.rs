//! Where large things are kept: reports, exports, facts of layers. A directory, or S3 and what speaks as it does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt};
use scan::Shelf;
use tokio::runtime::Handle;

use crate::Error;

/// Opens `s3://BUCKET[/PREFIX]`, or else a directory, which is made when it is not there.
///
/// `options` are those of S3 by their usual names: `AWS_ENDPOINT`, `AWS_ACCESS_KEY_ID`, `AWS_REGION`, …
///
/// # Errors
/// When the place or an option cannot be understood, or the directory cannot be made.
pub(crate) fn open(place: &str, options: &BTreeMap<String, String>) -> Result<Arc<dyn ObjectStore>, Error> {
    let Some(address) = place.strip_prefix("s3://") else { return directory(Path::new(place)) };
    let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
    // Not all that speak as S3 does can delete many at once.
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_disable_bulk_delete(true);
    for (name, value) in options {
        if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
        // Who names a server of their own inside a network may speak plain http to it.
        if name == "AWS_ENDPOINT" && value.starts_with("http://") {
            builder = builder.with_allow_http(true);
        }
    }
    let store = builder.build()?;
    Ok(match prefix.trim_matches('/') {
        "" => Arc::new(store),
        prefix => Arc::new(PrefixStore::new(store, prefix)),
    })
}

/// Whether objects kept there are kept by another machine.
pub(crate) fn is_remote(place: &str) -> bool {
    place.starts_with("s3://")
}

/// The facts of layers among the objects, for all servers and workers alike.
pub(crate) struct Facts {
    objects: Arc<dyn ObjectStore>,
    runtime: Handle,
}

impl Facts {
    /// Asked from threads that may block, within the runtime of the caller.
    pub(crate) fn new(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects, runtime: Handle::current() }
    }

    async fn read(&self, name: &str) -> Result<Vec<u8>, object_store::Error> {
        Ok(self.objects.get(&name.into()).await?.bytes().await?.to_vec())
    }

    fn tell<T>(name: &str, outcome: Result<T, object_store::Error>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(object_store::Error::NotFound { .. }) => None,
            Err(error) => {
                tracing::warn!(name, %error, "cannot read facts of a layer; it is read anew");
                None
            }
        }
    }
}

impl Shelf for Facts {
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        Self::tell(name, self.runtime.block_on(self.read(name)))
    }

    fn has(&self, name: &str) -> bool {
        Self::tell(name, self.runtime.block_on(self.objects.head(&name.into()))).is_some()
    }

    fn put(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let (key, payload) = (name.into(), bytes.to_vec().into());
        self.runtime.block_on(self.objects.put(&key, payload)).map(drop).map_err(std::io::Error::other)
    }
}

fn directory(path: &Path) -> Result<Arc<dyn ObjectStore>, Error> {
    std::fs::create_dir_all(path).map_err(|source| Error::Directory { path: path.to_owned(), source })?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(path)?))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, PoisonError};

    use testkit::{Answer, Asked, WebServer};

    use super::*;

    /// As much of S3 as is used, with objects in memory.
    fn bucket() -> WebServer {
        let objects: Mutex<HashMap<String, Vec<u8>>> = Mutex::default();
        WebServer::start(move |asked: &Asked| {
            let signed = asked.header("authorization").unwrap_or_default();
            if !signed.starts_with("AWS4-HMAC-SHA256 Credential=key/") {
                return Answer::new(403, "who asks?");
            }
            let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
            let path = asked.path.clone();
            match asked.method.as_str() {
                "PUT" => {
                    objects.insert(path, asked.body.clone());
                    Answer::new(200, "").header("etag", "\"1\"")
                }
                "DELETE" => {
                    objects.remove(&path);
                    Answer::new(204, "")
                }
                _ => objects.get(&path).map_or_else(Answer::not_found, |bytes| {
                    let answer = Answer::new(200, bytes.clone());
                    answer.header("etag", "\"1\"").header("last-modified", "Sat, 21 Nov 2026 00:00:00 GMT")
                }),
            }
        })
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn keeps_objects_below_a_prefix_of_a_bucket() {
        let server = bucket();
        let options = [
            ("AWS_ENDPOINT", server.url().trim_end_matches('/')),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "here"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let store = open("s3://bucket/lazaret", &options).unwrap();
        let key = object_store::path::Path::from("reports/1");
        store.put(&key, b"report".to_vec().into()).await.unwrap();
        assert_eq!(store.get(&key).await.unwrap().bytes().await.unwrap().as_ref(), b"report");
        assert!(server.asked().iter().all(|asked| asked.path.starts_with("/bucket/lazaret/")));
        let facts = Facts::new(Arc::clone(&store));
        tokio::task::spawn_blocking(move || {
            assert!(facts.get("layers/ab/1").is_none() && !facts.has("layers/ab/1"));
            facts.put("layers/ab/1", b"facts").unwrap();
            assert_eq!(
                (facts.get("layers/ab/1").unwrap(), facts.has("layers/ab/1")),
                (b"facts".to_vec(), true)
            );
        })
        .await
        .unwrap();
        store.delete(&key).await.unwrap();
        assert!(matches!(store.get(&key).await, Err(object_store::Error::NotFound { .. })));
    }

    #[tokio::test]
    async fn makes_the_directory_it_is_given() {
        let scratch = tempfile::tempdir().unwrap();
        let place = scratch.path().join("a/b");
        let store = open(&place.display().to_string(), &BTreeMap::new()).unwrap();
        store.put(&"x/y".into(), b"it".to_vec().into()).await.unwrap();
        assert!(place.join("x/y").is_file());
    }
}
