use std::collections::BTreeSet;

use super::*;
use crate::{Noted, baseline::example::contradiction};

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

#[test]
fn files_with_hashes_are_named_one_by_one() {
    for (file, text) in BUILT_IN {
        for Located { check, .. } in check::parse(file, text).unwrap() {
            let interest = check.test.kind().interest();
            let tries_hashes = interest.reads.iter().any(|reader| reader.fingerprint().contains("<hash>"));
            let named = interest.keeps.iter().all(|pattern| pattern.exact().is_some());
            assert!(!tries_hashes || named, "{}: an image may bring any number of such files", check.id);
        }
    }
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
    let baseline = baseline();
    let kept = [b"etc/passwd".as_slice(), b"etc/ssh/sshd_config"]
        .map(|path| baseline.keep(path, &vec![b'a'; 10 << 20]).unwrap());
    assert!(kept.iter().all(|kept| kept.text.is_empty() && kept.gaps.len() == 1));
    let verdict = judged(&baseline, &kept, &[]);
    for id in ["ACC-0001", "ACC-0003", "WPW-0001"] {
        assert_eq!(outcome(&verdict, id), Outcome::Unknown, "{id}");
    }
    assert_eq!(outcome(&verdict, "SVC-0001"), Outcome::NotApplicable);
    assert_eq!(verdict.gaps.len(), 2);
}

fn judged(baseline: &Baseline, kept: &[Kept], noted: &[Noted]) -> Verdict {
    let kept: Vec<(usize, &Kept)> = kept.iter().map(|kept| (0, kept)).collect();
    baseline.judge(&Evidence {
        config: &model::ImageConfig::default(),
        history: &[],
        name: "",
        distribution: None,
        packages: &[],
        kept: &kept,
        noted,
        is_directory: true,
        today: "2026-11-21",
    })
}

fn noted() -> Noted {
    let kind = image::walk::EntryKind::File;
    Noted { path: Vec::new(), kind, mode: 0o644, uid: 0, gid: 0, size: 1, link: Vec::new(), layer: 0 }
}

fn outcome(verdict: &Verdict, id: &str) -> Outcome {
    verdict.results.iter().find(|result| result.id == id).unwrap().outcome
}

#[test]
fn a_stock_image_in_which_nobody_has_a_password_has_nothing_wrong_about_passwords() {
    let baseline = baseline();
    let kept: Vec<Kept> = [
        ("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nsync:x:4:65534:sync:/bin:/bin/sync\n_apt:x:42:65534::/nonexistent:/usr/sbin/nologin\n"),
        ("etc/shadow", "root:*:20000:0:99999:7:::\nsync:*:20000:0:99999:7:::\n_apt:!:20000::::::\n"),
        ("etc/group", "root:x:0:\nshadow:x:42:\nnogroup:x:65534:\nsudo:x:27:\n"),
        ("etc/login.defs", "PASS_MAX_DAYS\t99999\nPASS_MIN_DAYS\t0\nUMASK 022\nENCRYPT_METHOD YESCRYPT\n"),
        ("etc/pam.d/common-auth", "auth [success=1 default=ignore] pam_unix.so nullok\n"),
        ("etc/pam.d/common-password", "password [success=1 default=ignore] pam_unix.so obscure yescrypt\n"),
    ]
    .into_iter()
    .map(|(path, text)| baseline.keep(path.as_bytes(), text.as_bytes()).unwrap())
    .collect();
    let verdict = judged(&baseline, &kept, &[]);
    let failed: Vec<&str> = verdict.findings.iter().map(|placed| placed.finding.id.as_str()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(outcome(&verdict, "PWD-0007"), Outcome::NotApplicable);
    assert_eq!(outcome(&verdict, "ACC-0013"), Outcome::NotApplicable);
    assert_eq!(outcome(&verdict, "ACC-0001"), Outcome::Pass);
}

#[test]
fn hostile_settings_are_judged_in_bounds() {
    let baseline = baseline();
    let many = |line: &str| line.repeat((1 << 20) / line.len());
    let hostile: Vec<(&str, String)> = vec![
        ("etc/passwd", many("a:x:0:0::/:/bin/sh\n")),
        ("etc/shadow", many("a:$1$abcdefgh$xxxxxxxxxxxxxxxxxxxxxx:99999999999999999999::-1:::::\n")),
        ("etc/group", format!("root:x:0:{}", many("a,"))),
        ("etc/ssh/sshd_config", many("Include /etc/ssh/sshd_config.d/*\n")),
        ("etc/ssh/sshd_config.d/a", "Include /etc/ssh/sshd_config.d/*\n".to_owned()),
        ("etc/redis/redis.conf", many("user a on >b >c\n")),
        (
            "etc/elasticsearch/elasticsearch.yml",
            (0..1200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect(),
        ),
        ("opt/tomcat-users.xml", many("<!--<user name=\"")),
        ("etc/pam.d/system-auth", many("\0=\u{2028}[")),
        ("etc/sudoers", "NOPASSWD".repeat(100_000)),
        ("etc/my.cnf", many("password=\"")),
    ];
    let mut kept: Vec<Kept> = hostile
        .iter()
        .map(|(path, text)| {
            let text = text.get(..(1 << 20).min(text.len())).unwrap_or(text);
            baseline.keep(path.as_bytes(), text.as_bytes()).unwrap()
        })
        .collect();
    kept.sort_by(|a, b| a.path.cmp(&b.path));
    let server = Noted { path: b"etc/ssh/sshd_config".to_vec(), ..noted() };
    let verdict = judged(&baseline, &kept, &[server]);
    assert_eq!(verdict.results.len(), baseline.checks.len());
    // Every setting of the server lies behind files that include themselves.
    assert_eq!(outcome(&verdict, "SSH-0003"), Outcome::Unknown);
    assert!(verdict.gaps.iter().any(|gap| gap.why.contains("too many files")), "{:?}", verdict.gaps);
    for placed in &verdict.findings {
        let model::Detail::Baseline(found) = &placed.finding.detail else { panic!("of another kind") };
        assert!(found.actual.en.len() < 100_000, "{}: {}", placed.finding.id, found.actual.en.len());
    }
}
