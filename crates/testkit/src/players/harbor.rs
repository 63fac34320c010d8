use serde_json::{Value, json};

use super::door::{Door, refusal};
use super::{Held, Stock, is_basic, number, part, time};
use crate::{Answer, Asked};

/// Harbor, both generations: projects hold the repositories whose names begin with theirs.
#[derive(Clone, Debug)]
pub struct Harbor {
    /// What it holds.
    pub stock: Stock,
    /// The projects in order, and whether each is a cache of another registry.
    pub projects: Vec<(String, bool)>,
    /// Who may ask.
    pub user: String,
    /// With which password.
    pub password: String,
}

impl Harbor {
    /// What Harbor answers with when something is wrong.
    pub fn refusal(status: u16, code: &str, message: &str) -> Answer {
        refusal(status, code, message)
    }

    /// What Harbor 2 answers.
    pub fn second(&self, asked: &Asked) -> Answer {
        let Some(path) = asked.path.strip_prefix("/api/v2.0/") else {
            return match asked.path.as_str() {
                "/api/version" => Answer::json("{\"version\":\"v2.0\"}"),
                _ => self.hand_out(asked),
            };
        };
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["systeminfo"] if self.is_user(asked) => {
                Answer::json("{\"harbor_version\":\"v2.11.0-70c8726e\"}")
            }
            ["systeminfo"] => Answer::json("{\"auth_mode\":\"db_auth\"}"),
            // A robot is let in, and is no user.
            ["users", "current"] if self.is_user(asked) => {
                refusal(412, "PRECONDITION", "get current user not available for security context: robot")
            }
            ["users", "current"] => refusal(401, "UNAUTHORIZED", "unauthorized"),
            ["projects"] => self.told(asked),
            ["projects", project, "repositories"] => {
                let named = |(name, held): (&str, usize)| json!({ "name": name, "artifact_count": held, "update_time": "2026-01-02T03:04:05.678Z" });
                Self::paged(asked, &self.repositories(project).into_iter().map(named).collect::<Vec<_>>())
            }
            ["projects", project, "repositories", repository, "artifacts"] => {
                self.artifacts(asked, &format!("{project}/{}", repository.replace("%252F", "/")))
            }
            _ => refusal(404, "NOT_FOUND", "not found"),
        }
    }

    /// What Harbor 1 answers.
    pub fn first(&self, asked: &Asked) -> Answer {
        let Some(path) = asked.path.strip_prefix("/api/") else { return self.hand_out(asked) };
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["systeminfo"] => Answer::json("{\"harbor_version\":\"v1.10.19\"}"),
            ["users", "current"] if self.is_user(asked) => Answer::json("{\"user_id\":1}"),
            ["users", "current"] => Answer::new(401, "UnAuthorize").header("Content-Type", "text/plain"),
            ["projects"] => self.told(asked),
            ["repositories"] => {
                let (project, _) = &self.projects[number(asked, "project_id") - 1];
                let named =
                    |(name, held): (&str, usize)| json!({ "id": 1, "name": name, "tags_count": held });
                Self::paged(asked, &self.repositories(project).into_iter().map(named).collect::<Vec<_>>())
            }
            ["repositories", name @ .., "tags"] => self.tags(&name.join("/")),
            _ => Answer::new(404, "{\"code\":404,\"message\":\"not found\"}"),
        }
    }

    /// A page with the headers that Harbor sends: the total, and links that are paths.
    pub fn paged(asked: &Asked, all: &[Value]) -> Answer {
        let (page, size) = (number(asked, "page"), number(asked, "page_size"));
        if size > 100 {
            let message = "page_size in query should be less than or equal to 100";
            return refusal(422, "UNPROCESSABLE_ENTITY", message);
        }
        let link = |page: usize, word: &str| {
            format!("<{}?page={page}&page_size={size}>; rel=\"{word}\"", asked.path)
        };
        let mut links = Vec::new();
        if page > 1 {
            links.push(link(page - 1, "prev"));
        }
        if page * size < all.len() {
            links.push(link(page + 1, "next"));
        }
        let answer = Answer::json(Value::from(part(all, (page - 1) * size, size)).to_string());
        let answer = answer.header("X-Total-Count", all.len().to_string());
        if links.is_empty() { answer } else { answer.header("Link", links.join(" , ")) }
    }

    /// Whether a request comes from the user with the right password.
    pub fn is_user(&self, asked: &Asked) -> bool {
        is_basic(asked, &self.user, &self.password)
    }

    fn hand_out(&self, asked: &Asked) -> Answer {
        let door = Door::Token("/service/token", "harbor-registry");
        let is_let_in = |user: &str, password: &str| user == self.user && password == self.password;
        door.answer(&self.stock, asked, is_let_in).unwrap_or_else(Answer::not_found)
    }

    /// The projects whose names hold what is looked for; to somebody unknown Harbor shows what is public.
    fn told(&self, asked: &Asked) -> Answer {
        let wanted = asked.parameter("name").unwrap_or_default();
        let known = self.is_user(asked);
        let all = self.projects.iter().enumerate().filter(|(_, (name, _))| known && name.contains(wanted));
        let told = all.map(|(place, (name, is_cache))| {
            json!({ "project_id": place + 1, "name": name, "registry_id": is_cache.then_some(3),
                    "metadata": { "public": "false" } })
        });
        Self::paged(asked, &told.collect::<Vec<_>>())
    }

    /// The repositories of a project, and how many images each has.
    fn repositories(&self, project: &str) -> Vec<(&str, usize)> {
        let names = self.stock.names().filter(|name| name.split('/').next() == Some(project));
        names.map(|name| (name, self.stock.held(name).unwrap_or_default().len())).collect()
    }

    fn artifacts(&self, asked: &Asked, repository: &str) -> Answer {
        let Some(held) = self.stock.held(repository) else {
            return refusal(404, "NOT_FOUND", "repository not found");
        };
        let mut all: Vec<Value> = held.iter().map(artifact).collect();
        if let Some(begin) = asked.parameter("q") {
            let begin = begin.strip_prefix("push_time%3D%5B").unwrap().strip_suffix("~%5D").unwrap();
            let begin = begin.replace("%20", "T").replace("%3A", ":");
            all.retain(|artifact| artifact["push_time"].as_str().unwrap() >= begin.as_str());
        }
        Self::paged(asked, &all)
    }

    /// Harbor 1 knows tags alone.
    fn tags(&self, repository: &str) -> Answer {
        let told = self.stock.tagged(repository).into_iter().map(|(tag, held)| {
            json!({ "name": tag, "digest": held.digest, "size": held.size, "os": held.platform.0,
                    "architecture": held.platform.1, "created": "2020-01-01T00:00:00Z" })
        });
        Answer::json(Value::from(told.collect::<Vec<_>>()).to_string())
    }
}

/// An artifact as Harbor 2 tells it.
fn artifact(held: &Held) -> Value {
    let references = held.children.iter().map(|[digest, os, architecture, variant]| {
        let mut platform = json!({ "os": os, "architecture": architecture });
        if !variant.is_empty() {
            platform["variant"] = variant.as_str().into();
        }
        json!({ "child_digest": digest, "platform": platform })
    });
    let references = held.is_index().then(|| references.collect::<Vec<_>>());
    let tags: Vec<Value> = held.tags.iter().map(|tag| json!({ "name": tag })).collect();
    let accessories =
        held.attached.iter().map(|digest| json!({ "type": "signature.cosign", "digest": digest }));
    let (os, architecture) = &held.platform;
    json!({
        "type": if held.is_chart { "CHART" } else { "IMAGE" }, "digest": held.digest, "size": held.size,
        "manifest_media_type": held.media_type, "push_time": time(held.pushed).replace('Z', ".123Z"),
        "extra_attrs": { "architecture": architecture, "os": os, "author": "" }, "references": references,
        "tags": (!tags.is_empty()).then_some(tags), "accessories": accessories.collect::<Vec<_>>(),
    })
}
