use serde_json::Value;

use super::write;
use crate::{Style, rich, schemas};

fn log(reports: &[model::Report]) -> Value {
    let mut out = Vec::new();
    write(reports, Style::default(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn follows_the_schema() {
    let schema = schemas::sarif();
    schemas::assert_valid(&schema, &log(&[rich::report()]));
    schemas::assert_valid(&schema, &log(&[rich::report(), rich::report()]));
    let mut clean = rich::report();
    clean.findings.clear();
    clean.gaps.clear();
    schemas::assert_valid(&schema, &log(&[clean]));
    schemas::assert_valid(&schema, &log(&[]));
}

#[test]
fn every_result_has_its_rule_and_a_place_with_a_line() {
    let log = log(&[rich::report()]);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(results(&log).len(), rich::report().findings.len());
    for result in results(&log) {
        let place = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[place]["id"], result["ruleId"]);
        for location in result["locations"].as_array().unwrap() {
            assert!(location["physicalLocation"]["region"]["startLine"].as_u64() >= Some(1));
            let uri = location["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.is_empty() && !uri.starts_with('/') && !uri.contains([':', '<', '"', ' ']), "{uri}");
        }
    }
    let ids: std::collections::HashSet<&str> =
        rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "no rule twice");
}

#[test]
fn decisions_are_suppressions_and_gaps_are_notifications() {
    let log = log(&[rich::report()]);
    let find = |id: &str| results(&log).iter().find(|result| result["ruleId"] == id).unwrap();
    let suppressed = &find("CVE-2026-0004")["suppressions"][0];
    assert_eq!(suppressed["kind"], "external");
    assert_eq!(suppressed["properties"]["status"], "not_affected");
    assert!(find("CVE-2026-0001")["suppressions"].as_array().unwrap().is_empty());
    let notifications = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notifications.as_array().unwrap().len(), 2);
    assert_eq!(notifications[0]["level"], "warning");
}

#[test]
fn a_secret_has_its_line_and_never_its_value() {
    let log = log(&[rich::report()]);
    let secret = results(&log).iter().find(|result| result["ruleId"] == "secrets.gitlab-token").unwrap();
    let location = &secret["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "app/.env");
    assert_eq!(location["region"]["startLine"], 12);
    assert!(secret["message"]["text"].as_str().unwrap().contains("gl********yz"));
}

#[test]
fn severities_are_numbers_that_fit_them() {
    let log = log(&[rich::report()]);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let score = |id: &str| {
        let rule = rules.iter().find(|rule| rule["id"] == id).unwrap();
        rule["properties"]["security-severity"].as_str().unwrap().to_owned()
    };
    assert_eq!(score("CVE-2026-0001"), "9.8", "the CVSS score");
    assert_eq!(
        score("CVE-2026-0002"),
        "8.0",
        "the score is critical and the finding high: the middle of high"
    );
    assert_eq!(score("GHSA-aaaa-bbbb-cccc"), "0.0");
    assert_eq!(score("malware.crypto-miner-xmrig"), "9.5");
}

#[test]
fn a_fingerprint_stays_and_no_two_are_the_same() {
    let one = log(&[rich::report()]);
    let mut later = rich::report();
    later.stats.wall_ms = 1.0;
    later.findings.reverse();
    let two = log(&[later]);
    let prints = |log: &Value| {
        results(log)
            .iter()
            .map(|result| result["partialFingerprints"]["lazaretFinding/v1"].as_str().unwrap().to_owned())
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(prints(&one), prints(&two));
    assert_eq!(prints(&one).len(), rich::report().findings.len());
}

#[test]
fn names_do_no_harm() {
    let mut out = Vec::new();
    write(&[rich::report()], Style::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'));
    let log: Value = serde_json::from_str(&text).unwrap();
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        if let Some(link) = rule.get("helpUri") {
            assert!(link.as_str().unwrap().starts_with("https://"), "{link}");
        }
        let markdown = rule["help"]["markdown"].as_str().unwrap();
        assert!(!markdown.contains("<script>") && !markdown.contains("](javascript"), "{markdown}");
    }
    for result in results(&log) {
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!text.replace("\\]", "").contains("]("), "no link in {text}");
    }
}

#[test]
fn is_what_it_was() {
    let mut report = rich::report();
    report
        .findings
        .retain(|finding| matches!(finding.id.as_str(), "CVE-2026-0001" | "base-image-not-approved"));
    report.gaps.truncate(1);
    insta::assert_json_snapshot!(log(&[report]));
}
