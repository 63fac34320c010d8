//! An image with something wrong of every kind in every position gives exactly the report that is expected.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::path::{Path, PathBuf};

use common::{Scene, text};
use serde_json::Value;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/planted.json")
}

/// The report of the planted image under a key that never changes, without what differs from run to run.
fn report(arguments: &[&str]) -> Value {
    let scene = Scene::of(&testkit::sample::planted::image());
    std::fs::write(scene.path("key"), "07".repeat(32)).unwrap();
    let mut report = scene.report(&[&["--key-file", "key"], arguments, &["image"]].concat());
    let fields = report.as_object_mut().unwrap();
    fields.remove("stats");
    // The vulnerabilities are the starter set's, which has tests of its own; the day it was read is today.
    fields.remove("database");
    report
}

const CHECKS: [&str; 2] = ["--checks", "malware,software,files,baseline,secrets,compliance,base-image"];

#[test]
fn the_planted_image_gives_the_golden_report() {
    let report = report(&CHECKS);
    let expected: Value = serde_json::from_slice(&bounded::read_file(&golden(), 16 << 20).unwrap()).unwrap();
    for (field, value) in expected.as_object().unwrap() {
        let found = &report[field];
        if let (Some(found), Some(value)) = (found.as_array(), value.as_array()) {
            for (found, value) in found.iter().zip(value) {
                assert_eq!(found, value, "in {field}");
            }
        }
        assert_eq!(found, value, "{field}");
    }
    assert_eq!(report.as_object().unwrap().len(), expected.as_object().unwrap().len());
}

/// Writes the golden report anew; read the difference before it is committed.
#[test]
#[ignore = "writes the golden report: cargo test -p lazaret --test planted -- --ignored bless"]
fn bless() {
    let text = serde_json::to_string_pretty(&report(&CHECKS)).unwrap();
    std::fs::create_dir_all(golden().parent().unwrap()).unwrap();
    std::fs::write(golden(), text + "\n").unwrap();
}

/// What of a kind is found: id, path or place, layer by its number, visible.
fn found(report: &Value, kind: &str) -> Vec<(String, String, Option<usize>, Option<bool>)> {
    let layers = report["layers"].as_array().unwrap();
    let mut found = Vec::new();
    for finding in report["findings"].as_array().unwrap().iter().filter(|finding| finding["kind"] == kind) {
        let place = finding["path"].as_str().or(finding["place"].as_str()).unwrap_or_default().to_owned();
        let layer = layers.iter().position(|layer| layer["diff_id"] == finding["layer"]);
        found.push((finding["id"].as_str().unwrap().to_owned(), place, layer, finding["visible"].as_bool()));
    }
    found.sort();
    found
}

#[test]
fn every_layer_is_judged_and_what_is_gone_is_history() {
    let report = report(&["--checks", "secrets,malware"]);
    let secrets = found(&report, "secrets");
    let at = |path: &str| -> Vec<(Option<usize>, Option<bool>)> {
        let here = secrets.iter().filter(|(_, place, ..)| place == path);
        here.map(|(_, _, layer, visible)| (*layer, *visible)).collect()
    };
    assert_eq!(at("srv/app/.env"), [(Some(1), Some(true))]);
    // Removed by layer 2 and brought back by layer 3.
    assert_eq!(at("root/.ssh/id_rsa"), [(Some(3), Some(true))]);
    // Its own name is gone, a hard link is not.
    assert_eq!(at("srv/app/current.yml"), [(Some(3), Some(true))]);
    assert_eq!(at("env AWS_ACCESS_KEY_ID").len(), 1, "{secrets:?}");
    assert_eq!(at("label maintainer-token").len(), 1, "{secrets:?}");
    let history: Vec<_> = secrets.iter().filter(|(_, place, ..)| place.starts_with("history ")).collect();
    assert_eq!(history.len(), 1, "{secrets:?}");
    assert_eq!(history[0].2, Some(4));
    let malware = found(&report, "malware");
    let at = |path: &str| malware.iter().find(|(_, place, ..)| place == path).map(|found| (found.2, found.3));
    assert_eq!(at("var/www/html/up.php"), Some((Some(1), Some(false))), "{malware:?}");
    assert_eq!(at("opt/old/test.com"), Some((Some(1), Some(false))), "{malware:?}");
    assert_eq!(at("srv/app/tools.zip/bin/test.com"), Some((Some(3), Some(true))), "{malware:?}");
    assert_eq!(at("tmp/.x/run.sh"), Some((Some(4), Some(true))), "{malware:?}");
}

#[test]
fn no_report_in_any_format_tells_a_secret() {
    use testkit::sample::planted;
    let scene = Scene::of(&planted::image());
    let private = planted::private_key();
    let secrets = [
        planted::aws_key(),
        planted::github_token(),
        planted::gitlab_token(),
        planted::stripe_key(),
        private.lines().nth(3).unwrap().to_owned(),
        "$6$lazaret0$".to_owned(),
    ];
    for format in ["table", "json", "html", "csv", "sarif", "cyclonedx", "spdx", "junit", "github"] {
        // Without the check for secrets, too: what the report shows of the configuration is masked all the same.
        for checks in ["all", "software,baseline"] {
            let output = scene.run(&["scan", "--checks", checks, "--format", format, "image"]);
            assert!(output.status.success(), "{}", text(&output.stderr));
            let shown = text(&output.stdout);
            assert!(!shown.is_empty(), "{format}");
            for secret in &secrets {
                assert!(!shown.contains(secret.as_str()), "{format} tells {secret}");
            }
        }
    }
}
