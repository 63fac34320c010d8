//! Requests that are none.

use reqwest::header::ACCEPT;
use serde_json::{Value, json};
use store::Sql;
use store::authorisations::{self, Rule, Settings};

use crate::client::{Capability, request, usual};
use crate::{Played, Server, played, sites};

const DIGEST: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

fn wanted() -> Value {
    request("https://core.example", "library/shop", DIGEST, Capability::Vulnerability)
}

fn with(path: &str, value: Value) -> Value {
    let mut body = wanted();
    *body.pointer_mut(path).unwrap() = value;
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_requests_that_say_what_cannot_be() {
    for site in &sites().all {
        let server = site.start(0).await;
        fields(&server).await;
        reports(&server).await;
        assert_eq!(server.count("adapter_scan").await, 1, "what is refused is not kept");
        server.end().await;
    }
}

async fn fields(server: &Server) {
    let harbor = server.harbor(usual());
    for bad in [json!({}), json!([]), json!({ "registry": {} }), with("/artifact/digest", json!(7))] {
        harbor.post(&bad).await.refused(400);
    }
    let index = with("/artifact/mime_type", json!("application/vnd.oci.image.index.v1+json"));
    let answer = harbor.post(&index).await;
    assert!(answer.refused(422).contains("one by one"), "{}", answer.body);
    let long = "a".repeat(10_000);
    let fields = [
        with("/registry/url", json!("")),
        with("/registry/url", json!("core.example")),
        with("/registry/url", json!("ftp://core.example")),
        with("/registry/url", json!("https://")),
        with("/registry/url", json!("https://user:word@core.example")),
        with("/registry/url", json!("https://core.example\u{0}")),
        with("/registry/url", json!(format!("https://{long}"))),
        with("/registry/authorization", json!("Digest a=b")),
        with("/registry/authorization", json!("Basic !")),
        with("/registry/authorization", json!(format!("Bearer {long}"))),
        with("/artifact/repository", json!("")),
        with("/artifact/repository", json!("../../etc")),
        with("/artifact/repository", json!("a\u{0}b")),
        with("/artifact/repository", json!(long)),
        with("/artifact/digest", json!("latest")),
        with("/artifact/digest", json!("sha256:1")),
        with("/artifact/tag", json!("a b")),
        with("/artifact/tag", json!(long)),
        with("/artifact/mime_type", json!("application/json")),
    ];
    for bad in fields {
        let answer = harbor.post(&bad).await;
        let said = answer.refused(422);
        assert!(!said.contains(crate::ROBOT) && said.len() < 600, "{said}");
    }
    let mut other = wanted();
    other["enabled_capabilities"] = json!([{ "type": "weather" }]);
    harbor.post(&other).await.refused(400);
    // What a later Harbor sends besides is no reason to refuse.
    let mut newer = wanted();
    newer["later"] = json!({ "more": [1] });
    newer["artifact"]["later"] = json!(true);
    assert_eq!(harbor.post(&newer).await.status, 202);
}

async fn reports(server: &Server) {
    let harbor = server.harbor(usual());
    let id = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    for unknown in [id, "1", "%2e%2e", "x'--"] {
        harbor.report(unknown, Capability::Vulnerability).await.refused(404);
    }
    harbor.send(harbor.get("/other")).await.refused(404);
    let ask = |query: &str, accept: &str| {
        let request = harbor.get(&format!("/scan/{id}/report{query}")).header(ACCEPT, accept);
        harbor.send(request)
    };
    let packages = "application/vnd.security.sbom.report+json; version=1.0";
    assert!(ask("", packages).await.refused(400).contains("missing"));
    ask("?sbom_media_type=text%2Fplain", packages).await.refused(400);
    ask("", "application/vnd.scanner.adapter.vuln.report.raw").await.refused(406);
    ask("", "application/vnd.security.vulnerability.report; version=1.0").await.refused(406);
    // Written without the space it is the same.
    ask("", "application/vnd.security.vulnerability.report;version=1.1").await.refused(404);
    ask("?sbom_media_type=application%2Fspdx%2Bjson", packages).await.refused(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_not_authorised_has_no_report_and_one_that_the_rule_authorises_has() {
    for site in &sites().all {
        let (server, registry) = (site.start(2).await, Played::start());
        let database = &server.app.database;
        let settings = |rule| Settings { enabled: true, quota: None, rule };
        let set = async |settings: Settings| {
            let mut transaction = database.begin().await.unwrap();
            authorisations::change(&mut transaction, &settings).await.unwrap();
            transaction.commit().await.unwrap();
        };
        set(settings(None)).await;
        let harbor = server.harbor(usual());
        let wanted = |number| {
            let digest = registry.put(&played::image(number));
            request(&registry.url(), "library/shop", &digest, Capability::Vulnerability)
        };
        let (id, _) = harbor.submit(&wanted(1)).await;
        let (answer, ..) = harbor.poll(&id, Capability::Vulnerability).await;
        assert!(answer.refused(500).contains("not_authorised"), "{}", answer.body);
        assert_eq!((server.count("scan").await, registry.pulled()), (0, 0));
        assert_eq!(server.count("task WHERE kind = 'adapter' AND status = 'failed'").await, 1);
        let names = vec!["*/library/*".to_owned()];
        set(settings(Some(Rule { names, ..Rule::default() }))).await;
        let told = harbor.scan(&wanted(2), Capability::Vulnerability).await;
        assert_eq!(told["severity"], "High");
        // What was scanned once has its report, whatever became of it since.
        set(settings(None)).await;
        Sql::write("withdraw", "DELETE FROM authorised_image").run(database).await.unwrap();
        harbor.scan(&wanted(2), Capability::Vulnerability).await;
        assert_eq!(server.count("scan").await, 1);
        server.end().await;
    }
}
