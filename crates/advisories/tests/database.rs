//! The database from end to end: a mirror, an update, look-ups, a bundle.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

use std::path::Path;

use advisories::{Database, Mirror, SigningKey, Sources, Trust, Updated, judge};
use model::{Detail, Distribution, Finding, Package, PackageType, SourcePackage, Vulnerability};

fn record(id: &str, ecosystem: &str, name: &str, events: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2024-01-01T00:00:00Z"{more},"affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{name}"}},"ranges":[{{"type":"ECOSYSTEM","events":[{events}]}}]}}]}}"#
    )
}

fn upto(fixed: &str) -> String {
    format!(r#"{{"introduced":"0"}},{{"fixed":"{fixed}"}}"#)
}

/// A mirror with an archive of each kind.
fn mirror(directory: &Path) {
    let debian = [
        record(
            "DEBIAN-CVE-2024-1",
            "Debian:12",
            "openssl",
            &upto("3.0.13-1"),
            r#","upstream":["CVE-2024-1"]"#,
        ),
        record(
            "DEBIAN-CVE-2024-2",
            "Debian:12",
            "python-urllib3",
            &upto("1.26.1-1"),
            r#","upstream":["CVE-2024-2"]"#,
        ),
        record(
            "DSA-1",
            "Debian:12",
            "openssl",
            &upto("3.0.13-1"),
            r#","upstream":["CVE-2024-1","CVE-2024-3"]"#,
        ),
        record("DEBIAN-CVE-2024-9", "Debian:12", "odd", &upto("not a version!"), ""),
    ];
    let members: Vec<(String, &String)> =
        debian.iter().enumerate().map(|(number, text)| (format!("{number}.json"), text)).collect();
    let members: Vec<(&str, &[u8])> =
        members.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    std::fs::create_dir_all(directory.join("Debian")).unwrap();
    std::fs::write(directory.join("Debian/all.zip"), testkit::zip(&members)).unwrap();
    std::fs::create_dir_all(directory.join("PyPI")).unwrap();
    let put = |name: &str, text: &str| std::fs::write(directory.join("PyPI").join(name), text).unwrap();
    let urllib3 = |id: &str, cve: &str| {
        record(id, "PyPI", "urllib3", &upto("2.0.0"), &format!(r#","aliases":["{cve}"]"#))
    };
    put("GHSA-1.json", &urllib3("GHSA-1", "CVE-2024-2"));
    put("PYSEC-1.json", &urllib3("PYSEC-1", "CVE-2024-4"));
    put("GHSA-2.json", &urllib3("GHSA-2", "CVE-2024-4"));
    put(
        "GHSA-3.json",
        &record("GHSA-3", "PyPI", "urllib3", &upto("2.0.0"), r#","withdrawn":"2024-01-02T00:00:00Z""#),
    );
    put("GHSA-4.json", r#"{"id":"GHSA-4","modified":"2024-01-01T00:00:00Z","affected":[]}"#);
    put("GHSA-5.json", "{ not json");
    put("GHSA-6.json", &record("GHSA-6", "Debian:12", "x", &upto("1"), ""));
    let kev = r#"{"vulnerabilities":[{"cveID":"CVE-2024-1","dateAdded":"2024-02-01","dueDate":"2024-02-22","knownRansomwareCampaignUse":"Known"}]}"#;
    std::fs::write(directory.join("known_exploited_vulnerabilities.json"), kev).unwrap();
}

/// A finding and what belongs to its kind, as one.
#[derive(Debug, PartialEq)]
struct Found {
    id: String,
    detail: Vulnerability,
}

impl Found {
    fn of(finding: Finding) -> Self {
        let Detail::Vulnerability(detail) = finding.detail else { panic!("no vulnerability") };
        Self { id: finding.id, detail: *detail }
    }
}

impl std::ops::Deref for Found {
    type Target = Vulnerability;

    fn deref(&self) -> &Vulnerability {
        &self.detail
    }
}

fn update(mirror: &Path, database: &Path) -> Updated {
    advisories::update(database, &Sources::of(&Mirror::Directory(mirror.to_owned())), &|_progress| {})
        .unwrap()
}

fn debian() -> Distribution {
    Distribution { id: "debian".to_owned(), version: Some("12".to_owned()), ..Distribution::default() }
}

fn deb(name: &str, source: &str, version: &str) -> Package {
    let mut package = Package::new(PackageType::Deb, name, version);
    package.source = Some(SourcePackage { name: source.to_owned(), version: version.to_owned() });
    package
}

fn found(database: &Database, packages: &[Package]) -> Vec<Found> {
    let judgement = judge(database, Some(&debian()), packages).unwrap();
    judgement.findings.into_iter().map(Found::of).collect()
}

fn ids(found: &[Found]) -> Vec<&str> {
    found.iter().map(|found| found.id.as_str()).collect()
}

#[test]
fn every_record_is_accounted_for() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    let updated = update(scratch.path(), &scratch.path().join("db"));
    assert!(updated.failures.is_empty());
    let python = &updated.manifest.archives["PyPI"];
    let counts = [
        python.records,
        python.stored,
        python.withdrawn,
        python.without_versions,
        python.elsewhere,
        python.malformed,
    ];
    assert_eq!(counts, [7, 3, 1, 1, 1, 1]);
    assert!(python.errors[0].contains("GHSA-5.json"), "{:?}", python.errors);
    assert_eq!(updated.manifest.archives["Debian"].stored, 4);
    assert_eq!(updated.manifest.kev.unwrap().entries, 1);
}

#[test]
fn packages_are_matched_by_source_and_records_by_vulnerability() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    update(scratch.path(), &scratch.path().join("db"));
    let database = Database::open(&scratch.path().join("db")).unwrap();
    let findings = found(&database, &[deb("libssl3", "openssl", "3.0.11-1")]);
    assert_eq!(ids(&findings), ["CVE-2024-1", "CVE-2024-3"]);
    assert_eq!(findings[0].advisories, ["DEBIAN-CVE-2024-1", "DSA-1"]);
    assert_eq!(findings[0].fixed_version.as_deref(), Some("3.0.13-1"));
    assert!(findings[0].known_exploited && findings[0].kev.as_ref().unwrap().ransomware);
    assert!(!findings[1].known_exploited);
    assert_eq!(findings[0].source_package.as_deref(), Some("openssl"));
    assert_eq!(ids(&found(&database, &[deb("libssl3", "openssl", "3.0.13-1")])), [""; 0]);
}

#[test]
fn the_distribution_judges_what_it_brought_and_has_looked_at() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    update(scratch.path(), &scratch.path().join("db"));
    let database = Database::open(&scratch.path().join("db")).unwrap();
    let system = deb("python3-urllib3", "python-urllib3", "1.26.12-1");
    let mut language = Package::new(PackageType::Pypi, "urllib3", "1.26.12");
    assert_eq!(ids(&found(&database, &[system.clone(), language.clone()])), ["CVE-2024-2", "CVE-2024-4"]);
    language.owner = Some("python3-urllib3".to_owned());
    let findings = found(&database, &[system, language]);
    assert_eq!(ids(&findings), ["CVE-2024-4"]);
    assert_eq!(findings[0].advisories, ["GHSA-2", "PYSEC-1"]);
}

#[test]
fn what_cannot_be_judged_is_a_gap() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    update(scratch.path(), &scratch.path().join("db"));
    let database = Database::open(&scratch.path().join("db")).unwrap();
    let gaps = |distribution: &Distribution, package: Package| {
        let judgement = judge(&database, Some(distribution), &[package]).unwrap();
        assert!(judgement.findings.is_empty());
        judgement
            .gaps
            .into_iter()
            .map(|gap| format!("{} {}: {}", gap.what, gap.place, gap.why))
            .collect::<Vec<_>>()
    };
    let odd = gaps(&debian(), deb("odd", "odd", "1.0"));
    assert!(odd[0].starts_with("version odd 1.0"), "{odd:?}");
    let unreadable = gaps(&debian(), deb("libssl3", "openssl", "no version"));
    assert!(unreadable[0].starts_with("version libssl3"), "{unreadable:?}");
    let unknown = Distribution { version: Some("13".to_owned()), ..debian() };
    assert!(gaps(&unknown, deb("a", "a", "1"))[0].contains("Debian:13"));
    let sid = Distribution { version: None, name: Some("Debian sid".to_owned()), ..debian() };
    assert!(gaps(&sid, deb("a", "a", "1"))[0].contains("Debian sid"));
    assert!(gaps(&debian(), Package::new(PackageType::Npm, "a", "1.0.0"))[0].contains("`npm`"));
}

#[test]
fn an_unchanged_archive_is_carried_over_and_readers_keep_working() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    let path = scratch.path().join("db");
    let first = update(scratch.path(), &path);
    let open = Database::open(&path).unwrap();
    std::fs::remove_file(scratch.path().join("PyPI/GHSA-1.json")).unwrap();
    let second = update(scratch.path(), &path);
    assert_eq!(first.manifest.archives["Debian"], second.manifest.archives["Debian"]);
    assert_eq!(second.manifest.archives["PyPI"].records, 6);
    let language = Package::new(PackageType::Pypi, "urllib3", "1.0");
    assert_eq!(ids(&found(&open, std::slice::from_ref(&language))), ["CVE-2024-2", "CVE-2024-4"]);
    assert_eq!(ids(&found(&Database::open(&path).unwrap(), &[language])), ["CVE-2024-4"]);
    std::fs::write(scratch.path().join("Debian/all.zip"), "no zip").unwrap();
    let third = update(scratch.path(), &path);
    assert_eq!(third.failures.len(), 1);
    assert_eq!(third.manifest.archives["Debian"], first.manifest.archives["Debian"]);
}

#[test]
fn a_bundle_is_the_database_in_one_file() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    let (path, bundle, other) =
        (scratch.path().join("db"), scratch.path().join("bundle"), scratch.path().join("other"));
    update(scratch.path(), &path);
    let key = SigningKey::from_secret(&[1; 32]).unwrap();
    let exported = advisories::export(&path, &bundle, &key).unwrap();
    let somebody = SigningKey::from_secret(&[2; 32]).unwrap().public();
    let refused = advisories::import(&bundle, &other, &Trust::Keys(vec![somebody])).unwrap_err().to_string();
    assert!(refused.contains(&key.public().to_string()), "{refused}");
    assert!(Database::open(&other).is_err());
    let trust = Trust::Keys(vec![somebody, key.public()]);
    assert_eq!(advisories::import(&bundle, &other, &trust).unwrap(), exported);
    assert_eq!(advisories::import(&bundle, &other, &Trust::Anybody).unwrap(), exported);
    let packages = [deb("libssl3", "openssl", "3.0.11-1")];
    assert_eq!(
        found(&Database::open(&path).unwrap(), &packages),
        found(&Database::open(&other).unwrap(), &packages)
    );
    let whole = bounded::read_file(&bundle, 1 << 24).unwrap();
    let mut resigned = whole.clone();
    resigned[50] ^= 1;
    let cut = whole.len() - 30;
    for damaged in
        [&whole[..whole.len() - 1], &whole[..40], b"", &[&whole[..cut], &[0; 30]].concat(), &resigned]
    {
        std::fs::write(&bundle, damaged).unwrap();
        assert!(advisories::import(&bundle, &other, &Trust::Anybody).is_err());
        assert_eq!(Database::open(&other).unwrap().manifest(), &exported);
    }
}

#[test]
fn lost_segments_are_read_anew_and_a_damaged_manifest_is_said() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    let path = scratch.path().join("db");
    let first = update(scratch.path(), &path);
    let file = first.manifest.archives["Debian"].file.as_ref().unwrap();
    std::fs::remove_file(path.join(format!("segments/{}.seg", file.sha256))).unwrap();
    assert!(Database::open(&path).is_err());
    let second = update(scratch.path(), &path);
    assert_eq!(second.manifest.segments, first.manifest.segments);
    assert!(Database::open(&path).is_ok());
    std::fs::write(path.join("segments/new-left-over"), "half of one").unwrap();
    std::fs::write(path.join("manifest.json"), "{").unwrap();
    assert!(Database::open(&path).is_err());
    let third = update(scratch.path(), &path);
    assert!(third.failures.is_empty() && third.rebuilt.is_some());
    assert!(Database::open(&path).is_ok() && !path.join("segments/new-left-over").exists());
}

#[test]
fn two_updates_do_not_collide() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    let path = scratch.path().join("db");
    let mirror = Mirror::Directory(scratch.path().to_owned());
    let second = std::cell::OnceCell::new();
    advisories::update(&path, &Sources::of(&mirror), &|_progress| {
        second.get_or_init(|| {
            advisories::update(&path, &Sources::of(&mirror), &|_progress| {}).unwrap_err().to_string()
        });
    })
    .unwrap();
    assert!(second.into_inner().unwrap().contains("under way"));
}

#[test]
fn an_archive_is_read_anew_when_others_come_or_go() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    let path = scratch.path().join("db");
    assert_eq!(update(scratch.path(), &path).manifest.archives["PyPI"].elsewhere, 1);
    std::fs::remove_dir_all(scratch.path().join("Debian")).unwrap();
    let second = update(scratch.path(), &path);
    assert_eq!((second.manifest.archives["PyPI"].elsewhere, second.manifest.archives["PyPI"].stored), (0, 4));
}

/// Each file of a database, damaged in one bit at a time.
#[test]
fn a_damaged_file_is_an_error_or_makes_no_difference() {
    let scratch = tempfile::tempdir().unwrap();
    mirror(scratch.path());
    let path = scratch.path().join("db");
    update(scratch.path(), &path);
    let packages = [deb("libssl3", "openssl", "3.0.11-1"), Package::new(PackageType::Pypi, "urllib3", "1.0")];
    let whole = judge(&Database::open(&path).unwrap(), Some(&debian()), &packages).unwrap();
    let segments = std::fs::read_dir(path.join("segments")).unwrap();
    for file in segments.map(|entry| entry.unwrap().path()) {
        let bytes = bounded::read_file(&file, 1 << 24).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            std::fs::write(&file, damaged).unwrap();
            let judged =
                Database::open(&path).and_then(|database| judge(&database, Some(&debian()), &packages));
            assert!(judged.is_err() || judged.is_ok_and(|judged| judged == whole), "{} {at}", file.display());
        }
        std::fs::write(&file, bytes).unwrap();
    }
}
