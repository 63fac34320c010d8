use serde_json::{Value, json};

use super::door::Door;
use super::tencent::{signed, wrapped};
use super::{Stock, part, time};
use crate::{Answer, Asked};

/// Tencent Container Registry, the personal edition: a key lists, an account with a password pulls.
#[derive(Clone, Debug)]
pub struct Ccr {
    /// What it holds.
    pub stock: Stock,
    /// The id of the access key.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The account.
    pub user: String,
    /// Its password for pulling.
    pub password: String,
}

impl Ccr {
    /// What the interface answers; it tells no digests, and times of Beijing.
    pub fn answer(&self, asked: &Asked) -> Answer {
        let (action, parameters) = match signed(asked, &self.id, &self.secret) {
            Ok(signed) => signed,
            Err(answer) => return answer,
        };
        assert_eq!(asked.header("x-tc-region"), Some("ap-guangzhou"));
        match action {
            "DescribeRepositoryOwnerPersonal" => {
                let all = self.stock.entries(|name, held| {
                    json!({ "RepoName": name, "TagCount": held.len(), "UpdateTime": "2026-01-02 03:04:05" })
                });
                let data = json!({ "TotalCount": all.len(), "RepoInfo": page(&parameters, &all),
                                   "Server": "ccr.ccs.tencentyun.com" });
                wrapped(json!({ "Data": data }))
            }
            "DescribeImagePersonal" => {
                let name = parameters["RepoName"].as_str().unwrap();
                let told = self.stock.tagged(name).into_iter().map(|(tag, held)| {
                    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
                    let pushed = time(held.pushed + 8 * 3600).replace('T', " ").replace('Z', "");
                    json!({ "TagName": tag, "SizeByte": held.size, "PushTime": pushed, "ImageId": "sha256:1",
                            "OS": some(&held.platform.0), "Architecture": some(&held.platform.1) })
                });
                let told: Vec<Value> = told.collect();
                wrapped(json!({ "Data": { "TagCount": told.len(), "TagInfo": page(&parameters, &told) } }))
            }
            other => panic!("{other}"),
        }
    }

    /// What the registry answers to the account.
    pub fn hand_out(&self, asked: &Asked) -> Answer {
        let is_let_in = |user: &str, password: &str| user == self.user && password == self.password;
        let door = Door::Token("/service/token", "token-service");
        door.answer(&self.stock, asked, is_let_in).unwrap_or_else(Answer::not_found)
    }
}

/// A page of a list; `Offset` counts entries.
fn page(parameters: &Value, all: &[Value]) -> Vec<Value> {
    let number = |name: &str| usize::try_from(parameters[name].as_u64().unwrap()).unwrap();
    assert!(number("Limit") <= 100);
    part(all, number("Offset"), number("Limit"))
}
