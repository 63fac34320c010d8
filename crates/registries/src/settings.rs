use std::collections::BTreeMap;

/// What somebody says of a registry; each kind uses a part of it, as its [`crate::Need`]s tell.
#[derive(Clone, Default)]
pub struct Settings {
    /// Host and port, or a whole address with a scheme and perhaps a path; empty where the kind knows it by the region.
    pub address: String,
    /// The user, or the id of an access key.
    pub username: Option<String>,
    /// The password, token or secret key.
    pub password: Option<String>,
    /// The token that temporary access keys come with.
    pub session_token: Option<String>,
    /// The cloud's region.
    pub region: Option<String>,
    /// The cloud's instance of the registry, or its account.
    pub instance: Option<String>,
    /// The organisation, project, group or namespace that is listed.
    pub namespace: Option<String>,
    /// The role that is taken on, and the external id it asks for.
    pub role: Option<String>,
    /// Given along when the role is taken on.
    pub external_id: Option<String>,
    /// The generation of the registry's interface.
    pub version: Version,
    /// Speaks plain `http`.
    pub plain_http: bool,
    /// Where the cloud's interface is, when it is not at its usual address.
    pub api_address: Option<String>,
    /// What the environment says of cloud credentials: `AWS_ACCESS_KEY_ID`, …; the caller chooses what is handed on.
    pub environment: BTreeMap<String, String>,
    /// The network.
    pub net: net::Options,
}

/// The generation of a registry's interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// Found out by asking.
    #[default]
    Auto,
    /// The first.
    V1,
    /// The second.
    V2,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("address", &self.address)
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("region", &self.region)
            .field("instance", &self.instance)
            .field("namespace", &self.namespace)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// How the registry protocol is spoken with these settings, as this user.
    #[must_use]
    pub fn registry_options(&self) -> image::registry::Options {
        image::registry::Options {
            username: self.username.clone(),
            password: self.password.clone(),
            plain_http: self.plain_http,
            net: self.net.clone(),
            ..image::registry::Options::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_secret() {
        let settings = Settings {
            password: Some("hunter2".to_owned()),
            session_token: Some("hunter3".to_owned()),
            ..Settings::default()
        };
        let shown = format!("{settings:?}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
}
