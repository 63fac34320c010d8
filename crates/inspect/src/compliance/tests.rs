use image::walk::EntryKind;
use model::{Distribution, ImageConfig, Language, PackageType};

use super::rule::Example;
use super::*;
use crate::Noted;

const TODAY: &str = "2026-11-21";

#[derive(Default)]
struct Image {
    config: ImageConfig,
    distribution: Option<Distribution>,
    packages: Vec<Package>,
    noted: Vec<Noted>,
    day: Option<String>,
}

impl Image {
    fn judged(&self, compliance: &Compliance) -> Vec<Placed> {
        compliance.judge(&Evidence {
            config: &self.config,
            history: &[],
            name: "shop",
            distribution: self.distribution.as_ref(),
            packages: &self.packages,
            kept: &[],
            noted: &self.noted,
            is_directory: false,
            today: self.day.as_deref().unwrap_or(TODAY),
        })
    }

    fn ids(&self, compliance: &Compliance) -> Vec<String> {
        self.judged(compliance).into_iter().map(|placed| placed.finding.id).collect()
    }

    fn of(example: &Example, compliance: &Compliance) -> Self {
        let mut image = Self { day: example.day.clone(), ..Self::default() };
        image
            .packages
            .extend(example.package.as_deref().map(|text| package(text, example.license.as_deref())));
        image.distribution = example.distribution.as_deref().map(|text| {
            let mut words = text.split(' ');
            let id = words.next().unwrap().to_owned();
            Distribution {
                name: Some(text.to_owned()),
                id,
                version: words.next().map(str::to_owned),
                ..Distribution::default()
            }
        });
        image.config.environment.extend(example.environment.clone());
        image.noted.extend(example.program.as_deref().map(|path| noted(path, EntryKind::File)));
        image.noted.retain(|noted| compliance.notes(&entry(noted)));
        image
    }
}

fn entry(noted: &Noted) -> Entry<'_> {
    Entry {
        path: &noted.path,
        kind: noted.kind,
        mode: noted.mode,
        uid: 0,
        gid: 0,
        size: noted.size,
        link: &noted.link,
    }
}

fn package(text: &str, license: Option<&str>) -> Package {
    let (kind, rest) = text.split_once(':').unwrap();
    let (name, version) = rest.rsplit_once('@').unwrap();
    let kinds = [
        PackageType::Deb,
        PackageType::Apk,
        PackageType::Npm,
        PackageType::Pypi,
        PackageType::Maven,
        PackageType::Golang,
    ];
    let kind = kinds.into_iter().find(|known| known.word() == kind).unwrap();
    let mut package = Package::new(kind, name, version);
    package.licenses.extend(license.map(str::to_owned));
    package
}

fn noted(path: &str, kind: EntryKind) -> Noted {
    Noted { path: path.into(), kind, mode: 0o755, uid: 0, gid: 0, size: 9, link: Vec::new(), layer: 2 }
}

fn compliance() -> Compliance {
    Compliance::new(&Options::default()).unwrap()
}

fn with_file(text: &str) -> Result<Compliance, Error> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("own.toml");
    std::fs::write(&file, text).unwrap();
    Compliance::new(&Options { rules: vec![file], ..Options::default() })
}

#[test]
fn every_rule_reports_its_bad_examples_and_not_its_good_ones() {
    let compliance = compliance();
    for rule in &compliance.rules {
        assert!(!rule.fail.is_empty() && !rule.pass.is_empty(), "{} has no examples", rule.id);
        for example in &rule.fail {
            let ids = Image::of(example, &compliance).ids(&compliance);
            assert!(ids.contains(&rule.id), "{} {example:?} {ids:?}", rule.id);
        }
        for example in &rule.pass {
            let ids = Image::of(example, &compliance).ids(&compliance);
            assert!(!ids.contains(&rule.id), "{} {example:?}", rule.id);
        }
    }
}

#[test]
fn rules_are_sorted_and_say_everything_in_both_languages() {
    let rules = rule::built_in().unwrap();
    assert!(rules.is_sorted_by(|a, b| a.id < b.id));
    for rule in &rules {
        for text in [&rule.description, &rule.advice] {
            assert!(!text.en.is_empty() && !text.zh.is_empty(), "{}", rule.id);
        }
        if let Forbidden::EndOfLife { .. } = rule.forbidden {
            assert!(rule.references[0].starts_with("https://"), "{}", rule.id);
        } else {
            assert!(!rule.title.zh.is_empty(), "{}", rule.id);
        }
    }
}

#[test]
fn every_distribution_whose_releases_end_has_a_rule() {
    let rules = rule::built_in().unwrap();
    let judged = |id: &str| {
        rules.iter().any(|rule| match &rule.forbidden {
            Forbidden::EndOfLife { distribution, cycles, .. } => {
                distribution.as_deref() == Some(id) && cycles.is_empty()
            }
            _ => false,
        })
    };
    for known in distributions::all().iter().filter(|known| known.releases().next().is_some()) {
        assert!(judged(&known.id), "{}", known.id);
    }
}

#[test]
fn tells_the_day_and_its_source() {
    let image = Image {
        distribution: Some(Distribution {
            id: "debian".to_owned(),
            version: Some("10".to_owned()),
            ..Distribution::default()
        }),
        ..Image::default()
    };
    let judged = image.judged(&compliance());
    let [Placed { finding, layer: None }] = judged.as_slice() else { panic!("{judged:?}") };
    assert_eq!(finding.title(Language::English), "Debian 10 has been out of support since 2024-06-30");
    assert!(finding.title(Language::Chinese).contains("2024-06-30"));
    assert!(finding.description(Language::English).contains("https://wiki.debian.org/DebianReleases"));
}

#[test]
fn a_release_is_supported_on_its_last_day() {
    let compliance = compliance();
    let example = Example { distribution: Some("debian 11".to_owned()), ..Example::default() };
    let image = Image::of(&example, &compliance);
    let on = |today: &str| {
        compliance
            .judge(&Evidence {
                config: &image.config,
                history: &[],
                name: "",
                distribution: image.distribution.as_ref(),
                packages: &[],
                kept: &[],
                noted: &[],
                is_directory: false,
                today,
            })
            .len()
    };
    assert_eq!((on("2026-08-31"), on("2026-09-01")), (0, 1));
}

#[test]
fn of_alternatives_the_best_counts_and_of_what_holds_together_the_worst() {
    let compliance = compliance();
    for (license, expected) in [
        ("AGPL-3.0-only OR SSPL-1.0", 1),
        ("AGPL-3.0-only OR BUSL-1.1", 2),
        ("AGPL-3.0-only OR MIT", 0),
        ("MIT AND (AGPL-3.0-only OR Apache-2.0)", 0),
        ("(MIT OR Apache-2.0) AND AGPL-3.0-or-later", 1),
        ("GPL-3.0-or-later", 0),
    ] {
        let image = Image { packages: vec![package("npm:a@1", Some(license))], ..Image::default() };
        assert_eq!(image.ids(&compliance).len(), expected, "{license}");
    }
}

#[test]
fn what_a_system_package_brought_is_the_distributions_to_mend_and_to_license() {
    let mut brought = package("pypi:django@3.2.25", Some("AGPL-3.0-only"));
    let upstream = Image { packages: vec![brought.clone()], ..Image::default() };
    assert_eq!(upstream.ids(&compliance()), ["license/network-copyleft", "end-of-life/django"]);
    brought.owner = Some("python3-django".to_owned());
    let image = Image { packages: vec![brought], ..Image::default() };
    assert_eq!(image.ids(&compliance()), [""; 0]);
}

#[test]
fn a_program_of_a_reported_package_is_not_reported_again() {
    let compliance = compliance();
    let program = || vec![noted("usr/local/bin/frpc", EntryKind::File)];
    let mut frp = package("golang:github.com/fatedier/frp@v0.52.3", None);
    frp.paths.push("usr/local/bin/frpc".to_owned());
    let image = Image { packages: vec![frp], noted: program(), ..Image::default() };
    assert_eq!(image.ids(&compliance), ["software/tunnel"]);
    let image = Image { packages: vec![package("deb:frp@1", None)], noted: program(), ..Image::default() };
    assert_eq!(image.ids(&compliance), ["software/tunnel"]);
    let judged = Image { noted: program(), ..Image::default() }.judged(&compliance);
    assert_eq!((judged.len(), judged[0].layer), (1, Some(2)));
    assert_eq!(judged[0].finding.paths(), ["usr/local/bin/frpc"]);
}

#[test]
fn links_and_files_that_do_not_run_are_no_programs() {
    let compliance = compliance();
    let mut data = noted("usr/bin/nc", EntryKind::File);
    data.mode = 0o644;
    for noted in
        [data, noted("usr/bin/nc", EntryKind::SymbolicLink), noted("usr/bin/nc", EntryKind::HardLink)]
    {
        assert!(!compliance.notes(&entry(&noted)));
        assert_eq!(Image { noted: vec![noted], ..Image::default() }.ids(&compliance), [""; 0]);
    }
    assert!(compliance.notes(&entry(&noted("usr/bin/nc", EntryKind::File))));
    assert!(!compliance.notes(&entry(&noted("usr/share/nc", EntryKind::File))));
}

const OWN: &str = r#"
[[rule]]
id = "software/ssh-server"
severity = "critical"
title = { en = "own" }
description = { en = "" }
advice = { en = "" }
forbidden = { kind = "software", packages = { deb = ["bash"] } }
"#;

#[test]
fn an_own_rule_replaces_one_of_the_same_id() {
    let own = with_file(OWN).unwrap();
    let packages = vec![package("deb:openssh-server@1", None), package("deb:bash@5", None)];
    let image = Image { packages, ..Image::default() };
    let judged = image.judged(&own);
    assert_eq!(judged.len(), 1);
    assert_eq!(judged[0].finding.package(), Some(("bash", "5")));
    let options = Options { without: vec!["software/ssh-server".to_owned()], ..Options::default() };
    assert_eq!(image.ids(&Compliance::new(&options).unwrap()), [""; 0]);
}

#[test]
fn a_hostile_rule_file_is_an_error_that_says_where() {
    for (text, line, why) in [
        (OWN.replace("critical", "bad"), 4, "bad"),
        (OWN.replace("deb =", "rpm ="), 2, "`rpm` is no type"),
        (OWN.replace("\"bash\"", "\"*\""), 8, "begins with"),
        (OWN.replace("\"bash\"", "\"a*b#\""), 8, "one wildcard"),
        (OWN.replace("title =", "titel ="), 5, "titel"),
        (OWN.replace("title = { en = \"own\" }", ""), 2, "no title"),
        (format!("{OWN}{OWN}"), 10, "twice"),
        ("rule = [".repeat(10), 1, ""),
        ("[[rule]]\nid = \"\u{0}".to_owned(), 2, ""),
        (
            OWN.replace(
                "{ kind = \"software\", packages = { deb = [\"bash\"] } }",
                "{ kind = \"end-of-life\", product = \"x\", cycles = { \"1\" = \"soon\" } }",
            ),
            8,
            "is not a day",
        ),
    ] {
        match with_file(&text) {
            Err(Error::Rules { line: at, column, why: said, .. }) => {
                assert!(at == line && column > 0 && said.contains(why), "{at}:{column} {said}");
            }
            other => panic!("{text} {other:?}"),
        }
    }
}
