//! The program against a real registry, Debian's `docker-registry`, with users.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::process::{Command, Output, Stdio};

use testkit::{DockerRegistry, tool};

/// A registry with users, and a home for the program.
struct Registry {
    server: DockerRegistry,
    scratch: tempfile::TempDir,
    host: String,
}

impl Registry {
    /// Starts one that holds the sample; nothing when a tool is missing.
    fn start() -> Option<Self> {
        let (server, _skopeo) = (DockerRegistry::start_guarded()?, tool("skopeo")?);
        let registry = Self { host: server.host.clone(), server, scratch: tempfile::tempdir().unwrap() };
        let layout = registry.scratch.path().join("image");
        testkit::sample::image().write_oci_layout(&layout);
        registry.server.push(&layout, "shop:1.0", "team/shop:1.0");
        Some(registry)
    }

    fn scan(&self, user: &[(&str, &str)], arguments: &[&str]) -> Output {
        let scan = ["scan", "--checks", "software", "--format", "json", "--no-cache"];
        self.run(user, &[&scan, arguments].concat())
    }

    fn run(&self, user: &[(&str, &str)], arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lazaret"));
        command.args(arguments);
        command.env_clear().env("HOME", self.scratch.path()).envs(user.iter().copied()).stdin(Stdio::null());
        command.env("DOCKER_HOST", "unix:///nowhere/docker.sock").env("CONTAINERD_ADDRESS", "/nowhere");
        command.output().unwrap()
    }
}

fn errors(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.contains("horse"), "a password is never shown: {text}");
    text
}

#[test]
fn an_image_is_scanned_with_the_password_and_only_with_it() {
    let Some(registry) = Registry::start() else { return };
    let right = [("LAZARET_USERNAME", "tester"), ("LAZARET_PASSWORD", "correct-horse")];
    let explicit = format!("registry:{}/team/shop:1.0", registry.host);
    for name in [&explicit, explicit.trim_start_matches("registry:")] {
        let output = registry.scan(&right, &[name]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["image"]["source"], "registry");
        assert!(report["packages"].as_array().unwrap().len() > 70);
        assert_eq!(report["gaps"].as_array().unwrap().len(), 0, "{}", report["gaps"]);
    }
    let wrong = [("LAZARET_USERNAME", "tester"), ("LAZARET_PASSWORD", "wrong-horse")];
    let refused = errors(&registry.scan(&wrong, &[&explicit]));
    assert!(refused.contains(&registry.host), "{refused}");
    errors(&registry.scan(&[], &[&explicit]));
    let missing = errors(&registry.scan(&right, &[&format!("{explicit}-missing")]));
    assert!(missing.contains("cannot find image"), "{missing}");
}

#[test]
fn a_registry_is_tested_step_by_step_and_listed() {
    let Some(registry) = Registry::start() else { return };
    let right = [("LAZARET_USERNAME", "tester"), ("LAZARET_PASSWORD", "correct-horse")];
    let of =
        |user: &[(&str, &str)], arguments: &[&str]| registry.run(user, &[&["registry"], arguments].concat());
    let steps = |output: &Output| -> Vec<(String, bool, String)> {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        lines.map(|line| (word(&line["step"]), line["ok"] == true, word(&line["failure"]))).collect()
    };

    let tested = of(&right, &["test", "oci", &registry.host, "--format", "json"]);
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stdout));
    let names: Vec<String> = steps(&tested).into_iter().map(|(step, ..)| step).collect();
    assert_eq!(names, ["dns", "tls", "auth", "list", "pull"]);
    let wrong = [("LAZARET_USERNAME", "tester"), ("LAZARET_PASSWORD", "wrong-horse")];
    let refused = of(&wrong, &["test", "oci", &registry.host, "--format", "json"]);
    assert_eq!(refused.status.code(), Some(1));
    let last = steps(&refused).pop().unwrap();
    assert_eq!(last, ("auth".to_owned(), false, "authentication_failed".to_owned()));
    let shown = of(&wrong, &["test", "oci", &registry.host, "--lang", "zh"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("authentication_failed") && shown.contains("请检查用户名和密码"), "{shown}");

    // `tester:correct-horse`, as `docker login` keeps it.
    let kept = format!(r#"{{"auths":{{"{}":{{"auth":"dGVzdGVyOmNvcnJlY3QtaG9yc2U="}}}}}}"#, registry.host);
    let home = registry.scratch.path().join(".docker");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("config.json"), kept).unwrap();
    assert!(of(&[], &["test", "oci", &registry.host]).status.success());

    let listed = of(&right, &["list", "oci", &registry.host, "--platforms"]);
    let lines = String::from_utf8(listed.stdout).unwrap();
    assert!(lines.starts_with("team/shop:1.0  sha256:"), "{lines}");
    let excluded = of(&right, &["list", "oci", &registry.host, "--exclude", "team/**", "--format", "json"]);
    assert!(excluded.status.success() && excluded.stdout.is_empty());
    assert!(String::from_utf8_lossy(&excluded.stderr).contains("1 repositories left out"));
    errors(&of(&right, &["list", "no-such-kind", &registry.host]));
}
