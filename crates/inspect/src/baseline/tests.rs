use std::collections::BTreeSet;

use super::*;
use crate::baseline::example::contradiction;

fn baseline() -> Baseline {
    Baseline::new(&Options::default()).unwrap()
}

#[test]
fn every_check_is_as_its_examples_say() {
    let baseline = baseline();
    let wrong: Vec<String> =
        baseline.checks.iter().filter_map(|check| contradiction(&baseline, check)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_check_is_complete() {
    let mut ids = BTreeSet::new();
    for (file, text) in BUILT_IN {
        let checks = check::parse(file, text).unwrap();
        let own: Vec<&str> = checks.iter().map(|located| located.check.id.as_str()).collect();
        assert!(own.is_sorted(), "{file}: sort the checks by id: {own:?}");
        for Located { check, .. } in checks {
            let id = &check.id;
            let (family, number) = id.split_once('-').unwrap();
            assert!(family.bytes().all(|byte| byte.is_ascii_uppercase()) && number.len() == 4, "{id}");
            assert!(ids.insert(id.clone()), "{id} is given twice");
            assert!(!check.standards.is_empty(), "{id} names no standard");
            for text in [&check.title, &check.description, &check.advice] {
                assert!(!text.en.is_empty() && !text.zh.is_empty(), "{id} is not told in both languages");
            }
            assert!(!check.pass.is_empty() && !check.fail.is_empty(), "{id} has no example");
        }
    }
}

#[test]
fn an_image_with_nothing_in_it_passes_or_is_not_applicable() {
    let verdict = baseline().judge(&Evidence {
        config: &model::ImageConfig { user: "1000".to_owned(), ..model::ImageConfig::default() },
        history: &[],
        name: "",
        distribution: None,
        packages: &[],
        kept: &[],
        noted: &[],
        is_directory: true,
        today: "2026-11-21",
    });
    let failed: Vec<&str> = verdict.findings.iter().map(|placed| placed.finding.id.as_str()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert!(verdict.gaps.is_empty());
}

const OWN: &str = r#"
category = "own"

[[check]]
id = "PRM-0001"
severity = "high"
standards = ["House rules"]
title = { en = "The motto is open to all", zh = "座右铭对所有人开放" }
description = { en = "It is ours.", zh = "它是我们的。" }
advice = { en = "Close it.", zh = "请关闭。" }
test = { kind = "file-mode", paths = ["etc/motto"], at_most = "0600" }
pass = [{ files = [{ path = "etc/motto", mode = "0600" }] }]
fail = [{ files = [{ path = "etc/motto", mode = "0644" }] }]
"#;

fn with_own(text: &str) -> Result<Baseline, Error> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("own.toml"), text).unwrap();
    Baseline::new(&Options { checks: vec![directory.path().to_owned()], ..Options::default() })
}

#[test]
fn a_check_of_the_user_replaces_that_of_the_same_id() {
    let own = with_own(OWN).unwrap();
    assert_eq!(own.checks.len(), baseline().checks.len());
    let check = own.checks.iter().find(|check| check.id == "PRM-0001").unwrap();
    assert_eq!(
        (check.category.as_str(), check.standards.as_slice()),
        ("own", &["House rules".to_owned()][..])
    );
}

#[test]
fn checks_can_be_left_out() {
    let options = Options { without: vec!["PRM-0001".to_owned()], ..Options::default() };
    assert!(Baseline::new(&options).unwrap().checks.iter().all(|check| check.id != "PRM-0001"));
}

#[test]
fn rejects_a_check_that_its_examples_contradict() {
    let error = with_own(&OWN.replace("mode = \"0644\"", "mode = \"0400\"")).unwrap_err().to_string();
    assert!(error.contains("own.toml`: line 4") && error.contains("example 1 of `fail`"), "{error}");
}

#[test]
fn says_where_a_file_of_checks_is_wrong() {
    for (from, to, place) in [
        ("severity = \"high\"", "severity = \"awful\"", "line 6, column 12"),
        ("severity = \"high\"", "severity = ", "line 6"),
        ("\"file-mode\"", "\"file-mood\"", "line 11"),
        ("\"0600\" }\npass", "\"0689\" }\npass", "line 11"),
        ("severity", "colour", "line 6, column 1"),
        ("etc/motto\"], at", "/etc/motto\"], at", "line 11"),
    ] {
        let error = with_own(&OWN.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(place), "{to}: {error}");
    }
    let twice = format!("{OWN}{}", OWN.replace("category = \"own\"", ""));
    let error = with_own(&twice).unwrap_err().to_string();
    assert!(error.contains("`PRM-0001` is given twice"), "{error}");
}

#[test]
fn the_version_follows_the_key_and_the_files_that_are_kept() {
    let version = |options: &Options| Baseline::new(options).unwrap().version();
    let plain = version(&Options::default());
    assert_eq!(plain, version(&Options::default()));
    assert_ne!(plain, version(&Options { key: [1; 32], ..Options::default() }));
}

#[test]
fn a_file_that_is_too_large_leaves_its_checks_unknown() {
    let kept = baseline().keep(b"etc/passwd", &vec![b'a'; 10 << 20]).unwrap();
    assert_eq!((kept.text.len(), kept.gaps.len()), (0, 1));
}
