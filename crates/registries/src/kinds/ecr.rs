//! Amazon Elastic Container Registry, private registries.
//!
//! Source: the API reference of ECR: `DescribeRepositories`, `DescribeImages`, `GetAuthorizationToken`. Images are pulled
//! by the distribution protocol with a password that lasts twelve hours.
//! Known gaps: repositories that are filled from another registry (pull-through caches) are not told apart; the
//! interface does not tell the images of an index; `public.ecr.aws` is an `oci` registry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloud::aws::{Ecr, region, registry};
use crate::cloud::{Kept, images, or_default};
use crate::{Artifact, Catalogue, Endpoint, Error, Kind, Need, Page, Repository, Settings, moment};

pub(crate) static KIND: Kind = Kind {
    word: "ecr",
    title: ("Amazon ECR", "亚马逊云科技 Amazon ECR"),
    needs: &[
        Need::AddressOptional,
        Need::Region,
        Need::InstanceOptional,
        Need::CredentialsOptional,
        Need::Role,
        Need::ApiAddressOptional,
    ],
    sign_in_help: (
        "Id and secret of an access key, with its session token if it is temporary; without them those of the \
         environment, of the service account (IRSA), of the container or of the machine. The policy \
         AmazonEC2ContainerRegistryReadOnly is enough; a role may be taken on, with its external id. The instance is \
         the account's number, when it is not that of the key.",
        "访问密钥的 ID 和 Secret（临时密钥还需要会话令牌）；不填写时依次使用环境变量、服务账户（IRSA）、容器或本机实例角色的凭证。\
         AmazonEC2ContainerRegistryReadOnly 策略即可满足；也可以担任指定角色，并提供外部 ID。\
         实例填写账号 ID，仅在与密钥所属账号不同时需要。",
    ),
    connect,
};

/// The most of a list that is told at once.
const PAGE: u64 = 1000;
/// A password is made anew long before it ends.
const LOGIN_SECONDS: u64 = 6 * 3600;
/// What a Helm chart is.
const CHART: &str = "application/vnd.cncf.helm.config.v1+json";

struct Elastic {
    api: Ecr,
    settings: Settings,
    region: String,
    account: Option<String>,
    login: Kept<Login>,
}

#[derive(Clone)]
struct Login {
    username: String,
    password: String,
    address: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repositories {
    #[serde(default, deserialize_with = "or_default")]
    repositories: Vec<Told>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    repository_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Images {
    #[serde(default, deserialize_with = "or_default")]
    image_details: Vec<Image>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    #[serde(default)]
    image_digest: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    image_tags: Vec<String>,
    #[serde(default)]
    image_size_in_bytes: Option<u64>,
    /// In seconds since 1970, with fractions.
    #[serde(default)]
    image_pushed_at: Option<serde_json::Number>,
    #[serde(default, deserialize_with = "or_default")]
    image_manifest_media_type: String,
    #[serde(default, deserialize_with = "or_default")]
    artifact_media_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tokens {
    authorization_data: Vec<Token>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    authorization_token: String,
    #[serde(default)]
    expires_at: Option<serde_json::Number>,
    #[serde(default, deserialize_with = "or_default")]
    proxy_endpoint: String,
}

fn connect(settings: &Settings) -> Result<Box<dyn Catalogue>, Error> {
    let region = region(settings)?;
    let of_address = registry(&settings.address).map(|(account, _)| account.to_owned());
    let account = settings.instance.clone().or(of_address);
    let api = Ecr::new(&region, settings)?;
    let settings = settings.clone();
    Ok(Box::new(Elastic { api, settings, region, account, login: Kept::default() }))
}

impl Catalogue for Elastic {
    fn sign_in(&self) -> Result<String, Error> {
        let login = self.login()?;
        Ok(format!("ECR in {}, {}", self.region, login.address.trim_start_matches("https://")))
    }

    fn repositories(&self, next: Option<&str>) -> Result<Page<Repository>, Error> {
        let parameters = self.parameters(json!({}), next);
        let found: Repositories =
            self.api.act("list the repositories of ECR", "DescribeRepositories", &parameters)?;
        let named = |told: Told| Repository { name: told.repository_name, ..Repository::default() };
        Ok(Page { items: found.repositories.into_iter().map(named).collect(), next: some(found.next_token) })
    }

    fn artifacts(
        &self,
        repository: &Repository,
        since: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page<Artifact>, Error> {
        let parameters = self.parameters(json!({ "repositoryName": repository.name }), next);
        let operation = format!("list the images of `{}` in ECR", repository.name);
        let found: Images = self.api.act(&operation, "DescribeImages", &parameters)?;
        let told = found.image_details.into_iter().filter(|image| image.artifact_media_type != CHART);
        let items = images(told.map(Image::artifact).collect(), since);
        Ok(Page { items, next: some(found.next_token) })
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let Login { username, password, address } = self.login()?;
        let mut options = self.settings.registry_options();
        options.username = Some(username);
        options.password = Some(password);
        Ok(Endpoint { address, options })
    }

    fn interface(&self) -> Option<String> {
        Some(self.api.address())
    }
}

impl Elastic {
    fn parameters(&self, mut parameters: Value, next: Option<&str>) -> Value {
        if let Value::Object(fields) = &mut parameters {
            fields.insert("maxResults".to_owned(), PAGE.into());
            fields.extend(next.map(|next| ("nextToken".to_owned(), next.into())));
            let account = self.account.as_deref();
            fields.extend(account.map(|account| ("registryId".to_owned(), account.into())));
        }
        parameters
    }

    fn login(&self) -> Result<Login, Error> {
        self.login.get(|| {
            let operation = "get a password of ECR";
            let told: Tokens = self.api.act(operation, "GetAuthorizationToken", &json!({}))?;
            let why = || Error::Answer {
                what: "the password that ECR answered".to_owned(),
                why: "it is none".to_owned(),
            };
            let token = told.authorization_data.into_iter().next().ok_or_else(why)?;
            let bytes = STANDARD.decode(&token.authorization_token).map_err(|_bad| why())?;
            let text = String::from_utf8(bytes).map_err(|_bad| why())?;
            let (username, password) = text.split_once(':').ok_or_else(why)?;
            let ends = token.expires_at.as_ref().and_then(whole_seconds).unwrap_or(0);
            let address = self.address(token.proxy_endpoint);
            let login = Login { username: username.to_owned(), password: password.to_owned(), address };
            Ok((login, ends.min(moment::now() + LOGIN_SECONDS)))
        })
    }

    /// Where images are pulled from: as given, that of the named account, or the key's own.
    fn address(&self, told: String) -> String {
        match (&self.settings.address, &self.account) {
            (given, _) if !given.is_empty() => given.clone(),
            (_, Some(account)) => {
                format!("{account}.dkr.ecr.{}.{}", self.region, crate::cloud::aws::domain(&self.region))
            }
            _ => told,
        }
    }
}

impl Image {
    fn artifact(self) -> Artifact {
        Artifact {
            tags: self.image_tags,
            digest: self.image_digest.and_then(|digest| digest.parse().ok()),
            media_type: self.image_manifest_media_type,
            size: self.image_size_in_bytes,
            pushed: self.image_pushed_at.as_ref().and_then(whole_seconds).map(model::time_of),
            ..Artifact::default()
        }
    }
}

/// The seconds of a time with fractions; the interface writes `1.5653E9`, too.
fn whole_seconds(number: &serde_json::Number) -> Option<u64> {
    number.as_u64().or_else(|| format!("{:.0}", number.as_f64()?.floor()).parse().ok())
}

fn some(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}
