use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::{Daemon, root, tool};

/// How long an engine may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Docker Engine of the test's own, with the storage driver `overlay2` and without a network.
#[derive(Debug)]
pub struct Dockerd {
    // Before the directory: it must have ended when that goes.
    daemon: Option<Daemon>,
    scratch: tempfile::TempDir,
}

impl Dockerd {
    /// Starts it; nothing when it is not installed or this is not root.
    pub fn start() -> Option<Self> {
        let program = tool("dockerd").filter(|_| root())?;
        let scratch = tempfile::tempdir().unwrap();
        let at = |name: &str| scratch.path().join(name);
        // The data root is a link, as where a disk was too small.
        std::fs::create_dir(at("disk")).unwrap();
        std::os::unix::fs::symlink("disk", at("data")).unwrap();
        let mut command = Command::new(program);
        command.args(["--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=overlay2"]);
        command.arg("--data-root").arg(at("data")).arg("--exec-root").arg(at("exec"));
        command.arg("--pidfile").arg(at("pid")).arg("--config-file").arg(at("daemon.json"));
        command.arg("-H").arg(format!("unix://{}", at("docker.sock").display()));
        std::fs::write(at("daemon.json"), "{}").unwrap();
        let mut daemon = Daemon::start(command, &at("log"));
        let socket = at("docker.sock");
        daemon.wait_until(PATIENCE, || UnixStream::connect(&socket).is_ok());
        Some(Self { daemon: Some(daemon), scratch })
    }

    /// A file in its directory: `data` is its data root, `docker.sock` its socket, others are the test's.
    pub fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.path("docker.sock")
    }

    /// `unix://…`, for `DOCKER_HOST`.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Runs `docker`.
    pub fn docker(&self, words: &[&str]) -> String {
        output(Command::new("docker").arg("-H").arg(self.host()).args(words))
    }
}

impl Drop for Dockerd {
    fn drop(&mut self) {
        drop(self.daemon.take());
        // What the engine may have left mounted would keep the directory from going.
        drop(Command::new("umount").arg("-q").arg(self.path("disk")).output());
    }
}

/// A containerd of the test's own, with the overlay snapshotter and without Kubernetes' interface.
#[derive(Debug)]
pub struct Containerd {
    _daemon: Daemon,
    scratch: tempfile::TempDir,
}

impl Containerd {
    /// Starts it; nothing when it is not installed or this is not root.
    pub fn start() -> Option<Self> {
        let program = tool("containerd").filter(|_| tool("ctr").is_some() && root())?;
        let scratch = tempfile::tempdir().unwrap();
        let at = |name: &str| scratch.path().join(name);
        let config = format!(
            "version = 2\nroot = {:?}\nstate = {:?}\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n\
             [grpc]\naddress = {:?}\n[ttrpc]\naddress = {:?}\n",
            at("root"),
            at("state"),
            at("grpc.sock"),
            at("ttrpc.sock")
        );
        std::fs::write(at("config.toml"), config).unwrap();
        let mut command = Command::new(program);
        command.arg("--config").arg(at("config.toml"));
        let mut daemon = Daemon::start(command, &at("log"));
        let socket = at("grpc.sock");
        daemon.wait_until(PATIENCE, || UnixStream::connect(&socket).is_ok());
        Some(Self { _daemon: daemon, scratch })
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.scratch.path().join("grpc.sock")
    }

    /// Runs `ctr` in a namespace.
    pub fn ctr(&self, namespace: &str, words: &[&str]) -> String {
        let mut command = Command::new("ctr");
        command.arg("--address").arg(self.socket()).args(["--namespace", namespace]);
        output(command.args(words))
    }
}

pub(crate) fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}
