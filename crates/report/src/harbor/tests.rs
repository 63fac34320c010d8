use std::collections::HashSet;

use model::{Detail, Report, Severity};
use serde_json::Value;

use super::{Artifact, PackageList, packages, vulnerabilities};
use crate::{rich, schemas};

const NOW: &str = "2026-11-22T00:00:00Z";

fn artifact() -> Artifact {
    Artifact {
        repository: "shop/web".to_owned(),
        tag: Some("1.2".to_owned()),
        digest: format!("sha256:{}", "a".repeat(64)),
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
    }
}

fn told(report: &Report) -> Value {
    let mut out = Vec::new();
    vulnerabilities(report, &artifact(), NOW, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn listed(report: Report, list: PackageList) -> Value {
    let mut out = Vec::new();
    packages(report, &artifact(), list, NOW, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn rows(told: &Value) -> &Vec<Value> {
    told["vulnerabilities"].as_array().unwrap()
}

#[test]
fn the_report_of_vulnerabilities_is_what_it_was() {
    insta::assert_json_snapshot!(told(&rich::report()));
}

#[test]
fn severities_are_harbors_words_and_nothing_else() {
    let told = told(&rich::report());
    assert_eq!(told["severity"], "Critical");
    let words = ["Unknown", "Negligible", "Low", "Medium", "High", "Critical"];
    for row in rows(&told) {
        assert!(words.contains(&row["severity"].as_str().unwrap()), "{row}");
    }
}

#[test]
fn what_a_decision_takes_out_is_not_in_it() {
    let told = told(&rich::report());
    let ids: Vec<&str> = rows(&told).iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003", "GHSA-aaaa-bbbb-cccc"]);
}

#[test]
fn nothing_found_is_none_only_where_all_could_be_read() {
    let mut report = rich::report();
    report.findings.retain(|finding| !matches!(finding.detail, Detail::Vulnerability(_)));
    assert_eq!(told(&report)["severity"], "Unknown");
    assert!(rows(&told(&report)).is_empty(), "a list, also when it is empty");
    report.gaps.clear();
    assert_eq!(told(&report)["severity"], "None");
}

#[test]
fn one_row_stands_for_all_places_of_a_package_with_the_worst_severity() {
    let mut report = rich::report();
    let mut other = report.findings.iter().find(|finding| finding.id == "CVE-2026-0002").unwrap().clone();
    other.severity = Severity::Critical;
    let Detail::Vulnerability(found) = &mut other.detail else { panic!("a vulnerability") };
    found.paths = vec!["srv/lodash/package.json".to_owned()];
    report.findings.push(other);
    let told = told(&report);
    let identity = |row: &Value| [row["id"].clone(), row["package"].clone(), row["version"].clone()];
    let identities: HashSet<_> = rows(&told).iter().map(identity).collect();
    assert_eq!(identities.len(), rows(&told).len(), "Harbor refuses a row twice");
    let row = rows(&told).iter().find(|row| row["id"] == "CVE-2026-0002").unwrap();
    assert_eq!(row["severity"], "Critical");
    let paths = row["vendor_attributes"]["paths"].as_array().unwrap();
    assert_eq!(paths.len(), 2, "{paths:?}");
}

#[test]
fn names_are_such_as_harbors_database_takes() {
    let mut report = rich::report();
    for finding in &mut report.findings {
        if let Detail::Vulnerability(found) = &mut finding.detail {
            found.package = format!("a\0{}", "b".repeat(10_000));
        }
    }
    let told = told(&report);
    for row in rows(&told) {
        assert!(row["package"].as_str().unwrap().chars().count() <= 500);
        for link in row["links"].as_array().unwrap() {
            assert!(link.as_str().unwrap().starts_with("http"), "{link}");
        }
    }
    assert!(!told.to_string().contains("\\u0000"));
}

#[test]
fn the_list_of_packages_follows_its_schema_and_tells_of_nothing_wrong() {
    let spdx = listed(rich::report(), PackageList::Spdx);
    assert_eq!((&spdx["media_type"], &spdx["generated_at"]), (&"application/spdx+json".into(), &NOW.into()));
    schemas::assert_valid(&schemas::spdx(), &spdx["sbom"]);
    let cyclonedx = listed(rich::report(), PackageList::CycloneDx);
    assert_eq!(cyclonedx["media_type"], "application/vnd.cyclonedx+json");
    schemas::assert_valid(&schemas::cyclonedx(), &cyclonedx["sbom"]);
    // Beside the packages there is the distribution.
    let components = cyclonedx["sbom"]["components"].as_array().unwrap();
    assert_eq!(components.len(), rich::report().packages.len() + 1);
    assert!(!cyclonedx.to_string().contains("CVE-"));
    assert_eq!(cyclonedx["vendor_attributes"]["gaps"], 2, "what could not be read is told");
    assert_eq!(cyclonedx["artifact"]["digest"], artifact().digest.as_str());
    assert_eq!(cyclonedx["scanner"]["vendor"], "Lazaret");
}

#[test]
fn only_media_types_that_are_announced_are_known() {
    for list in PackageList::ALL {
        assert_eq!(PackageList::of_media_type(list.media_type()), Some(list));
    }
    for other in ["", "application/json", "application/spdx+xml", "application/spdx+json "] {
        assert_eq!(PackageList::of_media_type(other), None, "{other}");
    }
}
