//! Any registry that speaks the distribution protocol and tells its repositories in `_catalog`.
//!
//! Source: the OCI distribution specification 1.1 and, for `_catalog`, the documentation of `distribution/distribution`.
//! Known gaps: the protocol has no times, so nothing is known of when an image was pushed and every listing is full.

use std::sync::Arc;

use image::registry::Registry;

use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, v2};

pub(crate) static KIND: Kind = Kind {
    word: "oci",
    title: ("Any OCI registry", "通用 OCI 镜像仓库"),
    needs: &[Need::Address, Need::CredentialsOptional],
    sign_in_help: (
        "The user and password of `docker login`; the user must be allowed to read the catalogue.",
        "与 `docker login` 相同的用户名和密码；该用户需要有读取仓库目录（catalog）的权限。",
    ),
    connect,
};

struct Plain {
    endpoint: Endpoint,
    registry: Arc<Registry>,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let endpoint = Endpoint { address: settings.address.clone(), options: settings.registry_options() };
    let registry = endpoint.connect()?;
    Ok(Box::new(Plain { endpoint, registry }))
}

impl Catalogue for Plain {
    fn sign_in(&self) -> Result<String, Error> {
        self.registry.ping()?;
        Ok("distribution protocol 2".to_owned())
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        v2::repositories(&self.registry, next)
    }

    fn artifacts(
        &self,
        repository: &Repository,
        _since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        v2::artifacts(&self.registry, &repository.name, next)
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        Ok(self.endpoint.clone())
    }
}
