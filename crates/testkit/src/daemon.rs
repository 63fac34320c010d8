use std::fs::File;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const STEP: Duration = Duration::from_millis(50);
const GRACE: Duration = Duration::from_secs(10);

/// A process started for a test, such as a registry; ended by its id and waited for on drop.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts the command with its output going to the log file.
    pub fn start(mut command: Command, log: &Path) -> Self {
        let output = File::create(log).unwrap();
        let errors = output.try_clone().unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start `{command:?}`: {error}"));
        Self { child, log: log.to_owned() }
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `ready` says yes; panics with the end of the log when the time is over or the process
    /// ended before.
    pub fn wait_until(&mut self, timeout: Duration, mut ready: impl FnMut() -> bool) {
        let end = Instant::now() + timeout;
        while !ready() {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the daemon ended with {status}:\n{}", self.log_end());
            }
            assert!(Instant::now() < end, "the daemon was not ready in {timeout:?}:\n{}", self.log_end());
            std::thread::sleep(STEP);
        }
    }

    /// Ends it at once, without asking.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        drop(self.child.wait());
    }

    fn log_end(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(40)).map(|line| format!("{line}\n")).collect()
    }

    fn wait_for_end(&mut self, timeout: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + timeout;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < end => std::thread::sleep(STEP),
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if self.wait_for_end(Duration::ZERO).is_some() {
            return;
        }
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let ended = asked.is_ok_and(|status| status.success()) && self.wait_for_end(GRACE).is_some();
        // A panic in a drop would hide the failed test, so what cannot be ended is left.
        if !ended && self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}

/// A TCP port on 127.0.0.1 that was free just now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The path of an installed tool, looked for in `PATH`, `/usr/sbin` and `/sbin`.
///
/// `None` says on standard error that the test was skipped; the test should return. With
/// `LAZARET_REQUIRE_ALL=1` in the environment a missing tool is a failure.
pub fn tool(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|dir| dir.join(name))
        .find(|candidate| candidate.is_file());
    if found.is_none() {
        skip(&format!("{name} is not installed"));
    }
    found
}

/// Whether the test runs as root; when not, that is said as by [`tool`] and the test should return.
pub fn root() -> bool {
    if !is_root() {
        skip("it needs root");
    }
    is_root()
}

pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

pub(crate) fn skip(why: &str) {
    let required = std::env::var_os("LAZARET_REQUIRE_ALL").is_some_and(|value| value == "1");
    assert!(!required, "{why}, and LAZARET_REQUIRE_ALL=1 asks for every test");
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    // Not `eprintln!`: the test runner would keep the line to itself when the test passes.
    let line = format!("SKIPPED: {test}: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_ends_with_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo up; exec sleep 60"]);
        let log = dir.path().join("log");
        let mut daemon = Daemon::start(command, &log);
        daemon.wait_until(Duration::from_secs(10), || std::fs::read(&log).unwrap() == b"up\n");
        let process = PathBuf::from(format!("/proc/{}", daemon.id()));
        assert!(process.exists());
        drop(daemon);
        assert!(!process.exists());
    }

    #[test]
    #[should_panic(expected = "the daemon ended with exit status: 3:\nbroken")]
    fn a_daemon_that_ends_early_shows_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo broken; exit 3"]);
        let mut daemon = Daemon::start(command, &dir.path().join("log"));
        daemon.wait_until(Duration::from_secs(10), || false);
    }

    #[test]
    fn finds_a_tool_and_a_port() {
        assert!(tool("sh").is_some());
        assert!(free_port() > 0);
    }
}
