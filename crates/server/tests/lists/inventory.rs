//! Images and what is around them: every filter, every order, every project.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::Value;

use super::{ALL, OTHER, field, get, ids, less, ok, run, servers, whole};

#[tokio::test(flavor = "multi_thread")]
async fn finds_what_each_filter_says() {
    let cases: &[(&str, &[i64])] = &[
        ("", &[1, 2, 3, 4, 6]),
        ("gone=true", &[5]),
        ("kind=local", &[1, 2, 4]),
        ("kind=registry,archive", &[3, 6]),
        ("id=3,1", &[1, 3]),
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
