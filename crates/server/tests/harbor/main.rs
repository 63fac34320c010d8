//! This server as the scanner of a Harbor: asked by a client that behaves exactly as Harbor does, over a network, on both
//! databases; images come from a registry with a token server, both played here.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a failure here is a failed test"
)]

mod client;
mod load;
mod played;
mod refusals;
mod reports;
mod restart;

use std::path::Path;

use advisories::{Mirror, Sources};
use server::{App, Door, Key, Listening, Settings};
use sha2::{Digest, Sha256};
use store::{Sql, projects};
use tempfile::TempDir;
use testkit::Postgres;
use tokio::sync::{oneshot, watch};

pub(crate) use client::{Harbor, Way};
pub(crate) use played::Played;

/// The token of an operator who sees all, of a viewer, and of an operator of one project.
const OPERATOR: &str = "lzt_operator_of_all_there_is";
const VIEWER: &str = "lzt_viewer_of_all_there_is";
const THEIRS: &str = "lzt_operator_of_one_project";
/// The password of Harbor's robot, which is written nowhere.
const ROBOT: &str = "robot-secret-7f3a9c";

/// A server that listens, until it is ended.
struct Server {
    app: App,
    address: String,
    end: oneshot::Sender<()>,
    ending: watch::Sender<bool>,
    served: tokio::task::JoinHandle<Result<(), server::Error>>,
}

/// Where a server keeps all it has.
struct Site {
    database: String,
    directory: TempDir,
}

struct Sites {
    all: Vec<Site>,
    _postgres: Option<Postgres>,
}

/// One for each database that is installed; with an advisory about `lodash` before 4.17.21.
fn sites() -> Sites {
    let postgres = Postgres::start();
    let mut all = vec![Site::new(None)];
    all.extend(postgres.as_ref().map(|postgres| Site::new(Some(postgres.url()))));
    Sites { all, _postgres: postgres }
}

impl Site {
    fn new(database: Option<String>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}", directory.path().join("store").display());
        advise(directory.path());
        Self { database: database.unwrap_or(file), directory }
    }

    /// Starts a server; `workers` of them work.
    async fn start(&self, workers: usize) -> Server {
        let mut settings = Settings::new(self.database.clone(), self.directory.path(), Key::new([7; 32]));
        settings.workers = workers;
        settings.layers = 1;
        let app = App::open(settings).await.unwrap();
        if store::accounts::count(&app.database).await.unwrap() == 0 {
            people(&app).await;
        }
        let address = ([127, 0, 0, 1], 0).into();
        let door = Door::open(Listening { address, certificate: None, proxies: Vec::new() }).await.unwrap();
        let address = format!("http://{}", door.address());
        let (end, ended) = oneshot::channel();
        let (ending, _) = watch::channel(false);
        let served = tokio::spawn(door.serve(app.clone(), async { drop(ended.await) }));
        if workers > 0 {
            tokio::spawn(server::run_workers(app.clone(), ending.subscribe()));
        }
        Server { app, address, end, ending, served }
    }
}

impl Server {
    /// A Harbor in which this server is registered as the scanner.
    fn harbor(&self, way: Way) -> Harbor {
        Harbor::new(&self.address, way)
    }

    async fn end(self) {
        self.ending.send_replace(true);
        self.end.send(()).unwrap();
        self.served.await.unwrap().unwrap();
        self.app.database.close().await;
    }

    /// Whether what lets robots in is still kept for a scan.
    async fn is_sealed(&self, name: &str) -> bool {
        let sql = Sql::read("look", "SELECT sealed FROM adapter_scan WHERE name = $1").bind(name);
        let (sealed,): (Option<String>,) = sql.one(&self.app.database).await.unwrap();
        assert!(sealed.as_ref().is_none_or(|sealed| !sealed.contains(ROBOT)));
        sealed.is_some()
    }

    /// How many rows something has.
    async fn count(&self, from: &str) -> i64 {
        let sql = Sql::read("count", format!("SELECT COUNT(*) FROM {from}"));
        let (count,): (i64,) = sql.one(&self.app.database).await.unwrap();
        count
    }
}

/// Writes an advisory database.
fn advise(directory: &Path) {
    let mirror = directory.join("mirror");
    std::fs::create_dir_all(mirror.join("npm")).unwrap();
    let record = serde_json::json!({
        "id": "CVE-2020-8203", "modified": "2024-01-01T00:00:00Z", "summary": "prototype pollution",
        "database_specific": { "severity": "HIGH" },
        "affected": [{
            "package": { "ecosystem": "npm", "name": "lodash" },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "4.17.21" }] }],
        }],
    });
    std::fs::write(mirror.join("npm/CVE-2020-8203.json"), record.to_string()).unwrap();
    let mirror = Mirror::Directory(mirror);
    advisories::update(&directory.join("db"), &Sources::of(&mirror), &|_| {}).unwrap();
}

async fn people(app: &App) {
    let theirs = projects::ensure(&app.database, "theirs").await.unwrap();
    let tokens = [(OPERATOR, "operator", None), (VIEWER, "viewer", None), (THEIRS, "operator", Some(theirs))];
    for (token, role, project) in tokens {
        let account = "INSERT INTO account (login, password_hash, role, created) VALUES ($1, 'none', $2, 1) RETURNING id";
        let account =
            Sql::write("add an account", account).bind(format!("{role} {}", project.is_some())).bind(role);
        let (account,): (i64,) = account.one(&app.database).await.unwrap();
        let digest: String =
            Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let sql = "INSERT INTO token (name, token_hash, account_id, role, project_id, created) \
                   VALUES ('t', $1, $2, $3, $4, 1)";
        let sql = Sql::write("add a token", sql).bind(digest).bind(account).bind(role).bind(project);
        sql.run(&app.database).await.unwrap();
    }
}
