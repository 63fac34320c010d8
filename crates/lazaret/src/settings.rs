//! What the environment says: the only module that asks it.

use std::collections::BTreeMap;
use std::env::var_os;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
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

/// Docker's configuration file, which holds credentials.
pub(crate) fn docker_config() -> Option<PathBuf> {
    let directory = var_os("DOCKER_CONFIG").map(PathBuf::from);
    let directory = directory.or_else(|| var_os("HOME").map(|home| PathBuf::from(home).join(".docker")));
    directory.map(|directory| directory.join("config.json")).filter(|file| file.is_file())
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
