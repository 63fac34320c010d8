//! Findings, packages, layers, and risks added up.

use serde_json::Value;

use super::{ALL, OTHER, encoded, field, ok, run, servers, whole};

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
