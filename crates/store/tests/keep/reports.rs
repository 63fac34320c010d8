//! Reports made by hand, and what became of them.

use std::collections::BTreeSet;

use model::{
    Detail, Distribution, Finding, FixStatus, LayerSummary, Malware, MalwareClass, Package, PackageType,
    Report, Secret, Severity, Text, Vulnerability,
};
use store::contents::{self, Content};
use store::decisions::{self, Action, Extent};
use store::findings::{self, Row};
use store::ingest::{self, Scanned};
use store::{Database, Sql, Transaction, settle};
use testkit::Postgres;

/// A database of each sort that is installed.
pub(crate) struct Databases {
    pub(crate) all: Vec<Database>,
    _directory: tempfile::TempDir,
    _postgres: Option<Postgres>,
}

pub(crate) async fn databases() -> Databases {
    let directory = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", directory.path().join("inventory.db").display());
    let mut all = vec![Database::open(&file).await.unwrap()];
    let postgres = Postgres::start();
    if let Some(postgres) = &postgres {
        all.push(Database::open(&postgres.url()).await.unwrap());
    }
    Databases { all, _directory: directory, _postgres: postgres }
}

pub(crate) fn package(name: &str, version: &str) -> Package {
    let mut package = Package::new(PackageType::Deb, name, version);
    package.purl = format!("pkg:deb/debian/{name}@{version}");
    package.paths = vec!["var/lib/dpkg/status".to_owned()];
    package.layer = Some("sha256:one".to_owned());
    package.licenses = vec!["MIT".to_owned()];
    package
}

pub(crate) fn vulnerability(id: &str, severity: Severity, package: &Package, fixed: Option<&str>) -> Finding {
    let found = Vulnerability {
        aliases: vec![format!("GHSA-{id}")],
        advisories: vec![],
        title: format!("{id} in {}", package.name),
        description: "Long.".to_owned(),
        severity_source: None,
        ratings: vec![],
        known_exploited: id.ends_with("99"),
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

pub(crate) fn text(text: &str) -> Text {
    Text { en: text.to_owned(), zh: format!("{text}（中文）") }
}

pub(crate) fn secret(rule: &str, path: &str, severity: Severity) -> Finding {
    let secret = Secret {
        title: text("A key lies open"),
        description: text(""),
        advice: text(""),
        place: "file".to_owned(),
        path: Some(path.to_owned()),
        line: Some(3),
        masked: "key = AK**".to_owned(),
        fingerprint: format!("hash of {path}"),
        visible: true,
    };
    Finding::new(rule, severity, Detail::Secret(Box::new(secret)))
}

pub(crate) fn malware(path: &str) -> Finding {
    let malware = Malware {
        engine: "rules".to_owned(),
        class: MalwareClass::Miner,
        family: String::new(),
        title: text("A miner"),
        description: text(""),
        advice: text(""),
        references: vec![],
        path: path.to_owned(),
        size: 1,
        md5: String::new(),
        sha256: "00".repeat(32),
        visible: true,
    };
    Finding::new("miner", Severity::Critical, Detail::Malware(Box::new(malware)))
}

pub(crate) fn report(packages: Vec<Package>, findings: Vec<Finding>) -> Report {
    let layer = |diff_id: &str, created_by: &str| LayerSummary {
        digest: None,
        diff_id: Some(diff_id.to_owned()),
        size: 10,
        created_by: Some(created_by.to_owned()),
        from_base: Some(diff_id == "sha256:zero"),
    };
    Report {
        schema_version: model::SCHEMA_VERSION.to_owned(),
        tool: model::Tool { name: "lazaret".to_owned(), version: "1".to_owned() },
        image: model::ImageSummary { os: Some("Debian 12".to_owned()), ..Default::default() },
        distribution: Some(Distribution {
            id: "debian".to_owned(),
            version: Some("12".to_owned()),
            ..Default::default()
        }),
        checks: vec![],
        database: Some(model::DatabaseSummary { updated: "2026-11-21T00:00:00Z".to_owned(), advisories: 1 }),
        layers: vec![layer("sha256:zero", "FROM"), layer("sha256:one", "RUN")],
        packages,
        findings,
        baseline: vec![],
        files: None,
        base_image: None,
        gaps: vec![],
        stats: model::Stats::default(),
    }
}

/// Notes a content of this name.
pub(crate) async fn content(database: &Database, name: &str) -> i64 {
    let mut transaction = database.begin().await.unwrap();
    let content = Content { image_id: format!("sha256:{name}"), ..Default::default() };
    let id = contents::note(&mut transaction, &content).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

/// Notes an asset that has a content.
pub(crate) async fn asset(database: &Database, project: i64, name: &str, content: i64) -> i64 {
    let (id,): (i64,) = Sql::write(
        "add an asset",
        "INSERT INTO asset (project_id, kind, repository, tag, reference, name, content_id, size, first_seen, \
         last_seen) VALUES ($1, 'local', $2, '1', $2, $2, $3, 1, 1, 1) RETURNING id",
    )
    .bind(project)
    .bind(name)
    .bind(content)
    .one(database)
    .await
    .unwrap();
    id
}

pub(crate) const ALL: &[&str] =
    &["vulnerabilities", "malware", "software", "files", "baseline", "secrets", "compliance", "base-image"];

pub(crate) async fn try_keep(
    database: &Database,
    content: i64,
    report: &Report,
    checks: &[&str],
) -> Result<i64, store::Error> {
    let before = ingest::last(database, content).await?.map(|(scan, _)| scan);
    let mut transaction = database.begin().await?;
    let scanned = Scanned {
        content,
        job: None,
        before,
        report,
        checks,
        key: "reports/1",
        names: &|_, facts| BTreeSet::from([facts.package.name.clone()]),
    };
    let written = ingest::write(&mut transaction, &scanned).await?;
    settle::assets(&mut transaction, &[content]).await?;
    transaction.commit().await?;
    Ok(written.scan)
}

pub(crate) async fn keep(database: &Database, content: i64, report: &Report) -> i64 {
    try_keep(database, content, report, ALL).await.unwrap()
}

pub(crate) async fn rows(database: &Database, content: i64) -> Vec<Row> {
    let mut rows = findings::of_content(database, content).await.unwrap();
    rows.sort_by(|left, right| left.fingerprint.cmp(&right.fingerprint));
    rows
}

pub(crate) async fn number(database: &Database, select: &str) -> i64 {
    let (number,): (i64,) = Sql::read("count", select).one(database).await.unwrap();
    number
}

/// What a list shows of an asset.
#[derive(Debug, PartialEq, sqlx::FromRow)]
pub(crate) struct Shown {
    pub(crate) status: String,
    pub(crate) risk: Option<i64>,
    pub(crate) critical: i64,
    pub(crate) high: i64,
    pub(crate) vulnerabilities: i64,
    pub(crate) fixable: i64,
    pub(crate) exploited: i64,
    pub(crate) malware: i64,
    pub(crate) secrets: i64,
    pub(crate) ignored: i64,
    pub(crate) components: i64,
    pub(crate) focus_reasons: String,
}

pub(crate) async fn shown(database: &Database, asset: i64) -> Shown {
    Sql::read("read an asset", "SELECT * FROM asset WHERE id = ").with("", asset).one(database).await.unwrap()
}

/// Decides that something does not count: in the images picked, or in all.
pub(crate) async fn decide(
    transaction: &mut Transaction,
    project: i64,
    kind: &str,
    rule: &str,
    images: &[i64],
) {
    let extent = if images.is_empty() { Extent::All } else { Extent::Images };
    let new = decisions::New {
        project,
        action: Action::Ignore,
        kind,
        rule,
        package: "",
        path: "",
        fingerprint: "",
        extent: &extent,
        images,
        until: None,
        until_fix: false,
        remark: "",
    };
    decisions::create(transaction, &new, "tester").await.unwrap();
}

pub(crate) fn sample() -> Report {
    let (bash, curl) = (package("bash", "5.2"), package("curl", "8.0"));
    let found = vec![
        vulnerability("CVE-1", Severity::Critical, &bash, Some("5.3")),
        vulnerability("CVE-2", Severity::High, &bash, None),
        vulnerability("CVE-1", Severity::High, &curl, None),
        vulnerability("CVE-99", Severity::Low, &curl, Some("8.1")),
        secret("aws", "root/key", Severity::High),
        malware("tmp/x"),
    ];
    report(vec![bash, curl, package("zlib", "1")], found)
}
