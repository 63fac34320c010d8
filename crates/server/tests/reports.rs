//! What only the whole report of an image tells, on both databases: kept by the server's own way, read over HTTP.
#![expect(clippy::unwrap_used, reason = "what a test cannot do fails it")]

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use model::{
    BaseEvidence, BaseImage, CheckResult, Compliance, Detail, FileEntry, Files, Finding, FixStatus,
    Forbidden, HistoryStep, ImageConfig, ImageSummary, LayerSummary, Outcome, Package, PackageType, Report,
    Severity, Stats, Text, Tool, Vulnerability,
};
use scan::Check;
use serde_json::Value;
use server::{App, Key, Settings, ingest};
use sha2::{Digest, Sha256};
use store::Sql;
use testkit::Postgres;
use tower::ServiceExt;

/// Sees everything.
const TOKEN: &str = "lzt_all";

/// The servers of a test, one for each database.
struct Servers {
    all: Vec<App>,
    _scratch: tempfile::TempDir,
    _postgres: Option<Postgres>,
}

async fn run(app: &App, statement: &str) {
    Sql::write("fill a test", statement).run(&app.database).await.unwrap();
}

/// Two images: `shop:1`, scanned twice, and `shop:2`, scanned once; and one that was never scanned.
async fn servers() -> Servers {
    let scratch = tempfile::tempdir().unwrap();
    let postgres = Postgres::start();
    let mut urls = vec![format!("sqlite:{}", scratch.path().join("lazaret.db").display())];
    urls.extend(postgres.as_ref().map(Postgres::url));
    let mut all = Vec::new();
    for (number, database) in urls.into_iter().enumerate() {
        let root = scratch.path().join(number.to_string());
        let app = App::open(Settings::new(database, &root, Key::new([7; 32]))).await.unwrap();
        fill(&app).await;
        all.push(app);
    }
    Servers { all, _scratch: scratch, _postgres: postgres }
}

async fn fill(app: &App) {
    let account = "INSERT INTO account (id, login, password_hash, role, created) \
                   VALUES (1, 'somebody', '', 'administrator', 1)";
    run(app, account).await;
    let hash = model::Digest::from_bytes(Sha256::digest(TOKEN.as_bytes()).into()).hex();
    let token = "INSERT INTO token (name, token_hash, account_id, role, created) VALUES ('all'";
    run(app, &format!("{token}, '{hash}', 1, 'viewer', 1)")).await;
    for id in 1..=3 {
        let content = "INSERT INTO content (id, image_id, size, first_seen) VALUES";
        run(app, &format!("{content} ({id}, 'sha256:{id}', 1, 1)")).await;
        let asset = "INSERT INTO asset (id, project_id, kind, repository, tag, reference, name, content_id, size, \
                     first_seen, last_seen) VALUES";
        let row =
            format!("({id}, 1, 'local', 'shop', '{id}', 'sha256:{id}', '../\"shop\":{id}', {id}, 1, 1, 1)");
        run(app, &format!("{asset} {row}")).await;
    }
    let checks: Vec<Check> = Check::ALL.to_vec();
    for (content, report) in
        [(1, report("2.9.1", "root")), (1, report("2.9.1", "shop")), (2, report("2.17.0", "shop"))]
    {
        ingest::ingest(app, None, content, report, &checks).await.unwrap();
    }
}

fn report(version: &str, user: &str) -> Report {
    let mut package = Package::new(PackageType::Maven, "org.apache:log4j-core", version);
    package.purl = format!("pkg:maven/org.apache/log4j-core@{version}");
    package.paths = vec!["app/log4j.jar".to_owned()];
    let mut shared = Package::new(PackageType::Deb, "openssl", "3.0");
    shared.purl = "pkg:deb/debian/openssl@3.0".to_owned();
    let mut findings = vec![compliance()];
    if version == "2.9.1" {
        findings.push(vulnerability(&package));
    }
    Report {
        schema_version: model::SCHEMA_VERSION.to_owned(),
        tool: Tool { name: "lazaret".to_owned(), version: "1".to_owned() },
        image: ImageSummary {
            name: "shop".to_owned(),
            config: ImageConfig {
                user: user.to_owned(),
                environment: vec!["PATH=/bin".to_owned(), format!("VERSION={version}")],
                ..ImageConfig::default()
            },
            history: vec![HistoryStep { created_by: "COPY shop".to_owned(), ..HistoryStep::default() }],
            ..ImageSummary::default()
        },
        distribution: None,
        checks: Check::ALL.iter().map(|check| check.word().to_owned()).collect(),
        database: Some(model::DatabaseSummary { updated: "2026-01-01T00:00:00Z".to_owned(), advisories: 1 }),
        layers: vec![LayerSummary { diff_id: Some("sha256:l1".to_owned()), ..LayerSummary::default() }],
        packages: vec![shared, package],
        findings,
        baseline: vec![CheckResult {
            id: "IMG-0001".to_owned(),
            category: "image".to_owned(),
            title: Text::new("Runs as root", "以 root 运行"),
            severity: Severity::High,
            standards: Vec::new(),
            outcome: Outcome::Pass,
        }],
        files: Some(Files {
            count: 3,
            largest: vec![FileEntry { path: "big".to_owned(), size: 9, ..FileEntry::default() }],
            ..Files::default()
        }),
        base_image: Some(BaseImage {
            name: Some("debian:12".to_owned()),
            digest: None,
            evidence: BaseEvidence::Approved,
            layers: 1,
        }),
        gaps: Vec::new(),
        stats: Stats::default(),
    }
}

fn compliance() -> Finding {
    let detail = Compliance {
        forbidden: Forbidden::Software,
        title: Text::new("nmap", "nmap"),
        description: Text::default(),
        advice: Text::new("Remove it.", "请移除。"),
        package: None,
        version: None,
        purl: None,
        license: None,
        paths: vec!["usr/bin/nmap".to_owned()],
        references: Vec::new(),
    };
    Finding::new("nmap", Severity::Medium, Detail::Compliance(Box::new(detail)))
}

fn vulnerability(package: &Package) -> Finding {
    let detail = Vulnerability {
        aliases: Vec::new(),
        advisories: vec!["GHSA-1".to_owned()],
        title: "Log4Shell".to_owned(),
        description: "Remote code".to_owned(),
        severity_source: None,
        ratings: Vec::new(),
        known_exploited: true,
        kev: None,
        epss: None,
        risk: 99.0,
        status: FixStatus::Fixed,
        package: package.name.clone(),
        package_type: "maven".to_owned(),
        source_package: None,
        installed_version: package.version.clone(),
        fixed_version: Some("2.15.0".to_owned()),
        purl: package.purl.clone(),
        paths: package.paths.clone(),
        advice: Text::new("Upgrade.", "请升级。"),
        evidence: "2.9.1 is below 2.15.0".to_owned(),
        cwes: Vec::new(),
        references: Vec::new(),
        published: None,
    };
    Finding::new("CVE-2021-44228", Severity::Critical, Detail::Vulnerability(Box::new(detail)))
}

async fn fetch(app: &App, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(Body::empty())
        .unwrap();
    let response = server::router(app.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, to_bytes(body, 1 << 24).await.unwrap().to_vec())
}

async fn get(app: &App, path: &str) -> Value {
    let (status, _, body) = fetch(app, path).await;
    let text = String::from_utf8_lossy(&body);
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_all_that_is_known_of_an_image() {
    let servers = servers().await;
    for app in &servers.all {
        let image = get(app, "/images/1").await;
        assert_eq!(image["severities"]["critical"], 1);
        assert_eq!(image["config"]["user"], "shop");
        assert_eq!(image["base"]["name"], "debian:12");
        assert_eq!(image["scans"].as_array().unwrap().len(), 2);
        assert_eq!(image["checks"]["vulnerabilities"]["advisories"], "2026-01-01T00:00:00Z");
        assert_eq!(get(app, "/images/1/history").await["items"][0]["created_by"], "COPY shop");
        assert_eq!(get(app, "/images/1/files").await["files"]["largest"][0]["path"], "big");
        assert_eq!(get(app, "/images/1/baseline").await["items"][0]["outcome"], "pass");
        // One that was never scanned has nothing to tell, and is no error.
        let unscanned = get(app, "/images/3").await;
        assert_eq!((&unscanned["config"], &unscanned["scans"]), (&Value::Null, &serde_json::json!([])));
        assert_eq!(get(app, "/images/3/files").await["files"], Value::Null);
        assert_eq!(fetch(app, "/images/3/report").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_a_finding_whole() {
    let servers = servers().await;
    for app in &servers.all {
        let rows = get(app, "/images/1/findings").await;
        for (row, rule, advice) in [(0, "CVE-2021-44228", "请升级。"), (1, "nmap", "请移除。")] {
            let fingerprint = rows["items"][row]["fingerprint"].as_str().unwrap();
            let found = get(app, &format!("/images/1/findings/{fingerprint}")).await;
            assert_eq!(found["finding"]["id"], rule);
            assert_eq!(found["finding"]["advice"]["zh"], advice);
            assert_eq!(found["row"]["fingerprint"], fingerprint);
        }
        assert_eq!(fetch(app, "/images/1/findings/nothing").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hands_reports_out_in_every_form_and_marks_what_was_decided() {
    let servers = servers().await;
    for app in &servers.all {
        for format in
            ["csv", "cyclonedx", "github", "html", "json", "junit", "sarif", "spdx", "table", "xlsx"]
        {
            let (status, headers, body) =
                fetch(app, &format!("/images/1/report?format={format}&language=zh")).await;
            assert_eq!(status, StatusCode::OK, "{format}");
            assert!(body.len() > 100, "{format}");
            let disposition = headers["content-disposition"].to_str().unwrap();
            assert!(disposition.starts_with("attachment; filename=\"--shop--1."), "{disposition}");
        }
        let extent = serde_json::to_string(&store::decisions::Extent::All).unwrap();
        let decision = "INSERT INTO decision (id, project_id, action, kind, rule, scope, remark, created_by, created) \
                        VALUES (1, 1, 'false-positive', 'compliance', 'nmap', 'EXTENT', 'ours', 'me', 1)";
        run(app, &decision.replace("EXTENT", &extent)).await;
        let whole = get(app, "/images/1/report").await;
        let findings = whole["findings"].as_array().unwrap();
        let nmap = findings.iter().find(|found| found["id"] == "nmap").unwrap();
        assert_eq!(nmap["suppressed"]["status"], "false_positive");
        assert_eq!(nmap["suppressed"]["reason"], "ours");
        let other = findings.iter().find(|found| found["id"] == "CVE-2021-44228").unwrap();
        assert_eq!(other["suppressed"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn compares_images_and_scans() {
    let servers = servers().await;
    for app in &servers.all {
        let compared = get(app, "/compare?left=1&right=2").await;
        let vulnerabilities = &compared["findings"][0];
        assert_eq!(vulnerabilities["kind"], "vulnerabilities");
        assert_eq!((&vulnerabilities["new"], &vulnerabilities["gone"]), (&0.into(), &1.into()));
        assert_eq!(vulnerabilities["gone_findings"][0]["rule"], "CVE-2021-44228");
        let kinds = compared["findings"].as_array().unwrap();
        let compliance = kinds.iter().find(|kind| kind["kind"] == "compliance").unwrap();
        assert_eq!(compliance["same"], 1);
        assert_eq!(compared["packages_changed"][0]["left"], serde_json::json!(["2.9.1"]));
        assert_eq!(compared["packages_changed"][0]["right"], serde_json::json!(["2.17.0"]));
        assert_eq!(compared["packages_added"], serde_json::json!([]));
        let environment = &compared["configuration"][0];
        assert_eq!(environment["setting"], "environment");
        assert_eq!(environment["right"], serde_json::json!(["VERSION=2.17.0"]));

        let scans = get(app, "/images/1/scans").await;
        let id = |row: usize| scans["items"][row]["id"].as_i64().unwrap();
        let found: i64 =
            scans["items"][0]["severities"].as_object().unwrap().values().filter_map(Value::as_i64).sum();
        assert!(found > 0, "{scans}");
        let compared = get(app, &format!("/compare?left_scan={}&right_scan={}", id(1), id(0))).await;
        let user = serde_json::json!([{"setting": "user", "left": ["root"], "right": ["shop"]}]);
        assert_eq!(compared["configuration"], user);
        assert_eq!(compared["findings"][0]["same"], 1);
        for path in ["/compare", "/compare?left=1", "/compare?left=1&right_scan=1"] {
            assert_eq!(fetch(app, path).await.0, StatusCode::BAD_REQUEST, "{path}");
        }
    }
}
