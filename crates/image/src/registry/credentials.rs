use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Options;
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
}

/// What is known of credentials for a registry.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) credentials: Option<Credentials>,
    /// The helper program that has them, which is not run.
    pub(super) helper: Option<String>,
}

impl Credentials {
    pub(super) fn username(&self) -> &str {
        match self {
            Self::Password { username, .. } | Self::Identity { username, .. } => username,
        }
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

/// The credentials for a registry: those of the options, or else those of Docker's configuration.
pub(super) fn find(registry: &str, options: &Options) -> Result<Known, Error> {
    match (&options.username, &options.password) {
        (Some(username), password) => {
            let password = password.clone().unwrap_or_default();
            let credentials = Some(Credentials::Password { username: username.clone(), password });
            Ok(Known { credentials, helper: None })
        }
        (None, _) => match &options.docker_config {
            Some(path) => of_file(path, &host_of(registry)),
            None => Ok(Known::default()),
        },
    }
}

fn of_file(path: &Path, registry: &str) -> Result<Known, Error> {
    let what = || format!("Docker's configuration `{}`", path.display());
    let bytes = match bounded::read_file(path, CONFIG_BYTES) {
        Ok(bytes) => bytes,
        Err(bounded::Error::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
            return Ok(Known::default());
        }
        Err(source) => return Err(Error::Content { what: what(), source }),
    };
    // The parser's message may quote the file, and the file holds secrets.
    let broken = |error: serde_json::Error| Error::Format {
        what: what(),
        why: format!("it is no such file (line {}, column {})", error.line(), error.column()),
    };
    let config: Config = serde_json::from_slice(&bytes).map_err(broken)?;
    of_config(&config, registry).map_err(|why| Error::Format { what: what(), why })
}

fn of_config(config: &Config, registry: &str) -> Result<Known, String> {
    let same = |key: &str| host_of(key) == registry;
    let helper = config.cred_helpers.iter().find(|(key, _)| same(key)).map(|(_, helper)| helper);
    let helper = helper.or(config.creds_store.as_ref()).cloned();
    let entry = config.auths.iter().find(|(key, _)| same(key)).map(|(_, entry)| entry);
    let credentials = entry.map(|entry| of_entry(entry, registry)).transpose()?.flatten();
    Ok(Known { credentials, helper })
}

fn of_entry(entry: &Entry, registry: &str) -> Result<Option<Credentials>, String> {
    let (username, password) = if entry.auth.is_empty() {
        (entry.username.clone(), entry.password.clone())
    } else {
        let refuse = || format!("`auth` of `{registry}` is not a user and a password in base64");
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

/// The registry a key of `auths` means: keys are hosts, or addresses of older versions of the protocol.
fn host_of(key: &str) -> String {
    let bare = key.split_once("://").map_or(key, |(_, rest)| rest);
    let host = bare.split('/').next().unwrap_or(bare).to_ascii_lowercase();
    match host.as_str() {
        "index.docker.io" | "registry-1.docker.io" => "docker.io".to_owned(),
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(json: &str, registry: &str) -> Result<Known, String> {
        of_config(&serde_json::from_str(json).unwrap(), registry)
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
        let of = |registry: &str| known(json, registry).unwrap().credentials;
        assert!(of("docker.io") == password("me", "a:b"));
        assert!(of("localhost:5000") == password("you", "word"));
        assert!(of("plain.example") == password("u", "p"));
        assert!(of("empty.example").is_none() && of("localhost").is_none() && of("other.example").is_none());
        assert!(matches!(of("token.example"), Some(Credentials::Identity { token, .. }) if token == "t"));
    }

    #[test]
    fn names_the_helper_it_does_not_run() {
        let json =
            r#"{"credsStore":"desktop","credHelpers":{"ecr.example":"ecr-login"},"auths":{"a.example":{}}}"#;
        assert_eq!(known(json, "ecr.example").unwrap().helper.as_deref(), Some("ecr-login"));
        assert_eq!(known(json, "a.example").unwrap().helper.as_deref(), Some("desktop"));
    }

    #[test]
    fn a_broken_entry_is_an_error_that_shows_nothing_of_it() {
        let error = known(r#"{"auths":{"a.example":{"auth":"c2VjcmV0"}}}"#, "a.example").err().unwrap();
        assert!(error.contains("a.example") && !error.contains("c2VjcmV0") && !error.contains("secret"));
    }

    #[test]
    fn options_come_before_the_file_and_a_missing_file_is_none() {
        let docker_config = Some("/nonexistent/config.json".into());
        let mut options = Options { docker_config, ..Options::default() };
        assert!(find("localhost:5000", &options).unwrap().credentials.is_none());
        options.username = Some("me".to_owned());
        assert!(find("localhost:5000", &options).unwrap().credentials == password("me", ""));
        assert!(
            !format!("{:?}", Options { password: Some("hunter2".to_owned()), ..options }).contains("hunter2")
        );
    }
}
