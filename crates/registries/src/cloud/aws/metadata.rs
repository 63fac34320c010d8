//! The services beside a workload that hand out its keys: that of containers (ECS, EKS pod identity) and that of
//! machines (IMDS, version 2 alone: version 1 can be asked by anybody who makes a server fetch an address).
//!
//! Both are asked without TLS at addresses that lead no further than the machine.

use std::io::Read;
use std::time::Duration;

use net::{Authorization, Client, Method, Origin, Request, Response};
use serde::Deserialize;

use crate::sign::Key;
use crate::{Error, Settings, moment};

/// Where containers of ECS find their keys.
const CONTAINERS: &str = "http://169.254.170.2";
/// Addresses at which a key may be asked for without TLS, besides the machine's own.
const LINK_LOCAL: [&str; 3] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];
/// Where machines find theirs.
const MACHINES: &str = "http://169.254.169.254";
const ANSWER_BYTES: u64 = 64 << 10;
const TOKEN_BYTES: u64 = 64 << 10;
const WAIT: Duration = Duration::from_secs(2);

/// A service that hands out keys.
pub(super) struct Metadata {
    client: Client,
    source: Source,
}

enum Source {
    Container { url: String, authorization: Option<String>, authorization_file: Option<String> },
    Machine { base: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    access_key_id: String,
    secret_access_key: String,
    token: String,
    expiration: String,
}

impl Metadata {
    /// The service of containers, when the environment names one.
    pub(super) fn of_container(settings: &Settings) -> Result<Option<Self>, Error> {
        let known = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty()).cloned();
        let relative =
            known("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map(|path| format!("{CONTAINERS}{path}"));
        let Some(url) = relative.or_else(|| known("AWS_CONTAINER_CREDENTIALS_FULL_URI")) else {
            return Ok(None);
        };
        let near = |origin: &Origin| origin.is_private() || LINK_LOCAL.contains(&origin.host());
        if !Origin::of(&url).as_ref().is_some_and(near) {
            let why =
                "`AWS_CONTAINER_CREDENTIALS_FULL_URI` leads to another machine without `https`".to_owned();
            return Err(Error::Setting { setting: "environment", why });
        }
        let authorization = known("AWS_CONTAINER_AUTHORIZATION_TOKEN");
        let authorization_file = known("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        Ok(Some(Self::new(Source::Container { url, authorization, authorization_file }, settings)?))
    }

    /// The service of machines, unless the environment forbids to ask it.
    pub(super) fn of_machine(settings: &Settings) -> Result<Option<Self>, Error> {
        let known = |name: &str| settings.environment.get(name).map(String::as_str);
        if known("AWS_EC2_METADATA_DISABLED").is_some_and(|word| word.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let base =
            known("AWS_EC2_METADATA_SERVICE_ENDPOINT").filter(|base| !base.is_empty()).unwrap_or(MACHINES);
        let base = base.trim_end_matches('/').to_owned();
        Ok(Some(Self::new(Source::Machine { base }, settings)?))
    }

    fn new(source: Source, settings: &Settings) -> Result<Self, Error> {
        let network = net::Options {
            // No proxy leads to the machine itself, and elsewhere nobody answers.
            bypass_proxy: true,
            proxy: None,
            connect_timeout: WAIT,
            retries: 1,
            ..settings.net.clone()
        };
        let client = Client::new(&network).map_err(|source| fail("set up the network", source))?;
        Ok(Self { client, source })
    }

    /// A key, and when it ends.
    pub(super) fn key(&self) -> Result<(Key, u64), Error> {
        let told = match &self.source {
            Source::Container { url, authorization, authorization_file } => {
                let mut request = Request::get(url.as_str());
                let token = match authorization_file {
                    Some(path) => Some(token_file(path)?),
                    None => authorization.clone(),
                };
                request.authorization = token.map(Authorization::Raw);
                self.ask("get the keys of the container", &request)?
            }
            Source::Machine { base } => self.of_role(base)?,
        };
        let told: Told =
            told.json(ANSWER_BYTES).map_err(|source| fail("get the keys of the role", source))?;
        let Told { access_key_id: id, secret_access_key: secret, token, expiration } = told;
        Ok((Key { id, secret, token: Some(token) }, moment::seconds_of(&expiration).unwrap_or(0)))
    }

    /// The key of the machine's role, by a session of its own.
    fn of_role(&self, base: &str) -> Result<Response, Error> {
        let session = Request {
            method: Method::Put,
            url: format!("{base}/latest/api/token"),
            headers: vec![("x-aws-ec2-metadata-token-ttl-seconds", "300".to_owned())],
            ..Request::default()
        };
        let none = "find keys: none are named, and the machine has none of its own";
        let text = |answer: Response| answer.text(ANSWER_BYTES).map_err(|source| fail(none, source));
        let session = text(self.ask(none, &session)?)?;
        let list = format!("{base}/latest/meta-data/iam/security-credentials/");
        let get = |url: &str| Request::get(url).header("x-aws-ec2-metadata-token", session.as_str());
        let roles = text(self.ask("find the role of the machine", &get(&list))?)?;
        let role = roles.lines().next().unwrap_or_default().trim();
        let url = format!("{list}{}", net::encode_component(role));
        self.ask("get the keys of the role", &get(&url))
    }

    fn ask(&self, operation: &str, request: &Request) -> Result<Response, Error> {
        let answer = self.client.send(request).map_err(|source| fail(operation, source))?;
        if answer.is_success() { Ok(answer) } else { Err(fail(operation, answer.into_error())) }
    }
}

/// The token in a file, which whoever runs the workload writes anew from time to time.
pub(super) fn token_file(path: &str) -> Result<String, Error> {
    let refuse =
        |why: String| Error::Setting { setting: "environment", why: format!("cannot read `{path}`: {why}") };
    let mut token = String::new();
    let file = std::fs::File::open(path).map_err(|error| refuse(error.to_string()))?;
    file.take(TOKEN_BYTES).read_to_string(&mut token).map_err(|error| refuse(error.to_string()))?;
    let token = token.trim();
    if token.is_empty() || token.chars().any(char::is_whitespace) {
        return Err(refuse("it holds no token".to_owned()));
    }
    Ok(token.to_owned())
}

fn fail(operation: &str, source: net::Error) -> Error {
    Error::Api { operation: operation.to_owned(), source }
}
