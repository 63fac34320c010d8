//! The public interface, on reports made here.

mod csaf;
mod cyclonedx;
mod guide;
mod hostile;
mod ignore;
mod open_vex;
mod openvex;
mod policy;
mod speed;

use model::{
    Detail, Finding, FixStatus, ImageSummary, Malware, MalwareClass, Report, SCHEMA_VERSION, Secret,
    Severity, Stats, Suppression, SuppressionStatus, Text, Tool, Vulnerability,
};

use crate::{Decisions, Notice};

const TODAY: &str = "2026-11-21";

/// A report about `registry.example/team/shop:1.0` with these findings.
fn report(findings: Vec<Finding>) -> Report {
    Report {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool { name: "lazaret".to_owned(), version: "0".to_owned() },
        image: ImageSummary {
            name: "registry.example/team/shop:1.0".to_owned(),
            digest: Some(format!("sha256:{}", "a".repeat(64))),
            platform: Some("linux/amd64".to_owned()),
            ..ImageSummary::default()
        },
        distribution: None,
        checks: vec!["vulnerabilities".to_owned(), "secrets".to_owned()],
        database: None,
        layers: Vec::new(),
        packages: Vec::new(),
        findings,
        baseline: Vec::new(),
        files: None,
        base_image: None,
        gaps: Vec::new(),
        stats: Stats::default(),
    }
}

/// A vulnerability of a package of Debian 12.
fn vulnerability(id: &str, package: &str) -> Finding {
    let detail = Vulnerability {
        aliases: Vec::new(),
        advisories: Vec::new(),
        title: String::new(),
        description: String::new(),
        severity_source: None,
        ratings: Vec::new(),
        known_exploited: false,
        kev: None,
        epss: None,
        risk: 0.0,
        status: FixStatus::Fixed,
        package: package.to_owned(),
        package_type: "deb".to_owned(),
        source_package: None,
        installed_version: "1.0-1".to_owned(),
        fixed_version: Some("1.0-2".to_owned()),
        purl: format!("pkg:deb/debian/{package}@1.0-1?arch=amd64&distro=debian-12"),
        paths: vec!["var/lib/dpkg/status".to_owned()],
        advice: Text::default(),
        evidence: String::new(),
        cwes: Vec::new(),
        references: Vec::new(),
        published: None,
    };
    Finding::new(id, Severity::High, Detail::Vulnerability(Box::new(detail)))
}

/// The same with something changed.
fn changed(mut finding: Finding, change: impl FnOnce(&mut Vulnerability)) -> Finding {
    if let Detail::Vulnerability(found) = &mut finding.detail {
        change(found);
    }
    finding
}

fn secret(path: &str, fingerprint: &str) -> Finding {
    let detail = Secret {
        title: Text::default(),
        description: Text::default(),
        advice: Text::default(),
        place: "file".to_owned(),
        path: Some(path.to_owned()),
        line: Some(1),
        masked: String::new(),
        fingerprint: fingerprint.to_owned(),
        visible: true,
    };
    Finding::new("private-key", Severity::High, Detail::Secret(Box::new(detail)))
}

fn malware(path: &str) -> Finding {
    let detail = Malware {
        engine: "rules".to_owned(),
        class: MalwareClass::Test,
        family: String::new(),
        title: Text::default(),
        description: Text::default(),
        advice: Text::default(),
        references: Vec::new(),
        path: path.to_owned(),
        size: 1,
        md5: "b".repeat(32),
        sha256: "c".repeat(64),
        visible: false,
    };
    Finding::new("eicar", Severity::Low, Detail::Malware(Box::new(detail)))
}

/// What an ignore file does to findings: for each whether it is suppressed, and the notices.
fn ignored(text: &str, findings: Vec<Finding>) -> (Vec<bool>, Vec<Notice>) {
    let mut decisions = Decisions::default();
    decisions.ignore_file(".lazaret.toml", text, TODAY).unwrap();
    let mut report = report(findings);
    let notices = decisions.apply(&mut report);
    (report.findings.iter().map(|finding| finding.suppressed.is_some()).collect(), notices)
}

/// What VEX documents make of one finding, and the notices.
fn vexed(documents: &[&str], finding: Finding) -> (Option<Suppression>, Vec<Notice>) {
    let mut decisions = Decisions::default();
    for (document, at) in documents.iter().zip(1..) {
        decisions.vex(&format!("{at}.json"), document).unwrap();
    }
    let mut report = report(vec![finding]);
    let notices = decisions.apply(&mut report);
    (report.findings.remove(0).suppressed, notices)
}

/// The status that VEX documents give a vulnerability of `openssl`.
fn status(documents: &[&str]) -> Option<SuppressionStatus> {
    vexed(documents, vulnerability("CVE-2026-1", "openssl")).0.map(|suppression| suppression.status)
}
