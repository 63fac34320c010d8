//! The program as a person uses it, on the sample image and its advisories.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::{Scene, text};
use serde_json::Value;

fn feed(mut command: Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn finding<'a>(report: &'a Value, id: &str, package: &str) -> Option<&'a Value> {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["id"] == id && finding["package"] == package)
}

#[test]
fn the_sample_shows_what_its_readme_promises() {
    let scene = Scene::new();
    let report = scene.report(&["oci-layout:image"]);
    assert_eq!(report["schema_version"], model::SCHEMA_VERSION);
    let log4shell = finding(&report, "CVE-2021-44228", "org.apache.logging.log4j:log4j-core").unwrap();
    assert_eq!(log4shell["known_exploited"], true);
    assert_eq!(log4shell["severity"], "critical");
    assert_eq!(log4shell["status"], "fixed");
    assert!(log4shell["paths"][0].as_str().unwrap().contains(".jar/"));
    let zlib = finding(&report, "CVE-2023-45853", "zlib1g").unwrap();
    assert_eq!(zlib["status"], "affected");
    assert!(zlib["fixed_version"].is_null());
    let layers: Vec<&str> =
        report["layers"].as_array().unwrap().iter().map(|layer| layer["diff_id"].as_str().unwrap()).collect();
    assert!(layers.contains(&log4shell["layer"].as_str().unwrap()));
    let names: Vec<&str> = report["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    assert!(!names.contains(&"ejs") && !names.contains(&"wget"));
    assert!(names.contains(&"stdlib"));
    assert_eq!(
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["id"] == "CVE-2023-32681")
            .count(),
        1
    );
}

#[test]
fn the_second_scan_is_the_same_but_for_its_stats() {
    let scene = Scene::new();
    let mut reports =
        [scene.report(&["image"]), scene.report(&["image"]), scene.report(&["--no-cache", "image"])];
    assert_eq!(reports[1]["stats"]["layers_read"], 0);
    for report in &mut reports {
        report.as_object_mut().unwrap().remove("stats");
    }
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], reports[2]);
}

#[test]
fn exit_codes_follow_the_gates() {
    let scene = Scene::new();
    let code =
        |arguments: &[&str]| scene.run(&[&["scan", "--quiet"], arguments].concat()).status.code().unwrap();
    assert_eq!(code(&["image"]), 0);
    assert_eq!(code(&["--fail-on", "high", "image"]), 2);
    assert_eq!(code(&["--fail-on", "critical", "--severity", "low", "image"]), 0);
    assert_eq!(code(&["missing.tar"]), 1);
    assert_eq!(code(&["--format", "yaml", "image"]), 1);
    std::fs::create_dir_all(scene.path("empty/etc")).unwrap();
    std::fs::write(scene.path("empty/etc/os-release"), "ID=fedora\nVERSION_ID=41\n").unwrap();
    assert_eq!(code(&["rootfs:empty"]), 0);
    assert_eq!(code(&["--strict", "rootfs:empty"]), 3);
}

#[test]
fn filters_leave_out_what_was_not_asked_for() {
    let scene = Scene::new();
    let count = |arguments: &[&str]| {
        scene.report(&[arguments, &["image"]].concat())["findings"].as_array().unwrap().len()
    };
    let all = count(&[]);
    let fixable = count(&["--only-fixable"]);
    assert!(0 < fixable && fixable < all);
    assert!(count(&["--severity", "critical,high"]) < all);
    assert_eq!(count(&["--checks", "software"]), 0);
}

#[test]
fn reports_go_to_files_and_both_languages_are_spoken() {
    let scene = Scene::new();
    let output =
        scene.run(&["scan", "--lang", "zh", "--report", "json=a.json", "--report", "table=b.txt", "image"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("漏洞"));
    assert!(!text(&output.stdout).contains('\x1b'), "no colours into a pipe");
    let read = |name: &str| bounded::read_file(&scene.path(name), 1 << 24).unwrap();
    serde_json::from_slice::<Value>(&read("a.json")).unwrap();
    assert!(text(&read("b.txt")).contains("CVE-2021-44228"));
    assert!(text(&scene.run(&["scan", "image"]).stdout).contains("Vulnerabilities:"));
}

#[test]
fn every_field_of_the_report_is_documented() {
    let scene = Scene::new();
    let report = scene.report(&["image"]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/report.md");
    let page = text(&bounded::read_file(&path, 1 << 20).unwrap());
    let mut missing = Vec::new();
    fields(&report, &mut |field| {
        if !page.contains(&format!("`{field}`")) && !missing.contains(&field.to_owned()) {
            missing.push(field.to_owned());
        }
    });
    assert_eq!(missing, [""; 0], "not in docs/report.md");
}

fn fields(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::Object(object) => {
            for (field, value) in object {
                visit(field);
                // The names of labels are the image's.
                if field != "labels" {
                    fields(value, visit);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| fields(value, visit)),
        _ => {}
    }
}

#[test]
fn standard_input_and_compressed_archives_are_read() {
    let scene = Scene::new();
    let archive = testkit::sample::image().docker_archive();
    let expected = scene.report(&["image"])["packages"].as_array().unwrap().len();
    for input in [testkit::gzip(&archive), archive] {
        let output = feed(scene.command(&["scan", "--format", "json", "-"]), &input);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["packages"].as_array().unwrap().len(), expected);
    }
    let output = feed(scene.command(&["scan", "-"]), b"not an image");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with("error: cannot scan `-`"), "{}", text(&output.stderr));
}

#[test]
fn the_database_moves_in_one_file() {
    let scene = Scene::new();
    assert!(scene.run(&["db", "export", "bundle"]).status.success());
    let import = scene.run(&["db", "--db", "other", "import", "bundle"]);
    assert!(import.status.success(), "{}", text(&import.stderr));
    let status = scene.run(&["db", "--db", "other", "status"]);
    assert!(text(&status.stdout).contains("Debian"), "{}", text(&status.stdout));
    let there = scene.report(&["--db", "other", "image"]);
    assert_eq!(there["findings"], scene.report(&["image"])["findings"]);
    std::fs::write(scene.path("broken"), "no bundle").unwrap();
    assert_eq!(scene.run(&["db", "--db", "third", "import", "broken"]).status.code(), Some(1));
}

#[test]
fn no_database_is_a_gap_not_a_clean_report() {
    let scene = Scene::new();
    let mut command = scene.command(&["scan", "--format", "json", "image"]);
    command.env_remove("LAZARET_DB");
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        report["gaps"].as_array().unwrap().iter().any(|gap| gap["what"] == "advisories"),
        "{}",
        report["gaps"]
    );
    assert!(text(&output.stderr).contains("lazaret db update"));
}

#[test]
fn versions_are_compared_in_bulk() {
    let scene = Scene::new();
    let compare = |ecosystem: &str, left: &str, right: &str| {
        text(&scene.run(&["versions", "compare", "--ecosystem", ecosystem, left, right]).stdout)
            .trim()
            .to_owned()
    };
    assert_eq!(compare("Debian:12", "1.0~rc1-1", "1.0-1"), "<");
    assert_eq!(compare("npm", "1.10.0", "1.9.0"), ">");
    assert_eq!(compare("Maven", "2.17", "2.17.0"), "=");
    assert_eq!(compare("PyPI", "not a version", "1.0"), "?");
    let command = scene.command(&["versions", "compare", "--ecosystem", "AlmaLinux:9"]);
    assert_eq!(text(&feed(command, b"1-1\t1-2\n1:1-1\t2-1\n").stdout), "<\n>\n");
    let unknown = scene.run(&["versions", "compare", "--ecosystem", "COBOL", "1", "2"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("npm"));
}

#[test]
fn completions_are_printed() {
    let scene = Scene::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(text(&scene.run(&["completions", shell]).stdout).contains("lazaret"));
    }
}
