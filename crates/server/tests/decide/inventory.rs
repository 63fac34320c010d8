//! Images with a report made by hand.

use model::{
    Baseline, Detail, FileEntry, Files, Finding, FixStatus, LayerSummary, Package, PackageType, Report,
    Secret, Severity, Text, Vulnerability,
};
use scan::Check;
use server::App;
use store::Sql;
use store::contents::{self, Content};

/// A text that spreadsheets would compute.
pub(crate) const FORMULA: &str = "=HYPERLINK(\"http://evil.example\",\"x\")";

fn text(text: &str) -> Text {
    Text { en: text.to_owned(), zh: format!("{text}（中文）") }
}

fn package(name: &str, version: &str) -> Package {
    let mut package = Package::new(PackageType::Deb, name, version);
    package.purl = format!("pkg:deb/debian/{name}@{version}");
    package.paths = vec!["var/lib/dpkg/status".to_owned()];
    package.layer = Some("sha256:one".to_owned());
    package.licenses = vec!["MIT".to_owned()];
    package
}

fn vulnerability(id: &str, severity: Severity, package: &Package, fixed: Option<&str>) -> Finding {
    let found = Vulnerability {
        aliases: vec![format!("GHSA-{id}")],
        advisories: vec![],
        title: FORMULA.to_owned(),
        description: "Long.".to_owned(),
        severity_source: None,
        ratings: vec![],
        known_exploited: false,
        kev: None,
        epss: None,
        risk: 50.0,
        status: if fixed.is_some() { FixStatus::Fixed } else { FixStatus::Affected },
        package: package.name.clone(),
        package_type: package.kind.word().to_owned(),
        source_package: None,
        installed_version: package.version.clone(),
        fixed_version: fixed.map(str::to_owned),
        purl: package.purl.clone(),
        paths: package.paths.clone(),
        advice: Text::default(),
        evidence: String::new(),
        cwes: vec![],
        references: vec![],
        published: None,
    };
    let mut finding = Finding::new(id, severity, Detail::Vulnerability(Box::new(found)));
    finding.layer.clone_from(&package.layer);
    finding
}

fn secret() -> Finding {
    let secret = Secret {
        title: text("A key lies open"),
        description: text(""),
        advice: text("Take it back"),
        place: "file".to_owned(),
        path: Some("app/key".to_owned()),
        line: Some(3),
        masked: "key = AK****Z".to_owned(),
        fingerprint: "hash".to_owned(),
        visible: true,
    };
    Finding::new("aws-key", Severity::High, Detail::Secret(Box::new(secret)))
}

fn baseline() -> Finding {
    let found = Baseline {
        category: "accounts".to_owned(),
        standards: vec!["cis".to_owned()],
        title: text("An account without a password"),
        description: text(""),
        actual: text("empty"),
        expected: text("locked"),
        advice: text("Lock it"),
        references: vec![],
        paths: vec!["etc/shadow".to_owned()],
    };
    Finding::new("ACC-0001", Severity::Medium, Detail::Baseline(Box::new(found)))
}

/// 1 critical and 1 high vulnerability of bash, 1 low of curl; a secret; a setting.
fn report() -> Report {
    let (bash, curl) = (package("bash", "5.2"), package("curl", "8.0"));
    let findings = vec![
        vulnerability("CVE-1", Severity::Critical, &bash, Some("5.3")),
        vulnerability("CVE-2", Severity::High, &bash, None),
        vulnerability("CVE-3", Severity::Low, &curl, Some("8.1")),
        secret(),
        baseline(),
    ];
    let file = FileEntry {
        path: "usr/bin/sudo".to_owned(),
        size: 7,
        mode: "4755".to_owned(),
        uid: 0,
        gid: 0,
        layer: None,
        from_base: None,
    };
    Report {
        schema_version: model::SCHEMA_VERSION.to_owned(),
        tool: model::Tool { name: "lazaret".to_owned(), version: "1".to_owned() },
        image: model::ImageSummary { os: Some("Debian 12".to_owned()), ..Default::default() },
        distribution: None,
        checks: Check::ALL.iter().map(|check| check.word().to_owned()).collect(),
        database: Some(model::DatabaseSummary { updated: "2026-11-21T00:00:00Z".to_owned(), advisories: 1 }),
        layers: vec![LayerSummary {
            digest: None,
            diff_id: Some("sha256:one".to_owned()),
            size: 10,
            created_by: Some("RUN".to_owned()),
            from_base: None,
        }],
        packages: vec![bash, curl, package("zlib", "1")],
        findings,
        baseline: vec![],
        files: Some(Files {
            count: 1,
            directories: 0,
            size: 7,
            wasted: 0,
            largest: vec![],
            set_id: vec![file],
            world_writable: vec![],
        }),
        base_image: None,
        gaps: vec![],
        stats: model::Stats::default(),
    }
}

/// Images of one content by these names in a project; gives the ids of their rows.
pub(crate) async fn images(app: &App, project: &str, names: &[&str]) -> Vec<i64> {
    let project = store::projects::ensure(&app.database, project).await.unwrap();
    let mut transaction = app.database.begin().await.unwrap();
    let content = Content { image_id: format!("sha256:{project}"), ..Default::default() };
    let content = contents::note(&mut transaction, &content).await.unwrap();
    transaction.commit().await.unwrap();
    let mut ids = Vec::new();
    for name in names {
        let (id,): (i64,) = Sql::write(
            "add an image",
            "INSERT INTO asset (project_id, kind, repository, tag, reference, name, content_id, size, first_seen, \
             last_seen) VALUES ($1, 'local', $2, '1', $2, $2, $3, 1, 1, 1) RETURNING id",
        )
        .bind(project)
        .bind(*name)
        .bind(content)
        .one(&app.database)
        .await
        .unwrap();
        ids.push(id);
    }
    server::ingest::ingest(app, None, content, report(), &Check::ALL).await.unwrap();
    ids
}

/// Critical, high and all vulnerabilities, secrets, and what is ignored of an image.
pub(crate) async fn counts(app: &App, image: i64) -> (i64, i64, i64, i64, i64) {
    Sql::read(
        "read an image",
        "SELECT critical, high, vulnerabilities, secrets, ignored FROM asset WHERE id = ",
    )
    .with("", image)
    .one(&app.database)
    .await
    .unwrap()
}
