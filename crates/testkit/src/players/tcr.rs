use serde_json::{Value, json};

use super::door::Door;
use super::tencent::{refusal, signed, wrapped};
use super::{Stock, now, part, signature, time};
use crate::{Answer, Asked};

/// The password that the interface gives.
const PASSWORD: &str = "temporary-token";

/// Tencent Container Registry with the enterprise instance `shop` (`tcr-aaa`) in Beijing.
#[derive(Clone, Debug)]
pub struct Tcr {
    /// What it holds; the first part of a name is a namespace.
    pub stock: Stock,
    /// The id of the access key.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl Tcr {
    /// What the interface answers with when something is wrong.
    pub fn refusal(code: &str, message: &str) -> Answer {
        refusal(code, message)
    }

    /// An answer of the interface.
    pub fn wrapped(value: &Value) -> Answer {
        wrapped(value.clone())
    }

    /// Whether a request is signed with the key.
    pub fn is_signed(&self, asked: &Asked) -> bool {
        signature::tc3(asked, &self.id, &self.secret)
    }

    /// What the interface answers.
    pub fn answer(&self, asked: &Asked) -> Answer {
        let (action, parameters) = match signed(asked, &self.id, &self.secret) {
            Ok(signed) => signed,
            Err(answer) => return answer,
        };
        if action != "DescribeInstances" {
            let place = (parameters["RegistryId"].as_str(), asked.header("x-tc-region"));
            assert_eq!(place, (Some("tcr-aaa"), Some("ap-beijing")));
        }
        match action {
            "DescribeInstances" => wrapped(json!({ "TotalCount": 2, "Registries": [
                {"RegistryId": "tcr-bbb", "RegistryName": "shop-old", "RegionName": "ap-chengdu", "PublicDomain": "shop-old.tencentcloudcr.com"},
                {"RegistryId": "tcr-aaa", "RegistryName": "shop", "RegionName": "ap-beijing", "PublicDomain": "shop.tencentcloudcr.com"},
            ]})),
            "DescribeRepositories" => {
                let all = self.stock.entries(|name, _| {
                    json!({ "Name": name, "Namespace": name.split('/').next(), "Description": null,
                            "UpdateTime": "2026-02-03T04:05:06.7Z" })
                });
                page(&parameters, "RepositoryList", &all)
            }
            "DescribeImages" => self.images(&parameters),
            "CreateInstanceToken" => {
                assert_eq!(parameters["TokenType"], "temp");
                wrapped(json!({ "Username": "100012345678", "Token": PASSWORD, "TokenId": "t",
                                "ExpTime": (now() + 3600) * 1000 }))
            }
            other => panic!("{other}"),
        }
    }

    /// What the instance answers to those with the password that the interface gave.
    pub fn hand_out(&self, asked: &Asked) -> Answer {
        let is_let_in = |user: &str, password: &str| user == "100012345678" && password == PASSWORD;
        let door = Door::Token("/service/token", "harbor-registry");
        door.answer(&self.stock, asked, is_let_in).unwrap_or_else(Answer::not_found)
    }

    fn images(&self, parameters: &Value) -> Answer {
        let text = |name: &str| parameters[name].as_str().unwrap();
        let name = format!("{}/{}", text("NamespaceName"), text("RepositoryName"));
        let told = self.stock.tagged(&name).into_iter().map(|(tag, held)| {
            json!({ "ImageVersion": tag, "Digest": held.digest, "Size": held.size,
                    "UpdateTime": time(held.pushed), "Kind": if held.is_chart { "chart" } else { "image" } })
        });
        page(parameters, "ImageInfoList", &told.collect::<Vec<_>>())
    }
}

/// A page of a list; `Offset` is the number of the page.
fn page(parameters: &Value, word: &str, all: &[Value]) -> Answer {
    let number = |name: &str| usize::try_from(parameters[name].as_u64().unwrap()).unwrap();
    let (page, limit) = (number("Offset"), number("Limit"));
    assert!(page >= 1 && limit <= 100, "pages are counted from 1 and have at most 100 entries");
    let entries = part(all, (page - 1) * limit, limit);
    let mut body = json!({ "TotalCount": all.len() });
    body[word] = if entries.is_empty() { Value::Null } else { entries.into() };
    wrapped(body)
}
