use serde_json::json;

use super::door::Door;
use super::{Stock, number, part, time};
use crate::{Answer, Asked};

/// Quay, to those who have an OAuth 2 token.
#[derive(Clone, Debug)]
pub struct Quay {
    /// What it holds; the first part of a name is a namespace.
    pub stock: Stock,
    /// Whose the token is.
    pub user: String,
    /// The organisations of the user.
    pub organisations: Vec<String>,
    /// The token.
    pub token: String,
    /// Repositories that hold applications and no images.
    pub applications: Vec<String>,
}

impl Quay {
    /// What it answers.
    pub fn answer(&self, asked: &Asked) -> Answer {
        let Some(path) = asked.path.strip_prefix("/api/v1/") else { return self.hand_out(asked) };
        if asked.header("authorization") != Some(&format!("Bearer {}", self.token)) {
            let body = json!({ "status": 401, "error_message": "Invalid Bearer token format",
                               "title": "invalid_token", "message": "invalid token" });
            return Answer::new(401, body.to_string()).header("Content-Type", "application/json");
        }
        match path {
            "user/" => {
                let names: Vec<_> = self.organisations.iter().map(|name| json!({ "name": name })).collect();
                Answer::json(json!({ "username": self.user, "organizations": names }).to_string())
            }
            "repository" => self.repositories(asked),
            _ => {
                let name = path.strip_prefix("repository/").and_then(|path| path.strip_suffix("/tag/"));
                name.map_or_else(Answer::not_found, |name| self.tags(asked, name))
            }
        }
    }

    fn hand_out(&self, asked: &Asked) -> Answer {
        let is_let_in = |user: &str, password: &str| user == "$oauthtoken" && password == self.token;
        let door = Door::Token("/v2/auth", "quay.example");
        door.answer(&self.stock, asked, is_let_in).unwrap_or_else(Answer::not_found)
    }

    /// Pages of fifty, each naming the next by a token.
    fn repositories(&self, asked: &Asked) -> Answer {
        let namespace = asked.parameter("namespace").unwrap();
        let own = |name: &&str| name.split('/').next() == Some(namespace);
        let all: Vec<&str> = self.stock.names().filter(own).collect();
        let token = |token: &str| token.strip_prefix("gAAA%3D").unwrap().parse().unwrap();
        let begin = asked.parameter("next_page").map_or(0, token);
        let entries = part(&all, begin, 50).into_iter().map(|name| {
            let is_application = self.applications.iter().any(|own| own == name);
            let (_, below) = name.split_once('/').unwrap();
            json!({ "namespace": namespace, "name": below, "is_public": false, "last_modified": 1_700_000_000,
                    "kind": if is_application { "application" } else { "image" } })
        });
        let mut page = json!({ "repositories": entries.collect::<Vec<_>>() });
        if begin + 50 < all.len() {
            page["next_page"] = format!("gAAA={}", begin + 50).into();
        }
        Answer::json(page.to_string())
    }

    /// Pages of a hundred.
    fn tags(&self, asked: &Asked, repository: &str) -> Answer {
        let (page, tagged) = (number(asked, "page"), self.stock.tagged(repository));
        let tags = part(&tagged, (page - 1) * 100, 100).into_iter().map(|(tag, held)| {
            json!({ "name": tag, "manifest_digest": held.digest, "size": held.size, "start_ts": held.pushed,
                    "is_manifest_list": held.is_index(), "last_modified": time(held.pushed), "reversion": false })
        });
        let more = page * 100 < tagged.len();
        let tags: Vec<_> = tags.collect();
        Answer::json(json!({ "tags": tags, "page": page, "has_additional": more }).to_string())
    }
}
