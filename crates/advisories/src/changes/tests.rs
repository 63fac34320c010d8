//! Judging again only what changed gives what judging everything gives.

use std::path::Path;

use model::{
    Advisory, Affected, Distribution, Epss, Event, KnownExploited, Package, PackageType, Range, Rating,
    Severity, SourcePackage,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::archive::Archive;
use crate::database::{EpssEntry, FORMAT, FileEntry, KevEntry, Manifest};
use crate::feed::Sink;
use crate::store::{lock, publish, store};
use crate::{Judgement, judge, judge_each, names};

/// All that publishers say.
#[derive(Clone, Debug, Default)]
struct World {
    advisories: Vec<Advisory>,
    known: Vec<Advisory>,
    exploited: Vec<String>,
    /// In hundredths.
    likely: BTreeMap<String, u32>,
}

impl World {
    fn open(&self) -> (tempfile::TempDir, Database) {
        let scratch = tempfile::tempdir().unwrap();
        let directory = scratch.path();
        let _lock = lock(directory).unwrap();
        let mut manifest = Manifest { format: FORMAT, ..Manifest::default() };
        for (name, enriches, advisories) in [("feed", false, &self.advisories), ("nvd", true, &self.known)] {
            let mut archive = Archive::of_feed(name, enriches, &|_progress| {});
            advisories.iter().for_each(|advisory| archive.advisory(advisory.clone()));
            let (status, segments) = archive.write(directory).unwrap();
            manifest.archives.insert(name.to_owned(), status);
            manifest.segments.extend(segments);
        }
        let put = |bytes: &[u8]| {
            let (sha256, bytes) = store(directory, |out| out.write_all(bytes)).unwrap();
            FileEntry { sha256, bytes }
        };
        let epss = |hundredths: &u32| Epss { score: f64::from(*hundredths) / 100.0, percentile: 0.5 };
        let scores = self.likely.iter().map(|(id, hundredths)| (id.clone(), epss(hundredths))).collect();
        let file = put(&crate::scores::pack(&scores).unwrap());
        manifest.epss = Some(EpssEntry { file, archive: "epss".to_owned(), entries: 0 });
        let entry = |id: &String| {
            let (date_added, due_date) = ("2024-01-01".to_owned(), "2024-02-01".to_owned());
            let known = KnownExploited {
                date_added,
                due_date,
                ransomware: false,
                required_action: "Mend.".to_owned(),
            };
            (id.clone(), known)
        };
        let file = put(&crate::kev::pack(&self.exploited.iter().map(entry).collect()).unwrap());
        manifest.kev = Some(KevEntry { file, fingerprint: None, entries: 0 });
        publish(directory, &manifest).unwrap();
        let database = Database::open(directory).unwrap();
        (scratch, database)
    }
}

/// What comes of each package.
fn judged(database: &Database, distribution: Option<&Distribution>) -> Vec<Judgement> {
    let mut all = Vec::new();
    judge_each(database, distribution, &packages(), |judged| all.push(judged)).unwrap();
    all
}

fn record(id: &str, alias: Option<&str>, ecosystem: &str, package: &str, fixed: &str) -> Advisory {
    let events = vec![Event::Introduced("0".to_owned()), Event::Fixed(fixed.to_owned())];
    Advisory {
        id: id.to_owned(),
        aliases: alias.into_iter().map(str::to_owned).collect(),
        affected: vec![Affected {
            ecosystem: ecosystem.to_owned(),
            package: package.to_owned(),
            ranges: vec![Range { events }],
            ..Affected::default()
        }],
        ..Advisory::default()
    }
}

fn debian() -> Distribution {
    Distribution { id: "debian".to_owned(), version: Some("12".to_owned()), ..Distribution::default() }
}

/// Packages of an image: of the distribution, of languages, and one that another brought.
fn packages() -> Vec<(Package, Option<Package>)> {
    let deb = |name: &str, source: &str, version: &str| {
        let mut package = Package::new(PackageType::Deb, name, version);
        package.source = Some(SourcePackage { name: source.to_owned(), version: version.to_owned() });
        package.purl = format!("pkg:deb/debian/{name}@{version}");
        package
    };
    let owner = deb("python3-b", "b", "1.5");
    let mut owned = Package::new(PackageType::Pypi, "B.c", "1.5");
    owned.owner = Some(owner.name.clone());
    let alone = vec![
        deb("liba", "a", "1.0"),
        deb("a", "a", "2.0"),
        owner.clone(),
        Package::new(PackageType::Npm, "a", "1.0.0"),
        Package::new(PackageType::Npm, "b", "2.0.0"),
        Package::new(PackageType::Pypi, "b-c", "1.0"),
    ];
    let mut all: Vec<(Package, Option<Package>)> = alone.into_iter().map(|package| (package, None)).collect();
    all.push((owned, Some(owner)));
    all
}

fn advisory() -> impl Strategy<Value = Advisory> {
    let place = prop_oneof![
        Just(("Debian:12", "a")),
        Just(("Debian:12", "b")),
        Just(("npm", "a")),
        Just(("npm", "b")),
        Just(("PyPI", "b_c")),
    ];
    let id = (prop_oneof![Just("DEBIAN-CVE-2024-"), Just("CVE-2024-"), Just("GHSA-"), Just("MAL-")], 1..5_u8);
    let alias = prop::option::of((1..5_u8).prop_map(|number| format!("CVE-2024-{number}")));
    let rest = (prop_oneof![Just("1.2"), Just("1.5"), Just("3.0"), Just("not a version!")], any::<bool>());
    (place, id, alias, rest).prop_map(|((ecosystem, package), (prefix, number), alias, (fixed, is_told))| {
        let mut advisory = record(&format!("{prefix}{number}"), alias.as_deref(), ecosystem, package, fixed);
        advisory.summary = if is_told { "told".to_owned() } else { String::new() };
        advisory
    })
}

fn known() -> impl Strategy<Value = Advisory> {
    (1..5_u8, any::<bool>(), any::<bool>()).prop_map(|(number, is_rejected, is_bad)| {
        let severity = if is_bad { Severity::Critical } else { Severity::Low };
        Advisory {
            id: format!("CVE-2024-{number}"),
            modified: "2024-01-01T00:00:00Z".to_owned(),
            withdrawn: is_rejected.then(|| "2024-02-01T00:00:00Z".to_owned()),
            ratings: vec![Rating { source: "NVD".to_owned(), vector: None, score: None, severity }],
            ..Advisory::default()
        }
    })
}

fn world() -> impl Strategy<Value = World> {
    let ids = || (1..5_u8).prop_map(|number| format!("CVE-2024-{number}"));
    let likely = prop::collection::btree_map(ids(), 0..4_u32, 0..3);
    (vec(advisory(), 0..6), vec(known(), 0..3), vec(ids(), 0..2), likely)
        .prop_map(|(advisories, known, exploited, likely)| World { advisories, known, exploited, likely })
}

/// The ids by which what is known of a vulnerability was found.
fn known_by(judgement: &Judgement) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for finding in &judgement.findings {
        ids.insert(finding.id.clone());
        if let model::Detail::Vulnerability(found) = &finding.detail {
            ids.extend(found.aliases.iter().cloned());
        }
    }
    ids
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn judging_what_changed_is_as_good_as_judging_everything(before in world(), after in world()) {
        let ((_old_kept, old), (_new_kept, new)) = (before.open(), after.open());
        let (debian, packages) = (debian(), packages());
        let changes = changes(Some(&old), &new).unwrap();
        let of_old = judged(&old, Some(&debian));
        let wanted = judged(&new, Some(&debian));
        for ((subject, before), wanted) in packages.iter().zip(of_old).zip(wanted) {
            let (package, owner) = subject;
            let is_named = !names(Some(&debian), package, owner.as_ref()).is_disjoint(&changes.names);
            if is_named || !known_by(&before).is_disjoint(&changes.vulnerabilities) {
                continue;
            }
            prop_assert_eq!(before, wanted, "{} was left aside", package.name);
        }
    }

    #[test]
    fn what_was_built_anew_in_another_order_is_no_change(mut world in world()) {
        let (_old_kept, old) = world.open();
        world.advisories.reverse();
        world.known.reverse();
        let (_new_kept, new) = world.open();
        prop_assert!(changes(Some(&old), &new).unwrap().is_empty());
    }

    #[test]
    fn each_package_is_judged_as_it_is_within_its_image(world in world()) {
        let (_kept, database) = world.open();
        let (debian, packages) = (debian(), packages());
        let image: Vec<Package> = packages.iter().map(|(package, _)| package.clone()).collect();
        let mut together: Vec<String> = Vec::new();
        for finding in judge(&database, Some(&debian), &image).unwrap().findings {
            together.push(format!("{finding:?}"));
        }
        let each = judged(&database, Some(&debian));
        let mut alone: Vec<String> =
            each.iter().flat_map(|judged| &judged.findings).map(|finding| format!("{finding:?}")).collect();
        together.sort();
        alone.sort();
        prop_assert_eq!(together, alone);
    }
}

#[test]
fn names_only_what_a_changed_record_names() {
    let mut world = World {
        advisories: vec![
            record("DEBIAN-CVE-2024-1", None, "Debian:12", "a", "1.2"),
            record("CVE-2024-2", None, "npm", "b", "1.2"),
        ],
        ..World::default()
    };
    let (_old_kept, old) = world.open();
    world.advisories[0] = record("DEBIAN-CVE-2024-1", None, "Debian:12", "a", "1.3");
    world.exploited.push("CVE-2024-2".to_owned());
    world.likely.insert("CVE-2024-3".to_owned(), 7);
    let (_new_kept, new) = world.open();
    let found = changes(Some(&old), &new).unwrap();
    let own = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(found.names, own(&["a"]));
    assert_eq!(found.vulnerabilities, own(&["CVE-2024-2", "CVE-2024-3"]));
    assert!(!found.everything && !found.coverage);
    world.advisories.remove(1);
    let (_last_kept, last) = world.open();
    let found = changes(Some(&new), &last).unwrap();
    assert_eq!(found, Changes { names: own(&["b"]), coverage: true, ..Changes::default() });
    assert!(changes(None, &last).unwrap().everything);
}

#[test]
fn a_duplicate_is_the_same_and_outlives_its_source() {
    let world =
        World { advisories: vec![record("CVE-2024-1", None, "npm", "a", "2.0.0")], ..World::default() };
    let (kept, database) = world.open();
    let copies = tempfile::tempdir().unwrap();
    let manifest = crate::duplicate(kept.path(), copies.path()).unwrap();
    assert_eq!(&manifest, database.manifest());
    drop((kept, database));
    let copy = Database::open(copies.path()).unwrap();
    assert_eq!(judged(&copy, None).iter().map(|judged| judged.findings.len()).sum::<usize>(), 1);
    assert!(crate::duplicate(Path::new("/nowhere/at/all"), copies.path()).is_err());
    assert!(Database::open(copies.path()).is_ok(), "what was there is still there");
}
