//! The document that describes the interface: committed, and as the routes are.

use std::collections::HashSet;
use std::path::PathBuf;

use serde_json::Value;

/// What is answered to who is not signed in.
const OPEN: [&str; 5] = ["getDocument", "getHealth", "getReadiness", "signIn", "tellRegistryNotice"];

/// One operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) value: Value,
}

/// All operations.
pub(crate) fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(server::openapi()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, value) in methods.as_object().unwrap() {
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                id: value["operationId"].as_str().unwrap_or_default().to_owned(),
                value: value.clone(),
            });
        }
    }
    all
}

impl Operation {
    /// The role it takes of who is known by `way`: `session` or `token`.
    pub(crate) fn role(&self, way: &str) -> Option<String> {
        let ways = self.value["security"].as_array()?;
        let roles = ways.iter().find_map(|known| known.get(way))?.as_array()?;
        Some(roles.first()?.as_str()?.to_owned())
    }

    pub(crate) fn is_open(&self) -> bool {
        OPEN.contains(&self.id.as_str())
    }
}

fn file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json"))
}

fn text() -> String {
    format!("{}\n", serde_json::to_string_pretty(&server::openapi()).unwrap())
}

#[test]
fn the_document_is_as_the_routes_are() {
    let committed = bounded::read_file(&file(), 16 << 20).unwrap_or_default();
    let stale =
        "docs/openapi.json is stale: `cargo test -p server --test access -- --ignored bless` writes it anew";
    assert!(committed == text().into_bytes(), "{stale}");
}

/// What the document refers to.
fn references(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn everything_the_document_refers_to_is_in_it() {
    let document = serde_json::to_value(server::openapi()).unwrap();
    let mut found = HashSet::new();
    references(&document, &mut found);
    assert!(found.len() > 100, "the document refers to {} schemas only", found.len());
    found.retain(|reference| document.pointer(reference.trim_start_matches('#')).is_none());
    assert!(found.is_empty(), "the document refers to what is not in it: {found:?}");
}

#[test]
fn every_parameter_is_of_one_type() {
    for operation in operations() {
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let place = format!("{} {}: {}", operation.method, operation.path, parameter["name"]);
            assert!(parameter["schema"].get("allOf").is_none(), "{place} is two things at once");
        }
    }
}

/// Writes `docs/openapi.json` anew.
#[test]
#[ignore = "writes into the sources: cargo test -p server --test access -- --ignored bless"]
fn bless() {
    std::fs::write(file(), text()).unwrap();
}

#[test]
fn every_operation_tells_its_name_its_roles_and_its_problems() {
    let mut ids = HashSet::new();
    for operation in operations() {
        let Operation { method, path, id, value } = &operation;
        let place = format!("{method} {path}");
        let mut letters = id.chars();
        let camel = letters.next().is_some_and(|first| first.is_ascii_lowercase())
            && letters.all(|letter| letter.is_ascii_alphanumeric());
        assert!(camel, "{place}: `{id}` is no name");
        assert!(ids.insert(id.clone()), "{place}: `{id}` is another's name");
        assert_eq!(value["tags"].as_array().map(Vec::len), Some(1), "{place}: one tag");
        assert!(value["summary"].is_string(), "{place}: what it does");
        let problem = &value["responses"]["default"]["content"];
        assert!(problem.as_object().is_some_and(|kinds| kinds.len() == 1), "{place}: its problems");
        if operation.is_open() {
            assert_eq!(value["security"], serde_json::json!([{}]), "{place}: it is open");
            continue;
        }
        // What only programs may do, people may not at all.
        let needed = operation.role("session").or_else(|| operation.role("token"));
        let needed = needed.unwrap_or_else(|| panic!("{place}: who may"));
        let known: api::Role = needed.parse().unwrap_or_else(|_| panic!("{place}: {needed}"));
        // What only people may do, tokens may not at all.
        assert!(
            operation.role("token").is_none_or(|role| role == known.word()),
            "{place}: one role for both ways"
        );
    }
}
