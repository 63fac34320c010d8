//! Where the keys of AWS come from: the settings, the environment, the token of a service account (IRSA), the service
//! of the container, the service of the machine; and the role that is taken on with them.
//!
//! Known gaps: the files of the AWS command line (`~/.aws`) and single sign-on are not read.

use super::metadata::{Metadata, token_file};
use super::sts::Sts;
use crate::cloud::{Kept, key};
use crate::sign::Key;
use crate::{Error, Settings};

/// Keys, made anew in time.
pub(super) struct Credentials {
    source: Source,
    sts: Sts,
    role: Option<(String, Option<String>)>,
    own: Kept<Key>,
    taken_on: Kept<Key>,
}

enum Source {
    Static(Key),
    ServiceAccount { role: String, file: String },
    Service(Metadata),
}

impl Credentials {
    pub(super) fn new(region: &str, settings: &Settings) -> Result<Self, Error> {
        let role = settings.role.clone().map(|role| (role, settings.external_id.clone()));
        let (source, sts) = (source(settings)?, Sts::new(region, settings)?);
        Ok(Self { source, sts, role, own: Kept::default(), taken_on: Kept::default() })
    }

    /// The key to sign with.
    pub(super) fn key(&self) -> Result<Key, Error> {
        let Some((role, external_id)) = &self.role else { return self.own() };
        self.taken_on.get(|| self.sts.assume(&self.own()?, role, external_id.as_deref()))
    }

    fn own(&self) -> Result<Key, Error> {
        self.own.get(|| match &self.source {
            Source::Static(key) => Ok((key.clone(), u64::MAX)),
            Source::ServiceAccount { role, file } => self.sts.assume_with_token(role, &token_file(file)?),
            Source::Service(service) => service.key(),
        })
    }
}

fn source(settings: &Settings) -> Result<Source, Error> {
    let known = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty()).cloned();
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    if settings.username.is_some() || known("AWS_ACCESS_KEY_ID").is_some() {
        return Ok(Source::Static(key(settings, names)?));
    }
    if let (Some(role), Some(file)) = (known("AWS_ROLE_ARN"), known("AWS_WEB_IDENTITY_TOKEN_FILE")) {
        return Ok(Source::ServiceAccount { role, file });
    }
    if let Some(service) = Metadata::of_container(settings)? {
        return Ok(Source::Service(service));
    }
    match Metadata::of_machine(settings)? {
        Some(service) => Ok(Source::Service(service)),
        None => Ok(Source::Static(key(settings, names)?)),
    }
}
