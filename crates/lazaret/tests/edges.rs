//! The allowed edges between the rooms of the house, and nothing else.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Who may use whom, in the product; tests may use `testkit` besides.
const EDGES: &[(&str, &[&str])] = &[
    ("advisories", &["bounded", "distributions", "model", "net", "versions"]),
    ("api", &["model"]),
    ("bounded", &[]),
    ("console", &[]),
    ("decisions", &["model"]),
    ("distributions", &["model"]),
    ("image", &["bounded", "model", "net"]),
    ("inspect", &["bounded", "distributions", "image", "model"]),
    ("inventory", &["bounded", "image", "model", "versions"]),
    (
        "lazaret",
        &[
            "advisories",
            "bounded",
            "decisions",
            "distributions",
            "image",
            "inspect",
            "inventory",
            "model",
            "net",
            "registries",
            "report",
            "scan",
            "server",
            "versions",
        ],
    ),
    ("model", &[]),
    ("net", &[]),
    ("registries", &["image", "model", "net"]),
    ("report", &["model"]),
    ("scan", &["advisories", "bounded", "distributions", "image", "inspect", "inventory", "model"]),
    (
        "server",
        &[
            "advisories",
            "api",
            "bounded",
            "console",
            "decisions",
            "image",
            "inspect",
            "inventory",
            "model",
            "net",
            "registries",
            "report",
            "scan",
            "store",
            "versions",
        ],
    ),
    ("store", &["model"]),
    ("testkit", &[]),
    ("versions", &[]),
];

fn metadata() -> serde_json::Value {
    let cargo = env!("CARGO");
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let arguments =
        ["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path", manifest];
    let output = Command::new(cargo).args(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn crates_use_only_what_the_table_allows() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        EDGES.iter().map(|(from, to)| (*from, to.iter().copied().collect())).collect();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    assert_eq!(names, allowed.keys().copied().collect(), "every crate has a line in the table");
    for package in packages {
        let from = package["name"].as_str().unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = dependency["name"].as_str().unwrap();
            if !names.contains(to) {
                continue;
            }
            let is_test = dependency["kind"].as_str() == Some("dev");
            assert!(
                allowed[from].contains(to) || (is_test && to == "testkit"),
                "`{from}` may not use `{to}`"
            );
        }
    }
}
