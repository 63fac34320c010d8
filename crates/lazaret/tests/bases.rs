//! Approving base images, and what that changes in reports.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use common::{Scene, text};
use serde_json::Value;
use testkit::Image;
use testkit::sample::planted;

/// The planted image beside the base it is built from, and an image that is built from nothing known.
fn scene() -> Scene {
    let scene = Scene::of(&planted::image());
    let mut layers = planted::layers().into_iter();
    let lowest = layers.next().unwrap();
    Image::new("corp/base:1").layer(lowest).write_oci_layout(&scene.path("base"));
    Image::new("stranger:1").layer(layers.next().unwrap()).write_oci_layout(&scene.path("stranger"));
    scene
}

fn ids<'a>(report: &'a Value, kind: &str) -> Vec<&'a str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["kind"] == kind)
        .map(|finding| finding["id"].as_str().unwrap())
        .collect()
}

#[test]
fn an_approved_base_is_known_by_its_layers() {
    let scene = scene();
    let guessed = scene.report(&["--checks", "base-image", "image"]);
    assert_eq!(guessed["base_image"]["evidence"], "history");
    assert_eq!(ids(&guessed, "base-image"), [""; 0]);

    let added = scene.run(&["base", "add", "oci-layout:base", "--name", "corp/base:1"]);
    assert!(added.status.success(), "{}", text(&added.stderr));
    let known = scene.report(&["--checks", "base-image", "image"]);
    assert_eq!(known["base_image"]["evidence"], "approved");
    assert_eq!(known["base_image"]["name"], "corp/base:1");
    assert_eq!(known["base_image"]["layers"], 1);
    assert_eq!(known["layers"][0]["from_base"], true);
    assert_eq!(known["layers"][1]["from_base"], false);
    assert_eq!(ids(&known, "base-image"), [""; 0]);
    let stranger = scene.report(&["--checks", "base-image", "stranger"]);
    assert_eq!(ids(&stranger, "base-image"), ["base-image/unapproved"]);

    assert!(text(&scene.run(&["base", "list"]).stdout).contains("corp/base:1"));
    assert!(scene.run(&["base", "remove", "corp/base:1"]).status.success());
    assert_eq!(scene.run(&["base", "remove", "corp/base:1"]).status.code(), Some(1));
    assert_eq!(ids(&scene.report(&["--checks", "base-image", "stranger"]), "base-image"), [""; 0]);
}

#[test]
fn what_the_base_brought_can_be_left_out() {
    let scene = scene();
    assert!(scene.run(&["base", "add", "oci-layout:base"]).status.success());
    let checks = ["--checks", "vulnerabilities,software,baseline,secrets"];
    let all = scene.report(&[&checks[..], &["image"]].concat());
    let own = scene.report(&[&checks[..], &["--exclude-base", "image"]].concat());
    let of_base = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.filter(|finding| finding["from_base"] == true).count()
    };
    assert!(of_base(&all) > 0);
    assert_eq!(of_base(&own), 0);
    assert!(ids(&own, "secrets").contains(&"stripe-secret-token"));
    assert_eq!(ids(&all, "secrets"), ids(&own, "secrets"));
}
