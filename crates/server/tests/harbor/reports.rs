//! Scans to their ends.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::client::{Capability, request, usual};
use crate::{OPERATOR, Played, THEIRS, VIEWER, Way, played, sites};

const SPDX: Capability = Capability::Sbom("application/spdx+json");
const CYCLONEDX: Capability = Capability::Sbom("application/vnd.cyclonedx+json");

#[tokio::test(flavor = "multi_thread")]
async fn tells_what_it_is_in_harbors_words() {
    for site in &sites().all {
        let server = site.start(0).await;
        for way in [Way::Bearer(OPERATOR), Way::Basic(OPERATOR), Way::Key(OPERATOR)] {
            let answer = server.harbor(way).metadata().await;
            assert_eq!(answer.status, 200, "{way:?}: {}", answer.body);
            assert_eq!(answer.kind(), "application/vnd.scanner.adapter.metadata+json; version=1.0");
            let told = answer.body;
            for name in ["name", "vendor", "version"] {
                assert!(told["scanner"][name].as_str().is_some_and(|text| !text.is_empty()), "{name}");
            }
            let kinds: Vec<&Value> =
                told["capabilities"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
            assert_eq!(kinds, ["vulnerability", "sbom"]);
            for capability in told["capabilities"].as_array().unwrap() {
                let consumes = capability["consumes_mime_types"].to_string();
                assert!(consumes.contains("application/vnd.docker.distribution.manifest.v2+json"));
                assert!(!consumes.contains("index") && !consumes.contains("list"), "{consumes}");
            }
            let properties = told["properties"].as_object().unwrap();
            assert!(properties.values().all(Value::is_string), "Harbor reads nothing else");
            let updated = &told["properties"]["harbor.scanner-adapter/vulnerability-database-updated-at"];
            assert!(model::milliseconds_of(updated.as_str().unwrap()).unwrap() > store::now() - 3_600_000);
            assert_eq!(told["properties"]["harbor.scanner-adapter/registry-authorization-type"], "Basic");
        }
        server.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_scanned_to_its_report_of_vulnerabilities_and_its_list_of_packages() {
    for site in &sites().all {
        let (server, registry) = (site.start(2).await, Played::start());
        let digest = registry.put(&played::image(1));
        let harbor = server.harbor(Way::Basic(OPERATOR));
        let wanted = |capability| request(&registry.url(), "library/shop", &digest, capability);
        // Harbor asks for both at the same time; it is one scan.
        let both = [wanted(Capability::Vulnerability), wanted(SPDX)];
        let (told, listed) =
            tokio::join!(harbor.scan(&both[0], Capability::Vulnerability), harbor.scan(&both[1], SPDX));
        assert_eq!(told["severity"], "High");
        assert_eq!(told["artifact"]["digest"], digest.as_str());
        assert_eq!(told["artifact"]["repository"], "library/shop");
        let rows = told["vulnerabilities"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        let row = |name: &str| rows[0][name].as_str().unwrap();
        assert_eq!([row("id"), row("package"), row("version")], ["CVE-2020-8203", "lodash", "4.17.15"]);
        assert_eq!([row("fix_version"), row("severity"), row("status")], ["4.17.21", "High", "fixed"]);
        assert_eq!(
            (&listed["media_type"], &listed["sbom"]["spdxVersion"]),
            (&json!("application/spdx+json"), &json!("SPDX-2.3"))
        );
        assert!(listed["sbom"]["packages"].to_string().contains("lodash"));
        let again = harbor.scan(&wanted(CYCLONEDX), CYCLONEDX).await;
        assert_eq!(again["sbom"]["bomFormat"], "CycloneDX");
        assert_eq!(server.count("scan").await, 1, "the content was scanned once");
        assert_eq!(server.count("adapter_scan WHERE sealed IS NOT NULL").await, 0, "credentials are gone");
        // It is in the lists of the console as any other image.
        let host = registry.url().replace("http://", "");
        let shown = format!(
            "asset WHERE kind = 'registry' AND name = '{host}/library/shop:1.0' AND status = 'scanned'"
        );
        assert_eq!(server.count(&format!("{shown} AND high = 1")).await, 1);
        let tasks = server
            .count("task WHERE kind = 'adapter' AND status = 'done' AND created_by LIKE 'operator%'")
            .await;
        assert!(tasks >= 1, "a task tells of it");
        assert!(server.count("audit WHERE action = 'adapter.scan'").await >= 2);
        server.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_is_ready_at_the_first_poll_and_pulls_nothing() {
    for site in &sites().all {
        let (server, registry) = (site.start(2).await, Played::start());
        let digest = registry.put(&played::image(1));
        let harbor = server.harbor(usual());
        let wanted = request(&registry.url(), "library/shop", &digest, Capability::Vulnerability);
        harbor.scan(&wanted, Capability::Vulnerability).await;
        let asked = registry.asked("");
        let elsewhere = request(&registry.url(), "mirror/shop", &digest, Capability::Vulnerability);
        for body in [&wanted, &elsewhere] {
            let (id, _) = harbor.submit(body).await;
            assert!(!server.is_sealed(&id).await, "nobody is to sign in for what is known");
            let answer = harbor.report(&id, Capability::Vulnerability).await;
            assert_eq!(answer.status, 200, "not even 2 s later: {}", answer.body);
        }
        assert_eq!(registry.asked(""), asked);
        // Who sees one project only is told of it when the registry says that they may have it.
        let theirs = server.harbor(Way::Bearer(THEIRS));
        let (id, _) = theirs.submit(&wanted).await;
        assert!(server.is_sealed(&id).await || registry.asked("") > asked);
        let (answer, ..) = theirs.poll(&id, Capability::Vulnerability).await;
        assert_eq!(answer.status, 200);
        assert!(registry.asked("") > asked, "the registry was asked");
        assert_eq!(registry.pulled(), 1, "but the layer is known");
        // Of others it is not told that there is such a scan.
        let (id, _) = harbor.submit(&wanted).await;
        theirs.report(&id, Capability::Vulnerability).await.refused(404);
        server.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_ready_is_taken_as_it_is() {
    let site = &sites().all[0];
    let (server, registry) = (site.start(1).await, Played::start());
    let digest = registry.put(&played::image(1));
    let mut wanted = request(&registry.url(), "library/shop", &digest, Capability::Vulnerability);
    wanted["registry"]["authorization"] = json!(played::ready());
    // All capabilities, as an older Harbor asks.
    wanted.as_object_mut().unwrap().remove("enabled_capabilities");
    server.harbor(usual()).scan(&wanted, Capability::Vulnerability).await;
    assert_eq!(registry.asked("/service/token"), 0);
    server.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_lets_everybody_in_needs_no_credential() {
    for site in &sites().all {
        let (server, registry) = (site.start(1).await, Played::start());
        registry.is_open.store(true, Ordering::Relaxed);
        let digest = registry.put(&played::image(1));
        for authorization in [json!(""), Value::Null] {
            let mut wanted = request(&registry.url(), "library/shop", &digest, Capability::Vulnerability);
            wanted["registry"]["authorization"] = authorization;
            let told = server.harbor(usual()).scan(&wanted, Capability::Vulnerability).await;
            assert_eq!(told["severity"], "High", "{told}");
        }
        server.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_that_fails_says_why_and_what_to_do_and_forgets_who_signed_in() {
    for site in &sites().all {
        let (server, registry) = (site.start(2).await, Played::start());
        let digest = registry.put(&played::image(1));
        let harbor = server.harbor(usual());
        let wanted =
            |digest: &str| request(&registry.url(), "library/shop", digest, Capability::Vulnerability);
        let mut stranger = wanted(&digest);
        stranger["registry"]["authorization"] = json!("Basic cm9ib3Q6d3Jvbmctc2VjcmV0LTE=");
        let missing = wanted(&format!("sha256:{}", "0".repeat(64)));
        registry.gives_layers.store(false, Ordering::Relaxed);
        let cases = [(stranger, "authentication_failed"), (missing, "not_found"), (wanted(&digest), "")];
        for (body, code) in cases {
            let (id, _) = harbor.submit(&body).await;
            let (answer, ..) = harbor.poll(&id, Capability::Vulnerability).await;
            if code.is_empty() {
                // A layer that is missing leaves a gap: nothing was found, which is not that there is nothing.
                let known = answer.status == 500 || answer.body["severity"] == "Unknown";
                assert!(known, "{} {}", answer.status, answer.body);
            } else {
                let said = answer.refused(500);
                assert!(said.starts_with(code) && said.contains("hint: "), "{said}");
                assert!(!said.contains("wrong-secret"), "{said}");
            }
            assert!(!server.is_sealed(&id).await);
        }
        server.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_operators_may_and_a_cancelled_scan_is_told() {
    for site in &sites().all {
        let (server, registry) = (site.start(0).await, Played::start());
        let wanted = request(
            &registry.url(),
            "library/shop",
            &registry.put(&played::image(1)),
            Capability::Vulnerability,
        );
        server.harbor(Way::Nothing).post(&wanted).await.refused(401);
        server.harbor(Way::Key("lzt_guess")).metadata().await.refused(401);
        for way in [Way::Bearer(VIEWER), Way::Basic(VIEWER), Way::Key(VIEWER)] {
            server.harbor(way).post(&wanted).await.refused(403);
            server.harbor(way).metadata().await.refused(403);
        }
        let harbor = server.harbor(usual());
        let (id, _) = harbor.submit(&wanted).await;
        assert!(server.is_sealed(&id).await);
        assert_eq!(harbor.report(&id, Capability::Vulnerability).await.status, 302);
        let (task,): (i64,) =
            store::Sql::read("look", "SELECT id FROM task").one(&server.app.database).await.unwrap();
        let mut transaction = server.app.database.begin().await.unwrap();
        store::tasks::cancel(&mut transaction, task).await.unwrap().unwrap();
        transaction.commit().await.unwrap();
        let answer = harbor.report(&id, Capability::Vulnerability).await;
        assert!(answer.refused(500).contains("cancelled"));
        store::adapter::sweep(&server.app.database).await.unwrap();
        assert!(!server.is_sealed(&id).await, "who signed in is forgotten");
        server.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn images_of_a_connected_registry_stay_its_own_and_its_limit_is_not_harbors() {
    for site in &sites().all {
        let (server, registry) = (site.start(2).await, Played::start());
        let database = &server.app.database;
        let project = store::projects::ensure(database, "theirs").await.unwrap();
        let host = registry.url().replace("http://", "");
        let said = store::registries::Said {
            name: "harbor",
            kind: "harbor",
            address: &host,
            options: &store::registries::Options::default(),
            images_per_hour: Some(1),
            nightly: false,
        };
        let mut transaction = database.begin().await.unwrap();
        let id = store::registries::create(&mut transaction, project, &said).await.unwrap();
        transaction.commit().await.unwrap();
        let harbor = server.harbor(usual());
        for number in 1..=3 {
            let digest = registry.put(&played::image(number));
            let wanted = request(&registry.url(), "library/shop", &digest, Capability::Vulnerability);
            harbor.scan(&wanted, Capability::Vulnerability).await;
            // The same image, asked about by its digest alone, is the same row.
            let mut bare = wanted.clone();
            bare["artifact"]["tag"] = json!("");
            harbor.scan(&bare, Capability::Vulnerability).await;
        }
        let own =
            format!("asset WHERE registry_id = {id} AND project_id = {project} AND namespace = 'library'");
        assert_eq!(server.count(&own).await, 1, "one tag, whatever it named in turn");
        assert_eq!(server.count("asset").await, 1);
        assert_eq!(server.count("scan").await, 3);
        server.end().await;
    }
}
