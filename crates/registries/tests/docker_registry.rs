//! A real registry, Debian's `docker-registry`: what it holds is listed, what it tells is understood.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::time::{Duration, Instant};

use model::Failure;
use registries::notice::{Action, Notice, read};
use registries::{Item, Selection, Settings};
use testkit::{Asked, Authority, DockerRegistry, DockerRegistryOptions, Image, Layer, WebServer};

fn settings(registry: &DockerRegistry, authority: &Authority) -> Settings {
    let ca_files = vec![authority.file.clone()];
    Settings {
        address: registry.url(),
        username: Some(DockerRegistry::USER.to_owned()),
        password: Some(DockerRegistry::PASSWORD.to_owned()),
        net: net::Options { ca_files, retries: 0, ..net::Options::default() },
        ..Settings::default()
    }
}

fn list(settings: &Settings) -> Result<Vec<String>, registries::Error> {
    let catalogue = (registries::find("oci")?.connect)(settings)?;
    let selection = Selection::new(&[], &[], true).unwrap();
    let (mut names, mut repository) = (Vec::new(), String::new());
    registries::list(&*catalogue, &selection, None, &mut |item| {
        match item {
            Item::Repository(next) => repository = next.name,
            Item::Artifact(artifact) => {
                names.extend(artifact.tags.iter().map(|tag| format!("{repository}:{tag}")));
            }
            Item::Failed(error) => names.push(error.to_string()),
        }
        true
    })?;
    names.sort();
    Ok(names)
}

#[test]
fn what_it_was_filled_with_is_listed_behind_a_password_and_tls() {
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::new(scratch.path(), "own");
    let start = |certificate| {
        DockerRegistry::start_with(&DockerRegistryOptions {
            is_guarded: true,
            certificate: Some(certificate),
            ..DockerRegistryOptions::default()
        })
    };
    let Some(registry) = start(authority.sign("localhost")) else { return };
    let names = registry.fill(20, 150);
    assert_eq!(names.len(), 150);
    assert_eq!(list(&settings(&registry, &authority)).unwrap(), names);
    let Some(expired) = start(authority.sign_expired("localhost")) else { return };
    let error = list(&settings(&expired, &authority)).unwrap_err();
    assert_eq!(error.failure(), Failure::TlsFailed);
}

#[test]
fn what_it_tells_of_pushes_and_deletions_is_understood() {
    let heard = WebServer::start(|_asked| testkit::Answer::new(202, ""));
    let options = DockerRegistryOptions {
        can_delete: true,
        notices: Some((format!("{}/notices", heard.url()), "Bearer word".to_owned())),
        ..DockerRegistryOptions::default()
    };
    let Some(registry) = DockerRegistry::start_with(&options) else { return };
    let blobs = Image::new("shop:1.0").layer(Layer::new().file("a", "b")).blobs();
    let digest = &blobs.manifest.digest;
    registry.put("team/shop", "1.0", &blobs);
    registry.delete(&format!("team/shop/manifests/{digest}"));
    let understood = |asked: &Asked| -> Vec<Notice> {
        assert_eq!(asked.header("authorization"), Some("Bearer word"));
        read(&|name| asked.header(name).map(str::to_owned), &asked.body).unwrap()
    };
    let end = Instant::now() + Duration::from_secs(20);
    let notices = loop {
        let notices: Vec<Notice> = heard.asked().iter().flat_map(understood).collect();
        if notices.len() >= 3 || Instant::now() > end {
            break notices;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    // Its blobs were told, too, and are nothing.
    assert!(heard.asked().len() > 2);
    // The tag of what is deleted is told by itself, in any order.
    let mut told: Vec<_> = notices
        .iter()
        .map(|notice| {
            assert_eq!(notice.repository, "team/shop");
            let own = notice.digest.as_ref().map(|own| own.to_string() == *digest);
            (notice.action == Action::Deleted, notice.tag.as_deref(), own)
        })
        .collect();
    told.sort_unstable();
    assert_eq!(told, [(false, Some("1.0"), Some(true)), (true, None, Some(true)), (true, Some("1.0"), None)]);
    let ids: std::collections::HashSet<_> = notices.iter().map(|notice| notice.id.clone().unwrap()).collect();
    assert_eq!(ids.len(), 3);
}
