use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::door::Door;
use super::{Stock, now, signature};
use crate::{Answer, Asked};

/// Where it is.
pub(crate) const REGION: &str = "eu-west-1";

/// Amazon ECR in `eu-west-1`, account 123456789012.
#[derive(Clone, Debug)]
pub struct Ecr {
    /// What it holds.
    pub stock: Stock,
    /// The id of the access key.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl Ecr {
    /// What the interface answers with when something is wrong.
    pub fn refusal(code: &str, message: &str) -> Answer {
        Answer::new(400, json!({ "__type": code, "message": message }).to_string())
    }

    /// Whether a request is signed with this key, for a service such as `ecr` or `sts`.
    pub fn is_signed(asked: &Asked, service: &str, id: &str, secret: &str) -> bool {
        signature::sigv4(asked, service, id, secret)
    }

    /// What the interface answers to a request that is signed with the access key.
    pub fn answer(&self, asked: &Asked) -> Answer {
        // What asks whether somebody is there is not signed.
        if asked.header("x-amz-target").is_none() {
            return Answer::new(404, "");
        }
        if !Self::is_signed(asked, "ecr", &self.id, &self.secret) {
            let code = "com.amazon.coral.service#InvalidSignatureException";
            return Self::refusal(code, "The request signature does not match");
        }
        self.unsigned(asked)
    }

    /// What the interface answers, whoever asks.
    pub fn unsigned(&self, asked: &Asked) -> Answer {
        let parameters: Value = serde_json::from_slice(&asked.body).unwrap();
        assert_eq!(asked.header("content-type"), Some("application/x-amz-json-1.1"));
        let target = asked.header("x-amz-target").unwrap();
        match target.strip_prefix("AmazonEC2ContainerRegistry_V20150921.").unwrap() {
            "DescribeRepositories" => {
                let all = self.stock.entries(|name, _| json!({ "repositoryName": name, "createdAt": 1.5e9 }));
                page(&parameters, "repositories", &all)
            }
            "DescribeImages" => self.images(&parameters),
            "GetAuthorizationToken" => {
                let token = STANDARD.encode(format!("AWS:word{}", asked.before));
                let data = json!({
                    "authorizationToken": token, "expiresAt": now() as f64 + 43_200.5,
                    "proxyEndpoint": format!("https://123456789012.dkr.ecr.{REGION}.amazonaws.com"),
                });
                Answer::json(json!({ "authorizationData": [data] }).to_string())
            }
            other => panic!("{other}"),
        }
    }

    /// What the registry answers to those with a password that the interface gave.
    pub fn hand_out(&self, asked: &Asked) -> Answer {
        let is_let_in = |user: &str, password: &str| user == "AWS" && password.starts_with("word");
        Door::Password.answer(&self.stock, asked, is_let_in).unwrap_or_else(Answer::not_found)
    }

    fn images(&self, parameters: &Value) -> Answer {
        let Some(held) = self.stock.held(parameters["repositoryName"].as_str().unwrap()) else {
            return Self::refusal("RepositoryNotFoundException", "The repository does not exist");
        };
        let told = held.iter().map(|held| {
            let kind = if held.is_chart { "cncf.helm" } else { "oci.image" };
            json!({
                "imageDigest": held.digest, "imageSizeInBytes": held.size,
                "imageTags": (!held.tags.is_empty()).then_some(&held.tags),
                "imagePushedAt": held.pushed as f64 + 0.75, "imageManifestMediaType": held.media_type,
                "artifactMediaType": format!("application/vnd.{kind}.config.v1+json"),
            })
        });
        page(parameters, "imageDetails", &told.collect::<Vec<_>>())
    }
}

/// The page that is asked for, with the token of the following one.
fn page(parameters: &Value, word: &str, all: &[Value]) -> Answer {
    let limit = usize::try_from(parameters["maxResults"].as_u64().unwrap()).unwrap();
    assert!(limit <= 1000);
    let token = |token: &str| token.strip_prefix("from/+=").unwrap().parse().unwrap();
    let start = parameters["nextToken"].as_str().map_or(0, token);
    let next = (start + limit < all.len()).then(|| format!("from/+={}", start + limit));
    let mut body = json!({ "nextToken": next });
    body[word] = super::part(all, start, limit).into();
    Answer::json(body.to_string())
}
