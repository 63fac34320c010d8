//! Lists and details over HTTP, on both databases: every filter, every order, every project.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what a test cannot do fails it")]

mod findings;
mod inventory;

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use serde_json::Value;
use server::{App, Key, Settings};
use sha2::{Digest, Sha256};
use store::Sql;
use testkit::Postgres;
use tower::ServiceExt;

/// The servers of a test, one for each database.
struct Servers {
    all: Vec<App>,
    _scratch: tempfile::TempDir,
    _postgres: Option<Postgres>,
}

/// Sees everything.
const ALL: &str = "lzt_all";
/// Sees the second project only.
const OTHER: &str = "lzt_other";

/// What there is: what each filter finds of it is told in the tests.
const FILL: &[&str] = &[
    "INSERT INTO project (id, name, created) VALUES (10, 'other', 1)",
    "INSERT INTO account (id, login, password_hash, role, created) VALUES (1, 'somebody', '', 'administrator', 1)",
    "INSERT INTO host (id, machine, name, os, kernel, architecture, processors, memory, addresses, project_id, \
     first_seen, last_seen) VALUES \
     (1, 'a', 'node-a', 'Debian', '6', 'amd64', 2, 4, '[\"10.0.0.1\"]', 1, 1, 9), \
     (2, 'b', 'node_b', 'Alpine', '6', 'amd64', 2, 4, '[\"10.0.0.2\"]', 1, 1, 9)",
    "INSERT INTO engine (id, host_id, kind, address, synced) VALUES (1, 1, 'docker', 'unix:a', 5), \
     (2, 2, 'containerd', 'unix:b', 5)",
    "INSERT INTO content (id, image_id, manifest_digest, platform, os_name, distribution, distribution_version, size, \
     layers, first_seen, scanned, gaps) VALUES \
     (1, 'sha256:aa11', 'sha256:bb11', 'linux/amd64', 'Debian GNU/Linux 12', 'debian', '12', 100, 2, 3, 50, \
      '[{\"what\":\"file\",\"where\":\"x\",\"why\":\"y\"}]'), \
     (2, 'sha256:aa22', 'sha256:bb22', 'linux/arm64', 'Alpine Linux v3.19', 'alpine', '3.19', 200, 1, 3, 60, '[]')",
    "INSERT INTO asset (id, project_id, kind, repository, tag, reference, name, content_id, size, built, first_seen, \
     last_seen, gone, latest, failure, status, scanned, scan_failure, risk, critical, high, \
     vulnerabilities, fixable, exploited, malware, secrets, gaps, components, hosts, containers, running, focus) \
     VALUES \
     (1, 1, 'local', 'shop', '1.0', 'sha256:aa11', 'shop:1.0', 1, 100, 20, 5, 90, NULL, FALSE, NULL, \
      'scanned', 50, NULL, 5, 2, 1, 3, 2, 1, 0, 1, 1, 2, 1, 2, 1, TRUE), \
     (2, 1, 'local', 'shop', '2.0', 'sha256:aa22', 'shop:2.0', 2, 200, 40, 6, 80, NULL, TRUE, NULL, \
      'scanned', 60, NULL, -1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, FALSE), \
     (3, 1, 'registry', 'harbor.example/team/shop', '1.0', 'sha256:bb11', 'harbor.example/team/shop:1.0', 1, 100, \
      20, 7, 70, NULL, TRUE, NULL, 'failed', 50, 'timed_out', 5, 2, 1, 3, 2, 1, 1, 1, 1, 2, 0, 0, 0, FALSE), \
     (4, 1, 'local', '', NULL, 'sha256:cc', 'sha256:cc', NULL, 300, NULL, 8, 60, NULL, FALSE, 'too_large', \
      'unscanned', NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, FALSE), \
     (5, 1, 'local', 'old', '1', 'sha256:dd', 'old:1', NULL, 1, 1, 1, 2, 3, FALSE, NULL, 'unscanned', NULL, \
      NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, FALSE), \
     (6, 10, 'archive', '50%_off', '1.0', 'sha256:aa11', '50%_off:1.0', 1, 100, 20, 5, 90, NULL, TRUE, NULL, \
      'scanned', 50, NULL, 5, 2, 1, 3, 2, 1, 0, 1, 1, 2, 0, 0, 0, FALSE)",
    "UPDATE authorisation SET enabled = TRUE",
    "INSERT INTO authorised_image (project_id, content_id, name, at, withdrawn) VALUES (1, 1, 'shop:1.0', 1, NULL), \
     (10, 1, '50%_off:1.0', 1, NULL), (1, 2, 'shop:2.0', 1, 2)",
    "INSERT INTO asset_engine (asset_id, engine_id, seen) VALUES (1, 1, 9), (2, 1, 9), (2, 2, 9), (4, 2, 9)",
    "INSERT INTO container (id, engine_id, reference, name, image, asset_id, state, command, pod, addresses, updated, \
     gone) VALUES \
     (1, 1, 'f00d1', 'web', 'shop:1.0', 1, 'running', '[\"shop\",\"--serve\"]', 'web-7', '[]', 9, NULL), \
     (2, 1, 'f00d2', 'batch', 'shop:1.0', 1, 'exited', '[]', NULL, '[]', 9, NULL), \
     (3, 2, 'f00d3', 'gone', 'shop:2.0', 2, 'exited', '[]', NULL, '[]', 9, 9)",
    "INSERT INTO layer (id, diff_id, size) VALUES (1, 'sha256:l1', 60), (2, 'sha256:l2', 40)",
    "INSERT INTO content_layer (content_id, position, layer_id, created_by, from_base) VALUES \
     (1, 0, 1, 'FROM debian', TRUE), (1, 1, 2, 'COPY shop', FALSE), (2, 0, 1, 'FROM debian', NULL)",
    "INSERT INTO context (id, fingerprint, distribution) VALUES (1, 'c', 'null')",
    "INSERT INTO package (id, fingerprint, context_id, kind, name, short_name, version, purl, facts) VALUES \
     (1, 'p1', 1, 'maven', 'org.apache.logging.log4j:log4j-core', 'log4j-core', '2.9.1', 'pkg:maven/l@2.9.1', '{}'), \
     (2, 'p2', 1, 'maven', 'org.apache.logging.log4j:log4j-core', 'log4j-core', '2.17.0', 'pkg:maven/l@2.17.0', '{}'), \
     (3, 'p3', 1, 'deb', 'openssl', 'openssl', '3.0.1-1', 'pkg:deb/debian/openssl@3.0.1-1', '{}')",
    "INSERT INTO content_package (content_id, package_id, path, layer, from_base, licenses) VALUES \
     (1, 1, 'app/log4j.jar', 1, FALSE, 'Apache-2.0'), (1, 3, 'var/lib/dpkg/status', 0, TRUE, ''), \
     (2, 2, 'app/log4j.jar', 0, NULL, 'Apache-2.0')",
    "INSERT INTO vulnerability (id, aliases, title, description, severity, cvss, epss, exploited, links) VALUES \
     ('CVE-2021-44228', '[\"GHSA-jfh8-c2jp-5v3q\"]', 'Log4Shell', 'Remote code', 5, 10.0, 0.97, TRUE, '[]'), \
     ('CVE-2021-45105', '[]', 'Endless recursion', '', 4, 7.5, 0.5, FALSE, '[]'), \
     ('CVE-2023-0001', '[]', 'Not mended', '', 5, NULL, NULL, FALSE, '[]')",
    "INSERT INTO package_vulnerability (package_id, vulnerability, severity, status, fixed_version, risk, exploited, \
     epss, first_seen) VALUES \
     (1, 'CVE-2021-44228', 5, 'fixed', '2.15.0', 99.0, TRUE, 0.97, 30), \
     (1, 'CVE-2021-45105', 4, 'fixed', '2.9.99', 60.0, FALSE, 0.5, 31), \
     (3, 'CVE-2023-0001', 5, 'affected', NULL, 50.0, FALSE, NULL, 32)",
    "INSERT INTO finding (id, content_id, kind, fingerprint, rule, severity, title_en, title_zh, path, layer, \
     from_base, detail, first_seen) VALUES \
     (1, 1, 'secrets', 'fp-secret', 'aws-key', 4, 'Key of AWS', 'AWS 密钥', 'root/.aws', 1, FALSE, 'null', 33)",
    "INSERT INTO risk (project_id, source, kind, rule, title_en, title_zh, severity, images, handled, containers, \
     hosts, fixable, exploited, epss, cvss, first_seen, last_scan) VALUES \
     (1, 'local', 'vulnerabilities', 'CVE-2021-44228', 'Log4Shell', '', 5, 1, 0, 2, 1, TRUE, TRUE, 0.97, 10.0, 30, 50), \
     (1, 'registry', 'vulnerabilities', 'CVE-2021-44228', 'Log4Shell', '', 5, 1, 0, 0, 0, TRUE, TRUE, 0.97, 10.0, 29, \
      51), \
     (10, 'archive', 'vulnerabilities', 'CVE-2021-44228', 'Log4Shell', '', 5, 1, 0, 0, 0, TRUE, TRUE, 0.97, 10.0, 30, \
      50), \
     (1, 'local', 'vulnerabilities', 'CVE-2023-0001', 'Not mended', '', 5, 1, 0, 2, 1, FALSE, FALSE, NULL, NULL, 32, \
      50), \
     (1, 'local', 'secrets', 'aws-key', 'Key of AWS', 'AWS 密钥', 4, 0, 1, 0, 0, FALSE, FALSE, NULL, NULL, 33, 50)",
    SUMS[0],
    SUMS[1],
    "INSERT INTO scan (id, content_id, checks, tool_version, report, counts, finished) VALUES \
     (1, 1, '[\"secrets\"]', '1', 'a', '{\"severities\":{\"critical\":1}}', 40), (2, 1, '[\"secrets\"]', '1', 'b', '{\"severities\":{}}', 50)",
];

/// What risks come to over sources, and then over projects.
const SUMS: [&str; 2] = [
    "INSERT INTO risk (project_id, source, kind, rule, title_en, title_zh, severity, images, handled, containers, \
     hosts, fixable, exploited, epss, cvss, first_seen, last_scan) SELECT project_id, '', kind, rule, MAX(title_en), \
     MAX(title_zh), MAX(severity), SUM(images), SUM(handled), SUM(containers), SUM(hosts), \
     MAX(CASE WHEN fixable THEN 1 ELSE 0 END) = 1, MAX(CASE WHEN exploited THEN 1 ELSE 0 END) = 1, MAX(epss), \
     MAX(cvss), MIN(first_seen), MAX(last_scan) FROM risk GROUP BY project_id, kind, rule",
    "INSERT INTO risk (project_id, source, kind, rule, title_en, title_zh, severity, images, handled, containers, \
     hosts, fixable, exploited, epss, cvss, first_seen, last_scan) SELECT 0, source, kind, rule, MAX(title_en), \
     MAX(title_zh), MAX(severity), SUM(images), SUM(handled), SUM(containers), SUM(hosts), \
     MAX(CASE WHEN fixable THEN 1 ELSE 0 END) = 1, MAX(CASE WHEN exploited THEN 1 ELSE 0 END) = 1, MAX(epss), \
     MAX(cvss), MIN(first_seen), MAX(last_scan) FROM risk GROUP BY source, kind, rule",
];

async fn servers() -> Servers {
    let scratch = tempfile::tempdir().unwrap();
    let postgres = Postgres::start();
    let mut urls = vec![format!("sqlite:{}", scratch.path().join("lazaret.db").display())];
    urls.extend(postgres.as_ref().map(Postgres::url));
    let mut all = Vec::new();
    for (number, database) in urls.into_iter().enumerate() {
        let root = scratch.path().join(number.to_string());
        let settings = Settings::new(database, &root, Key::new([7; 32]));
        let app = App::open(settings).await.unwrap();
        for statement in FILL {
            run(&app, statement).await;
        }
        let token = "INSERT INTO token (name, token_hash, account_id, role, project_id, created) VALUES ";
        run(&app, &format!("{token} ('all', '{}', 1, 'viewer', NULL, 1)", digest(ALL))).await;
        run(&app, &format!("{token} ('other', '{}', 1, 'viewer', 10, 1)", digest(OTHER))).await;
        all.push(app);
    }
    Servers { all, _scratch: scratch, _postgres: postgres }
}

async fn run(app: &App, statement: &str) {
    Sql::write("fill a test", statement).run(&app.database).await.unwrap();
}

fn digest(token: &str) -> String {
    model::Digest::from_bytes(Sha256::digest(token.as_bytes()).into()).hex()
}

async fn get(app: &App, token: &str, path: &str) -> (StatusCode, Value) {
    let request = Request::get(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    let response = server::router(app.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

async fn ok(app: &App, token: &str, path: &str) -> Value {
    let (status, body) = get(app, token, path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

/// All pages of a list.
async fn whole(app: &App, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut page = ok(app, ALL, path).await;
    loop {
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { return rows };
        page = ok(app, ALL, &format!("{path}&after={next}")).await;
    }
}

/// The values of a field of all rows.
fn field(rows: &Value, name: &str) -> Vec<Value> {
    rows["items"].as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}

fn ids(rows: &Value) -> BTreeSet<i64> {
    field(rows, "id").iter().map(|id| id.as_i64().unwrap()).collect()
}

/// Whether a value is no larger than another; none is the smallest.
fn less(left: &Value, right: &Value) -> bool {
    match (left.as_str(), right.as_str()) {
        (Some(left), Some(right)) => left <= right,
        _ => left.as_i64().unwrap_or(0) <= right.as_i64().unwrap_or(0),
    }
}

/// A query with what is not ASCII written as addresses write it.
fn encoded(query: &str) -> String {
    query.bytes().fold(String::new(), |text, byte| match char::from(byte) {
        known if byte.is_ascii() => text + &known.to_string(),
        _ => text + &format!("%{byte:02X}"),
    })
}
