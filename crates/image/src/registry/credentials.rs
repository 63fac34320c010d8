//! Credentials for registries, as Docker and Podman keep them.
//!
//! Source: the page of Docker's documentation on `config.json`, and the manual page `containers-auth.json(5)`.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{Options, helper};
use crate::Error;

/// Docker's `config.json` is a small file.
const CONFIG_BYTES: u64 = 1 << 20;

/// Who asks a registry.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Credentials {
    /// A user with a password.
    Password { username: String, password: String },
    /// A token for the token server alone, as `docker login` keeps for some registries.
    Identity { username: String, token: String },
    /// A token for the registry itself.
    Ready { token: String },
}

impl Credentials {
    /// The user and the password; nothing when it is a token for the token server alone.
    pub(super) fn password(&self) -> Option<(String, String)> {
        match self {
            Self::Password { username, password } => Some((username.clone(), password.clone())),
            Self::Identity { .. } | Self::Ready { .. } => None,
        }
    }

    pub(super) fn username(&self) -> &str {
        match self {
            Self::Password { username, .. } | Self::Identity { username, .. } => username,
            Self::Ready { .. } => "(token)",
        }
    }
}

/// What is known of credentials for a registry.
#[derive(Default)]
pub(super) struct Keyring {
    /// By the beginning of the repositories' names they are for, whole parts of it; nothing is for all.
    entries: Vec<(String, Credentials)>,
    /// Why credentials may be missing, for people.
    missing: Option<String>,
}

impl Keyring {
    /// Who asks for a repository: the entry that names most of its path, or the first of equals.
    pub(super) fn find(&self, repository: Option<&str>) -> Option<&Credentials> {
        let covers = |prefix: &str| match repository.unwrap_or_default().strip_prefix(prefix) {
            Some(rest) => prefix.is_empty() || rest.is_empty() || rest.starts_with('/'),
            None => false,
        };
        let covering = self.entries.iter().rev().filter(|(prefix, _)| covers(prefix));
        covering.max_by_key(|(prefix, _)| prefix.len()).map(|(_, credentials)| credentials)
    }

    pub(super) fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
    #[serde(default)]
    creds_store: Option<String>,
    #[serde(default)]
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
struct Entry {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default, rename = "identitytoken")]
    identity_token: String,
}

/// The credentials for a registry: those of the options, or else those of Docker's configurations.
pub(super) fn find(registry: &str, options: &Options) -> Result<Keyring, Error> {
    let mut keyring = Keyring::default();
    if let Some(token) = options.token.clone() {
        keyring.entries.push((String::new(), Credentials::Ready { token }));
        return Ok(keyring);
    }
    if let Some(username) = options.username.clone() {
        let password = options.password.clone().unwrap_or_default();
        keyring.entries.push((String::new(), Credentials::Password { username, password }));
        return Ok(keyring);
    }
    let (registry, _path) = place_of(registry);
    for path in &options.docker_configs {
        if let Some(config) = read(path)? {
            let what = || format!("Docker's configuration `{}`", path.display());
            let added = keyring.add(&config, &registry, options);
            added.map_err(|why| Error::Format { what: what(), why })?;
        }
    }
    Ok(keyring)
}

fn read(path: &Path) -> Result<Option<Config>, Error> {
    let what = || format!("Docker's configuration `{}`", path.display());
    let bytes = match bounded::read_file(path, CONFIG_BYTES) {
        Ok(bytes) => bytes,
        Err(bounded::Error::File { source, .. }) if source.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Content { what: what(), source }),
    };
    // The parser's message may quote the file, and the file holds secrets.
    let broken = |error: serde_json::Error| Error::Format {
        what: what(),
        why: format!("it is no such file (line {}, column {})", error.line(), error.column()),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(broken)
}

impl Keyring {
    /// Adds what a file says of a registry; what is there already comes first.
    fn add(&mut self, config: &Config, registry: &str, options: &Options) -> Result<(), String> {
        let own = config.cred_helpers.iter().find(|(key, _)| place_of(key).0 == registry);
        if let Some(helper) = own.map(|(_, helper)| helper).or(config.creds_store.as_ref()) {
            self.ask(helper, registry, options);
        }
        for (key, entry) in &config.auths {
            let (host, path) = place_of(key);
            if host == registry
                && let Some(credentials) = of_entry(entry, key)?
            {
                self.entries.push((path, credentials));
            }
        }
        Ok(())
    }

    /// Asks a helper program, when that is allowed.
    ///
    /// Its failure ends nothing: what is public can be had without it, as Docker does.
    fn ask(&mut self, name: &str, registry: &str, options: &Options) {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
        if options.helper_directories.is_empty() {
            let why = format!("the credentials are in Docker's helper `{shown}`, which is not asked");
            self.missing.get_or_insert(why);
            return;
        }
        // Docker Hub is kept under the address of its first protocol.
        let server = if registry == "docker.io" { "https://index.docker.io/v1/" } else { registry };
        match helper::ask(name, server, &options.helper_directories) {
            Ok(None) => {}
            Ok(Some(credentials)) => self.entries.push((String::new(), credentials)),
            Err(why) => {
                self.missing.get_or_insert(format!("Docker's helper `{shown}` gave no credentials: {why}"));
            }
        }
    }
}

fn of_entry(entry: &Entry, key: &str) -> Result<Option<Credentials>, String> {
    let (username, password) = if entry.auth.is_empty() {
        (entry.username.clone(), entry.password.clone())
    } else {
        let refuse = || format!("`auth` of `{key}` is not a user and a password in base64");
        let decoded = STANDARD.decode(entry.auth.trim()).map_err(|_not_base64| refuse())?;
        let decoded = String::from_utf8(decoded).map_err(|_not_text| refuse())?;
        let (username, password) = decoded.split_once(':').ok_or_else(refuse)?;
        // Docker writes a zero byte at the end of some.
        (username.to_owned(), password.trim_end_matches('\0').to_owned())
    };
    if !entry.identity_token.is_empty() {
        return Ok(Some(Credentials::Identity { username, token: entry.identity_token.clone() }));
    }
    Ok((!username.is_empty()).then_some(Credentials::Password { username, password }))
}

/// The registry that a key of `auths` means, and the beginning of the repositories' names it is for.
///
/// Keys are hosts, hosts with a path, or addresses of older versions of the protocol, whose path means nothing.
fn place_of(key: &str) -> (String, String) {
    let (scheme, bare) = key.split_once("://").map_or((None, key), |(scheme, rest)| (Some(scheme), rest));
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let path = path.trim_matches('/');
    let is_version = scheme.is_some() || ["v1", "v2"].contains(&path);
    let path = if is_version { String::new() } else { path.to_owned() };
    match host.to_ascii_lowercase().as_str() {
        "index.docker.io" | "registry-1.docker.io" => ("docker.io".to_owned(), path),
        host => (host.to_owned(), path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring(json: &str, registry: &str) -> Result<Keyring, String> {
        let mut keyring = Keyring::default();
        let config: Config = serde_json::from_str(json).unwrap();
        keyring.add(&config, registry, &Options::default()).map(|()| keyring)
    }

    fn password(username: &str, password: &str) -> Option<Credentials> {
        Some(Credentials::Password { username: username.to_owned(), password: password.to_owned() })
    }

    #[test]
    fn finds_the_entry_of_a_registry() {
        // `me:a:b`, and `you:word`
        let json = r#"{"auths":{
            "https://index.docker.io/v1/":{"auth":"bWU6YTpi"},
            "localhost:5000":{"auth":"eW91OndvcmQ="},
            "https://Plain.Example/v2/":{"username":"u","password":"p"},
            "empty.example":{},
            "token.example":{"auth":"MDAwOg==","identitytoken":"t"}}}"#;
        let of = |registry: &str| keyring(json, registry).unwrap().find(None).cloned();
        assert!(of("docker.io") == password("me", "a:b"));
        assert!(of("localhost:5000") == password("you", "word"));
        assert!(of("plain.example") == password("u", "p"));
        assert!(of("empty.example").is_none() && of("localhost").is_none() && of("other.example").is_none());
        assert!(matches!(of("token.example"), Some(Credentials::Identity { token, .. }) if token == "t"));
    }

    #[test]
    fn the_entry_that_names_most_of_the_path_comes_first() {
        let json = r#"{"auths":{
            "a.example":{"username":"all","password":"1"},
            "a.example/team":{"username":"team","password":"2"},
            "a.example/team/app":{"username":"app","password":"3"},
            "b.example/only":{"username":"only","password":"4"}}}"#;
        let of = |registry: &str, repository: Option<&str>| {
            let keyring = keyring(json, registry).unwrap();
            keyring.find(repository).map(|found| found.username().to_owned()).unwrap_or_default()
        };
        assert_eq!(of("a.example", None), "all");
        assert_eq!(of("a.example", Some("other")), "all");
        assert_eq!(of("a.example", Some("teams/app")), "all");
        assert_eq!(of("a.example", Some("team")), "team");
        assert_eq!(of("a.example", Some("team/apps")), "team");
        assert_eq!(of("a.example", Some("team/app")), "app");
        assert_eq!(of("a.example", Some("team/app/web")), "app");
        assert_eq!(of("b.example", Some("other")), "");
    }

    #[test]
    fn the_first_file_comes_first() {
        let write = |text: &str| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            file
        };
        let files = [
            write(r#"{"auths":{"a.example":{"username":"first","password":"1"}}}"#),
            write(
                r#"{"auths":{"a.example":{"username":"second","password":"2"},"b.example":{"username":"b"}}}"#,
            ),
        ];
        let docker_configs = files.iter().map(|file| file.path().to_owned()).collect();
        let options = Options { docker_configs, ..Options::default() };
        assert!(find("a.example", &options).unwrap().find(None).cloned() == password("first", "1"));
        assert!(find("b.example", &options).unwrap().find(None).cloned() == password("b", ""));
    }

    #[test]
    fn names_the_helper_it_does_not_run() {
        let json =
            r#"{"credsStore":"desktop","credHelpers":{"ecr.example":"ecr-login"},"auths":{"a.example":{}}}"#;
        let missing = |registry: &str| keyring(json, registry).unwrap().missing.unwrap_or_default();
        assert!(missing("ecr.example").contains("helper `ecr-login`, which is not asked"));
        assert!(missing("a.example").contains("helper `desktop`, which is not asked"));
    }

    #[test]
    fn a_broken_entry_is_an_error_that_shows_nothing_of_it() {
        let error = keyring(r#"{"auths":{"a.example":{"auth":"c2VjcmV0"}}}"#, "a.example").err().unwrap();
        assert!(error.contains("a.example") && !error.contains("c2VjcmV0") && !error.contains("secret"));
    }

    #[test]
    fn options_come_before_the_files_and_a_missing_file_is_none() {
        let docker_configs = vec!["/nonexistent/config.json".into()];
        let mut options = Options { docker_configs, ..Options::default() };
        assert!(find("localhost:5000", &options).unwrap().find(None).is_none());
        options.username = Some("me".to_owned());
        assert!(find("localhost:5000", &options).unwrap().find(Some("a")).cloned() == password("me", ""));
        assert!(
            !format!("{:?}", Options { password: Some("hunter2".to_owned()), ..options }).contains("hunter2")
        );
    }
}
