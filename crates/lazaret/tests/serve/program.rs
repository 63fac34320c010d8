//! The program `lazaret serve`, as somebody starts it, and its interface as somebody asks it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use testkit::Daemon;

/// How long anything may take that is not told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is looked whether something came about.
const STEP: Duration = Duration::from_millis(100);

/// Where a server finds what it works with.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// Its data, and what it says.
    pub directory: PathBuf,
    /// `postgres://…`; SQLite without.
    pub database: Option<String>,
    /// The socket of Docker.
    pub docker: Option<PathBuf>,
    /// The socket of containerd.
    pub containerd: Option<PathBuf>,
    /// Where advisories are fetched from.
    pub mirror: Option<PathBuf>,
}

/// A server that runs.
pub struct Program {
    daemon: Daemon,
    base: String,
    client: Client,
    secrets: Vec<String>,
    log: PathBuf,
}

impl Setting {
    /// The log of all servers that were started here.
    pub fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    /// Starts the server, and waits until it answers.
    pub fn start(&self) -> Program {
        let none = self.directory.join("none");
        let mut command = Command::new("sh");
        // The log goes to a file that a start anew goes on with; what is said to people is apart from it.
        command.args(["-c", r#"exec "$@" 2>>"$LOG_FILE""#, "sh", env!("CARGO_BIN_EXE_lazaret")]);
        command.args(["serve", "--listen", "127.0.0.1:0", "--workers", "2", "--no-update"]);
        command.arg("--data-dir").arg(self.directory.join("data"));
        if let Some(mirror) = &self.mirror {
            command.arg("--mirror").arg(mirror);
        }
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LOG_FILE", self.log());
        let docker = self.docker.as_ref().unwrap_or(&none);
        command.env("HOME", &self.directory).env("DOCKER_HOST", format!("unix://{}", docker.display()));
        command.env("CONTAINERD_ADDRESS", self.containerd.as_ref().unwrap_or(&none));
        command.env("CONTAINERS_STORAGE_CONF", &none);
        if let Some(database) = &self.database {
            command.env("LAZARET_DATABASE", database);
        }
        let output = self.directory.join("output");
        let mut daemon = Daemon::start(command, &output);
        let mut base = None;
        daemon.wait_until(PATIENCE, || {
            base = said(&output, "lazaret answers at ");
            base.is_some()
        });
        let client = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let password = said(&output, "  password: ");
        let mut program =
            Program { daemon, base: base.unwrap(), client, secrets: Vec::new(), log: self.log() };
        program.sign_in(&self.directory.join("token"), password);
        program
    }
}

/// The rest of the line that begins so.
fn said(file: &Path, start: &str) -> Option<String> {
    let text = String::from_utf8(bounded::read_file(file, 1 << 20).ok()?).unwrap();
    text.lines().find_map(|line| line.strip_prefix(start)).map(str::to_owned)
}

impl Program {
    /// With the password of the first start a token is made, which later starts use again.
    fn sign_in(&mut self, kept: &Path, password: Option<String>) {
        if let Some(password) = password {
            let answer = self.client.post(self.url("/session"));
            let answer = answer.json(&json!({"login": "admin", "password": password})).send().unwrap();
            let cookie =
                answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
            let me: Value = answer.json().unwrap();
            let csrf = me["csrf_token"].as_str().unwrap().to_owned();
            let made = self.client.post(self.url("/tokens")).header("cookie", &cookie);
            let made = made.header("x-csrf-token", &csrf);
            let made = made.json(&json!({"name": "test", "role": "administrator"})).send().unwrap();
            let made: Value = made.error_for_status().unwrap().json().unwrap();
            std::fs::write(kept, made["value"].as_str().unwrap()).unwrap();
            self.secrets = vec![password, cookie.split('=').nth(1).unwrap().to_owned(), csrf];
        }
        self.secrets.insert(0, said(kept, "").unwrap());
    }

    /// What no log may hold.
    pub fn secrets(&self) -> &[String] {
        &self.secrets
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.base)
    }

    fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let request = self.client.request(method, self.url(path)).bearer_auth(&self.secrets[0]);
        match body {
            Some(body) => request.json(body),
            None => request,
        }
        .send()
        .unwrap()
    }

    fn answer(&self, what: &str, answer: Response) -> Value {
        let status = answer.status();
        let text = answer.text().unwrap();
        assert!(status.is_success(), "{what}: {status}: {text}\n{}", self.end_of_log());
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    fn end_of_log(&self) -> String {
        let log = bounded::read_file(&self.log, 64 << 20).unwrap();
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    pub fn get(&self, path: &str) -> Value {
        self.answer(path, self.send(Method::GET, path, None))
    }

    /// The bytes of a file.
    pub fn file(&self, path: &str) -> Vec<u8> {
        let answer = self.send(Method::GET, path, None);
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().unwrap().to_vec()
    }

    pub fn post(&self, path: &str, body: &Value) -> Value {
        self.answer(path, self.send(Method::POST, path, Some(body)))
    }

    /// Sends a file.
    pub fn upload(&self, path: &str, bytes: Vec<u8>) -> Value {
        let request = self.client.post(self.url(path)).bearer_auth(&self.secrets[0]);
        let answer = request.header("content-type", "application/octet-stream").body(bytes).send().unwrap();
        self.answer(path, answer)
    }

    /// Waits until an answer is as it should be, and gives it.
    pub fn wait(&self, limit: Duration, path: &str, is_right: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + limit;
        loop {
            let answer = self.get(path);
            if is_right(&answer) {
                return answer;
            }
            assert!(
                Instant::now() < end,
                "{path} was not right in {limit:?}: {answer:#}\n{}",
                self.end_of_log()
            );
            std::thread::sleep(STEP);
        }
    }

    /// Waits until a task has ended, and gives it.
    pub fn ended(&self, task: &Value) -> Value {
        let path = format!("/tasks/{}", task["id"]);
        self.wait(PATIENCE, &path, |task| !task["finished"].is_null())
    }

    /// The image of a name, once it is there.
    pub fn image(&self, limit: Duration, name: &str) -> Value {
        let named = |list: &Value| {
            list["items"].as_array().unwrap().iter().find(|image| image["name"] == name).cloned()
        };
        let list = self.wait(limit, "/images?limit=200", |list| named(list).is_some());
        named(&list).unwrap()
    }

    /// Ends it as a broken machine does.
    pub fn kill(self) {
        let status = Command::new("kill").args(["-KILL", &self.daemon.id().to_string()]).status().unwrap();
        assert!(status.success());
        drop(self.daemon);
    }
}
