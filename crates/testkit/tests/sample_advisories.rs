//! Claims about the records in `sample/advisories`: the basic shape of OSV and of CISA's catalogue.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a failure here is a failed test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

const ECOSYSTEMS: [&str; 6] = ["Alpine", "Debian", "Go", "Maven", "PyPI", "npm"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample/advisories")
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every record by folder and file name.
fn records() -> BTreeMap<(String, String), Value> {
    let mut records = BTreeMap::new();
    for ecosystem in ECOSYSTEMS {
        for entry in std::fs::read_dir(root().join(ecosystem)).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(path.extension().unwrap(), "json");
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            records.insert((ecosystem.to_owned(), stem), read(&path));
        }
    }
    records
}

fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    value[key].as_array().into_iter().flatten().map(|item| item.as_str().unwrap()).collect()
}

/// `2024-01-02T03:04:05Z`, the part of RFC 3339 that OSV asks for.
fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap();
    let digits_as_zero: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    digits_as_zero == "0000-00-00T00:00:00Z"
}

fn check_range(id: &str, range: &Value) {
    let kind = range["type"].as_str().unwrap();
    assert!(["SEMVER", "ECOSYSTEM"].contains(&kind), "{id}: {kind}");
    let events = range["events"].as_array().unwrap();
    assert!(events[0].get("introduced").is_some(), "{id}: a range starts with introduced");
    let mut open = false;
    for event in events {
        let event = event.as_object().unwrap();
        assert_eq!(event.len(), 1, "{id}: one key an event");
        let (key, version) = event.iter().next().unwrap();
        assert!(!version.as_str().unwrap().is_empty(), "{id}");
        match key.as_str() {
            "introduced" => assert!(!open, "{id}: introduced twice"),
            "fixed" | "last_affected" => assert!(open, "{id}: {key} without introduced"),
            other => panic!("{id}: {other}"),
        }
        open = key == "introduced";
    }
}

fn check_severity(id: &str, severity: &Value) {
    let score = severity["score"].as_str().unwrap();
    let kind = severity["type"].as_str().unwrap();
    let fits = match kind {
        "CVSS_V2" => score.starts_with("AV:"),
        "CVSS_V3" => score.starts_with("CVSS:3.1/AV:"),
        "CVSS_V4" => score.starts_with("CVSS:4.0/AV:"),
        _ => false,
    };
    assert!(fits, "{id}: {kind} {score}");
}

#[test]
fn every_record_has_the_basic_shape_of_osv() {
    let records = records();
    assert!((50..=80).contains(&records.len()), "{} records", records.len());
    for ((folder, file), record) in &records {
        assert_eq!(record["id"], file.as_str(), "the id is the file name");
        assert!(is_time(&record["modified"]), "{file}");
        for key in ["published", "withdrawn"] {
            assert!(record.get(key).is_none_or(is_time), "{file}: {key}");
        }
        for key in ["summary", "details"] {
            assert!(!record[key].as_str().unwrap().is_empty(), "{file}: {key}");
        }
        assert!(record["references"][0]["url"].as_str().unwrap().starts_with("https://"), "{file}");
        for severity in record["severity"].as_array().into_iter().flatten() {
            check_severity(file, severity);
        }
        let affected = record["affected"].as_array().unwrap();
        assert!(!affected.is_empty(), "{file}");
        for entry in affected {
            let ecosystem = entry["package"]["ecosystem"].as_str().unwrap();
            assert_eq!(ecosystem.split(':').next().unwrap(), folder, "{file}");
            assert!(!entry["package"]["name"].as_str().unwrap().is_empty(), "{file}");
            let ranges = entry["ranges"].as_array();
            assert!(
                ranges.is_some() || !texts(entry, "versions").is_empty(),
                "{file}: neither range nor version"
            );
            ranges.into_iter().flatten().for_each(|range| check_range(file, range));
        }
    }
}

#[test]
fn ids_are_unique_and_name_a_cve_where_there_is_one() {
    let records = records();
    let ids: BTreeSet<&str> = records.keys().map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids.len(), records.len());
    for ((_, id), record) in &records {
        let names = [texts(record, "aliases"), texts(record, "upstream")].concat();
        assert!(!names.contains(&id.as_str()), "{id} is its own alias");
        assert!(id == "GHSA-pjwm-rvh2-c87w" || names.iter().any(|name| name.starts_with("CVE-")), "{id}");
    }
}

#[test]
fn holds_one_of_each_special_case() {
    let records = records();
    let all: Vec<&Value> = records.values().collect();
    let affected: Vec<&Value> =
        all.iter().flat_map(|record| record["affected"].as_array().unwrap()).collect();
    let mentions = |key: &str| all.iter().any(|record| record.to_string().contains(key));
    assert!(all.iter().any(|record| record.get("withdrawn").is_some()));
    assert!(mentions("\"last_affected\":"));
    assert!(affected.iter().any(|entry| entry["ranges"].as_array().is_some_and(|ranges| ranges.len() > 1)));
    assert!(affected.iter().any(|entry| !texts(entry, "versions").is_empty()));
    assert!(affected.iter().any(|entry| entry["ecosystem_specific"]["urgency"] == "unimportant"));
    assert!(["CVSS_V2", "CVSS_V3", "CVSS_V4"].into_iter().all(mentions));
    assert!(all.iter().any(|record| record.get("severity").is_none()));
}

#[test]
fn the_list_of_ecosystems_is_that_of_the_folders() {
    let list = std::fs::read_to_string(root().join("ecosystems.txt")).unwrap();
    assert_eq!(list.lines().collect::<Vec<_>>(), ECOSYSTEMS);
}

#[test]
fn the_exploited_list_has_the_shape_of_the_catalogue() {
    let catalogue = read(&root().join("known_exploited_vulnerabilities.json"));
    let entries = catalogue["vulnerabilities"].as_array().unwrap();
    assert_eq!(catalogue["count"], entries.len());
    let records = records();
    for entry in entries {
        let cve = entry["cveID"].as_str().unwrap();
        for key in ["vendorProject", "product", "vulnerabilityName", "shortDescription", "requiredAction"] {
            assert!(!entry[key].as_str().unwrap().is_empty(), "{cve}: {key}");
        }
        for key in ["dateAdded", "dueDate"] {
            assert_eq!(entry[key].as_str().unwrap().len(), "2024-01-02".len(), "{cve}: {key}");
        }
        assert!(
            ["Known", "Unknown"].contains(&entry["knownRansomwareCampaignUse"].as_str().unwrap()),
            "{cve}"
        );
        assert!(!texts(entry, "cwes").is_empty(), "{cve}");
        let known =
            |record: &Value| [texts(record, "aliases"), texts(record, "upstream")].concat().contains(&cve);
        assert!(records.values().any(known), "{cve} has no advisory");
    }
}
