use serde_json::{Value, json};

use super::door::Door;
use super::{Held, Stock, decoded, is_basic, part, time};
use crate::{Answer, Asked};

/// The most names that a catalogue tells at once, though more are asked for.
const NAMES: usize = 50;

/// Where passwords are exchanged for tokens.
const TOKEN: &str = "/artifactory/api/docker/null/v2/token";

/// JFrog Artifactory, with repositories of Docker images.
#[derive(Clone, Debug)]
pub struct Artifactory {
    /// What it holds; the first part of a name is the key of one of its repositories.
    pub stock: Stock,
    /// The keys with what they are: `LOCAL`, `REMOTE`, `VIRTUAL`, `FEDERATED`.
    pub keys: Vec<(String, String)>,
    /// Keys whose catalogue the user may not read.
    pub closed: Vec<String>,
    /// Whether the user may ask in the query language.
    pub may_query: bool,
    /// Who may ask.
    pub user: String,
    /// With which password.
    pub password: String,
}

impl Artifactory {
    /// What it answers with when something is wrong.
    pub fn refusal(status: u16, message: &str) -> Answer {
        let body = json!({ "errors": [{ "status": status, "message": message }] });
        Answer::new(status, body.to_string()).header("Content-Type", "application/json")
    }

    /// What it answers.
    pub fn answer(&self, asked: &Asked) -> Answer {
        let path = asked.path.strip_prefix("/artifactory/api/").filter(|_| asked.path != TOKEN);
        let Some(path) = path else { return self.hand_out(asked) };
        if !is_basic(asked, &self.user, &self.password) {
            return Self::refusal(401, "Bad credentials")
                .header("WWW-Authenticate", "Basic realm=\"Artifactory Realm\"");
        }
        match path {
            "repositories" => {
                assert_eq!(asked.query, "packageType=docker");
                let told = self.keys.iter().map(|(key, kind)| {
                    json!({ "key": key, "type": kind, "url": format!("https://x/artifactory/{key}"),
                            "packageType": "Docker" })
                });
                Answer::json(Value::from(told.collect::<Vec<_>>()).to_string())
            }
            "search/aql" if self.may_query => self.query(&asked.text()),
            "search/aql" => Self::refusal(403, "This query is allowed for privileged users only"),
            _ => self.protocol(asked, path),
        }
    }

    fn hand_out(&self, asked: &Asked) -> Answer {
        let is_let_in = |user: &str, password: &str| user == self.user && password == self.password;
        let door = Door::Token(TOKEN, "artifactory.example");
        door.answer(&self.stock, asked, is_let_in).unwrap_or_else(Answer::not_found)
    }

    /// The distribution protocol of one repository, below Artifactory's own address.
    fn protocol(&self, asked: &Asked, path: &str) -> Answer {
        let found = path.strip_prefix("docker/").and_then(|path| path.split_once("/v2/"));
        let Some((key, below)) = found else { return Self::refusal(404, "not found") };
        if below != "_catalog" {
            return self.stock.answer(&format!("{key}/{below}"));
        }
        if self.closed.iter().any(|own| own == key) {
            return Self::refusal(403, "Forbidden");
        }
        // A cache's is not told as Artifactory is set up at first.
        let is_cache = self.keys.iter().any(|(own, kind)| own == key && kind == "REMOTE");
        let own = |name: &str| {
            name.split_once('/').filter(|(own, _)| *own == key && !is_cache).map(|(_, n)| n.to_owned())
        };
        let names: Vec<String> = self.stock.names().filter_map(own).collect();
        let after = |last: &str| names.iter().position(|name| *name == decoded(last)).unwrap() + 1;
        let begin = asked.parameter("last").map_or(0, after);
        let page = part(&names, begin, NAMES);
        let answer = Answer::json(json!({ "repositories": page }).to_string());
        let Some(last) = page.last().filter(|_| begin + NAMES < names.len()) else { return answer };
        let last = last.replace('/', "%2F");
        answer.header("Link", format!("<{}?last={last}&n={NAMES}>; rel=\"next\"", asked.path))
    }

    /// What the query language gives: the manifests of a repository of Artifactory, or of an image in it.
    fn query(&self, text: &str) -> Answer {
        let criteria = text.strip_prefix("items.find(").unwrap().split_once(").include").unwrap().0;
        let criteria: Value = serde_json::from_str(criteria).unwrap();
        assert!(text.contains(".include(\"repo\",\"path\",\"name\",\"updated\",\"sha256\")"), "{text}");
        let stored = criteria["repo"].as_str().unwrap();
        let key = stored.strip_suffix("-cache").unwrap_or(stored);
        let below = criteria["path"]["$match"].as_str().unwrap_or_default().trim_end_matches('*');
        let since = criteria["updated"]["$gte"].as_str();
        let mut files: Vec<(String, Value)> = Vec::new();
        for name in self.stock.names() {
            let Some((_, image)) = name.split_once('/').filter(|(own, _)| *own == key) else { continue };
            for held in self.stock.held(name).unwrap_or_default() {
                if since.is_none_or(|since| time(held.pushed).as_str() >= since) {
                    files.extend(told(stored, image, held));
                }
            }
        }
        files.retain(|(path, _)| path.starts_with(below));
        files.sort_by(|(one, _), (other, _)| one.cmp(other));
        let files: Vec<Value> = files.into_iter().map(|(_, file)| file).collect();
        let offset = text.split_once(".offset(").unwrap().1.split_once(')').unwrap().0.parse().unwrap();
        let page = part(&files, offset, 1000);
        let range = json!({ "start_pos": offset, "total": page.len() });
        Answer::json(json!({ "range": range, "results": page }).to_string())
    }
}

/// An image as the files that it is stored as: one for each tag, and one for each image of an index.
fn told(repository: &str, image: &str, held: &Held) -> Vec<(String, Value)> {
    let file = |path: String, digest: &str| {
        let name =
            if held.is_index() && digest == held.digest { "list.manifest.json" } else { "manifest.json" };
        // In the time of the server's own zone.
        let updated = time(held.pushed + 7200).replace('Z', ".678+02:00");
        let file = json!({ "repo": repository, "path": path, "name": name, "updated": updated,
                           "sha256": digest.replace("sha256:", "") });
        (path, file)
    };
    let tags = held.tags.iter().map(|tag| file(format!("{image}/{tag}"), &held.digest));
    let children = held.children.iter();
    let children =
        children.map(|[digest, ..]| file(format!("{image}/{}", digest.replace(':', "__")), digest));
    tags.chain(children).collect()
}
