//! What engines tell, as it is kept: nothing twice, nothing lost by silence, gone when it is gone.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::future::Future;

use model::{Container, ContainerState, EngineSummary, Failure, Host};
use store::contents::{self, Content};
use store::sync::{self, Image};
use store::{Database, Row, Scope, Sql, engines, hosts, projects};

/// Runs on SQLite, and on PostgreSQL where it is installed.
async fn on_both<F: Future<Output = ()>>(test: impl Fn(Database) -> F) {
    let scratch = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", scratch.path().join("test.sqlite").display());
    test(Database::open(&file).await.unwrap()).await;
    if let Some(postgres) = testkit::Postgres::start() {
        let database = Database::open(&postgres.url()).await.unwrap();
        test(database.clone()).await;
        database.close().await;
    }
}

async fn rows<T: Row>(database: &Database, text: &str) -> Vec<T> {
    Sql::read("look", text).all(database).await.unwrap()
}

struct Place {
    database: Database,
    project: i64,
    host: i64,
    engine: i64,
    at: i64,
}

fn docker() -> EngineSummary {
    EngineSummary { kind: "docker".into(), version: Some("28.0".into()), ..EngineSummary::default() }
}

impl Place {
    async fn new(database: Database) -> Self {
        let mut transaction = database.begin().await.unwrap();
        let project = projects::ensure(&mut transaction, projects::DEFAULT).await.unwrap();
        let host = Host { name: "node".into(), ..Host::default() };
        let host = hosts::note(&mut transaction, "machine", &host, project).await.unwrap();
        let engine = engines::note(&mut transaction, host, "/run/docker.sock", &docker()).await.unwrap();
        transaction.commit().await.unwrap();
        Self { database, project, host, engine, at: 1000 }
    }

    async fn content(&self, image_id: &str) -> i64 {
        let mut transaction = self.database.begin().await.unwrap();
        let content = Content { image_id: image_id.into(), ..Content::default() };
        let id = contents::note(&mut transaction, &content).await.unwrap();
        transaction.commit().await.unwrap();
        id
    }

    /// A whole listing, of the engine that is given.
    async fn tell(&mut self, engine: i64, images: &[Image], containers: &[Container]) -> Vec<i64> {
        self.at += 1000;
        let mut transaction = self.database.begin().await.unwrap();
        sync::images(&mut transaction, self.project, engine, self.at, images).await.unwrap();
        sync::containers(&mut transaction, engine, self.at, self.at, containers).await.unwrap();
        let touched = sync::finish(&mut transaction, engine, self.at, true).await.unwrap();
        transaction.commit().await.unwrap();
        touched
    }

    /// Name, hosts, containers, running, whether it is the latest, whether it is gone.
    async fn assets(&self) -> Vec<(String, i64, i64, i64, bool, bool)> {
        let text = "SELECT name, hosts, containers, running, latest, gone IS NOT NULL FROM asset ORDER BY id";
        rows(&self.database, text).await
    }
}

fn image(name: &str, image_id: &str, built: i64, content: i64) -> Image {
    let (repository, tag) = name.split_once(':').map_or(("", None), |(name, tag)| (name, Some(tag)));
    Image {
        own: image_id.into(),
        reference: image_id.into(),
        repository: repository.into(),
        tag: tag.map(str::to_owned),
        name: name.into(),
        size: 7,
        built: Some(built),
        content: Some(content),
        ..Image::default()
    }
}

fn container(id: &str, image: &str, image_id: &str, state: ContainerState) -> Container {
    Container {
        id: id.into(),
        name: id.into(),
        image: image.into(),
        image_id: Some(image_id.into()),
        state,
        ..Container::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_listing_again_changes_nothing() {
    on_both(async |database| {
        let mut place = Place::new(database).await;
        let content = place.content("sha256:a").await;
        let images = [image("shop:1", "sha256:a", 5, content), image("shop:2", "sha256:a", 5, content)];
        let containers = [container("c", "shop:2", "sha256:a", ContainerState::Running)];
        let engine = place.engine;
        assert_eq!(place.tell(engine, &images, &containers).await, [content]);
        let first = place.assets().await;
        let expected = [("shop:1", 1, 0, 0, false, false), ("shop:2", 1, 1, 1, true, false)];
        let expected: Vec<_> = expected
            .map(|(name, hosts, all, running, latest, gone)| {
                (name.to_owned(), hosts, all, running, latest, gone)
            })
            .into();
        assert_eq!(first, expected);
        let updated: Vec<(i64,)> = rows(&place.database, "SELECT updated FROM container").await;
        // Nothing has to be counted anew either.
        assert_eq!(place.tell(engine, &images, &containers).await, Vec::<i64>::new());
        assert_eq!(place.assets().await, first);
        assert_eq!(rows::<(i64,)>(&place.database, "SELECT updated FROM container").await, updated);
        let seen: Vec<(i64, i64)> = rows(&place.database, "SELECT first_seen, last_seen FROM asset").await;
        assert!(seen.iter().all(|(first, last)| first < last), "{seen:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_told_any_more_is_gone_and_may_come_back() {
    on_both(async |database| {
        let mut place = Place::new(database).await;
        let (old, new) = (place.content("sha256:old").await, place.content("sha256:new").await);
        let engine = place.engine;
        let containers = [container("c", "shop:1", "sha256:old", ContainerState::Running)];
        place.tell(engine, &[image("shop:1", "sha256:old", 1, old)], &containers).await;
        // The tag moved: what it named lost its name, and still runs.
        let images = [image("shop:1", "sha256:new", 2, new), image("sha256:old", "sha256:old", 1, old)];
        let nameless = Image { repository: String::new(), tag: None, ..images[1].clone() };
        let mut touched = place.tell(engine, &[images[0].clone(), nameless.clone()], &containers).await;
        touched.sort_unstable();
        assert_eq!(touched, [old, new]);
        let names = |assets: Vec<(String, i64, i64, i64, bool, bool)>| -> Vec<(String, i64, bool, bool)> {
            assets
                .into_iter()
                .map(|(name, _, _, running, latest, gone)| (name, running, latest, gone))
                .collect()
        };
        let row = |name: &str, running, latest, gone| (name.to_owned(), running, latest, gone);
        assert_eq!(
            names(place.assets().await),
            [
                row("shop:1", 0, false, true),
                row("shop:1", 0, true, false),
                row("sha256:old", 1, false, false)
            ]
        );
        // The container is gone, and the old image is called as before.
        place.tell(engine, &[image("shop:1", "sha256:old", 1, old)], &[]).await;
        assert_eq!(
            names(place.assets().await),
            [row("shop:1", 0, true, false), row("shop:1", 0, false, true), row("sha256:old", 0, false, true)]
        );
        let gone: Vec<(bool,)> = rows(&place.database, "SELECT gone IS NOT NULL FROM container").await;
        assert_eq!(gone, [(true,)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_does_not_answer_loses_nothing() {
    on_both(async |database| {
        let mut place = Place::new(database).await;
        let content = place.content("sha256:a").await;
        let engine = place.engine;
        place.tell(engine, &[image("shop:1", "sha256:a", 5, content)], &[]).await;
        let mut transaction = place.database.begin().await.unwrap();
        let failure = Failure::EngineOffline;
        engines::fail(&mut transaction, place.host, "docker", "/run/docker.sock", failure, "it is off")
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let told: Vec<(i64, Option<String>, Option<String>)> =
            rows(&place.database, "SELECT id, version, failure FROM engine").await;
        assert_eq!(told, [(engine, Some("28.0".to_owned()), Some("engine_offline".to_owned()))]);
        assert!(place.assets().await.iter().all(|asset| !asset.5));
        let having = engines::having(&place.database, "machine", content).await.unwrap();
        assert_eq!(having.len(), 1);
        assert_eq!(
            (having[0].address.as_str(), having[0].reference.as_str()),
            ("/run/docker.sock", "sha256:a")
        );
        // It answers again.
        let mut transaction = place.database.begin().await.unwrap();
        let again = engines::note(&mut transaction, place.host, "/run/docker.sock", &docker()).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(again, engine);
        assert_eq!(rows::<(Option<String>,)>(&place.database, "SELECT failure FROM engine").await, [(None,)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_of_two_engines_is_one_and_gone_when_both_lost_it() {
    on_both(async |database| {
        let mut place = Place::new(database).await;
        let content = place.content("sha256:a").await;
        let mut transaction = place.database.begin().await.unwrap();
        let containerd = EngineSummary { kind: "containerd".into(), ..EngineSummary::default() };
        let other = engines::note(&mut transaction, place.host, "/run/c.sock", &containerd).await.unwrap();
        transaction.commit().await.unwrap();
        let engine = place.engine;
        let here = image("shop:1", "sha256:a", 5, content);
        let there = Image { namespace: "k8s.io".into(), own: "sha256:manifest".into(), ..here.clone() };
        place.tell(engine, std::slice::from_ref(&here), &[]).await;
        let run = Container {
            namespace: Some("k8s.io".into()),
            ..container("c", "shop:1", "sha256:manifest", ContainerState::Running)
        };
        place.tell(other, &[there], &[run]).await;
        let expected = [("shop:1".to_owned(), 1, 1, 1, true, false)];
        assert_eq!(place.assets().await, expected);
        assert!(place.tell(engine, &[], &[]).await.is_empty());
        assert_eq!(place.assets().await, expected);
        assert_eq!(place.tell(other, &[], &[]).await, [content]);
        assert_eq!(place.assets().await, [("shop:1".to_owned(), 0, 0, 0, false, true)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_never_be_opened_is_forgotten_with_its_engine() {
    on_both(async |database| {
        let mut place = Place::new(database).await;
        let engine = place.engine;
        let broken = Image {
            content: None,
            failure: Some(Failure::ContentMissing),
            ..image("shop:1", "sha256:a", 5, 0)
        };
        place.tell(engine, &[broken], &[]).await;
        let known = sync::known(&place.database, engine).await.unwrap();
        assert_eq!(known.len(), 1);
        assert_eq!((known[0].content, known[0].failure.as_deref()), (None, Some("content_missing")));
        place.tell(engine, &[], &[]).await;
        assert!(place.assets().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_new_never_has_the_id_of_what_was_deleted() {
    on_both(|database| async move {
        let old = projects::create(&database, "old").await.unwrap();
        let project = projects::find(&database, &Scope::All, old).await.unwrap().unwrap();
        projects::delete(&database, &project).await.unwrap();
        assert_ne!(projects::create(&database, "new").await.unwrap(), old);
    })
    .await;
}
