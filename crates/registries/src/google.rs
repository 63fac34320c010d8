//! Who one is to Google's interfaces: an access token, or a service account by its key.
//!
//! Source: Google's documentation of OAuth 2 for servers: a claim signed with the key (RS256) is exchanged for an access
//! token, which lasts an hour.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use net::Authorization;
use serde::Deserialize;
use serde_json::json;

use crate::api::Api;
use crate::cloud::Kept;
use crate::{Error, Settings, moment};

/// What is asked of an account: to read, and no more.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform.read-only";
/// How long a claim is good for.
const CLAIM_SECONDS: u64 = 3600;
/// The user that an access token goes with.
const TOKEN_USER: &str = "oauth2accesstoken";

/// What user and password are to Google's registries.
pub(crate) const SIGN_IN_HELP: (&str, &str) = (
    "The user `_json_key` with the whole JSON key of a service account as password (`_json_key_base64`: in base64), or the \
     user `oauth2accesstoken` with an access token (`gcloud auth print-access-token`, good for an hour). The account needs \
     the role Artifact Registry Reader. The namespace is the project.",
    "用户名填写 `_json_key`，密码填写服务账号密钥的完整 JSON（`_json_key_base64` 则为其 base64 编码）；或用户名填写 \
     `oauth2accesstoken`，密码填写访问令牌（`gcloud auth print-access-token`，有效期一小时）。该账号需要 Artifact Registry \
     Reader 角色。命名空间填写项目 ID。",
);

/// Who asks.
pub(crate) enum Identity {
    Nobody,
    Token(String),
    Account(Box<Account>),
}

/// A service account.
pub(crate) struct Account {
    email: String,
    key_id: Option<String>,
    token_address: String,
    key: KeyPair,
    token: Kept<String>,
}

/// The key of a service account as Google hands it out.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    #[serde(default)]
    private_key_id: Option<String>,
    #[serde(default)]
    token_uri: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    #[serde(default)]
    expires_in: Option<u64>,
}

impl Identity {
    /// Who the settings say.
    pub(crate) fn of(settings: &Settings) -> Result<Self, Error> {
        let password = settings.password.as_deref().unwrap_or_default();
        match settings.username.as_deref() {
            None => Ok(Self::Nobody),
            Some(TOKEN_USER) => Ok(Self::Token(password.trim().to_owned())),
            Some("_json_key") => Ok(Self::Account(Box::new(account(password.as_bytes())?))),
            Some("_json_key_base64") => {
                let bytes = STANDARD.decode(password.trim());
                let bytes = bytes.map_err(|_not_base64| refuse("it is not in base64"))?;
                Ok(Self::Account(Box::new(account(&bytes)?)))
            }
            Some(_) => Err(Error::Setting {
                setting: "username",
                why: format!("it is `_json_key`, `_json_key_base64` or `{TOKEN_USER}` here"),
            }),
        }
    }

    /// What requests are sent with; a token is made anew in time.
    pub(crate) fn authorization(&self, api: &Api) -> Result<Option<Authorization>, Error> {
        match self {
            Self::Nobody => Ok(None),
            Self::Token(token) => Ok(Some(Authorization::Bearer(token.clone()))),
            Self::Account(account) => {
                let token = account.token.get(|| account.exchange(api, moment::now()))?;
                Ok(Some(Authorization::Bearer(token)))
            }
        }
    }
}

/// What is wrong with the password; nothing of it is shown.
fn refuse(why: &str) -> Error {
    Error::Setting { setting: "password", why: why.to_owned() }
}

fn account(bytes: &[u8]) -> Result<Account, Error> {
    let no_key = "it is no JSON key of a service account";
    let file: KeyFile = serde_json::from_slice(bytes).map_err(|_no_json| refuse(no_key))?;
    let body: String =
        file.private_key.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let der = STANDARD.decode(body).map_err(|_no_pem| refuse("its `private_key` is not in PEM form"))?;
    let key = KeyPair::from_pkcs8(&der).map_err(|_no_rsa| refuse("its `private_key` is no RSA key"))?;
    Ok(Account {
        email: file.client_email,
        key_id: file.private_key_id,
        token_address: file.token_uri.unwrap_or_else(|| "https://oauth2.googleapis.com/token".to_owned()),
        key,
        token: Kept::default(),
    })
}

impl Account {
    /// An access token, and when it ends.
    fn exchange(&self, api: &Api, now: u64) -> Result<(String, u64), Error> {
        let claim = self.claim(now)?;
        let fields = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &claim)];
        let token: Token = api.form("get a token for the service account", &self.token_address, &fields)?;
        Ok((token.access_token, now + token.expires_in.unwrap_or(CLAIM_SECONDS)))
    }

    fn claim(&self, now: u64) -> Result<String, Error> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id });
        let claims = json!({
            "iss": self.email,
            "scope": SCOPE,
            "aud": self.token_address,
            "iat": now,
            "exp": now + CLAIM_SECONDS,
        });
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let text =
            format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_unspecified| refuse("its `private_key` cannot sign"))?;
        Ok(format!("{text}.{}", encode(&signature)))
    }
}
