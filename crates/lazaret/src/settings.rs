//! What the environment says: the only module that asks it.

use std::collections::BTreeMap;
use std::env::var_os;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use image::Storage;
use model::Language;

/// Where the advisory database is: as asked, or in the user's data directory.
pub(crate) fn database(asked: Option<&PathBuf>) -> Result<PathBuf> {
    asked
        .cloned()
        .map_or_else(|| home("XDG_DATA_HOME", ".local/share").map(|home| home.join("lazaret/db")), Ok)
}

/// Where the facts of layers are kept: as asked, or in the user's cache directory.
pub(crate) fn cache(asked: Option<&PathBuf>) -> Result<PathBuf> {
    asked.cloned().map_or_else(|| home("XDG_CACHE_HOME", ".cache").map(|home| home.join("lazaret")), Ok)
}

/// The list of approved base images: as asked, or in the user's data directory.
pub(crate) fn bases(asked: Option<&PathBuf>) -> Result<PathBuf> {
    asked
        .cloned()
        .map_or_else(|| home("XDG_DATA_HOME", ".local/share").map(|home| home.join("lazaret/bases.json")), Ok)
}

/// Where the server keeps everything: as asked, or in the user's data directory.
pub(crate) fn server(asked: Option<&PathBuf>) -> Result<PathBuf> {
    asked
        .cloned()
        .map_or_else(|| home("XDG_DATA_HOME", ".local/share").map(|home| home.join("lazaret/server")), Ok)
}

/// Where the key of the hashes that stand for secrets is, when nobody says.
pub(crate) fn key() -> Result<PathBuf> {
    home("XDG_DATA_HOME", ".local/share").map(|home| home.join("lazaret/key"))
}

/// Where the key is that bundles of advisories are signed with.
pub(crate) fn signing_key() -> Result<PathBuf> {
    home("XDG_DATA_HOME", ".local/share").map(|home| home.join("lazaret/signing-key"))
}

fn home(variable: &str, below: &str) -> Result<PathBuf> {
    let given = var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || var_os("HOME").map(|home| PathBuf::from(home).join(below));
    given
        .or_else(home)
        .with_context(|| format!("cannot find a home directory: neither ${variable} nor $HOME is set"))
}

/// Today, `YYYY-MM-DD`, in UTC.
pub(crate) fn today() -> String {
    model::day_of(seconds())
}

/// Now, RFC 3339, in UTC.
pub(crate) fn now() -> String {
    model::time_of(seconds())
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

/// The language of the locale.
pub(crate) fn language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| var_os(name).filter(|value| !value.is_empty()));
    Language::of_locale(&locale.unwrap_or_default().to_string_lossy())
}

/// Docker's sockets: the one asked for by `DOCKER_HOST`, or the usual ones that are there.
pub(crate) fn docker_sockets() -> Result<Vec<PathBuf>> {
    if let Some(host) = var_os("DOCKER_HOST").filter(|host| !host.is_empty()) {
        let host = host.to_string_lossy().into_owned();
        let path = host.strip_prefix("unix://");
        let path = path.with_context(|| {
            format!("cannot use DOCKER_HOST `{host}`: only unix:// sockets are supported")
        })?;
        return Ok(vec![path.into()]);
    }
    let rootless = var_os("XDG_RUNTIME_DIR").map(|directory| PathBuf::from(directory).join("docker.sock"));
    let usual = [Some(PathBuf::from("/var/run/docker.sock")), rootless];
    Ok(usual.into_iter().flatten().filter(|socket| socket.exists()).collect())
}

/// containerd's sockets: the one asked for by `CONTAINERD_ADDRESS`, or the usual ones that are there.
pub(crate) fn containerd_sockets() -> Vec<PathBuf> {
    const USUAL: [&str; 3] = [
        "/run/containerd/containerd.sock",
        "/run/k3s/containerd/containerd.sock",
        "/var/snap/microk8s/common/run/containerd.sock",
    ];
    if let Some(address) = var_os("CONTAINERD_ADDRESS").filter(|address| !address.is_empty()) {
        let address = address.to_string_lossy().into_owned();
        return vec![address.strip_prefix("unix://").unwrap_or(&address).into()];
    }
    USUAL.iter().map(PathBuf::from).filter(|socket| socket.exists()).collect()
}

/// What matters here of `storage.conf`.
#[derive(Default, serde::Deserialize)]
struct StorageFile {
    #[serde(default)]
    storage: StorageTable,
}

#[derive(Default, serde::Deserialize)]
struct StorageTable {
    graphroot: Option<PathBuf>,
    runroot: Option<PathBuf>,
    #[serde(default)]
    options: StorageOptions,
}

#[derive(Default, serde::Deserialize)]
struct StorageOptions {
    #[serde(default)]
    additionalimagestores: Vec<PathBuf>,
}

/// The container storages of this machine that are there: the system's, and this user's.
pub(crate) fn storages() -> Result<Vec<Storage>> {
    let (root, run_root) = ("/var/lib/containers/storage", "/run/containers/storage");
    let asked = var_os("CONTAINERS_STORAGE_CONF").filter(|file| !file.is_empty()).map(PathBuf::from);
    let system = asked.clone().unwrap_or_else(|| "/etc/containers/storage.conf".into());
    let mut found = vec![storage(storage_table(&system)?, root.into(), run_root.into())];
    let own = (home("XDG_DATA_HOME", ".local/share"), var_os("XDG_RUNTIME_DIR"));
    if let ((Ok(data), Some(run)), None) = (own, asked) {
        let table = storage_table(&home("XDG_CONFIG_HOME", ".config")?.join("containers/storage.conf"))?;
        found.push(storage(table, data.join("containers/storage"), PathBuf::from(run).join("containers")));
    }
    found.retain(|storage| storage.root.is_dir());
    found.dedup();
    Ok(found)
}

fn storage(table: StorageTable, root: PathBuf, run_root: PathBuf) -> Storage {
    Storage {
        root: table.graphroot.unwrap_or(root),
        run_root: table.runroot.unwrap_or(run_root),
        others: table.options.additionalimagestores,
    }
}

/// The settings of a file; those that are built in when it is not there.
fn storage_table(file: &Path) -> Result<StorageTable> {
    const LIMIT: u64 = 1 << 20;
    if !file.is_file() {
        return Ok(StorageTable::default());
    }
    let bytes = bounded::read_file(file, LIMIT)?;
    let text = String::from_utf8_lossy(&bytes);
    let read: StorageFile =
        toml::from_str(&text).with_context(|| format!("cannot understand `{}`", file.display()))?;
    Ok(read.storage)
}

/// The files that hold credentials for registries: Docker's, and Podman's.
pub(crate) fn credential_files() -> Vec<PathBuf> {
    let below = |name: &str, path: &str| var_os(name).map(|directory| PathBuf::from(directory).join(path));
    let docker = below("DOCKER_CONFIG", "config.json").or_else(|| below("HOME", ".docker/config.json"));
    let podman = var_os("REGISTRY_AUTH_FILE").map(PathBuf::from);
    let podman = podman.or_else(|| below("XDG_RUNTIME_DIR", "containers/auth.json"));
    let own = below("HOME", ".config/containers/auth.json");
    [docker, podman, own].into_iter().flatten().filter(|file| file.is_file()).collect()
}

/// Where programs are looked for, such as the helpers that keep credentials.
pub(crate) fn program_directories() -> Vec<PathBuf> {
    var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

/// What the environment says of cloud credentials.
pub(crate) fn cloud_environment() -> BTreeMap<String, String> {
    let named = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let of_cloud = |name: &str| {
        ["AWS_", "TENCENTCLOUD_", "HUAWEICLOUD_SDK_", "ALIBABA_CLOUD_"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    named.filter(|(name, value)| of_cloud(name) && !value.is_empty()).collect()
}
