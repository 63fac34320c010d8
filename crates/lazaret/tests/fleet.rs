//! A registry of many images, as tests of load play it, is read as any other.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use bounded::Limits;
use image::platform::Choice;
use image::{Error, Image, Reference};
use model::{Failure, Report};
use registries::{Artifact, Item, Listing, Selection, Settings};
use scan::{Check, Directory, Inspectors, Options, Scanner};
use testkit::{Fleet, FleetOptions};

static NONE: LazyLock<Inspectors> = LazyLock::new(Inspectors::default);

fn small() -> FleetOptions {
    FleetOptions { images: 250, repositories: 12, middles: 30, index_every: 10, ..FleetOptions::default() }
}

fn settings(fleet: &Fleet, password: Option<&str>) -> Settings {
    let username = password.map(|_| "robot".to_owned());
    Settings { address: fleet.url(), username, password: password.map(str::to_owned), ..Settings::default() }
}

fn list(settings: &Settings) -> Result<(Listing, Vec<(String, Artifact)>), registries::Error> {
    let catalogue = (registries::find("oci")?.connect)(settings)?;
    let selection = Selection::new(&[], &[], true).unwrap();
    let (mut found, mut repository) = (Vec::new(), String::new());
    let listing = registries::list(&*catalogue, &selection, None, &mut |item| {
        match item {
            Item::Repository(next) => repository = next.name,
            Item::Artifact(artifact) => found.push((repository.clone(), artifact)),
            Item::Failed(error) => unreachable!("{error}"),
        }
        true
    })?;
    Ok((listing, found))
}

fn open(fleet: &Fleet, repository: &str, tag: &str) -> Result<Vec<Image>, Error> {
    let reference = Reference::parse(&format!("{}/{repository}:{tag}", fleet.host)).unwrap();
    let options = image::registry::Options { plain_http: true, ..image::registry::Options::default() };
    image::registry::open(&reference, &Choice::All, &options)
}

fn scan(cache: &Path, image: &Image) -> Report {
    let options = Options {
        checks: &[Check::Software],
        inspectors: &NONE,
        database: None,
        declared: scan::Declared::Auto,
        cache: Some(Arc::new(Directory::new(cache))),
        jobs: 2,
        limits: Limits::default(),
        today: "2026-11-21".to_owned(),
        progress: &|_event| {},
        stop: None,
    };
    Scanner::new(&options).scan(image).unwrap()
}

#[test]
fn all_images_are_listed_and_the_same_seed_gives_the_same_ones() {
    let (fleet, again) = (Fleet::start(small()), Fleet::start(small()));
    let other = Fleet::start(FleetOptions { seed: 2, ..small() });
    let (listing, found) = list(&settings(&fleet, None)).unwrap();
    assert_eq!((listing.repositories, listing.artifacts, listing.failed), (12, 250, 0));
    assert_eq!(found, list(&settings(&again, None)).unwrap().1);
    let digests: BTreeSet<_> = found.iter().map(|(_, artifact)| artifact.digest.clone().unwrap()).collect();
    assert_eq!(digests.len(), 250, "every tag has an image of its own");
    let others = list(&settings(&other, None)).unwrap().1;
    assert!(others.iter().all(|(_, artifact)| !digests.contains(artifact.digest.as_ref().unwrap())));
    let indexes = found.iter().filter(|(_, artifact)| artifact.media_type == image::media_types::OCI_INDEX);
    assert!((10..50).contains(&indexes.count()));
    let served = fleet.served();
    assert_eq!((served.heads, served.manifests, served.layers), (250, 0, 0));
}

#[test]
fn an_image_is_scanned_and_shares_its_layers_with_others() {
    let fleet = Fleet::start(small());
    let cache = tempfile::tempdir().unwrap();
    let (mut packages, mut platforms) = (BTreeSet::new(), 0);
    for repository in fleet.repositories() {
        for tag in fleet.tags(&repository).iter().take(3) {
            for image in open(&fleet, &repository, tag).unwrap() {
                platforms += 1;
                let report = scan(cache.path(), &image);
                assert!(report.gaps.is_empty(), "{:?}", report.gaps);
                let kinds = report.packages.iter().filter_map(|package| package.purl.split('/').next());
                packages.extend(kinds.map(str::to_owned));
            }
        }
    }
    let kinds: Vec<&str> = packages.iter().map(String::as_str).collect();
    assert_eq!(kinds, ["pkg:apk", "pkg:deb", "pkg:npm", "pkg:pypi"]);
    let served = fleet.served();
    assert!(served.layers < 3 * platforms, "{served:?} for {platforms} images");
    let repository = fleet.repositories().remove(0);
    for tag in fleet.tags(&repository).iter().take(3) {
        for image in open(&fleet, &repository, tag).unwrap() {
            scan(cache.path(), &image);
        }
    }
    assert_eq!(fleet.served().layers, served.layers, "what is known is not pulled again");
    assert!(fleet.served().bytes > served.bytes);
}

#[test]
fn tags_come_and_go() {
    let fleet = Fleet::start(small());
    let digest =
        |repository: &str, tag: &str| open(&fleet, repository, tag).map(|mut images| images.remove(0).digest);
    let repository = fleet.repositories().remove(0);
    let before = digest(&repository, "1.0.0").unwrap();
    fleet.push(&repository, "1.0.0");
    let after = digest(&repository, "1.0.0").unwrap();
    assert_ne!(before, after, "the tag moved");
    fleet.delete(&repository, "1.0.0");
    assert_eq!(digest(&repository, "1.0.0").unwrap_err().failure(), Failure::NotFound);
    fleet.push("new/shop", "2.0");
    assert!(digest("new/shop", "2.0").is_ok());
    let (listing, _found) = list(&settings(&fleet, None)).unwrap();
    assert_eq!((listing.repositories, listing.artifacts), (13, 250));
}

#[test]
fn lets_nobody_in_without_the_password() {
    let user = Some(("robot".to_owned(), "correct-horse".to_owned()));
    let fleet = Fleet::start(FleetOptions { user, ..small() });
    assert_eq!(list(&settings(&fleet, None)).unwrap_err().failure(), Failure::AuthenticationFailed);
    assert_eq!(list(&settings(&fleet, Some("correct-horse"))).unwrap().0.artifacts, 250);
}

/// The size that tests of load ask for; a second is enough to start, however large it is.
#[test]
fn twenty_thousand_images_are_there_at_once() {
    let begin = std::time::Instant::now();
    let fleet = Fleet::start(FleetOptions::default());
    let tags: usize = fleet.repositories().iter().map(|repository| fleet.tags(repository).len()).sum();
    assert_eq!(tags, 20_000);
    assert!(open(&fleet, "team-07/service-0007", "1.9.9").is_ok());
    assert!(begin.elapsed().as_secs() < 5, "{:?}", begin.elapsed());
}
