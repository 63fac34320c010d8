//! Whatever is sent that the document allows, or nearly allows: the server never fails.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failure here is a failed test"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use server::{App, Door, Key, Listening, LogFormat, Settings};
use sha2::{Digest, Sha256};
use store::Sql;
use testkit::Postgres;
use tokio::sync::oneshot;

#[path = "access/things.rs"]
mod things;

/// The program that makes requests from the document.
const PACKAGE: &str = "schemathesis==4.32.5";
/// How long it makes them, in seconds.
const BUDGET: u64 = 75;
/// What it takes to read the document and to tell what it found.
const REST: Duration = Duration::from_secs(120);
/// It has no end.
const STREAMS: [&str; 1] = ["listen"];
const TOKEN: &str = "lzt_contract";
/// No request names it by chance, and so deletes who asks.
const ASKING: i64 = 987_654_321;

/// Where something is there before anybody asks.
const TABLES: [&str; 14] = [
    "host",
    "engine",
    "content",
    "asset",
    "container",
    "scan",
    "event",
    "task",
    "export",
    "decision",
    "schedule",
    "registry",
    "authorised_image",
    "authorisation_entry",
];

/// The program, in an environment of its own that is kept for the next time.
fn program() -> Option<PathBuf> {
    static MAKING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let python = testkit::tool("python3")?;
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PACKAGE);
    let program = home.join("bin/schemathesis");
    if !program.exists() {
        let made = Command::new(python).args(["-m", "venv"]).arg(&home).output().unwrap();
        let pip = home.join("bin/pip");
        let log = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
        if made.status.success() {
            let installed = Command::new(pip).args(["install", "--quiet", PACKAGE]).output().unwrap();
            print!("{}", log(&installed));
        } else {
            print!("{}", log(&made));
        }
    }
    testkit::tool(&program.to_string_lossy())
}

/// An administrator whose token is known, and some things to ask for.
async fn prepare(app: &App) {
    let digest: String = Sha256::digest(TOKEN.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let first = server::first_start(app).await.unwrap().unwrap();
    let (_, hash, _) = store::accounts::named(&app.database, &first.login).await.unwrap().unwrap();
    let account = "INSERT INTO account (id, login, password_hash, role, created) VALUES ($1, $2, $3, $4, 1)";
    let account = Sql::write("plant", account).bind(ASKING).bind("contract").bind(hash).bind("administrator");
    account.run(&app.database).await.unwrap();
    let token = "INSERT INTO token (id, name, token_hash, account_id, role, created) \
        VALUES ($1, 'contract', $2, $1, 'administrator', 1)";
    Sql::write("plant", token).bind(ASKING).bind(digest).run(&app.database).await.unwrap();
    let project = store::projects::ensure(&app.database, store::projects::DEFAULT).await.unwrap();
    things::plant(&app.database, 1, "thing", project).await;
    // SQLite goes on after the highest, PostgreSQL after the last it gave by itself.
    for table in TABLES.into_iter().filter(|_| app.database.is_postgres()) {
        let restart = format!("ALTER TABLE {table} ALTER COLUMN id RESTART WITH 1000");
        Sql::write("plant", restart).run(&app.database).await.unwrap();
    }
}

fn never_fails(database: String) {
    let Some(program) = program() else { return };
    // Why something failed is told there only; the other test may have begun it.
    drop(server::start_log(LogFormat::Text, "error"));
    let directory = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = Settings::new(database, directory.path(), Key::new([7; 32]));
    let (end, ending) = oneshot::channel::<()>();
    let (address, served) = runtime.block_on(async {
        let app = App::open(settings).await.unwrap();
        prepare(&app).await;
        let address = ([127, 0, 0, 1], 0).into();
        let door = Door::open(Listening { address, certificate: None, proxies: Vec::new() }).await.unwrap();
        (door.address(), tokio::spawn(door.serve(app, async { drop(ending.await) })))
    });
    let log = directory.path().join("log");
    let mut command = Command::new(program);
    command
        .args(["run", &format!("http://{address}/api/v1/openapi.json"), "--checks", "not_a_server_error"])
        .args(["--header", &format!("Authorization: Bearer {TOKEN}"), "--seed", "1", "--no-color"])
        .args(["--max-examples", "20", "--max-time", &BUDGET.to_string(), "--request-timeout", "30"])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--suppress-health-check",
            "all",
            "--warnings",
            "off",
        ])
        .args(STREAMS.map(|id| format!("--exclude-operation-id={id}")))
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&log).unwrap())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > Duration::from_secs(BUDGET) + REST {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it did not end in time:\n{}", told(&log));
        }
        std::thread::sleep(Duration::from_millis(200));
    };
    let told = told(&log);
    assert!(status.success(), "{told}");
    // It asked for what there is, and for all of it.
    let (_, tested) = told.split_once("Tested:").unwrap_or_else(|| panic!("{told}"));
    let tested: usize = tested.split_whitespace().next().unwrap().parse().unwrap();
    assert!(tested > 50, "{told}");
    end.send(()).unwrap();
    runtime.block_on(served).unwrap().unwrap();
}

fn told(log: &Path) -> String {
    String::from_utf8_lossy(&bounded::read_file(log, 64 << 20).unwrap()).into_owned()
}

#[test]
fn no_request_makes_the_server_fail_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    never_fails(format!("sqlite:{}", directory.path().join("store").display()));
}

#[test]
fn no_request_makes_the_server_fail_on_postgresql() {
    let Some(cluster) = Postgres::start() else { return };
    never_fails(cluster.url());
}
