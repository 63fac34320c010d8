//! Images in a real registry, Debian's `docker-registry`, which each test starts for itself.
#![expect(clippy::unwrap_used, reason = "a failure is a failed test")]

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use image::platform::Choice;
use image::registry::{self, Options, Page};
use image::{Data, Error, Image, Reference};
use model::Failure;
use testkit::{Authority, Blobs, DockerRegistry, DockerRegistryOptions, Layer, free_port, self_signed};

struct Registry {
    server: DockerRegistry,
    host: String,
    ca_file: Option<PathBuf>,
    has_users: bool,
    /// Where certificates are.
    scratch: tempfile::TempDir,
}

/// What a registry asks for.
#[derive(Clone, Copy, Default)]
struct Kind {
    users: bool,
    tls: bool,
    authority: bool,
}

impl Registry {
    fn start(kind: Kind) -> Option<Self> {
        let scratch = tempfile::tempdir().unwrap();
        let (certificate, ca_file) = match (kind.tls, kind.authority) {
            (false, _) => (None, None),
            (true, true) => {
                let authority = Authority::new(scratch.path(), "own");
                (Some(authority.sign("localhost")), Some(authority.file))
            }
            (true, false) => {
                let (certificate, trusted) = self_signed(scratch.path(), "localhost");
                (Some(certificate), Some(trusted))
            }
        };
        let options = DockerRegistryOptions {
            is_guarded: kind.users,
            certificate,
            can_delete: true,
            ..DockerRegistryOptions::default()
        };
        let server = DockerRegistry::start_with(&options)?;
        Some(Self { host: server.host.clone(), server, ca_file, has_users: kind.users, scratch })
    }

    fn options(&self) -> Options {
        let mut options = self.stranger();
        if self.has_users {
            options.username = Some(DockerRegistry::USER.to_owned());
            options.password = Some(DockerRegistry::PASSWORD.to_owned());
        }
        options
    }

    /// Whom the registry does not know.
    fn stranger(&self) -> Options {
        let net =
            net::Options { ca_files: self.ca_file.iter().cloned().collect(), ..net::Options::default() };
        Options { net, ..Options::default() }
    }

    fn open(&self, name: &str, options: &Options) -> Result<Vec<Image>, Error> {
        let reference = Reference::parse(&format!("{}/{name}", self.host)).unwrap();
        registry::open(&reference, &"linux/amd64".parse().unwrap(), options)
    }
}

fn shop() -> testkit::Image {
    let base = Layer::new().file("etc/os-release", "ID=debian\n").created_by("ADD base");
    let top = Layer::new().file("app/data", vec![7; 300_000]).created_by("COPY app");
    testkit::Image::new("shop:1.0").layer(base).layer(top)
}

fn bytes(data: &Data) -> Vec<u8> {
    let Data::Blob(blob) = data else { unreachable!("registries have blobs") };
    let mut bytes = Vec::new();
    blob.open().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn same(image: &Image, blobs: &Blobs) {
    assert_eq!(image.source, "registry");
    assert_eq!(image.digest.as_ref().unwrap().to_string(), blobs.manifest.digest);
    assert_eq!(image.image_id.as_ref().unwrap().to_string(), blobs.config.digest);
    assert_eq!(image.layers.len(), blobs.layers.len());
    for ((layer, blob), diff_id) in image.layers.iter().zip(&blobs.layers).zip(&blobs.diff_ids) {
        assert_eq!(layer.digest.as_ref().unwrap().to_string(), blob.digest);
        assert_eq!(layer.diff_id.as_ref().unwrap().to_string(), *diff_id);
        assert_eq!(layer.size, blob.bytes.len() as u64);
        assert_eq!(bytes(&layer.data), blob.bytes);
    }
}

/// An error as the program prints it.
fn told(error: &Error) -> String {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[test]
fn pulls_what_was_pushed() {
    let Some(registry) = Registry::start(Kind::default()) else { return };
    let blobs = shop().blobs();
    registry.server.put("team/shop", "1.0", &blobs);
    let images = registry.open("team/shop:1.0", &registry.options()).unwrap();
    assert_eq!(images.len(), 1);
    same(&images[0], &blobs);
    assert_eq!(images[0].name, format!("{}/team/shop:1.0", registry.host));
    assert_eq!(images[0].config.instructions()[0].as_deref(), Some("ADD base"));
    let by_digest =
        registry.open(&format!("team/shop@{}", blobs.manifest.digest), &registry.options()).unwrap();
    same(&by_digest[0], &blobs);
    let docker = shop().docker_media_types().blobs();
    registry.server.put("team/old", "1.0", &docker);
    same(&registry.open("team/old:1.0", &registry.options()).unwrap()[0], &docker);
}

#[test]
fn pulls_the_platform_that_is_wanted() {
    let Some(registry) = Registry::start(Kind::default()) else { return };
    let images = [shop(), shop().platform("linux", "arm64").variant("v8")];
    for (image, tag) in images.iter().zip(["amd", "arm"]) {
        registry.server.put("shop", tag, &image.blobs());
    }
    registry.server.put_manifest("shop", "all", &testkit::multi_platform_index(&images));
    let reference = Reference::parse(&format!("{}/shop:all", registry.host)).unwrap();
    let open = |choice: &Choice| registry::open(&reference, choice, &registry.options());
    same(&open(&"linux/arm64".parse().unwrap()).unwrap()[0], &images[1].blobs());
    same(&open(&"linux/amd64".parse().unwrap()).unwrap()[0], &images[0].blobs());
    assert_eq!(open(&Choice::All).unwrap().len(), 2);
    let error = told(&open(&"linux/s390x".parse().unwrap()).unwrap_err());
    assert!(error.contains("has no image for linux/s390x; it has linux/amd64, linux/arm64/v8"), "{error}");
}

#[test]
fn asks_for_a_password_and_checks_it() {
    let Some(registry) = Registry::start(Kind { users: true, ..Kind::default() }) else { return };
    let blobs = shop().blobs();
    registry.server.put("shop", "1.0", &blobs);
    same(&registry.open("shop:1.0", &registry.options()).unwrap()[0], &blobs);

    let config = registry.scratch.path().join("config.json");
    // `tester:correct-horse`
    let auths =
        format!("{{\"auths\":{{\"{}\":{{\"auth\":\"dGVzdGVyOmNvcnJlY3QtaG9yc2U=\"}}}}}}", registry.host);
    std::fs::write(&config, auths).unwrap();
    let from_file = Options { docker_configs: vec![config], ..registry.stranger() };
    same(&registry.open("shop:1.0", &from_file).unwrap()[0], &blobs);

    let nobody = told(&registry.open("shop:1.0", &registry.stranger()).unwrap_err());
    assert!(nobody.contains(&format!("run `docker login {}`", registry.host)), "{nobody}");
    let wrong = Options { password: Some("wrong-horse".to_owned()), ..registry.options() };
    let wrong = told(&registry.open("shop:1.0", &wrong).unwrap_err());
    let hint = format!("hint: check the user name `tester` and its password for `{}`", registry.host);
    assert!(wrong.ends_with(&hint) && wrong.contains("401") && !wrong.contains("wrong-horse"), "{wrong}");
}

#[test]
fn trusts_the_certificates_it_is_told_to() {
    for authority in [false, true] {
        let Some(registry) = Registry::start(Kind { tls: true, authority, users: true }) else { return };
        let blobs = shop().blobs();
        registry.server.put("shop", "1.0", &blobs);
        same(&registry.open("shop:1.0", &registry.options()).unwrap()[0], &blobs);

        let mut options = registry.options();
        options.net.ca_files.clear();
        let error = registry.open("shop:1.0", &options).unwrap_err();
        let Error::Network { source, .. } = &error else { unreachable!("{error}") };
        assert!(source.is_untrusted_certificate(), "{source}");
        let error = told(&error);
        assert!(error.contains("unknown authority") && error.contains("`--ca-file FILE`"), "{error}");

        options.net.accept_invalid_certificates = true;
        same(&registry.open("shop:1.0", &options).unwrap()[0], &blobs);
    }
}

#[test]
fn says_what_is_missing() {
    let Some(registry) = Registry::start(Kind::default()) else { return };
    registry.server.put("shop", "1.0", &shop().blobs());
    for name in ["shop:2.0", "other:1.0"] {
        let error = registry.open(name, &registry.options()).unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }), "{error}");
        assert!(error.to_string().contains(&format!("in registry `{}`", registry.host)), "{error}");
    }
}

#[test]
fn an_image_may_go_away_between_two_questions() {
    let Some(registry) = Registry::start(Kind { users: true, ..Kind::default() }) else { return };
    let blobs = shop().blobs();
    registry.server.put("shop", "1.0", &blobs);
    let connected = Arc::new(registry::Registry::connect(&registry.host, &registry.options()).unwrap());
    assert_eq!(connected.tags("shop", None).unwrap().names, ["1.0"]);
    assert_eq!(connected.head("shop", "1.0").unwrap().digest.unwrap().to_string(), blobs.manifest.digest);
    let open = || {
        let reference = Reference::parse(&format!("{}/shop:1.0", registry.host)).unwrap();
        registry::open_in(&connected, &reference, &Choice::All)
    };
    let image = open().unwrap().remove(0);
    registry.server.delete(&format!("shop/blobs/{}", blobs.layers[0].digest));
    let Data::Blob(blob) = &image.layers[0].data else { unreachable!("registries have blobs") };
    assert_eq!(blob.open().err().unwrap().failure(), Failure::NotFound);
    registry.server.delete(&format!("shop/manifests/{}", blobs.manifest.digest));
    assert_eq!(open().unwrap_err().failure(), Failure::NotFound);
    assert_eq!(connected.head("shop", "1.0").unwrap_err().failure(), Failure::NotFound);
    assert!(connected.tags("shop", None).unwrap().names.is_empty());
}

/// All of a list, and in how many parts it came.
fn all(mut part: impl FnMut(Option<&str>) -> Page) -> (Vec<String>, usize) {
    let (mut names, mut parts, mut next) = (Vec::new(), 0, None);
    loop {
        let page = part(next.as_deref());
        names.extend(page.names);
        parts += 1;
        next = page.next;
        if next.is_none() {
            return (names, parts);
        }
    }
}

#[test]
fn lists_more_than_a_part_holds() {
    let Some(registry) = Registry::start(Kind::default()) else { return };
    let blobs = shop().blobs();
    registry.server.put("shop", "tag-0000", &blobs);
    for number in 1..1200 {
        registry.server.put_manifest("shop", &format!("tag-{number:04}"), &blobs.manifest);
    }
    // An empty repository is a directory.
    for number in 0..2300 {
        let path = format!("docker/registry/v2/repositories/team/app-{number:04}/_layers");
        std::fs::create_dir_all(registry.server.storage().join(path)).unwrap();
    }
    let connected = registry::Registry::connect(&registry.host, &registry.options()).unwrap();
    connected.ping().unwrap();
    // This registry gives all tags at once, whatever it is asked for, when it is older than version 3.
    let (tags, _parts) = all(|next| connected.tags("shop", next).unwrap());
    assert_eq!(tags.len(), 1200);
    assert!(tags.contains(&"tag-0000".to_owned()) && tags.contains(&"tag-1199".to_owned()));
    let (repositories, parts) = all(|next| connected.catalog(next).unwrap());
    let unique: std::collections::HashSet<&String> = repositories.iter().collect();
    assert_eq!((repositories.len(), unique.len(), parts), (2301, 2301, 3));
    assert!(repositories.contains(&"team/app-2299".to_owned()));
}

#[test]
fn says_that_nobody_answers() {
    let host = format!("localhost:{}", free_port());
    let reference = Reference::parse(&format!("{host}/shop")).unwrap();
    let mut options = Options::default();
    options.net.retries = 0;
    let error = told(&registry::open(&reference, &Choice::default(), &options).unwrap_err());
    assert!(
        error.starts_with(&format!("cannot reach registry `{host}`: cannot connect to `{host}`")),
        "{error}"
    );
}
