//! Programs that keep credentials for Docker: `docker-credential-NAME`.
//!
//! Source: the page "credential stores" of Docker's documentation, and the read-me of `docker-credential-helpers`. Known
//! gap: nothing is stored or erased, only asked for.

use std::io::{self, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::credentials::Credentials;

/// A name and a secret are short.
const OUTPUT_BYTES: u64 = 256 << 10;
/// A helper may ask a cloud, not a person who is away.
const TIME: Duration = Duration::from_secs(30);
const STEP: Duration = Duration::from_millis(5);
/// The user's name where the secret is a token for the token server.
const TOKEN_USER: &str = "<token>";
/// What helpers write when they have none, in the words of their common library.
const NOT_FOUND: &str = "credentials not found in native keychain";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

/// Asks the helper of that name for the credentials of a server; nothing when it has none.
///
/// What it writes is never shown, since it may hold the secret.
pub(super) fn ask(name: &str, server: &str, directories: &[PathBuf]) -> Result<Option<Credentials>, String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
        return Err("its name is no plain word".to_owned());
    }
    let file = format!("docker-credential-{name}");
    let found = directories.iter().map(|directory| directory.join(&file)).find(|path| path.is_file());
    run(&found.ok_or_else(|| format!("there is no program `{file}`"))?, server, TIME)
}

fn run(program: &Path, server: &str, time: Duration) -> Result<Option<Credentials>, String> {
    let mut command = Command::new(program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // A group of its own, so that what it starts ends with it.
    let started = command.process_group(0).spawn();
    let child = started.map_err(|error| format!("it cannot be started: {error}"))?;
    let mut running = Running(child);
    let (output, status) = running.converse(server, time)?;
    if !status.success() {
        let none = String::from_utf8_lossy(&output).trim() == NOT_FOUND;
        return if none { Ok(None) } else { Err(format!("it failed with {status}")) };
    }
    let answer: Answer =
        serde_json::from_slice(&output).map_err(|_secret| "it did not answer as a helper does".to_owned())?;
    let (username, secret) = (answer.username, answer.secret);
    Ok(match username.as_str() {
        _ if secret.is_empty() => None,
        TOKEN_USER => Some(Credentials::Identity { username: String::new(), token: secret }),
        _ => Some(Credentials::Password { username, password: secret }),
    })
}

/// A helper while it runs; killed and waited for on drop.
struct Running(Child);

impl Running {
    fn converse(&mut self, server: &str, time: Duration) -> Result<(Vec<u8>, ExitStatus), String> {
        let end = Instant::now() + time;
        let late = || format!("it did not answer within {} seconds", time.as_secs());
        // A helper that does not read what it is asked says so by its answer.
        if let Some(mut input) = self.0.stdin.take()
            && let Err(error) = input.write_all(format!("{server}\n").as_bytes())
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            return Err(format!("it cannot be asked: {error}"));
        }
        let output = self.0.stdout.take().ok_or("it has no output")?;
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = output.take(OUTPUT_BYTES + 1).read_to_end(&mut bytes).map(|_| bytes);
            // Nobody waits any more for what came too late.
            drop(sender.send(read));
        });
        let read = receiver.recv_timeout(time).map_err(|_late| late())?;
        let bytes = read.map_err(|error| format!("its answer cannot be read: {error}"))?;
        if bytes.len() as u64 > OUTPUT_BYTES {
            return Err("its answer is too long".to_owned());
        }
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Ok((bytes, status)),
                Ok(None) if Instant::now() < end => std::thread::sleep(STEP),
                Ok(None) => return Err(late()),
                Err(error) => return Err(format!("it cannot be waited for: {error}")),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        let group = rustix::process::Pid::from_child(&self.0);
        // What cannot be killed has ended by itself.
        if rustix::process::kill_process_group(group, rustix::process::Signal::KILL).is_ok() {
            drop(self.0.wait());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn helper(script: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("docker-credential-test");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        (directory, path)
    }

    fn asked(script: &str) -> Result<Option<Credentials>, String> {
        let (directory, _path) = helper(script);
        ask("test", "registry.example", &["/nonexistent".into(), directory.path().to_owned()])
    }

    #[test]
    fn a_helper_is_told_the_server_and_gives_the_credentials() {
        let script = r#"[ "$1" = get ] && read server && printf '{"ServerURL":"%s","Username":"%s","Secret":"word"}' "$server" "$server""#;
        let found = asked(script).unwrap().unwrap();
        let expected =
            Credentials::Password { username: "registry.example".to_owned(), password: "word".to_owned() };
        assert!(found == expected);
        let token = asked(r#"echo '{"Username":"<token>","Secret":"t"}'"#).unwrap().unwrap();
        assert!(matches!(token, Credentials::Identity { token, .. } if token == "t"));
    }

    #[test]
    fn a_helper_without_credentials_is_no_failure() {
        assert!(asked("echo credentials not found in native keychain; exit 1").unwrap().is_none());
        assert!(asked(r#"echo '{"Username":"","Secret":""}'"#).unwrap().is_none());
    }

    #[test]
    fn what_a_helper_writes_is_never_shown() {
        for script in [
            "echo hunter2; exit 1",
            "echo hunter2 >&2; exit 1",
            "echo hunter2",
            r#"echo '{"Secret":hunter2}'"#,
            "yes hunter2",
        ] {
            let error = asked(script).err().unwrap();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_helper_that_is_late_is_killed_with_what_it_started() {
        let (directory, path) = helper("sleep 60 & echo $! > \"$0.child\"; wait");
        let start = Instant::now();
        let error = run(&path, "registry.example", Duration::from_millis(500)).err().unwrap();
        assert!(error.contains("did not answer within"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(5));
        let child = bounded::read_file(&directory.path().join("docker-credential-test.child"), 99).unwrap();
        let status = format!("/proc/{}/stat", String::from_utf8(child).unwrap().trim());
        let gone = || {
            let state = bounded::read_file(Path::new(&status), 4096).unwrap_or_default();
            state.is_empty() || String::from_utf8_lossy(&state).contains(") Z ")
        };
        while !gone() {
            assert!(start.elapsed() < Duration::from_secs(10), "it still runs");
            std::thread::sleep(STEP);
        }
    }

    #[test]
    fn runs_nothing_by_a_name_that_is_no_word() {
        let (directory, _path) = helper("echo '{}'");
        for name in ["../docker-credential-test", "", "a b", "Test", "a/b", "missing"] {
            assert!(ask(name, "registry.example", &[directory.path().to_owned()]).is_err(), "{name}");
        }
    }
}
