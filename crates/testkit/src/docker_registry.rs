mod pusher;

use std::fmt::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::engine::output;
use crate::{Blob, Blobs, Daemon, Image, Layer, free_port, tool};
use pusher::Pusher;

/// How long it may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many push side by side.
const PUSHERS: usize = 4;

/// A registry of the test's own, `docker-registry`.
#[derive(Debug)]
pub struct DockerRegistry {
    /// `localhost:PORT`
    pub host: String,
    /// Where images are pushed to: the registry itself, or one over the same storage that lets everybody in by plain HTTP.
    door: String,
    has_tls: bool,
    _daemons: Vec<Daemon>,
    scratch: tempfile::TempDir,
}

/// What a registry asks for and allows.
#[derive(Clone, Debug, Default)]
pub struct DockerRegistryOptions {
    /// Whether it lets in [`DockerRegistry::USER`] alone, else everybody.
    pub is_guarded: bool,
    /// Its certificate, as a file that holds the key too (`Authority::sign`); without one it speaks plain HTTP.
    pub certificate: Option<PathBuf>,
    /// Who signs the certificates that clients must show.
    pub client_authority: Option<PathBuf>,
    /// Whether images can be deleted.
    pub can_delete: bool,
    /// Where it tells what happens, and the `Authorization` it sends along.
    pub notices: Option<(String, String)>,
}

impl DockerRegistry {
    /// The user that a guarded one lets in.
    pub const USER: &str = "tester";
    /// The password of that user.
    pub const PASSWORD: &str = "correct-horse";
    /// The same, as `htpasswd -B` writes it.
    const HASH: &str = "$2y$05$U7B2Ha4CFLe0ml/5psGoeOvQCKu7uNLA19rk/Jc0WwKfvCUdH0deC";

    /// Starts one that lets everybody in; nothing when it is not installed.
    pub fn start() -> Option<Self> {
        Self::start_with(&DockerRegistryOptions::default())
    }

    /// Starts one that lets one user in.
    pub fn start_guarded() -> Option<Self> {
        Self::start_with(&DockerRegistryOptions { is_guarded: true, ..DockerRegistryOptions::default() })
    }

    /// Starts one; nothing when it is not installed.
    pub fn start_with(options: &DockerRegistryOptions) -> Option<Self> {
        tool("docker-registry")?;
        let scratch = scratch();
        let (daemon, host) = launch(scratch.path(), options);
        let (mut daemons, mut door) = (vec![daemon], host.clone());
        let has_tls = options.certificate.is_some();
        if has_tls || options.is_guarded {
            let open = DockerRegistryOptions {
                is_guarded: false,
                certificate: None,
                client_authority: None,
                ..options.clone()
            };
            let (daemon, address) = launch(scratch.path(), &open);
            daemons.push(daemon);
            door = address;
        }
        Some(Self { host, door, has_tls, _daemons: daemons, scratch })
    }

    /// `http://localhost:PORT`, or with `https`.
    pub fn url(&self) -> String {
        format!("{}://{}", if self.has_tls { "https" } else { "http" }, self.host)
    }

    /// The directory it keeps everything in.
    pub fn storage(&self) -> PathBuf {
        self.scratch.path().join("data")
    }

    /// Pushes the image `tag` of a layout under a name, bytes unchanged, by `skopeo`, which must be installed.
    pub fn push(&self, layout: &Path, tag: &str, name: &str) {
        let mut command = Command::new("skopeo");
        command.args(["copy", "--preserve-digests", "--dest-tls-verify=false"]);
        command.arg(format!("oci:{}:{tag}", layout.display())).arg(format!("docker://{}/{name}", self.door));
        output(&mut command);
    }

    /// Pushes an image without any other program.
    pub fn put(&self, repository: &str, tag: &str, blobs: &Blobs) {
        let mut pusher = self.pusher();
        for blob in blobs.layers.iter().chain([&blobs.config]) {
            pusher.upload(repository, blob);
        }
        pusher.manifest(repository, tag, &blobs.manifest);
    }

    /// Pushes a manifest or index whose parts are there already, by tag or digest.
    pub fn put_manifest(&self, repository: &str, target: &str, manifest: &Blob) {
        self.pusher().manifest(repository, target, manifest);
    }

    /// Deletes `REPOSITORY/manifests/DIGEST` or `REPOSITORY/blobs/DIGEST`, which must be allowed.
    pub fn delete(&self, path: &str) {
        self.pusher().delete(path);
    }

    /// Pushes tiny images under so many tags of so many repositories, evenly; gives the names, `repository:tag`.
    ///
    /// Every image has a configuration of its own and one of a few layers.
    pub fn fill(&self, repositories: usize, tags: usize) -> Vec<String> {
        let filling = Filling { repositories, tags, layers: (0..5).map(layer).collect() };
        let mut first = self.pusher();
        for layer in &filling.layers {
            first.upload(&place(0), image(layer, 0).layers.first().unwrap());
        }
        let filling = &filling;
        let mut names: Vec<String> = std::thread::scope(|scope| {
            let parts: Vec<_> =
                (0..PUSHERS).map(|part| scope.spawn(move || self.fill_part(filling, part))).collect();
            parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
        });
        names.sort();
        names
    }

    fn fill_part(&self, filling: &Filling, part: usize) -> Vec<String> {
        let Filling { repositories, tags, layers } = filling;
        let mut pusher = self.pusher();
        let mut names = Vec::new();
        for repository in (part..*repositories).step_by(PUSHERS) {
            let (place, layer) = (place(repository), layers.get(repository % layers.len()).unwrap());
            if repository > 0 {
                pusher.mount(&place, &self::place(0), image(layer, 0).layers.first().unwrap());
            }
            for (tag, number) in (repository..*tags).step_by(*repositories).enumerate() {
                let blobs = image(layer, number);
                pusher.upload(&place, &blobs.config);
                pusher.manifest(&place, &format!("1.{tag}"), &blobs.manifest);
                names.push(format!("{place}:1.{tag}"));
            }
        }
        names
    }

    fn pusher(&self) -> Pusher {
        Pusher::connect(&self.door)
    }
}

/// A directory in memory where the machine has one: the registry waits for the disk after every file.
fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_not_there| tempfile::tempdir()).unwrap()
}

/// What a registry is filled with.
struct Filling {
    repositories: usize,
    tags: usize,
    layers: Vec<Layer>,
}

fn place(repository: usize) -> String {
    format!("team-{:02}/filling-{repository:04}", repository % 20)
}

fn layer(number: usize) -> Layer {
    Layer::new().file("etc/filling", format!("layer {number}\n")).created_by("COPY filling /etc/")
}

fn image(layer: &Layer, number: usize) -> Blobs {
    Image::new("filling:1").layer(layer.clone()).label("number", &number.to_string()).blobs()
}

/// Starts a registry over the storage in a directory; gives its address.
fn launch(scratch: &Path, options: &DockerRegistryOptions) -> (Daemon, String) {
    let port = free_port();
    let host = format!("localhost:{port}");
    let at = |name: &str| scratch.join(name);
    let mut config = format!(
        "version: 0.1\nlog: {{level: warn}}\nstorage: {{filesystem: {{rootdirectory: {}}}, delete: {{enabled: {}}}}}\n\
         http:\n  addr: {host}\n",
        at("data").display(),
        options.can_delete
    );
    if let Some(certificate) = &options.certificate {
        let clients = options.client_authority.as_ref();
        let clients = clients.map(|file| format!(", clientcas: [{}]", file.display())).unwrap_or_default();
        writeln!(config, "  tls: {{certificate: {0}, key: {0}{clients}}}", certificate.display()).unwrap();
    }
    if options.is_guarded {
        let file = at("htpasswd");
        std::fs::write(&file, format!("{}:{}\n", DockerRegistry::USER, DockerRegistry::HASH)).unwrap();
        writeln!(config, "auth: {{htpasswd: {{realm: test, path: {}}}}}", file.display()).unwrap();
    }
    if let Some((url, authorization)) = &options.notices {
        writeln!(
            config,
            "notifications: {{endpoints: [{{name: test, url: \"{url}\", headers: {{Authorization: [\"{authorization}\"]}}, \
             timeout: 3s, threshold: 3, backoff: 1s}}]}}"
        )
        .unwrap();
    }
    let file = at(&format!("{port}.yml"));
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new("docker-registry");
    command.arg("serve").arg(file);
    let mut daemon = Daemon::start(command, &at(&format!("{port}.log")));
    daemon.wait_until(PATIENCE, || TcpStream::connect(&host).is_ok());
    (daemon, host)
}
