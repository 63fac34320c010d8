//! A real registry, Debian's `docker-registry`, behind a password and a certificate of an authority of its own.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use store::Sql;
use testkit::{Authority, DockerRegistry, DockerRegistryOptions, Image, Layer};

use crate::{Server, add, ended, rows, servers, synced, until};

/// What is said of a registry that lets one user in.
fn settings(registry: &DockerRegistry, authority: &Authority) -> Value {
    json!({
        "address": registry.url(), "username": DockerRegistry::USER,
        "authorities": std::fs::read_to_string(&authority.file).unwrap(),
    })
}

fn guarded(certificate: std::path::PathBuf, notices: Option<(String, String)>) -> Option<DockerRegistry> {
    DockerRegistry::start_with(&DockerRegistryOptions {
        is_guarded: true,
        certificate: Some(certificate),
        can_delete: true,
        notices,
        ..DockerRegistryOptions::default()
    })
}

/// How many images of a registry stand so.
async fn count(server: &Server, query: &str) -> i64 {
    server.get(&format!("/images/count?{query}")).await.expect(200)["total"].as_i64().unwrap()
}

async fn scan(server: &Server, registry: i64) -> i64 {
    let request = json!({ "filter": { "registry": [registry] } });
    server.post("/scans", request).await.expect(201)["id"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_repositories_are_listed_scanned_given_up_and_taken_up_again() {
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::new(scratch.path(), "own");
    let Some(registry) = guarded(authority.sign("localhost"), None) else { return };
    assert_eq!(registry.fill(200, 1500).len(), 1500);
    // All of it on the one database, a part on the other.
    let parts = [("**", 200, 1500), ("team-1*/**", 100, 750)];
    for (server, (include, repositories, images)) in servers().await.all.iter_mut().zip(parts) {
        server.work();
        let mut settings = settings(&registry, &authority);
        settings["include"] = json!([include]);
        let id = add(server, "oci", settings, Some(DockerRegistry::PASSWORD)).await;
        let job = synced(server, id).await;
        let listing = &job["listing"];
        assert_eq!(
            (&listing["repositories"], &listing["images"]),
            (&json!(repositories), &json!(images)),
            "{job}"
        );
        let all = format!("registry={id}");
        assert_eq!(count(server, &all).await, images);
        assert_eq!(count(server, &format!("{all}&latest=true")).await, repositories);

        let task = scan(server, id).await;
        until("the first scans", async || {
            (count(server, &format!("{all}&status=scanned")).await > 20).then_some(())
        })
        .await;
        server.post(&format!("/tasks/{task}/cancel"), json!({})).await.expect(200);
        let task = ended(server, task).await;
        assert_eq!(task["status"], "cancelled", "{task}");
        until("the end of what ran", async || {
            (count(server, &format!("{all}&status=scanning,waiting")).await == 0).then_some(())
        })
        .await;
        let scanned = count(server, &format!("{all}&status=scanned")).await;
        assert!((20..images).contains(&scanned), "{scanned} were scanned");

        let task = scan(server, id).await;
        until("half of the scans", async || {
            let task = server.get(&format!("/tasks/{task}")).await.expect(200);
            (task["succeeded"].as_i64().unwrap() > images / 2).then_some(())
        })
        .await;
        server.restart().await;
        let task = ended(server, task).await;
        assert_eq!((&task["succeeded"], &task["failed"]), (&json!(images), &json!(0)), "{task}");
        assert_eq!(count(server, &format!("{all}&status=scanned")).await, images);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_holds_across_tasks_and_restarts() {
    /// So many images an hour, two a second.
    const LIMIT: i64 = 7200;
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::new(scratch.path(), "own");
    let Some(registry) = guarded(authority.sign("localhost"), None) else { return };
    for number in 0..12 {
        let layer = Layer::new().file("/etc/number", number.to_string().into_bytes());
        registry.put("shop", &number.to_string(), &Image::new("shop").layer(layer).blobs());
    }
    for server in &mut servers().await.all {
        server.work();
        let mut settings = settings(&registry, &authority);
        settings["images_per_hour"] = json!(LIMIT);
        let id = add(server, "oci", settings, Some(DockerRegistry::PASSWORD)).await;
        synced(server, id).await;
        let images: Vec<i64> = rows(server, &format!("&registry={id}"))
            .await
            .iter()
            .map(|row| row["id"].as_i64().unwrap())
            .collect();
        let (some, rest) = images.split_at(5);
        let mut tasks = Vec::new();
        for images in [some, rest] {
            let asked = server.post("/scans", json!({ "images": images })).await.expect(201);
            tasks.push(asked["id"].as_i64().unwrap());
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        server.restart().await;
        for task in tasks {
            let task = ended(server, task).await;
            assert_eq!((&task["failed"], &task["cancelled"]), (&json!(0), &json!(0)), "{task}");
        }
        let begun: Vec<(i64,)> = Sql::read(
            "list jobs",
            "SELECT started FROM job WHERE kind = 'scan' AND gate > 0 ORDER BY started",
        )
        .all(&server.app.database)
        .await
        .unwrap();
        assert_eq!(begun.len(), 12);
        let closest = begun.windows(2).map(|two| two[1].0 - two[0].0).min().unwrap();
        assert!(closest >= 3_600_000 / LIMIT, "two images were pulled {closest} ms apart");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_tells_is_followed_within_five_seconds_and_what_it_lacks_twice_is_gone() {
    for server in &servers().await.all {
        let scratch = tempfile::tempdir().unwrap();
        let authority = Authority::new(scratch.path(), "own");
        server.work();
        // It must know where to tell it before it is started.
        let id = add(server, "oci", json!({ "address": "localhost" }), None).await;
        let made = server.post(&format!("/registries/{id}/notices/token"), json!({})).await.expect(201);
        let url = format!("{}{}", server.listen().await, made["path"].as_str().unwrap());
        let token = format!("Bearer {}", made["token"].as_str().unwrap());
        let Some(registry) = guarded(authority.sign("localhost"), Some((url, token))) else { return };
        let mut settings = settings(&registry, &authority);
        settings["scan_new"] = json!(true);
        let change = json!({
            "name": "told", "settings": settings, "secrets": { "password": DockerRegistry::PASSWORD },
        });
        server.put(&format!("/registries/{id}"), change).await.expect(200);
        let image = Image::new("shop").layer(Layer::new().file("/etc/shop", b"1")).blobs();
        registry.put("shop", "1", &image);
        let start = Instant::now();
        until("the scan of what was pushed", async || {
            (count(server, &format!("registry={id}&status=scanned")).await == 1).then_some(())
        })
        .await;
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());

        // Told again by lists alone, as when the way back is closed.
        let path = format!("/registries/{id}/notices/token");
        server.ask(http::Method::DELETE, &path, None, &[]).await.expect(204);
        registry.delete(&format!("shop/manifests/{}", image.manifest.digest));
        let (first, second) = (synced(server, id).await, synced(server, id).await);
        assert_eq!((&first["listing"]["gone"], &second["listing"]["gone"]), (&json!(0), &json!(1)));
        assert_eq!(count(server, &format!("registry={id}")).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_old_certificate_are_told_with_advice_and_lose_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::new(scratch.path(), "own");
    let Some(registry) = guarded(authority.sign("localhost"), None) else { return };
    let Some(expired) = guarded(authority.sign_expired("localhost"), None) else { return };
    registry.put("shop", "1", &Image::new("shop").layer(Layer::new().file("/a", b"a")).blobs());
    let servers = servers().await;
    let server = &servers.all[0];
    server.work();
    let good = settings(&registry, &authority);
    let id = add(server, "oci", good.clone(), Some(DockerRegistry::PASSWORD)).await;
    synced(server, id).await;
    let cases = [
        (good, "wrong", "authentication_failed"),
        (settings(&expired, &authority), DockerRegistry::PASSWORD, "tls_failed"),
    ];
    for (settings, password, failure) in cases {
        let change = json!({ "name": "changed", "settings": settings, "secrets": { "password": password } });
        server.put(&format!("/registries/{id}"), change).await.expect(200);
        let job = synced(server, id).await;
        assert_eq!((&job["status"], &job["failure"]), (&json!("failed"), &json!(failure)), "{job}");
        assert!(job["advice"]["zh"].is_string(), "{job}");
        let kept = server.get(&format!("/registries/{id}")).await.expect(200);
        assert_eq!(
            (&kept["health"], &kept["failure"]["code"]),
            (&json!("failing"), &json!(failure)),
            "{kept}"
        );
        assert_eq!(count(server, &format!("registry={id}")).await, 1);
        let tested = server.post(&format!("/registries/{id}/test"), json!({})).await.expect(200);
        let last = tested["steps"].as_array().unwrap().last().unwrap();
        assert_eq!((&tested["ok"], &last["failure"]), (&json!(false), &json!(failure)), "{tested}");
    }
}
