//! Judging by records as feeds give them: statuses, conditions, enrichment, ownership.

use model::{
    Affected, Epss, Event, PackageType, Range, Rating, Severity, SourcePackage, SuppressionStatus,
    Vulnerability,
};

use super::*;
use crate::archive::Archive;
use crate::database::{EpssEntry, FORMAT, FileEntry, Manifest};
use crate::feed::Sink;
use crate::store::{lock, publish, store};

/// A database of records, as two feeds give them: one about packages, one about vulnerabilities.
struct World {
    _scratch: tempfile::TempDir,
    database: Database,
}

impl World {
    fn new(advisories: Vec<Advisory>, known: Vec<Advisory>) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let directory = scratch.path();
        let _lock = lock(directory).unwrap();
        let mut manifest = Manifest { format: FORMAT, ..Manifest::default() };
        for (name, enriches, advisories) in [("feed", false, advisories), ("nvd", true, known)] {
            let mut archive = Archive::of_feed(name, enriches, &|_progress| {});
            advisories.into_iter().for_each(|advisory| archive.advisory(advisory));
            let (status, segments) = archive.write(directory).unwrap();
            assert_eq!(status.malformed, 0, "{:?}", status.errors);
            manifest.archives.insert(name.to_owned(), status);
            manifest.segments.extend(segments);
        }
        let epss = Epss { score: 0.5, percentile: 0.9 };
        let packed = crate::scores::pack(&BTreeMap::from([("CVE-2024-1".to_owned(), epss)])).unwrap();
        let (sha256, bytes) = store(directory, |out| out.write_all(&packed)).unwrap();
        let file = FileEntry { sha256, bytes };
        manifest.epss = Some(EpssEntry { file, archive: "epss".to_owned(), entries: 1 });
        publish(directory, &manifest).unwrap();
        let database = Database::open(directory).unwrap();
        Self { _scratch: scratch, database }
    }

    fn findings(&self, distribution: &Distribution, packages: &[Package]) -> Vec<Finding> {
        judge(&self.database, Some(distribution), packages).unwrap().findings
    }

    /// The ids found in a package, each with its status and severity.
    fn found(&self, distribution: &Distribution, package: &Package) -> Vec<String> {
        let findings = self.findings(distribution, std::slice::from_ref(package));
        let shown = |finding: &Finding| {
            let detail = detail(finding);
            format!("{} {} {}", finding.id, detail.status.word(), finding.severity)
        };
        findings.iter().map(shown).collect()
    }

    fn decision(&self, distribution: &Distribution, packages: &[Package], id: &str) -> Vec<Decision> {
        let explained = explain(&self.database, Some(distribution), packages, id).unwrap();
        explained.into_iter().map(|explanation| explanation.decision).collect()
    }
}

fn detail(finding: &Finding) -> &Vulnerability {
    let model::Detail::Vulnerability(detail) = &finding.detail else { panic!("no vulnerability") };
    detail
}

fn release(id: &str, version: &str) -> Distribution {
    Distribution { id: id.to_owned(), version: Some(version.to_owned()), ..Distribution::default() }
}

/// A record about one CVE and one package that is affected below `fixed`, or in all versions.
fn record(cve: &str, ecosystem: &str, package: &str, fixed: Option<&str>) -> Advisory {
    let mut events = vec![Event::Introduced("0".to_owned())];
    events.extend(fixed.map(|fixed| Event::Fixed(fixed.to_owned())));
    let affected = Affected {
        ecosystem: ecosystem.to_owned(),
        package: package.to_owned(),
        ranges: vec![Range { events }],
        ..Affected::default()
    };
    Advisory {
        id: format!("X-{cve}"),
        aliases: vec![cve.to_owned()],
        affected: vec![affected],
        ..Advisory::default()
    }
}

fn with(mut advisory: Advisory, change: impl FnOnce(&mut Affected)) -> Advisory {
    change(&mut advisory.affected[0]);
    advisory
}

fn status(cve: &str, package: &str, status: FixStatus) -> Advisory {
    with(record(cve, "Debian:12", package, None), |affected| affected.status = Some(status))
}

fn system(kind: PackageType, name: &str, version: &str) -> Package {
    let mut package = Package::new(kind, name, version);
    package.source = Some(SourcePackage { name: name.to_owned(), version: version.to_owned() });
    package
}

fn rating(source: &str, severity: Severity, score: Option<f64>) -> Rating {
    let vector = score.map(|_| "CVSS:3.1/AV:N".to_owned());
    Rating { source: source.to_owned(), vector, score, severity }
}

#[test]
fn what_the_publisher_says_can_be_done_is_told() {
    let world = World::new(
        vec![
            status("CVE-2024-1", "bash", FixStatus::WillNotFix),
            status("CVE-2024-2", "bash", FixStatus::UnderInvestigation),
            status("CVE-2024-3", "bash", FixStatus::EndOfLife),
            status("CVE-2024-4", "bash", FixStatus::NotAffected),
            record("CVE-2024-4", "Debian:12", "bash", Some("9")),
            record("CVE-2024-5", "Debian:12", "bash", Some("9")),
            status("CVE-2024-5", "bash", FixStatus::UnderInvestigation),
        ],
        Vec::new(),
    );
    let (debian, bash) = (release("debian", "12"), system(PackageType::Deb, "bash", "5.2-1"));
    assert_eq!(
        world.found(&debian, &bash),
        [
            "CVE-2024-1 will_not_fix unknown",
            "CVE-2024-2 under_investigation unknown",
            "CVE-2024-3 end_of_life unknown",
            "CVE-2024-5 fixed unknown",
        ]
    );
    let packages = [bash];
    assert_eq!(world.decision(&debian, &packages, "CVE-2024-4"), [Decision::Dismissed]);
    assert_eq!(world.decision(&debian, &packages, "CVE-2024-1"), [Decision::Affected]);
    assert_eq!(world.decision(&debian, &packages, "CVE-2024-9"), []);
}

#[test]
fn modules_channels_and_architectures_must_fit() {
    let modular = |fixed: &str, module: &str| {
        with(record("CVE-2024-1", "Red Hat:9", "nodejs", Some(fixed)), |affected| {
            affected.module = Some(module.to_owned());
        })
    };
    let world = World::new(
        vec![
            modular("1:18.20.0-1.module+el9", "nodejs:18"),
            record("CVE-2024-2", "AlmaLinux:9", "nodejs", Some("1:16.20.0-1.module_el9")),
            record("CVE-2024-3", "AlmaLinux:9", "nodejs", Some("1:17.0.0-1.el9")),
            with(record("CVE-2024-4", "Red Hat:9", "nodejs", Some("1:99-1.el9")), |affected| {
                affected.arches = vec!["s390x".to_owned()];
            }),
            with(record("CVE-2024-5", "Red Hat:9", "nodejs", Some("1:99-1.el9")), |affected| {
                affected.channels = vec!["rhel_eus:9.2".to_owned()];
            }),
        ],
        Vec::new(),
    );
    let mut node = system(PackageType::Rpm, "nodejs", "1:16.1.0-1.module+el9");
    node.arch = Some("x86_64".to_owned());
    node.module = Some("nodejs:16".to_owned());
    let (redhat, alma) = (release("rhel", "9.3"), release("almalinux", "9.3"));
    assert!(world.found(&redhat, &node).is_empty());
    assert_eq!(world.found(&alma, &node), ["CVE-2024-2 fixed unknown"]);
    node.module = Some("nodejs:18".to_owned());
    assert_eq!(world.found(&redhat, &node), ["CVE-2024-1 fixed unknown"]);
    node.module = None;
    node.version = "1:16.1.0-1.el9".to_owned();
    assert_eq!(world.found(&alma, &node), ["CVE-2024-3 fixed unknown"]);
    assert!(world.found(&redhat, &node).is_empty());
    let attached = Distribution { channels: vec!["rhel_eus:9.2".to_owned()], ..redhat.clone() };
    assert_eq!(world.found(&attached, &node), ["CVE-2024-5 fixed unknown"]);
    node.arch = Some("s390x".to_owned());
    assert_eq!(world.found(&redhat, &node), ["CVE-2024-4 fixed unknown"]);
}

#[test]
fn what_is_said_of_a_package_of_no_module_says_nothing_of_one_of_a_module() {
    let plain = |cve: &str, status: FixStatus| {
        with(record(cve, "Red Hat:9", "nodejs", None), |affected| affected.status = Some(status))
    };
    let of_module = |cve: &str| {
        with(record(cve, "Red Hat:9", "nodejs", Some("1:18.20.0-1.module+el9")), |affected| {
            affected.module = Some("nodejs:18".to_owned());
        })
    };
    let world = World::new(
        vec![
            plain("CVE-2024-1", FixStatus::NotAffected),
            of_module("CVE-2024-1"),
            plain("CVE-2024-2", FixStatus::WillNotFix),
        ],
        Vec::new(),
    );
    let redhat = release("rhel", "9.3");
    let mut node = system(PackageType::Rpm, "nodejs", "1:18.1.0-1.module+el9");
    node.module = Some("nodejs:18".to_owned());
    assert_eq!(world.found(&redhat, &node), ["CVE-2024-1 fixed unknown"]);
    let node = system(PackageType::Rpm, "nodejs", "1:16.20.2-8.el9_4");
    assert_eq!(world.found(&redhat, &node), ["CVE-2024-2 will_not_fix unknown"]);
}

#[test]
fn what_a_channel_mends_is_mended_for_who_takes_updates_from_it() {
    let of_channel = |cve: &str, fixed: &str| {
        with(record(cve, "Red Hat:9", "curl", Some(fixed)), |affected| {
            affected.channels = vec!["rhel_eus:9.2".to_owned()];
        })
    };
    let world = World::new(
        vec![
            record("CVE-2023-38545", "Red Hat:9", "curl", Some("7.76.1-26.el9_3.2")),
            of_channel("CVE-2023-38545", "7.76.1-23.el9_2.4"),
            record("CVE-2024-2398", "Red Hat:9", "curl", Some("7.76.1-29.el9_4.1")),
            of_channel("CVE-2024-2398", "7.76.1-23.el9_2.7"),
        ],
        Vec::new(),
    );
    let curl = system(PackageType::Rpm, "curl", "7.76.1-23.el9_2.4");
    let redhat = release("rhel", "9.2");
    let attached = Distribution { channels: vec!["rhel_eus:9.2".to_owned()], ..redhat.clone() };
    assert_eq!(world.found(&redhat, &curl), ["CVE-2023-38545 fixed unknown", "CVE-2024-2398 fixed unknown"]);
    assert_eq!(world.found(&attached, &curl), ["CVE-2024-2398 fixed unknown"]);
}

#[test]
fn an_epoch_that_is_not_known_is_not_compared() {
    let world =
        World::new(vec![record("CVE-2024-1", "Rocky Linux:9", "perl", Some("4:5.32.1-481.el9"))], Vec::new());
    let mut errno = Package::new(PackageType::Rpm, "perl-Errno", "0:1.30-481.el9");
    let source = |version: &str| Some(SourcePackage { name: "perl".to_owned(), version: version.to_owned() });
    errno.source = source("5.32.1-481.el9");
    let rocky = release("rocky", "9");
    assert!(world.found(&rocky, &errno).is_empty());
    errno.source = source("5.32.1-480.el9");
    assert_eq!(world.found(&rocky, &errno), ["CVE-2024-1 fixed unknown"]);
}

#[test]
fn the_severity_is_that_of_whoever_looked_most_closely() {
    let nvd = |cve: &str| Advisory {
        id: cve.to_owned(),
        ratings: vec![rating("NVD", Severity::Critical, Some(9.8))],
        cwes: vec!["CWE-787".to_owned()],
        summary: "by NVD".to_owned(),
        ..Advisory::default()
    };
    let own =
        |cve: &str, ratings: Vec<Rating>| Advisory { ratings, ..record(cve, "npm", "a", Some("2.0.0")) };
    let several = Advisory {
        aliases: vec!["CVE-2024-4".to_owned(), "CVE-2024-5".to_owned()],
        ..own("several", vec![rating("ERRATUM", Severity::High, None)])
    };
    let world = World::new(
        vec![
            with(own("CVE-2024-1", vec![rating("GHSA", Severity::High, None)]), |affected| {
                affected.severity = Some(Severity::Low);
            }),
            own(
                "CVE-2024-2",
                vec![rating("CVSS_V3", Severity::High, Some(8.0)), rating("GHSA", Severity::Medium, None)],
            ),
            own("CVE-2024-3", Vec::new()),
            several,
        ],
        ["CVE-2024-1", "CVE-2024-2", "CVE-2024-3", "CVE-2024-4"].map(nvd).to_vec(),
    );
    let package = Package::new(PackageType::Npm, "a", "1.0.0");
    assert_eq!(
        world.found(&release("debian", "12"), &package),
        [
            "CVE-2024-3 fixed critical",
            "CVE-2024-4 fixed critical",
            "CVE-2024-5 fixed high",
            "CVE-2024-2 fixed medium",
            "CVE-2024-1 fixed low",
        ]
    );
    let findings = world.findings(&release("debian", "12"), &[package]);
    let lowest = findings.iter().find(|finding| finding.id == "CVE-2024-1").unwrap();
    assert_eq!(detail(lowest).ratings.len(), 2);
    assert_eq!(
        (detail(lowest).title.as_str(), &*detail(lowest).cwes),
        ("by NVD", &["CWE-787".to_owned()][..])
    );
    assert_eq!(detail(lowest).epss.unwrap().score, 0.5);
    assert!((detail(lowest).risk - 19.5).abs() < 1e-9, "{}", detail(lowest).risk);
}

#[test]
fn what_was_rejected_and_headers_of_the_kernel_do_not_count() {
    let rejected = Advisory {
        id: "CVE-2024-1".to_owned(),
        withdrawn: Some("2024-02-01T00:00:00Z".to_owned()),
        ..Advisory::default()
    };
    let world = World::new(
        vec![
            record("CVE-2024-1", "Debian:12", "bash", None),
            record("CVE-2024-2", "Debian:12", "linux", None),
        ],
        vec![rejected],
    );
    let mut headers = system(PackageType::Deb, "linux", "6.1-1");
    headers.name = "linux-libc-dev".to_owned();
    let packages =
        [system(PackageType::Deb, "bash", "5.2-1"), headers, system(PackageType::Deb, "linux", "6.1-1")];
    let findings = world.findings(&release("debian", "12"), &packages);
    let decided: Vec<(&str, Option<SuppressionStatus>)> = findings
        .iter()
        .map(|finding| {
            let decision = finding.suppressed.as_ref().map(|decision| decision.status);
            (detail(finding).package.as_str(), decision)
        })
        .collect();
    let not_affected = Some(SuppressionStatus::NotAffected);
    assert_eq!(decided, [("bash", not_affected), ("linux", None), ("linux-libc-dev", not_affected)]);
}

#[test]
fn the_distribution_judges_what_it_owns_and_nothing_else() {
    let world = World::new(
        vec![
            record("CVE-2024-1", "Debian:12", "python-urllib3", Some("1.26.5-1")),
            record("CVE-2024-1", "PyPI", "urllib3", Some("2.0.0")),
            record("CVE-2024-2", "PyPI", "urllib3", Some("2.0.0")),
            record("CVE-2024-3", "Debian:12", "docker-ce", Some("99")),
        ],
        Vec::new(),
    );
    let mut owner = system(PackageType::Deb, "python-urllib3", "1.26.5-1+deb12u1");
    owner.name = "python3-urllib3".to_owned();
    owner.vendor = Some("Debian Python Team <team+python@tracker.debian.org>".to_owned());
    let mut owned = Package::new(PackageType::Pypi, "urllib3", "1.26.5");
    owned.owner = Some("python3-urllib3".to_owned());
    let debian = release("debian", "12");
    let packages = [owner, owned];
    let findings = world.findings(&debian, &packages);
    assert_eq!(findings.iter().map(|finding| finding.id.as_str()).collect::<Vec<_>>(), ["CVE-2024-2"]);
    assert_eq!(
        world.decision(&debian, &packages, "CVE-2024-1"),
        [Decision::NotAffected, Decision::JudgedByOwner { owner: "python3-urllib3".to_owned() }]
    );
    let mut foreign = system(PackageType::Deb, "docker-ce", "1:20.10");
    let vendor = "Docker <support@docker.com>".to_owned();
    foreign.vendor = Some(vendor.clone());
    let judgement = judge(&world.database, Some(&debian), std::slice::from_ref(&foreign)).unwrap();
    assert!(judgement.findings.is_empty());
    assert!(judgement.gaps[0].why.contains("docker-ce"), "{:?}", judgement.gaps);
    assert_eq!(
        world.decision(&debian, &[foreign], "CVE-2024-3"),
        [Decision::NotOfTheDistribution { vendor }]
    );
}

#[test]
fn programs_without_a_package_manager_are_judged_by_their_cpe() {
    let affected = Affected {
        ecosystem: "CPE".to_owned(),
        package: "redis:redis".to_owned(),
        ranges: vec![Range {
            events: vec![Event::Introduced("7.0.0".to_owned()), Event::Fixed("7.0.12".to_owned())],
        }],
        ..Affected::default()
    };
    let nvd = Advisory {
        id: "CVE-2024-1".to_owned(),
        ratings: vec![rating("NVD", Severity::High, Some(7.0))],
        affected: vec![affected],
        ..Advisory::default()
    };
    let world = World::new(Vec::new(), vec![nvd]);
    let mut redis = Package::new(PackageType::Generic, "redis", "7.0.11");
    redis.cpes = vec!["cpe:2.3:a:redis:redis:7.0.11:*:*:*:*:*:*:*".to_owned()];
    assert_eq!(world.found(&release("debian", "12"), &redis), ["CVE-2024-1 fixed high"]);
    redis.version = "7.0.12".to_owned();
    redis.cpes = vec!["cpe:2.3:a:redis:redis:7.0.12:*:*:*:*:*:*:*".to_owned()];
    assert!(world.found(&release("debian", "12"), &redis).is_empty());
}
