use serde_json::{Value, json};

use super::door::Door;
use super::{Held, Stock, decoded, hexadecimal, hmac, part, signature, time};
use crate::{Answer, Asked};

/// Huawei Cloud's SWR in `cn-north-4`, the basic edition.
#[derive(Clone, Debug)]
pub struct Swr {
    /// What it holds; the first part of a name is an organisation.
    pub stock: Stock,
    /// The repositories that are not the account's own: somebody shares them with it.
    pub shared: Vec<String>,
    /// The id of the access key.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// What the interface answers when a signature is wrong; it repeats what should not be told.
pub(crate) fn unsigned(secret: &str) -> Answer {
    let message =
        format!("Incorrect IAM authentication information: verify aksk signature fail for {secret}");
    let body = json!({ "error_code": "APIGW.0301", "request_id": "r", "error_msg": message });
    Answer::new(401, body.to_string()).header("Content-Type", "application/json")
}

/// The entries of the page that is asked for.
pub(crate) fn page(asked: &Asked, all: &[Value]) -> Vec<Value> {
    let number = |name: &str| asked.parameter(name).unwrap().parse::<usize>().unwrap();
    let (offset, limit) = (number("offset"), number("limit"));
    assert!(limit <= 100 && offset.is_multiple_of(limit), "an offset is a multiple of the limit");
    part(all, offset, limit)
}

impl Swr {
    /// What the interface answers when a signature is wrong.
    pub fn unsigned(&self) -> Answer {
        unsigned(&self.secret)
    }

    /// Whether a request is signed with the key.
    pub fn is_signed(&self, asked: &Asked) -> bool {
        signature::sdk_hmac(asked, &self.id, &self.secret)
    }

    /// What the interface answers.
    pub fn answer(&self, asked: &Asked) -> Answer {
        // What asks whether somebody is there is not signed.
        if asked.header("authorization").is_none() {
            return Answer::new(404, "");
        }
        if !self.is_signed(asked) {
            return self.unsigned();
        }
        match asked.path.as_str() {
            "/v2/manage/repos" => self.repositories(asked, false),
            "/v2/manage/shared-repositories" => {
                assert_eq!(asked.parameter("center"), Some("thirdparty"));
                self.repositories(asked, true)
            }
            path => {
                let below =
                    path.strip_prefix("/v2/manage/namespaces/").and_then(|path| path.strip_suffix("/tags"));
                let (namespace, name) = below.and_then(|path| path.split_once("/repos/")).unwrap();
                let name = format!("{namespace}/{}", decoded(name).replace('$', "/"));
                let told = self.stock.tagged(&name).into_iter().map(|(tag, held)| tagged(tag, held));
                Answer::json(Value::from(page(asked, &told.collect::<Vec<_>>())).to_string())
            }
        }
    }

    /// What the registry answers to those with the password that follows from the key.
    pub fn hand_out(&self, asked: &Asked) -> Answer {
        let (expected, word) =
            (format!("cn-north-4@{}", self.id), hexadecimal(&hmac(self.secret.as_bytes(), &self.id)));
        let is_let_in = |user: &str, password: &str| user == expected && password == word;
        let door = Door::Token("/swr/auth/v2/registry/auth", "dockyard");
        door.answer(&self.stock, asked, is_let_in).unwrap_or_else(Answer::not_found)
    }

    fn repositories(&self, asked: &Asked, shared: bool) -> Answer {
        let all = self.stock.entries(|name, held| {
            let (namespace, below) = name.split_once('/').unwrap();
            let tags: usize = held.iter().map(|held| held.tags.len()).sum();
            json!({ "name": below, "namespace": namespace, "domain_name": "somebody", "num_images": tags,
                    "updated_at": "2026-01-02T03:04:05Z", "tags": ["1"], "status": true, "size": 1 })
        });
        let is_shared = |name: &str| self.shared.iter().any(|own| own == name);
        let all = self.stock.names().zip(all).filter(|(name, _)| is_shared(name) == shared);
        let wanted = asked.parameter("namespace");
        let mut all: Vec<Value> = all.map(|(_, told)| told).collect();
        all.retain(|told| wanted.is_none_or(|wanted| told["namespace"] == wanted));
        let total = all.len();
        all.iter_mut().for_each(|told| told["total_range"] = total.into());
        Answer::json(Value::from(page(asked, &all)).to_string())
    }
}

/// A tag as it is told.
fn tagged(tag: &str, held: &Held) -> Value {
    let manifest = json!({ "schemaVersion": 2, "mediaType": held.media_type });
    json!({ "Tag": tag, "digest": held.digest, "size": held.size, "schema": 2, "tag_type": 0,
            "created": "2025-01-01T00:00:00Z", "updated": time(held.pushed), "manifest": manifest.to_string() })
}
