use serde_json::{Value, json};

use super::door::Door;
use super::swr::{page, unsigned};
use super::{Held, Stock, now, signature, time};
use crate::{Answer, Asked};

/// Huawei Cloud's SWR with the enterprise instance `shop` (`i-1`) in the project `p1` of `cn-north-4`.
#[derive(Clone, Debug)]
pub struct SwrEnterprise {
    /// What it holds; the first part of a name is an organisation.
    pub stock: Stock,
    /// The id of the access key.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl SwrEnterprise {
    /// What the interface answers.
    pub fn answer(&self, asked: &Asked) -> Answer {
        // What asks whether somebody is there is not signed.
        if asked.header("authorization").is_none() {
            return Answer::new(404, "");
        }
        if !signature::sdk_hmac(asked, &self.id, &self.secret) {
            return unsigned(&self.secret);
        }
        if let Some(path) = asked.path.strip_prefix("/v2/p1/instances/i-1") {
            return self.instance(asked, path);
        }
        match asked.path.as_str() {
            "/v3/projects" => {
                assert_eq!(asked.parameter("name"), Some("cn-north-4"));
                Answer::json(json!({ "projects": [{ "id": "p1", "name": "cn-north-4" }] }).to_string())
            }
            "/v2/p1/instances" => {
                let instances = json!([
                    { "id": "i-0", "name": "other", "access_address": null },
                    { "id": "i-1", "name": "shop", "access_address": "shop-abc.swr-pro.myhuaweicloud.com" },
                ]);
                Answer::json(json!({ "total": 2, "instances": instances }).to_string())
            }
            other => panic!("{other}"),
        }
    }

    /// What the instance answers to those with a password that the interface gave.
    pub fn hand_out(&self, asked: &Asked) -> Answer {
        let is_let_in = |user: &str, password: &str| user == "u" && password.starts_with("word");
        Door::Password.answer(&self.stock, asked, is_let_in).unwrap_or_else(Answer::not_found)
    }

    fn instance(&self, asked: &Asked, path: &str) -> Answer {
        let list = |word: &str, all: &[Value]| {
            let entries = page(asked, all);
            let mut body = json!({ "total": all.len() });
            body[word] = if entries.is_empty() { Value::Null } else { entries.into() };
            Answer::json(body.to_string())
        };
        match path {
            "/repositories" => list(
                "repositories",
                &self.stock.entries(|name, held| {
                    let (namespace, below) = name.split_once('/').unwrap();
                    json!({ "name": below, "namespace_name": namespace, "artifact_count": held.len(),
                            "tag_count": held.len(), "updated_at": "2026-01-02T03:04:05.123Z" })
                }),
            ),
            "/temp-credential" => {
                assert_eq!(asked.method, "POST");
                // The first is about to end.
                let ends = time(now() + if asked.before == 0 { 60 } else { 86_400 });
                let word = format!("word{}", asked.before);
                Answer::json(json!({ "user_id": "u", "auth_token": word, "expire_date": ends }).to_string())
            }
            path => {
                let below =
                    path.strip_prefix("/namespaces/").and_then(|path| path.strip_suffix("/artifacts"));
                let (namespace, name) = below.and_then(|path| path.split_once("/repositories/")).unwrap();
                let name = format!("{namespace}/{}", name.replace("%252F", "/"));
                let held = self.stock.held(&name).unwrap_or_default();
                list("artifacts", &held.iter().map(artifact).collect::<Vec<_>>())
            }
        }
    }
}

/// An image as it is told.
fn artifact(held: &Held) -> Value {
    let tags: Vec<Value> = held.tags.iter().map(|tag| json!({ "name": tag })).collect();
    json!({ "digest": held.digest, "type": if held.is_chart { "CHART" } else { "IMAGE" }, "size": held.size,
            "manifest_media_type": held.media_type, "push_time": time(held.pushed).replace('Z', ".123Z"),
            "tags": (!tags.is_empty()).then_some(tags) })
}
