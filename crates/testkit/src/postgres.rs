use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::daemon::{is_root, skip};
use crate::{Daemon, free_port};

/// How long it may take to come up, also after a crash.
const PATIENCE: Duration = Duration::from_secs(60);

/// A PostgreSQL cluster of the test's own, on a port of 127.0.0.1.
#[derive(Debug)]
pub struct Postgres {
    // Before the directory: it must have ended when that goes.
    daemon: Option<Daemon>,
    scratch: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts it; nothing when it is not installed.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            skip("postgresql is not installed");
            return None;
        };
        let scratch = tempfile::tempdir().unwrap();
        if is_root() {
            // It refuses to run as root.
            let owner = Command::new("chown").arg("postgres:").arg(scratch.path()).status().unwrap();
            assert!(owner.success(), "there is no user `postgres`");
        }
        std::fs::set_permissions(scratch.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let data = scratch.path().join("data");
        let mut made = command(&programs, "initdb");
        made.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-D"]).arg(&data);
        let made = made.output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let databases = AtomicU32::new(0);
        let mut cluster = Self { daemon: None, scratch, programs, port: free_port(), databases };
        cluster.restart();
        Some(cluster)
    }

    /// The address of a new and empty database.
    pub fn url(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let made = self.sql("postgres", &format!("CREATE DATABASE {name}"));
        assert_eq!(made.trim(), "CREATE DATABASE");
        self.address(&name)
    }

    fn address(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    /// What `psql` says to a statement.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let mut psql = command(&self.programs, "psql");
        psql.args([
            "-X",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            &self.address(database),
            "-c",
            statement,
        ]);
        let output = psql.output().unwrap();
        assert!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Kills its first process, as a crash or a broken machine does.
    pub fn kill(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            daemon.kill();
        }
        self.daemon = None;
        // Its children notice soon; until then the directory is in use.
        let data = self.scratch.path().join("data");
        while std::fs::read_dir("/proc").unwrap().flatten().any(|process| works_in(&process.path(), &data)) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts it again after it was killed.
    pub fn restart(&mut self) {
        self.kill();
        let data = self.scratch.path().join("data");
        let mut server = command(&self.programs, "postgres");
        server.arg("-D").arg(&data).arg("-k").arg(self.scratch.path());
        // The test's machine does not lose power; its disk is slow.
        let port = format!("port={}", self.port);
        for setting in
            ["listen_addresses=127.0.0.1", &port, "fsync=off", "shared_buffers=64MB", "max_connections=200"]
        {
            server.args(["-c", setting]);
        }
        let mut daemon = Daemon::start(server, &self.scratch.path().join("log"));
        let (programs, port) = (self.programs.clone(), self.port.to_string());
        daemon.wait_until(PATIENCE, || {
            let asked =
                command(&programs, "pg_isready").args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
            asked.is_ok_and(|status| status.success())
        });
        self.daemon = Some(daemon);
    }
}

fn works_in(process: &Path, directory: &Path) -> bool {
    std::fs::read_link(process.join("cwd")).is_ok_and(|at| at == directory)
}

/// The newest installed version's programs, where Debian puts them or in the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.retain(|directory| directory.join("initdb").is_file());
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.pop().or_else(|| std::env::split_paths(&path).find(|directory| directory.join("initdb").is_file()))
}

/// A program of PostgreSQL, as a user that it accepts.
fn command(programs: &Path, name: &str) -> Command {
    let program = programs.join(name);
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command.current_dir("/");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_outlives_a_kill() {
        let Some(mut cluster) = Postgres::start() else { return };
        assert!(cluster.url().ends_with("/test0"));
        cluster.sql("test0", "CREATE TABLE kept AS SELECT 7 AS it");
        cluster.kill();
        cluster.restart();
        assert_eq!(cluster.sql("test0", "SELECT it FROM kept").trim(), "7");
    }
}
