//! Feeds over recorded samples: `fixtures/<feed>/<case>/<document>`, with `expected.json` beside.

use std::fs;
use std::path::{Path, PathBuf};

use bounded::{Limits, read_file};
use model::{Advisory, Epss};
use serde_json::{Value, json};

use super::FEEDS;
use crate::feed::{Feed, Input, Sink};

/// What a document told.
#[derive(Default)]
struct Told {
    advisories: Vec<Advisory>,
    epss: Vec<(String, Epss)>,
    malformed: Vec<(String, String)>,
    error: Option<String>,
}

impl Sink for Told {
    fn advisory(&mut self, advisory: Advisory) {
        self.advisories.push(advisory);
    }

    fn epss(&mut self, cve: String, epss: Epss) {
        self.epss.push((cve, epss));
    }

    fn malformed(&mut self, what: &str, why: String) {
        self.malformed.push((what.to_owned(), why));
    }
}

const EXPECTED: &str = "expected.json";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn parse(feed: &Feed, document: &str, bytes: &[u8]) -> Told {
    let mut told = Told::default();
    let unpacked = bounded::unpack(&mut &*bytes, &Limits::default(), |reader| {
        (feed.parse)(&mut Input::new(document, reader, &mut told))
    });
    told.error = unpacked.unwrap().value.err().map(|error| error.to_string());
    told
}

/// Documents with their bytes.
type Documents = Vec<(String, Vec<u8>)>;

/// The cases of a feed by name.
fn cases(feed: &Feed) -> Vec<(String, Documents)> {
    let folder = folder().join(feed.name);
    let case = |name: String| {
        let documents = names(&folder.join(&name)).into_iter().filter(|document| document != EXPECTED);
        let read = |document: String| {
            let bytes = read_file(&folder.join(&name).join(&document), 8 << 20).unwrap();
            (document, bytes)
        };
        let documents = documents.map(read).collect();
        (name, documents)
    };
    names(&folder).into_iter().map(case).collect()
}

fn prune(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(prune),
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, value| *value != json!(null) && *value != json!("") && *value != json!([]));
        }
        _ => {}
    }
}

fn json(feed: &Feed, documents: &[(String, Vec<u8>)]) -> String {
    let mut all = serde_json::Map::new();
    for (document, bytes) in documents {
        let told = parse(feed, document, bytes);
        let mut value = json!({
            "advisories": told.advisories,
            "epss": told.epss,
            "malformed": told.malformed,
            "error": told.error,
        });
        prune(&mut value);
        all.insert(document.clone(), value);
    }
    serde_json::to_string_pretty(&all).unwrap() + "\n"
}

#[test]
fn feeds_are_sorted_and_each_has_a_file_and_documents() {
    assert!(FEEDS.is_sorted_by(|a, b| a.name < b.name));
    let files = names(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/feeds"));
    let files = files.iter().filter_map(|name| name.strip_suffix(".rs")).filter(|name| *name != "tests");
    let expected: Vec<String> = FEEDS.iter().map(|feed| feed.name.replace('-', "_")).collect();
    assert_eq!(files.collect::<Vec<_>>(), expected);
    for feed in FEEDS {
        let documents = (feed.documents)();
        assert!(!documents.is_empty(), "{}", feed.name);
        for document in documents {
            assert!(document.url.starts_with("https://"), "{}", document.url);
            assert!(!document.name.starts_with('/') && !document.name.contains(".."), "{}", document.name);
        }
    }
}

#[test]
fn every_feed_has_a_good_and_a_malformed_case_that_give_what_is_expected() {
    for feed in FEEDS {
        let cases = cases(feed);
        for (name, documents) in &cases {
            let expected = read_file(&folder().join(feed.name).join(name).join(EXPECTED), 8 << 20).unwrap();
            let expected = String::from_utf8(expected).unwrap();
            assert_eq!(json(feed, documents), expected, "{}/{name}", feed.name);
            let told: Vec<Told> =
                documents.iter().map(|(document, bytes)| parse(feed, document, bytes)).collect();
            let complains = told.iter().any(|told| !told.malformed.is_empty() || told.error.is_some());
            assert_eq!(complains, name.starts_with("malformed"), "{}/{name}", feed.name);
        }
        let good = cases.iter().any(|(name, _)| !name.starts_with("malformed"));
        assert!(good && cases.iter().any(|(name, _)| name.starts_with("malformed")), "{}", feed.name);
    }
}

#[test]
fn every_feed_returns_on_damaged_documents() {
    for feed in FEEDS {
        for (_, documents) in cases(feed) {
            for (document, bytes) in documents {
                for cut in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
                    parse(feed, &document, &bytes[..cut]);
                    let mut damaged = bytes.clone();
                    damaged[cut] ^= 0x55;
                    parse(feed, &document, &damaged);
                }
            }
        }
    }
}

/// Writes what the cases give now: look at it before you commit it.
#[test]
#[ignore = "writes the expected files"]
fn bless() {
    for feed in FEEDS {
        for (name, documents) in cases(feed) {
            fs::write(folder().join(feed.name).join(name).join(EXPECTED), json(feed, &documents)).unwrap();
        }
    }
}
