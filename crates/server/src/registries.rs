//! Registries: how each is spoken to, what its images are, and how the inventory follows it.

mod connection;
mod hearing;
mod listing;
pub(crate) mod nightly;
mod reading;
mod resolving;
mod writing;

use std::sync::Arc;

use model::Failure;
use registries::{Settings, Version};
use serde::{Deserialize, Serialize};
use store::Scope;
use store::registries::{Options, Registry};

pub(crate) use connection::{Connected, Connections, Refused, host};
pub(crate) use hearing::hear;
pub(crate) use listing::{selection, sync};
pub(crate) use reading::keep;
pub(crate) use resolving::resolve;

use crate::sealed::{open, seal};
use crate::work::Undone;
use crate::{App, Error};

/// What is secret of a registry.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Secrets {
    /// The password, token or secret key.
    pub(crate) password: Option<String>,
    /// The token that temporary access keys come with.
    pub(crate) session_token: Option<String>,
    /// The proxy, whose address may hold a password.
    pub(crate) proxy: Option<String>,
}

impl Secrets {
    /// As they are kept; nothing when there are none.
    pub(crate) fn seal(&self, app: &App, registry: i64) -> Result<Option<String>, Error> {
        if self.password.is_none() && self.session_token.is_none() && self.proxy.is_none() {
            return Ok(None);
        }
        let text = serde_json::to_string(self).map_err(Error::kept("credentials"))?;
        seal(&app.settings.key, &what(registry), &text).map(Some).ok_or(Error::Random)
    }

    /// Those of a registry.
    ///
    /// # Errors
    /// When they were sealed with another key.
    pub(crate) fn of(app: &App, registry: &Registry) -> Result<Self, Error> {
        let Some(sealed) = &registry.sealed else { return Ok(Self::default()) };
        let text = open(&app.settings.key, &what(registry.id), sealed).ok_or(Error::OtherKey)?;
        serde_json::from_str(&text).map_err(Error::kept("credentials"))
    }
}

/// What is sealed.
fn what(registry: i64) -> String {
    format!("registry {registry}")
}

/// How a registry is spoken to.
///
/// # Errors
/// When what is kept of it cannot be read.
pub(crate) fn settings(app: &App, registry: &Registry) -> Result<Settings, Error> {
    Ok(said(app, &registry.address, registry.options()?, Secrets::of(app, registry)?))
}

/// How a registry is spoken to of which this is said.
pub(crate) fn said(app: &App, address: &str, options: Options, secrets: Secrets) -> Settings {
    Settings {
        address: address.to_owned(),
        username: options.username,
        password: secrets.password,
        session_token: secrets.session_token,
        region: options.region,
        instance: options.instance,
        namespace: options.namespace,
        role: options.role,
        external_id: options.external_id,
        version: match options.api_version.as_str() {
            "v1" => Version::V1,
            "v2" => Version::V2,
            _ => Version::Auto,
        },
        plain_http: options.plain_http,
        api_address: options.api_address,
        environment: app.settings.cloud.clone(),
        net: net::Options {
            authorities: options.authorities,
            accept_invalid_certificates: options.insecure,
            proxy: secrets.proxy,
            bypass_proxy: options.direct,
            ..net::Options::default()
        },
    }
}

/// Speaks to a registry; this waits for it where it holds nobody up.
///
/// # Errors
/// When it cannot be set up, or does not hand out what is needed for pulling.
pub(crate) async fn connect(app: &App, registry: &Registry) -> Result<Arc<Connected>, Refused> {
    let (connecting, registry) = (app.clone(), registry.clone());
    let connected = tokio::task::spawn_blocking(move || connecting.connections.of(&connecting, &registry));
    connected.await.map_err(Error::from)?
}

/// The registry that a job is about.
///
/// # Errors
/// When it is no longer there.
pub(crate) async fn known(app: &App, id: i64) -> Result<Registry, Undone> {
    let found = store::registries::find(&app.database, &Scope::All, id).await?;
    found.ok_or_else(|| Undone::Failed(Failure::NotFound, "the registry is no longer known".to_owned()))
}
