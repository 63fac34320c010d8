//! A scratch directory with an image and advisories in it, and the program run there.
#![allow(clippy::allow_attributes, reason = "what is used of this differs from binary to binary")]
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "test support; each binary uses a part of it"
)]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub struct Scene {
    scratch: tempfile::TempDir,
}

impl Scene {
    /// The sample image and its advisories.
    pub fn new() -> Self {
        Self::of(&testkit::sample::image())
    }

    /// An image and the sample's advisories.
    pub fn of(image: &testkit::Image) -> Self {
        let scene = Self { scratch: tempfile::tempdir().unwrap() };
        image.write_oci_layout(&scene.path("image"));
        let output = scene.run(&[
            "db",
            "update",
            "--mirror",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../sample/advisories"),
        ]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        scene
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lazaret"));
        command.args(arguments).current_dir(self.scratch.path()).env_clear();
        command.env("HOME", self.path("home")).env("LAZARET_DB", self.path("db"));
        command.env("DOCKER_HOST", format!("unix://{}", self.path("no.sock").display()));
        // What this machine really has is none of a test's business.
        command
            .env("CONTAINERD_ADDRESS", self.path("no.sock"))
            .env("CONTAINERS_STORAGE_CONF", self.path("no.conf"));
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn report(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["scan", "--format", "json"], arguments].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
