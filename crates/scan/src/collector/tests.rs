//! How often files are read.

use std::collections::BTreeMap;

use bounded::Limits;
use image::walk::walk_tar;
use inspect::{baseline, malware, secrets};

use super::*;
use crate::inspection::{Flight, beside};
use crate::{Check, Inspectors};

/// Counts how many times each file is read.
struct Counting<'a, 'b, 'c> {
    collector: Collector<'a, 'b, 'c>,
    reads: BTreeMap<String, u32>,
}

struct Counted<'a> {
    content: &'a mut dyn Content,
    reads: &'a mut u32,
}

impl Content for Counted<'_> {
    fn head(&mut self) -> Result<Vec<u8>, Error> {
        self.content.head()
    }

    fn buffer(&mut self) -> Result<Buffer, Error> {
        *self.reads += 1;
        self.content.buffer()
    }
}

impl Visitor for Counting<'_, '_, '_> {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut dyn Content) -> Result<(), Error> {
        let reads = self.reads.entry(path::display(entry.path)).or_default();
        self.collector.entry(entry, &mut Counted { content, reads })
    }

    fn gap(&mut self, gap: Gap) {
        self.collector.gap(gap);
    }
}

fn inspectors() -> Inspectors {
    let secrets = secrets::Options {
        key: [7; 32],
        gitleaks: Vec::new(),
        without_exclusions: Vec::new(),
        without: Vec::new(),
        exclude: Vec::new(),
    };
    Inspectors {
        secrets: Some(secrets::Secrets::new(&secrets).unwrap()),
        malware: Some(malware::Malware::new(&malware::Options::default()).unwrap()),
        baseline: Some(baseline::Baseline::new(&baseline::Options::default()).unwrap()),
        ..Inspectors::default()
    }
}

/// How many times each file of the planted layers is read for these checks.
fn reads(checks: &[Check]) -> BTreeMap<String, u32> {
    let inspectors = inspectors();
    let options = Options {
        checks,
        inspectors: &inspectors,
        database: None,
        declared: crate::Declared::Auto,
        cache: None,
        jobs: 2,
        limits: Limits::default(),
        today: String::new(),
        progress: &|_event| {},
        stop: None,
    };
    let (detectors, groups) = (Detectors::new(), Groups::needed(&options));
    let tools = Tools { detectors: &detectors, options: &options, groups: &groups };
    let mut reads = BTreeMap::new();
    for layer in testkit::sample::planted::layers() {
        beside(&options, &Flight::default(), |inspection| {
            let collector = Collector::new(tools, inspection);
            let mut counting = Counting { collector, reads: BTreeMap::new() };
            walk_tar(&mut layer.tar().as_slice(), &options.limits, &mut counting).unwrap();
            reads.extend(counting.reads);
            counting.collector.finish().0
        });
    }
    reads
}

#[test]
fn a_file_is_read_at_most_once_however_many_checks_want_it() {
    let all = reads(&Check::ALL);
    assert!(all.values().all(|reads| *reads <= 1), "{all:?}");
    // Wanted for secrets and for malware; by extractors and for settings.
    for path in ["var/www/html/up.php", "srv/app/.env", "etc/shadow", "var/lib/dpkg/status"] {
        assert_eq!(all.get(path), Some(&1), "{path}");
    }
}

#[test]
fn fewer_checks_read_fewer_files() {
    let count = |checks: &[Check]| reads(checks).values().sum::<u32>();
    // The distribution is worth knowing whatever is looked for: its os-release, and the file that is older.
    assert_eq!(count(&[Check::Files, Check::BaseImage]), 2);
    let (software, secrets) = (count(&[Check::Software]), count(&[Check::Secrets]));
    let all = count(&Check::ALL);
    assert!(0 < software && software < all, "{software} of {all}");
    assert!(0 < secrets && secrets < all, "{secrets} of {all}");
    assert_eq!(reads(&[Check::Baseline]).get("srv/app/.env"), Some(&0));
}

#[test]
fn a_file_of_very_many_secrets_says_that_not_all_are_told() {
    let inspectors = inspectors();
    let checks = [Check::Secrets];
    let options = Options {
        checks: &checks,
        inspectors: &inspectors,
        database: None,
        declared: crate::Declared::Auto,
        cache: None,
        jobs: 1,
        limits: Limits::default(),
        today: String::new(),
        progress: &|_event| {},
        stop: None,
    };
    let (detectors, groups) = (Detectors::new(), Groups::needed(&options));
    let tools = Tools { detectors: &detectors, options: &options, groups: &groups };
    let token = testkit::sample::planted::github_token();
    let (head, tail) = token.split_at(token.len() - 4);
    assert_eq!(tail.len(), 4);
    let lines: String = (1000..1300).map(|number| format!("{head}{number}\n")).collect();
    let layer = testkit::Layer::new().file("srv/tokens.txt", lines);
    let facts = beside(&options, &Flight::default(), |inspection| {
        let mut collector = Collector::new(tools, inspection);
        walk_tar(&mut layer.tar().as_slice(), &options.limits, &mut collector).unwrap();
        collector.finish().0
    });
    assert_eq!(facts.secrets.facts.len(), secrets::MANY);
    assert_eq!(facts.secrets.gaps.len(), 1);
}
