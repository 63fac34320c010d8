use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use image::containerd::Engine;
use testkit::{Daemon, tool};

/// A containerd of the test's own, in a directory of its own.
pub(crate) struct Server {
    pub(crate) scratch: tempfile::TempDir,
    ctr: PathBuf,
    _daemon: Daemon,
}

/// The plug-in that serves the kubelet needs seconds to begin.
pub(crate) const WITHOUT_KUBERNETES: &str = "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]";

impl Server {
    pub(crate) fn start() -> Option<Self> {
        Self::start_by(WITHOUT_KUBERNETES, |program| Some(Command::new(program)))
    }

    /// Starts it where what it keeps is seen by nobody else.
    pub(crate) fn start_hidden() -> Option<Self> {
        Self::start_by(WITHOUT_KUBERNETES, |program| {
            let mut command = Command::new(tool("unshare")?);
            let script = "mount -t tmpfs tmpfs \"$1\" && shift && exec \"$@\"";
            // The first word is the name of the script, the second the directory to hide; see below.
            command.args(["--mount", "sh", "-c", script, "hidden", "ROOT"]).arg(program);
            Some(command)
        })
    }

    pub(crate) fn start_by(settings: &str, command: impl Fn(&Path) -> Option<Command>) -> Option<Self> {
        let (program, ctr) = (tool("containerd")?, tool("ctr").filter(|_| testkit::root())?);
        let scratch = tempfile::tempdir().unwrap();
        let path = |name: &str| scratch.path().join(name).display().to_string();
        let [root, state, grpc, ttrpc] = ["root", "state", "grpc.sock", "ttrpc.sock"].map(path);
        let config = format!(
            "version = 2\nroot = {root:?}\nstate = {state:?}\n{settings}\n[grpc]\naddress = {grpc:?}\n\
             [ttrpc]\naddress = {ttrpc:?}\n"
        );
        std::fs::write(path("config.toml"), config).unwrap();
        std::fs::create_dir(path("root")).unwrap();
        let prepared = command(&program)?;
        let mut command = Command::new(prepared.get_program());
        for word in prepared.get_args() {
            command.arg(if word == "ROOT" { path("root").into() } else { word.to_owned() });
        }
        command.args(["--config", &path("config.toml")]);
        let mut daemon = Daemon::start(command, &scratch.path().join("log"));
        let socket = scratch.path().join("grpc.sock");
        daemon.wait_until(Duration::from_secs(60), || Engine::connect(&socket).is_ok());
        Some(Self { scratch, ctr, _daemon: daemon })
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::connect(&self.socket()).unwrap()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.scratch.path().join("grpc.sock")
    }

    fn command(&self, namespace: &str) -> Command {
        let mut command = Command::new(&self.ctr);
        command.arg("--address").arg(self.socket()).args(["--namespace", namespace]);
        command
    }

    /// Runs `ctr` in a namespace, and gives what it prints.
    pub(crate) fn ctr(&self, namespace: &str, words: &[&str]) -> String {
        let output = self.command(namespace).args(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "ctr {words:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn import(&self, namespace: &str, archive: &[u8], words: &[&str]) {
        let path = self.scratch.path().join("archive.tar");
        std::fs::write(&path, archive).unwrap();
        let path = path.display().to_string();
        self.ctr(namespace, &[&["images", "import"], words, &[path.as_str()]].concat());
    }

    /// Forgets what the layers of an image were unpacked to, the highest first.
    pub(crate) fn remove_snapshots(&self, namespace: &str) {
        for _ in 0..100 {
            let listed = self.ctr(namespace, &["snapshots", "list"]);
            let lines: Vec<Vec<&str>> =
                listed.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
            let parents: BTreeSet<&str> =
                lines.iter().filter(|words| words.len() == 3).map(|words| words[1]).collect();
            let mut keys = lines.iter().filter_map(|words| words.first().copied());
            let Some(leaf) = keys.rfind(|key| !parents.contains(key)) else { return };
            // The garbage collection may have been quicker.
            self.command(namespace).args(["snapshots", "remove", leaf]).output().unwrap();
        }
    }

    pub(crate) fn remove_layers(&self, namespace: &str, image: &testkit::Image) {
        for layer in image.blobs().layers {
            self.remove_content(namespace, &layer.digest);
        }
    }

    pub(crate) fn remove_content(&self, namespace: &str, digest: &str) {
        self.ctr(namespace, &["content", "rm", digest]);
        // The end of a lease is waited for until what nobody refers to is off the disk.
        self.ctr(namespace, &["leases", "create", "--id", "end"]);
        self.ctr(namespace, &["leases", "delete", "--sync", "end"]);
    }
}

impl Drop for Server {
    /// Ends what runs in containers: the programs that hold them outlive containerd.
    fn drop(&mut self) {
        for namespace in ["default", "k8s.io"] {
            let listed = self.command(namespace).args(["tasks", "list", "--quiet"]).output();
            for id in
                listed.iter().flat_map(|listed| std::str::from_utf8(&listed.stdout)).flat_map(str::lines)
            {
                drop(self.command(namespace).args(["tasks", "delete", "--force", id]).output());
            }
        }
        // The shared memory of pods, which only the kubelet would ask to be taken away.
        let mounts = bounded::read_file(Path::new("/proc/self/mounts"), 1 << 20).unwrap_or_default();
        let scratch = self.scratch.path().display().to_string();
        for mount in String::from_utf8_lossy(&mounts).lines().filter_map(|line| line.split(' ').nth(1)) {
            if mount.starts_with(&scratch) {
                drop(Command::new("umount").arg(mount).output());
            }
        }
    }
}

/// A program for this processor that waits, or ends with 7 at once: a header, one segment and a few instructions.
pub(crate) fn program(waits: bool) -> Vec<u8> {
    // pause(2) again and again; or exit(7).
    let code: &[u8] = if waits {
        &[0xb8, 0x22, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7]
    } else {
        &[0xbf, 7, 0, 0, 0, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05]
    };
    let words = |values: &[u64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0".to_vec();
    file.extend(words(&[0x40_0078, 64, 0]));
    file.extend([0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 0, 0, 0, 0]);
    file.extend([1, 0, 0, 0, 5, 0, 0, 0]);
    file.extend(words(&[0, 0x40_0000, 0x40_0000, 120 + code.len() as u64, 120 + code.len() as u64, 0x1000]));
    file.extend(code);
    file
}
