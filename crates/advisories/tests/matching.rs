//! What packages are found to have, by records as publishers write them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

use advisories::{Database, Judgement, Mirror, Sources, judge};
use model::{
    Detail, Distribution, Finding, FixStatus, Package, PackageType, Severity, SourcePackage, Vulnerability,
};

/// A database of these records.
struct World {
    scratch: tempfile::TempDir,
}

impl World {
    fn new(records: &[(&str, &str)]) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        for (number, (ecosystem, record)) in records.iter().enumerate() {
            let directory = scratch.path().join("mirror").join(ecosystem);
            std::fs::create_dir_all(&directory).unwrap();
            std::fs::write(directory.join(format!("{number}.json")), record).unwrap();
        }
        let mirror = Mirror::Directory(scratch.path().join("mirror"));
        let updated =
            advisories::update(&scratch.path().join("db"), &Sources::of(&mirror), &|_progress| {}).unwrap();
        assert!(updated.failures.is_empty(), "{:?}", updated.failures);
        assert_eq!(updated.manifest.archives.values().map(|archive| archive.malformed).sum::<u64>(), 0);
        Self { scratch }
    }

    fn judge(&self, distribution: Option<&Distribution>, packages: &[Package]) -> Judgement {
        let database = Database::open(&self.scratch.path().join("db")).unwrap();
        judge(&database, distribution, packages).unwrap()
    }

    fn found(&self, packages: &[Package]) -> Vec<Found> {
        let judgement = self.judge(Some(&release("ubuntu", "22.04")), packages);
        assert!(judgement.gaps.is_empty(), "{:?}", judgement.gaps);
        judgement.findings.into_iter().map(Found::of).collect()
    }
}

/// A finding and what belongs to its kind, as one.
#[derive(Debug)]
struct Found {
    id: String,
    severity: Severity,
    detail: Vulnerability,
}

impl Found {
    fn of(finding: Finding) -> Self {
        let Detail::Vulnerability(detail) = finding.detail else { panic!("no vulnerability") };
        Self { id: finding.id, severity: finding.severity, detail: *detail }
    }
}

impl std::ops::Deref for Found {
    type Target = Vulnerability;

    fn deref(&self) -> &Vulnerability {
        &self.detail
    }
}

fn release(id: &str, version: &str) -> Distribution {
    let version = Some(version.to_owned()).filter(|version| !version.is_empty());
    Distribution { id: id.to_owned(), version, ..Distribution::default() }
}

fn record(id: &str, ecosystem: &str, name: &str, says: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2024-01-01T00:00:00Z"{more},
        "affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{name}"}},{says}}}]}}"#
    )
}

fn events(events: &str) -> String {
    format!(r#""ranges":[{{"type":"SEMVER","events":[{events}]}}]"#)
}

fn npm(name: &str, version: &str) -> Package {
    Package::new(PackageType::Npm, name, version)
}

fn ids(found: &[Found]) -> Vec<&str> {
    found.iter().map(|found| found.id.as_str()).collect()
}

#[test]
fn a_malicious_package_goes_by_its_own_id_and_is_critical() {
    let record = record("MAL-2024-1", "npm", "bad", r#""versions":["1.0.0"]"#, r#","aliases":["GHSA-1"]"#);
    let world = World::new(&[("npm", &record)]);
    let found = world.found(&[npm("bad", "1.0.0"), npm("bad", "1.0.1")]);
    assert_eq!(ids(&found), ["MAL-2024-1"]);
    assert_eq!((found[0].severity, found[0].status), (Severity::Critical, FixStatus::Affected));
    assert!(found[0].advice.en.starts_with("Remove `bad`"), "{}", found[0].advice.en);
    assert_eq!(found[0].aliases, ["GHSA-1"]);
}

#[test]
fn records_of_several_publishers_are_one_finding() {
    let upto = |version: &str| events(&format!(r#"{{"introduced":"0"}},{{"fixed":"{version}"}}"#));
    let world = World::new(&[
        ("npm", &record("GHSA-1", "npm", "a", &upto("1.2.0"), r#","database_specific":{"severity":"LOW"}"#)),
        ("npm", &record("X-1", "npm", "a", &upto("1.10.0"), r#","aliases":["CVE-2024-1","GHSA-1"]"#)),
        ("npm", &record("Y-1", "npm", "a", &upto("1.0.0"), r#","aliases":["CVE-2024-1"]"#)),
    ]);
    let found = world.found(&[npm("a", "1.1.0")]);
    assert_eq!(ids(&found), ["CVE-2024-1"]);
    assert_eq!(found[0].advisories, ["GHSA-1", "X-1"]);
    assert_eq!(found[0].aliases, ["GHSA-1", "X-1"]);
    assert_eq!(found[0].fixed_version.as_deref(), Some("1.10.0"));
    assert_eq!(found[0].advice.en, "Upgrade `a` to 1.10.0 or later");
    assert_eq!(
        found[0].evidence,
        "a 1.1.0 < 1.10.0 (GHSA-1: from 0, fixed in 1.2.0; X-1: from 0, fixed in 1.10.0)"
    );
    assert_eq!((found[0].severity, found[0].severity_source.as_deref()), (Severity::Low, Some("GHSA")));
}

#[test]
fn the_last_affected_version_is_affected_and_has_no_fix() {
    let says = events(r#"{"introduced":"1.0.0"},{"last_affected":"1.4.0"}"#);
    let world = World::new(&[("npm", &record("GHSA-1", "npm", "a", &says, ""))]);
    let found = world.found(&[npm("a", "1.4.0"), npm("a", "1.4.1"), npm("a", "0.9.0")]);
    assert_eq!(ids(&found), ["GHSA-1"]);
    assert_eq!((found[0].status, &found[0].fixed_version), (FixStatus::Affected, &None));
    assert!(found[0].advice.en.starts_with("No fixed version"), "{}", found[0].advice.en);
}

#[test]
fn severity_is_the_distributions_then_a_word_then_the_newest_score() {
    let v3 = r#"{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}"#;
    let v2 = r#"{"type":"CVSS_V2","score":"AV:L/AC:H/Au:N/C:N/I:P/A:N"}"#;
    let v4 =
        r#"{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:N/VI:L/VA:N/SC:N/SI:N/SA:N"}"#;
    let says = |own: &str| format!(r#"{}{own}"#, events(r#"{"introduced":"0"}"#));
    let of = |own: &str, more: &str| {
        let record = record("GHSA-1", "npm", "a", &says(own), more);
        let found = World::new(&[("npm", &record)]).found(&[npm("a", "1.0.0")]);
        format!("{} {}", found[0].severity, found[0].severity_source.as_deref().unwrap_or("nobody"))
    };
    let scores = format!(r#","severity":[{v2},{v3},{v4}]"#);
    let word = r#","database_specific":{"severity":"HIGH"}"#;
    assert_eq!(of("", ""), "unknown nobody");
    assert_eq!(of("", &format!(r#","severity":[{v2}]"#)), "low CVSS_V2");
    assert_eq!(of("", &format!(r#","severity":[{v2},{v3}]"#)), "critical CVSS_V3");
    assert_eq!(of("", &scores), "medium CVSS_V4");
    assert_eq!(of("", &format!("{scores}{word}")), "high GHSA");
    let urgency = r#","ecosystem_specific":{"urgency":"unimportant"}"#;
    assert_eq!(of(urgency, &format!("{scores}{word}")), "negligible GHSA");
    assert_eq!(of(&format!(r#","severity":[{v3}]"#), word), "critical GHSA");
}

#[test]
fn a_record_with_several_vulnerabilities_is_taken_apart() {
    let says = r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.0-1"}]}]"#;
    let lts = record(
        "USN-1",
        "Ubuntu:22.04:LTS",
        "curl",
        says,
        r#","related":["CVE-2024-9"],"upstream":["CVE-2024-1","CVE-2024-2"]"#,
    );
    let plain = record("UBUNTU-CVE-2024-3", "Ubuntu:22.04", "curl", says, "");
    let pro = record("UBUNTU-CVE-2024-4", "Ubuntu:Pro:22.04:LTS", "curl", says, "");
    let world = World::new(&[("Ubuntu", &lts), ("Ubuntu", &plain), ("Ubuntu", &pro)]);
    let mut curl = Package::new(PackageType::Deb, "libcurl4", "1.0-1");
    curl.source = Some(SourcePackage { name: "curl".to_owned(), version: "1.0-1".to_owned() });
    let found = world.found(&[curl]);
    assert_eq!(ids(&found), ["CVE-2024-1", "CVE-2024-2", "CVE-2024-3"]);
    assert_eq!(found[0].aliases, ["USN-1"]);
    assert_eq!(found[0].advice.en, "Upgrade `libcurl4` (source package `curl`) to 2.0-1 or later");
}

#[test]
fn an_owner_speaks_for_the_vulnerabilities_it_was_judged_by_only() {
    let deb = r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0-1"}]}]"#;
    let says = events(r#"{"introduced":"0"}"#);
    let world = World::new(&[
        ("Ubuntu", &record("UBUNTU-CVE-2024-1", "Ubuntu:22.04", "node-a", deb, "")),
        ("npm", &record("GHSA-1", "npm", "a", &says, r#","aliases":["CVE-2024-1","CVE-2024-2"]"#)),
    ]);
    let system = Package::new(PackageType::Deb, "node-a", "1.0-2");
    let mut language = npm("a", "1.0.0");
    language.owner = Some("node-a".to_owned());
    assert_eq!(ids(&world.found(&[system.clone(), language.clone()])), ["CVE-2024-2"]);
    language.owner = Some("node-b".to_owned());
    assert_eq!(ids(&world.found(&[system, language])), ["CVE-2024-1", "CVE-2024-2"]);
}

#[test]
fn a_distribution_without_advisories_is_a_loud_gap() {
    let says = events(r#"{"introduced":"0"}"#);
    let world = World::new(&[("npm", &record("GHSA-1", "npm", "a", &says, ""))]);
    let deb = Package::new(PackageType::Deb, "curl", "1.0-1");
    let apk = Package::new(PackageType::Apk, "curl", "1.0-r0");
    let why = |distribution: Option<&Distribution>, package: &Package| {
        let judgement = world.judge(distribution, &[package.clone(), package.clone()]);
        assert_eq!((judgement.findings.len(), judgement.gaps.len()), (0, 1), "{judgement:?}");
        assert_eq!(judgement.gaps[0].what, "advisories");
        judgement.gaps[0].why.clone()
    };
    assert_eq!(
        why(Some(&release("debian", "13")), &deb),
        "debian 13 is recognised but the database has no advisories for `Debian:13`: \
         2 system packages were not judged; hint: lazaret db update"
    );
    for (distribution, package, expected) in [
        (Some(release("debian", "")), &deb, "does not say its release"),
        (Some(release("trisquel", "22")), &deb, "no advisories are known for trisquel 22"),
        (Some(release("debian", "12")), &apk, "of another kind"),
        (None, &apk, "does not say which distribution"),
        (None, &Package::new(PackageType::Maven, "g:a", "1"), "the database has no advisories for `Maven`"),
    ] {
        let why = why(distribution.as_ref(), package);
        assert!(why.contains(expected) && why.contains("2 "), "{why}");
    }
    assert_eq!(world.judge(None, &[npm("b", "1.0.0")]), Judgement::default());
}
