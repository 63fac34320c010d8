//! What registries answer: lists in parts, manifests of all kinds, refusals with their codes.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::sync::Arc;
use std::time::Duration;

use image::platform::Choice;
use image::registry::{self, Options, Registry};
use image::{Error, Reference};
use model::{Digest, Failure};
use testkit::{Answer, Asked, Blobs, Layer, WebServer};

fn connect(server: &WebServer) -> Registry {
    let read_timeout = Duration::from_secs(1);
    let net = net::Options { retries: 0, read_timeout, ..net::Options::default() };
    Registry::connect(&server.url(), &Options { net, ..Options::default() }).unwrap()
}

fn find(server: &WebServer, choice: &Choice) -> Result<registry::Found, Error> {
    let reference = Reference::parse(&format!("{}/shop:1", server.host)).unwrap();
    registry::find(&Arc::new(connect(server)), &reference, choice)
}

fn shop(architecture: &str) -> testkit::Image {
    testkit::Image::new("shop:1").platform("linux", architecture).layer(Layer::new().file("a", architecture))
}

/// What an honest registry answers.
fn honest(images: &[Blobs], asked: &Asked) -> Answer {
    let all = images.iter().flat_map(Blobs::all);
    match all.into_iter().find(|blob| asked.path.ends_with(&blob.digest)) {
        Some(blob) => Answer::new(200, blob.bytes.clone()).header("Content-Type", &*blob.media_type),
        None => Answer::not_found(),
    }
}

fn digest(text: &str) -> Digest {
    format!("sha256:{}", testkit::sha256_hex(text)).parse().unwrap()
}

#[test]
fn a_list_goes_on_wherever_its_link_points() {
    let links = [
        "</v2/shop/tags/list?last=t0&n=1>; rel=\"next\"",
        "<https://inner.example:5000/v2/shop/tags/list?n=0&last=t%201>; rel=\"next\"",
        "<?last=t2>; rel=next",
    ];
    let server = WebServer::start(move |asked| {
        assert_eq!(asked.path, "/prefix/v2/shop/tags/list");
        let place = match asked.parameter("last") {
            None => 0,
            Some("t0") => 1,
            Some("t%201") => 2,
            _ => 3,
        };
        let answer = Answer::json(format!("{{\"tags\":[\"tag-{place}\"]}}"));
        if let Some(link) = links.get(place) { answer.header("Link", *link) } else { answer }
    });
    let registry = Registry::connect(&format!("{}/prefix", server.url()), &Options::default()).unwrap();
    let (mut names, mut next) = (Vec::new(), None);
    loop {
        let page = registry.tags("shop", next.as_deref()).unwrap();
        names.extend(page.names);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(names, ["tag-0", "tag-1", "tag-2", "tag-3"]);
    assert_eq!(server.asked()[2].query, "n=1000&last=t%201");
}

#[test]
fn a_registry_that_gives_less_at_once_is_asked_for_less() {
    let server = WebServer::start(|asked| match asked.parameter("n") {
        Some("1000") => Answer::new(400, r#"{"errors":[{"code":"PAGINATION_NUMBER_INVALID"}]}"#),
        _ => Answer::json(r#"{"repositories":["a"]}"#).header("Link", "<?last=a&n=100>; rel=\"next\""),
    });
    let page = connect(&server).catalog(None).unwrap();
    assert_eq!((page.names, page.next), (vec!["a".to_owned()], Some("last=a&n=100".to_owned())));
    let server = WebServer::start(|_| Answer::new(400, ""));
    assert_eq!(connect(&server).catalog(None).unwrap_err().failure(), Failure::InvalidContent);
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn lists_of_nothing_and_lists_that_lead_nowhere() {
    let lists = |answer: Answer| {
        let server = WebServer::start(move |_| answer.clone());
        let registry = connect(&server);
        (registry.tags("shop", None), registry.catalog(None))
    };
    for empty in [r#"{"tags":null,"repositories":null}"#, "{}", r#"{"tags":[],"repositories":[]}"#] {
        let (tags, catalog) = lists(Answer::json(empty));
        assert!(tags.unwrap().names.is_empty() && catalog.unwrap().names.is_empty());
    }
    let (tags, _) = lists(Answer::json("{}").header("Link", "</v2/shop/tags/list?n=1000>; rel=\"next\""));
    assert!(tags.unwrap_err().to_string().contains("it goes on where it began"));
    let (tags, _) = lists(Answer::json("{}").header("Link", "</elsewhere>; rel=\"next\""));
    assert!(tags.unwrap_err().to_string().contains("without a query"));
    let (tags, _) = lists(Answer::json(vec![b' '; 17 << 20]));
    assert_eq!(tags.unwrap_err().failure(), Failure::TooLarge);
    let (tags, catalog) = lists(Answer::not_found());
    assert_eq!(tags.unwrap_err().failure(), Failure::NotFound);
    let catalog = catalog.unwrap_err();
    assert!(catalog.to_string().contains("it does not tell its repositories (status 404)"), "{catalog}");
}

#[test]
fn a_web_page_is_no_registry() {
    let server = WebServer::start(|_| {
        Answer::new(200, "<html>Sign in").header("Content-Type", "Text/HTML; charset=utf-8")
    });
    let registry = connect(&server);
    let errors = [
        registry.ping().unwrap_err(),
        registry.catalog(None).unwrap_err(),
        registry.tags("shop", None).unwrap_err(),
        registry.head("shop", "1").unwrap_err(),
        registry.manifest("shop", "1", 99).err().unwrap(),
        registry.blob_bytes("shop", &digest("x"), 99).unwrap_err(),
        find(&server, &Choice::default()).unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("is this a registry? it answered a web page"), "{error}");
        assert_eq!(error.failure(), Failure::InvalidContent);
    }
    let server = WebServer::start(|_| Answer::not_found());
    let error = connect(&server).ping().unwrap_err();
    assert!(error.to_string().contains("there is nothing at `/v2/`"), "{error}");
}

#[test]
fn a_manifest_is_hashed_where_its_digest_is_not_told() {
    let blobs = shop("amd64").blobs();
    let expected: Digest = blobs.manifest.digest.parse().unwrap();
    for head_status in [200, 405] {
        let blobs = blobs.clone();
        let server = WebServer::start(move |asked| match asked.method.as_str() {
            "HEAD" if head_status != 200 => Answer::new(head_status, ""),
            _ => Answer::new(200, blobs.manifest.bytes.clone())
                .header("Content-Type", &*blobs.manifest.media_type),
        });
        let described = connect(&server).head("shop", "1").unwrap();
        assert_eq!(described.digest.as_ref(), Some(&expected));
        assert_eq!(described.media_type, "application/vnd.oci.image.manifest.v1+json");
    }
    let told = expected.clone();
    let server = WebServer::start(move |_| {
        Answer::new(200, "0123456789").header("Docker-Content-Digest", told.to_string())
    });
    let described = connect(&server).head("shop", "1").unwrap();
    assert_eq!((described.digest, described.size), (Some(expected), Some(10)));
    let asked = server.asked();
    assert_eq!((asked.len(), asked[0].method.as_str()), (1, "HEAD"));
    let accepted = asked[0].headers.iter().filter(|(name, _)| name == "accept").map(|(_, kind)| kind);
    assert!(accepted.clone().count() == 4 && accepted.clone().all(|kind| !kind.contains("v1+prettyjws")));
}

#[test]
fn what_is_no_image_has_its_code() {
    let image = "application/vnd.oci.image.config.v1+json";
    let config =
        |kind: &str| format!("\"config\":{{\"mediaType\":\"{kind}\",\"digest\":\"{}\"}}", digest("c"));
    let layer =
        |kind: &str| format!("\"layers\":[{{\"mediaType\":\"{kind}\",\"digest\":\"{}\"}}]", digest("l"));
    let signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    let table = [
        (
            "{\"schemaVersion\":1,\"fsLayers\":[]}".to_owned(),
            "application/json",
            Failure::SchemaV1NotSupported,
        ),
        ("{}".to_owned(), signed, Failure::SchemaV1NotSupported),
        ("no json".to_owned(), signed, Failure::SchemaV1NotSupported),
        (format!("{{{}}}", config("application/vnd.cncf.helm.config.v1+json")), "", Failure::NotAnImage),
        (format!("{{{}}}", config("application/vnd.oci.empty.v1+json")), "", Failure::NotAnImage),
        (
            format!("{{{},{}}}", config(image), layer("application/vnd.dev.cosign.simplesigning.v1+json")),
            "",
            Failure::NotAnImage,
        ),
        (format!("{{{},{}}}", config(image), layer("application/vnd.in-toto+json")), "", Failure::NotAnImage),
        (
            "{\"mediaType\":\"application/vnd.oci.artifact.manifest.v1+json\",\"blobs\":[]}".to_owned(),
            "",
            Failure::NotAnImage,
        ),
        ("no json".to_owned(), "application/json", Failure::InvalidContent),
        ("{}".to_owned(), "application/json", Failure::InvalidContent),
    ];
    for (manifest, kind, failure) in table {
        let text = manifest.clone();
        let server = WebServer::start(move |_| Answer::new(200, text.clone()).header("Content-Type", kind));
        let error = find(&server, &Choice::default()).unwrap_err();
        assert_eq!(error.failure(), failure, "{manifest}: {error}");
    }
}

#[test]
fn refusals_have_their_codes() {
    let said = |code: &str, message: &str| {
        format!("{{\"errors\":[{{\"code\":\"{code}\",\"message\":\"{message}\"}}]}}")
    };
    let policy = said("PROJECTPOLICYVIOLATION", "12 vulnerabilities are too many");
    let table = [
        (Answer::new(401, said("UNAUTHORIZED", "")), Failure::AuthenticationFailed, "needs a user"),
        (Answer::new(401, said("DENIED", "no")), Failure::AccessDenied, "no"),
        (Answer::new(403, said("DENIED", "no")), Failure::AccessDenied, "no"),
        (Answer::new(403, said("TOOMANYREQUESTS", "slow")), Failure::RateLimited, "slow"),
        (Answer::new(404, said("MANIFEST_UNKNOWN", "gone")), Failure::NotFound, "gone"),
        (Answer::new(410, ""), Failure::NotFound, "410"),
        (
            Answer::new(412, policy),
            Failure::BlockedByPolicy,
            "blocked by the registry's own policy: 12 vulnerabilities are too many",
        ),
        (Answer::new(429, said("TOOMANYREQUESTS", "slow")), Failure::RateLimited, "slow"),
        (Answer::new(500, said("UNKNOWN", "oops")), Failure::ServerFailed, "oops"),
        (Answer::new(504, ""), Failure::TimedOut, "504"),
        (Answer::new(400, said("NAME_INVALID", "bad")), Failure::InvalidContent, "bad"),
        (Answer::json(vec![b' '; 5 << 20]), Failure::TooLarge, "4194304"),
        (Answer::json("{}".to_owned()).cut(0).header("X", "y"), Failure::DownloadFailed, "broke"),
    ];
    for (answer, failure, words) in table {
        let shown = format!("{answer:?}").chars().take(200).collect::<String>();
        let server = WebServer::start(move |_| answer.clone());
        let error = find(&server, &Choice::default()).unwrap_err();
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |cause| cause.source());
        let told = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        assert_eq!(error.failure(), failure, "{shown}: {told}");
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_digest_that_does_not_fit_is_corruption() {
    let blobs = shop("amd64").blobs();
    let served = blobs.clone();
    let server = WebServer::start(move |asked| {
        if asked.path.ends_with("/manifests/1") {
            return Answer::new(200, served.manifest.bytes.clone())
                .header("Docker-Content-Digest", digest("other").to_string());
        }
        honest(std::slice::from_ref(&served), asked)
    });
    assert_eq!(find(&server, &Choice::default()).unwrap_err().failure(), Failure::Corrupted);
}

#[test]
fn a_platform_that_is_missing_ends_nothing_but_itself() {
    let images: Vec<testkit::Image> = ["amd64", "arm64", "s390x"].map(shop).into();
    let index = testkit::multi_platform_index(&images);
    let kept: Vec<Blobs> = [&images[0], &images[2]].map(testkit::Image::blobs).into();
    let server = WebServer::start(move |asked| {
        if asked.path.ends_with("/manifests/1") {
            return Answer::new(200, index.bytes.clone()).header("Content-Type", &*index.media_type);
        }
        honest(&kept, asked)
    });
    let found = find(&server, &Choice::All).unwrap();
    let platforms: Vec<String> =
        found.images.iter().map(|image| image.config.platform().to_string()).collect();
    assert_eq!(platforms, ["linux/amd64", "linux/s390x"]);
    assert_eq!(found.failures.iter().map(Error::failure).collect::<Vec<_>>(), [Failure::NotFound]);
    let one = |platform: &str| find(&server, &platform.parse().unwrap());
    assert_eq!(one("linux/arm64").unwrap_err().failure(), Failure::NotFound);
    assert_eq!(one("linux/s390x").unwrap().images.len(), 1);
    assert_eq!(one("linux/ppc64le").unwrap_err().failure(), Failure::PlatformMissing);
}

#[test]
fn an_index_of_very_many_ends() {
    let entries: Vec<String> =
        (0..2000).map(|number| format!("{{\"digest\":\"{}\"}}", digest(&number.to_string()))).collect();
    let index = format!("{{\"manifests\":[{}]}}", entries.join(","));
    let server = WebServer::start(move |asked| {
        if asked.path.ends_with("/manifests/1") { Answer::json(index.clone()) } else { Answer::not_found() }
    });
    let error = find(&server, &Choice::All).unwrap_err();
    assert_eq!(error.failure(), Failure::TooLarge);
    assert!(server.asked().len() <= 501);
}

fn referrer(kind: &str, name: &str) -> String {
    format!(
        "{{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"{}\",\"size\":7,\"artifactType\":\"{kind}\",\"annotations\":{{\"name\":\"{name}\"}}}}",
        digest(name)
    )
}

fn names(found: Vec<image::Descriptor>) -> Vec<String> {
    found.into_iter().map(|mut descriptor| descriptor.annotations.remove("name").unwrap()).collect()
}

#[test]
fn finds_what_is_attached_to_an_image() {
    let (sbom, vex) = (referrer("application/spdx+json", "sbom"), referrer("application/openvex", "vex"));
    let subject = digest("image");
    let expected = format!("/v2/shop/referrers/{subject}");
    let server = WebServer::start(move |asked| {
        assert_eq!(asked.path, expected);
        let kind = "application/vnd.oci.image.index.v1+json";
        let part = |manifests: &str| {
            Answer::new(200, format!("{{\"schemaVersion\":2,\"manifests\":{manifests}}}"))
                .header("Content-Type", kind)
        };
        if asked.parameter("last").is_some() {
            return part(&format!("[{vex}]"));
        }
        part(&format!("[{sbom}]")).header("Link", "<?last=a>; rel=\"next\"")
    });
    let registry = connect(&server);
    assert_eq!(names(registry.referrers("shop", &subject, None).unwrap()), ["sbom", "vex"]);
    // This registry does not filter by itself.
    let found = registry.referrers("shop", &subject, Some("application/spdx+json")).unwrap();
    assert_eq!(found[0].artifact_type.as_deref(), Some("application/spdx+json"));
    assert_eq!(names(found), ["sbom"]);
    assert_eq!(server.asked()[2].parameter("artifactType"), Some("application%2Fspdx%2Bjson"));
    let endless = WebServer::start(|asked| {
        let link = format!("<?{}x>; rel=\"next\"", asked.query);
        Answer::json("{\"manifests\":null}").header("Link", link)
    });
    let error = connect(&endless).referrers("shop", &subject, None).unwrap_err();
    assert_eq!(error.failure(), Failure::TooLarge);
    assert!(endless.asked().len() <= 50);
}

#[test]
fn finds_what_is_attached_where_the_registry_does_not_know_the_question() {
    let subject = digest("image");
    for status in [400, 404, 405] {
        let (sbom, vex) = (referrer("application/spdx+json", "sbom"), referrer("application/openvex", "vex"));
        let tag = format!("/v2/shop/manifests/sha256-{}", subject.hex());
        let server = WebServer::start(move |asked| {
            if asked.path == tag {
                return Answer::json(format!("{{\"manifests\":[{sbom},{vex}]}}"));
            }
            Answer::new(status, "")
        });
        let registry = connect(&server);
        assert_eq!(names(registry.referrers("shop", &subject, None).unwrap()), ["sbom", "vex"]);
        let found = registry.referrers("shop", &subject, Some("application/openvex")).unwrap();
        assert_eq!(names(found), ["vex"]);
    }
    let server = WebServer::start(|_| Answer::not_found());
    assert!(connect(&server).referrers("shop", &subject, None).unwrap().is_empty());
    let server = WebServer::start(|_| Answer::new(500, ""));
    let error = connect(&server).referrers("shop", &subject, None).unwrap_err();
    assert_eq!(error.failure(), Failure::ServerFailed);
}
