//! Lists and details over HTTP, on both databases: every filter, every order, every project.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what a test cannot do fails it")]

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

#[tokio::test(flavor = "multi_thread")]
async fn finds_what_each_filter_says() {
    let cases: &[(&str, &[i64])] = &[
        ("", &[1, 2, 3, 4, 6]),
        ("gone=true", &[5]),
        ("kind=local", &[1, 2, 4]),
        ("kind=registry,archive", &[3, 6]),
        ("status=unscanned,failed", &[3, 4]),
        ("risk=critical", &[1, 3, 6]),
        ("risk=none", &[2]),
        ("has=malware", &[3]),
        ("has=malware,secrets", &[1, 3, 6]),
        ("without=vulnerabilities", &[2]),
        ("focus=true", &[1]),
        ("focus=false", &[2, 3, 4, 6]),
        ("latest=true", &[2, 3, 6]),
        ("running=true", &[1]),
        ("has_containers=false", &[2, 3, 4, 6]),
        ("authorised=true", &[1, 3, 6]),
        ("authorised=false", &[2, 4]),
        ("scannable=false", &[4]),
        ("fixable=true", &[1, 3, 6]),
        ("exploited=false", &[2, 4]),
        ("has_gaps=true", &[1, 3, 6]),
        ("search=SHOP", &[1, 2, 3]),
        ("search=aa22", &[2]),
        ("search=sha256:bb1", &[1, 3, 6]),
        ("search=50%25_off", &[6]),
        ("search=%25", &[6]),
        ("search=%5C", &[]),
        ("name=team", &[3]),
        ("repository=shop", &[1, 2]),
        ("repository=*shop", &[1, 2, 3]),
        ("repository=harbor.example/*", &[3]),
        ("tag=1.*", &[1, 3, 6]),
        ("tag=2.0", &[2]),
        ("digest=sha256:bb22", &[2]),
        ("digest=sha256:aa11", &[1, 3, 6]),
        ("size_min=200", &[2, 4]),
        ("size_min=100&size_max=200", &[1, 2, 3, 6]),
        ("built_since=21", &[2]),
        ("built_until=39", &[1, 3, 6]),
        ("scanned_since=51", &[2]),
        ("scanned_until=50", &[1, 3, 6]),
        ("added_since=7", &[3, 4]),
        ("seen_until=70", &[3, 4]),
        ("seen_since=90", &[1, 6]),
        ("host=1", &[1, 2]),
        ("host_name=NODE_B", &[2, 4]),
        ("host_name=10.0.0.1", &[1, 2]),
        ("engine=2", &[2, 4]),
        ("container=WEB", &[1]),
        ("container=f00d", &[1]),
        ("container=gone", &[]),
        ("pod=web", &[1]),
        ("vulnerability=cve-2021-44228", &[1, 3, 6]),
        ("vulnerability=ghsa-jfh8-c2jp-5v3q", &[1, 3, 6]),
        ("vulnerability=GHSA-jfh8", &[]),
        ("rule=aws-key", &[1, 3, 6]),
        ("component=openssl", &[1, 3, 6]),
        ("component=org.apache*", &[1, 2, 3, 6]),
        ("component=log4j-core", &[1, 2, 3, 6]),
        ("component=org.apache*&component_version=2.17.0", &[2]),
        ("os=alpine", &[2]),
        ("distribution=debian&distribution_version=12", &[1, 3, 6]),
        ("platform=linux/arm64", &[2]),
        ("failure=timed_out", &[3]),
        ("failure=too_large,timed_out", &[3, 4]),
        ("project=10", &[6]),
        ("kind=local&risk=critical&search=shop&running=true", &[1]),
    ];
    let servers = servers().await;
    for app in &servers.all {
        for (query, expected) in cases {
            let found = ok(app, ALL, &format!("/images?{query}")).await;
            assert_eq!(ids(&found), expected.iter().copied().collect(), "{query}");
            let counted = ok(app, ALL, &format!("/images/count?{query}")).await;
            assert_eq!(counted["total"], expected.len(), "{query}");
            assert_eq!(counted["exact"], true, "{query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_what_it_does_not_understand() {
    let servers = servers().await;
    for app in &servers.all {
        for path in [
            "/images?serach=shop",
            "/images?kind=nowhere",
            "/images?size_min=many",
            "/images?after=nonsense",
            // {"at":"a","id":1} where numbers are, {"at":1,"id":1} where names are
            "/images?after=eyJhdCI6ImEiLCJpZCI6MX0",
            "/images?sort=name&after=eyJhdCI6MSwiaWQiOjF9",
            "/images?search=%00",
            "/images?component=a%00",
            "/images/1/findings?after=-1",
            "/images/1/findings?severity=terrible",
            "/images/9999999999999999999999/findings",
            "/components",
            "/components?name=*",
            "/components?name=a&version=%3C",
            "/containers?state=asleep",
            "/risks?kind=weather",
            "/vulnerabilities/%00",
            &format!("/images?search={}", "x".repeat(257)),
        ] {
            let (status, body) = get(app, ALL, path).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {body}");
            assert_eq!(body["code"], "invalid_request", "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_cover_every_image_once_and_in_order() {
    let sorts = [
        ("risk", "/severities/critical"),
        ("name", "/name"),
        ("size", "/size"),
        ("built", "/built"),
        ("scanned", "/scanned"),
        ("added", "/first_seen"),
        ("seen", "/last_seen"),
        ("containers", "/containers"),
        ("hosts", "/hosts"),
        ("components", "/components"),
    ];
    let servers = servers().await;
    for app in &servers.all {
        // Many that are equal in everything but the id, and some without any date.
        for id in 100..110 {
            let insert = "INSERT INTO asset (id, project_id, kind, repository, reference, name, size, built, \
                          first_seen, last_seen) VALUES";
            let built = if id % 2 == 0 { "NULL" } else { "20" };
            run(app, &format!("{insert} ({id}, 1, 'local', 'same', '{id}', 'same', 100, {built}, 5, 90)"))
                .await;
        }
        for (sort, key) in sorts {
            for descending in [true, false] {
                let path = format!("/images?sort={sort}&descending={descending}&limit=4");
                let rows = whole(app, &path).await;
                let ids: BTreeSet<i64> = rows.iter().map(|row| row["id"].as_i64().unwrap()).collect();
                assert_eq!((rows.len(), ids.len()), (15, 15), "{path}");
                let keys: Vec<Value> = rows.iter().map(|row| row.pointer(key).unwrap().clone()).collect();
                let in_order = keys
                    .windows(2)
                    .all(|pair| if descending { less(&pair[1], &pair[0]) } else { less(&pair[0], &pair[1]) });
                assert!(in_order, "{path}: {keys:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_no_other_project() {
    let servers = servers().await;
    for app in &servers.all {
        assert_eq!(ids(&ok(app, OTHER, "/images").await), BTreeSet::from([6]));
        assert_eq!(ok(app, OTHER, "/images/count").await["total"], 1);
        for path in [
            "/images/1/findings",
            "/images/1/packages",
            "/images/1/layers",
            "/images/1/hosts",
            "/images/1/containers",
            "/images/1/gaps",
            "/images/1/fix-plan",
            "/images/1/scans",
            "/containers/1",
            "/engines/1",
            "/hosts/1",
            "/risks/secrets/aws-key",
        ] {
            assert_eq!(get(app, OTHER, path).await.0, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(get(app, ALL, path).await.0, StatusCode::OK, "{path}");
        }
        for path in ["/containers", "/engines", "/hosts"] {
            assert!(field(&ok(app, OTHER, path).await, "id").is_empty(), "{path}");
        }
        let risks = ok(app, OTHER, "/risks").await;
        assert_eq!(field(&risks, "images"), [1]);
        let affected = ok(app, OTHER, "/risks/vulnerabilities/CVE-2021-44228/images").await;
        let images: Vec<Value> = field(&affected, "image").iter().map(|image| image["id"].clone()).collect();
        assert_eq!(images, [6]);
        let found = ok(app, OTHER, "/components?name=openssl").await;
        assert_eq!(field(&found, "images"), [1]);
        assert_eq!(field(&ok(app, OTHER, "/components/images?name=openssl").await, "image"), [6]);
    }
}

/// A query with what is not ASCII written as addresses write it.
fn encoded(query: &str) -> String {
    query.bytes().fold(String::new(), |text, byte| match char::from(byte) {
        known if byte.is_ascii() => text + &known.to_string(),
        _ => text + &format!("%{byte:02X}"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_findings_with_what_was_decided() {
    let cases: &[(&str, &[&str])] = &[
        ("", &["CVE-2021-44228", "CVE-2023-0001", "CVE-2021-45105", "aws-key"]),
        ("kind=secrets", &["aws-key"]),
        ("severity=high", &["CVE-2021-45105", "aws-key"]),
        ("fixable=true", &["CVE-2021-44228", "CVE-2021-45105"]),
        ("exploited=true", &["CVE-2021-44228"]),
        ("from_base=true", &["CVE-2023-0001"]),
        ("layer=1", &["CVE-2021-44228", "CVE-2021-45105", "aws-key"]),
        ("search=LOG4J", &["CVE-2021-44228", "CVE-2021-45105"]),
        ("search=密钥", &["aws-key"]),
        ("search=ghsa-jfh8", &["CVE-2021-44228"]),
        ("sort=first_seen", &["aws-key", "CVE-2023-0001", "CVE-2021-45105", "CVE-2021-44228"]),
        ("sort=path&limit=2", &["CVE-2021-44228", "CVE-2021-45105"]),
        ("sort=path&limit=2&after=2", &["aws-key", "CVE-2023-0001"]),
    ];
    let servers = servers().await;
    for app in &servers.all {
        for (query, expected) in cases {
            let found = ok(app, ALL, &format!("/images/1/findings?{}", encoded(query))).await;
            assert_eq!(field(&found, "rule"), *expected, "{query}");
        }
        let extent = serde_json::to_string(&store::decisions::Extent::All).unwrap();
        let decision = "INSERT INTO decision (id, project_id, action, kind, rule, scope, remark, created_by, \
                        created) VALUES (1, 1, 'ignore', 'vulnerabilities', 'CVE-2021-45105', 'EXTENT', 'because', \
                        'me', 1)";
        run(app, &decision.replace("EXTENT", &extent)).await;
        let open = ok(app, ALL, "/images/1/findings?state=open").await;
        assert_eq!(field(&open, "rule"), ["CVE-2021-44228", "CVE-2023-0001", "aws-key"]);
        let handled = ok(app, ALL, "/images/1/findings?state=handled").await;
        assert_eq!(field(&handled, "rule"), ["CVE-2021-45105"]);
        assert_eq!(handled["items"][0]["decision"]["remark"], "because");
        let affected = ok(app, ALL, "/risks/vulnerabilities/CVE-2021-45105/images").await;
        assert_eq!(affected["items"][0]["places"][0]["decision"]["id"], 1);
        // The same content in another project is not covered.
        let foreign = ok(app, OTHER, "/images/6/findings?state=open").await;
        assert_eq!(foreign["items"].as_array().unwrap().len(), 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_what_mends_most() {
    let servers = servers().await;
    for app in &servers.all {
        let plan = ok(app, ALL, "/images/1/fix-plan").await;
        let upgrade = &plan["upgrades"][0];
        assert_eq!(upgrade["from"], "2.9.1");
        // 2.9.99 is lower, though it is not as a text.
        assert_eq!(upgrade["to"], "2.15.0");
        assert_eq!(upgrade["certain"], true);
        assert_eq!(upgrade["vulnerabilities"], serde_json::json!(["CVE-2021-44228", "CVE-2021-45105"]));
        assert_eq!(plan["upgrades"].as_array().unwrap().len(), 1);
        assert_eq!(plan["unfixable"]["critical"], 1);
        assert_eq!(plan["base"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_packages_and_layers_with_what_is_wrong() {
    let servers = servers().await;
    for app in &servers.all {
        let found = ok(app, ALL, "/images/1/packages").await;
        assert_eq!(field(&found, "name"), ["openssl", "org.apache.logging.log4j:log4j-core"]);
        assert_eq!(found["items"][1]["vulnerabilities"]["critical"], 1);
        assert_eq!(found["items"][1]["vulnerabilities"]["high"], 1);
        let apache = ok(app, ALL, "/images/1/packages?search=apache-2.0&type=maven").await;
        assert_eq!(field(&apache, "version"), ["2.9.1"]);
        let layers = ok(app, ALL, "/images/1/layers").await;
        assert_eq!(layers[0]["shared_by"], 2);
        assert_eq!(layers[1]["findings"]["vulnerabilities"], 2);
        assert_eq!(layers[1]["findings"]["secrets"], 1);
        assert_eq!(layers[1]["packages"], 1);
        assert_eq!(field(&ok(app, ALL, "/images/1/scans").await, "id"), [2, 1]);
        assert_eq!(field(&ok(app, ALL, "/images/1/gaps").await, "where"), ["x"]);
        assert_eq!(field(&ok(app, ALL, "/images/2/hosts").await, "name"), ["node-a", "node_b"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn knows_where_a_component_below_a_version_is() {
    let name = "org.apache.logging.log4j:log4j-core";
    let servers = servers().await;
    for app in &servers.all {
        for (query, versions, images) in [
            (format!("name={name}&version=%3C2.17"), vec!["2.9.1"], vec![1, 3, 6]),
            (
                format!("name={name}&version=%3E%3D2.9.1,%3C%3D2.17"),
                vec!["2.17.0", "2.9.1"],
                vec![1, 2, 3, 6],
            ),
            (format!("name={name}&type=deb"), vec![], vec![]),
            ("name=org.apache*".to_owned(), vec!["2.17.0", "2.9.1"], vec![1, 2, 3, 6]),
            ("name=log4j-core&version=%3C2.17".to_owned(), vec!["2.9.1"], vec![1, 3, 6]),
            ("name=log4j*&type=maven".to_owned(), vec!["2.17.0", "2.9.1"], vec![1, 2, 3, 6]),
            ("name=openss".to_owned(), vec![], vec![]),
        ] {
            let found = ok(app, ALL, &format!("/components?{query}")).await;
            assert_eq!(field(&found, "version"), versions, "{query}");
            assert_eq!(found["complete"], true);
            let rows = whole(app, &format!("/components/images?{query}&limit=2")).await;
            let rows: Vec<i64> = rows.iter().map(|row| row["image"].as_i64().unwrap()).collect();
            assert_eq!(rows, images, "{query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn adds_risks_up_over_projects_and_sources() {
    let cases: &[(&str, &[&str])] = &[
        ("", &["CVE-2021-44228", "CVE-2023-0001", "aws-key"]),
        ("kind=secrets", &["aws-key"]),
        ("state=handled", &["aws-key"]),
        ("state=open", &["CVE-2021-44228", "CVE-2023-0001"]),
        ("source=registry", &["CVE-2021-44228"]),
        ("fixable=false", &["CVE-2023-0001", "aws-key"]),
        ("exploited=true", &["CVE-2021-44228"]),
        ("severity=high", &["aws-key"]),
        ("has_containers=false", &["aws-key"]),
        ("search=ghsa-jfh8", &["CVE-2021-44228"]),
        ("search=mended", &["CVE-2023-0001"]),
        ("sort=first_seen", &["aws-key", "CVE-2023-0001", "CVE-2021-44228"]),
        ("project=10", &["CVE-2021-44228"]),
    ];
    let servers = servers().await;
    for app in &servers.all {
        for (query, expected) in cases {
            assert_eq!(field(&ok(app, ALL, &format!("/risks?{query}")).await, "rule"), *expected, "{query}");
            let paged = whole(app, &format!("/risks?{query}&limit=1")).await;
            let rules: Vec<&str> = paged.iter().map(|row| row["rule"].as_str().unwrap()).collect();
            assert_eq!(rules, *expected, "{query}");
        }
        let risk = ok(app, ALL, "/risks/vulnerabilities/CVE-2021-44228").await;
        assert_eq!((&risk["images"], &risk["first_seen"]), (&3.into(), &29.into()));
        assert_eq!(risk["vulnerability"]["aliases"][0], "GHSA-jfh8-c2jp-5v3q");
        let rows = whole(app, "/risks/vulnerabilities/CVE-2021-44228/images?limit=1").await;
        let images: Vec<&Value> = rows.iter().map(|row| &row["image"]["id"]).collect();
        assert_eq!(images, [1, 3, 6]);
        assert_eq!(rows[0]["places"][0]["fixed_version"], "2.15.0");
        let local = ok(app, ALL, "/risks/secrets/aws-key/images?source=local").await;
        assert_eq!(local["items"][0]["places"][0]["fingerprint"], "fp-secret");
        assert_eq!(ok(app, ALL, "/vulnerabilities/GHSA-jfh8-c2jp-5v3q").await["id"], "CVE-2021-44228");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_containers_and_engines() {
    let cases: &[(&str, &[i64])] = &[
        ("", &[1, 2]),
        ("gone=true", &[3]),
        ("state=running", &[1]),
        ("state=running,exited", &[1, 2]),
        ("host=1", &[1, 2]),
        ("engine=2", &[]),
        ("image=1", &[1, 2]),
        ("pod=WEB", &[1]),
        ("search=f00d2", &[2]),
        ("search=node-a", &[1, 2]),
        ("search=node_a", &[]),
    ];
    let servers = servers().await;
    for app in &servers.all {
        for (query, expected) in cases {
            let found = ok(app, ALL, &format!("/containers?{query}")).await;
            assert_eq!(ids(&found), expected.iter().copied().collect(), "{query}");
        }
        let container = ok(app, ALL, "/containers/1").await;
        assert_eq!(container["command"], serde_json::json!(["shop", "--serve"]));
        assert_eq!(container["risk"], "critical");
        assert_eq!(container["host"], "node-a");
        assert_eq!(ids(&ok(app, ALL, "/images/1/containers?state=exited").await), BTreeSet::from([2]));
        let engines = ok(app, ALL, "/engines").await;
        assert_eq!(field(&engines, "kind"), ["containerd", "docker"]);
        assert_eq!(field(&engines, "images"), [2, 2]);
        assert_eq!(field(&engines, "running"), [0, 1]);
    }
}
