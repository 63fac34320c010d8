//! SARIF 2.1.0, which code hosts and editors read: one run for each image.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, and what GitHub's code scanning asks for
//! beyond it: every result has a place with a line, also those that are about the whole image, and every rule a
//! `security-severity`.

mod rules;

use std::io::{self, Write};

use model::{Detail, Finding, Gap, Language, Report, Severity};
use serde_json::{Value, json};

use crate::{Style, address, document, words};
use rules::Rules;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name of the image's root directory, which the addresses of files are relative to.
const ROOT: &str = "ROOTFS";

pub(crate) fn write(reports: &[Report], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let runs: Vec<Value> = reports.iter().map(|report| run(report, style.language)).collect();
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": runs });
    document::write(&document::without_nulls(log), out)
}

fn run(report: &Report, language: Language) -> Value {
    let rules = Rules::of(report, language);
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(report, finding, &rules, language)).collect();
    let notifications: Vec<Value> = report.gaps.iter().map(notification).collect();
    let image = &report.image;
    json!({
        "tool": { "driver": {
            "name": report.tool.name,
            "version": report.tool.version,
            "semanticVersion": report.tool.version,
            "rules": rules.described,
        }},
        "automationDetails": { "id": format!("{}/{}/", report.tool.name, address::encode(&image.name, |_| false)) },
        "language": language.pick("en", "zh-CN"),
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": { ROOT: {
            "uri": "file:///",
            "description": { "text": language.pick("the root directory of the image", "镜像的根目录") },
        }},
        "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notifications }],
        "results": results,
        "properties": {
            "imageName": image.name,
            "imageDigest": image.digest,
            "imageId": image.image_id,
            "platform": image.platform,
            "distribution": image.os,
            "checks": report.checks,
            "layers": report.layers.iter().map(|layer| &layer.diff_id).collect::<Vec<_>>(),
            "advisoriesUpdated": report.database.as_ref().map(|database| &database.updated),
        },
    })
}

/// What could not be read or decided: the tool itself says so.
fn notification(gap: &Gap) -> Value {
    let text = if gap.place.is_empty() {
        format!("{}: {}", gap.what, gap.why)
    } else {
        format!("{} {}: {}", gap.what, gap.place, gap.why)
    };
    json!({
        "level": "warning",
        "message": { "text": plain(&text) },
        "properties": { "what": gap.what, "where": gap.place, "why": gap.why },
    })
}

fn result(report: &Report, finding: &Finding, rules: &Rules, language: Language) -> Value {
    let id = rules::id(finding);
    let fingerprint = document::hash(&finding.key());
    let suppressions: Vec<Value> = finding
        .suppressed
        .iter()
        .map(|decision| {
            json!({
                "kind": "external",
                "status": "accepted",
                "justification": decision.reason,
                "properties": { "status": decision.status, "source": decision.source, "until": decision.until },
            })
        })
        .collect();
    json!({
        "ruleIndex": rules.place(&id),
        "ruleId": id,
        "level": level(finding.severity),
        "message": { "text": plain(&message(finding, language)) },
        "locations": locations(report, finding),
        "partialFingerprints": {
            "lazaretFinding/v1": fingerprint,
            "primaryLocationLineHash": format!("{fingerprint}:1"),
        },
        "suppressions": suppressions,
        "properties": properties(finding, language),
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Negligible | Severity::Unknown => "note",
    }
}

/// What is wrong and what to do, in plain text.
fn message(finding: &Finding, language: Language) -> String {
    let mut lines = vec![format!("{}: {}", finding.id, finding.title(language))];
    let mut line = |english: &str, chinese: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{}: {value}", language.pick(english, chinese)));
        }
    };
    line("severity", "级别", words::severity(language, finding.severity));
    if let Some((package, version)) = finding.package() {
        line("package", "软件包", format!("{package} {version}").trim_end());
    }
    match &finding.detail {
        Detail::Vulnerability(found) => {
            let fixed = found.fixed_version.as_deref();
            line("fixed in", "修复版本", fixed.unwrap_or_else(|| words::no_version(language, found.status)));
        }
        Detail::Secret(found) => line("found", "内容", &found.masked),
        Detail::Baseline(found) => {
            line("actual", "实际", found.actual.of(language));
            line("expected", "期望", found.expected.of(language));
        }
        Detail::Malware(found) => line("sha-256", "SHA-256", &found.sha256),
        Detail::Compliance(found) => line("licence", "许可证", found.license.as_deref().unwrap_or_default()),
        Detail::BaseImage(_) => {}
    }
    line("advice", "修复建议", finding.advice(language));
    lines.join("\n")
}

/// A text as a message: brackets would make links of it.
fn plain(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// Where it lies; what lies in no file is said to be in the image itself.
fn locations(report: &Report, finding: &Finding) -> Vec<Value> {
    let logical = logical(finding);
    let line = finding.line().unwrap_or(1);
    let places: Vec<Value> = finding
        .paths()
        .iter()
        .filter(|path| !path.is_empty())
        .map(|path| json!({ "uri": address::of_path(path), "uriBaseId": ROOT }))
        .collect();
    let places =
        if places.is_empty() { vec![json!({ "uri": address::of_path(&report.image.name) })] } else { places };
    places
        .into_iter()
        .map(|place| {
            json!({
                "physicalLocation": { "artifactLocation": place, "region": { "startLine": line.max(1) } },
                "logicalLocations": logical,
            })
        })
        .collect()
}

/// The package, or the part of the configuration, that it is about.
fn logical(finding: &Finding) -> Option<Vec<Value>> {
    if let Some((name, version)) = finding.package() {
        let full = finding.purl().map_or_else(|| format!("{name}@{version}"), str::to_owned);
        return Some(vec![json!({ "name": name, "fullyQualifiedName": full, "kind": "package" })]);
    }
    match &finding.detail {
        Detail::Secret(found) if found.path.is_none() => {
            Some(vec![json!({ "name": found.place, "kind": "member" })])
        }
        _ => None,
    }
}

/// What a program may want to know beyond what SARIF has a place for.
fn properties(finding: &Finding, language: Language) -> Value {
    let mut properties = json!({
        "kind": finding.kind().word(),
        "severity": finding.severity.word(),
        "layer": finding.layer,
        "createdBy": finding.created_by,
        "fromBase": finding.from_base,
        "purl": finding.purl(),
        "advice": finding.advice(language),
    });
    let own = match &finding.detail {
        Detail::Vulnerability(found) => json!({
            "installedVersion": found.installed_version,
            "fixedVersion": found.fixed_version,
            "status": found.status.word(),
            "knownExploited": found.known_exploited,
            "epss": found.epss.map(|epss| epss.score),
            "risk": found.risk,
            "aliases": found.aliases,
            "cwes": found.cwes,
            "evidence": found.evidence,
            "published": found.published,
        }),
        Detail::Malware(found) => json!({
            "engine": found.engine,
            "class": found.class.word(),
            "family": found.family,
            "md5": found.md5,
            "sha256": found.sha256,
            "visible": found.visible,
        }),
        Detail::Secret(found) => json!({
            "place": found.place,
            "masked": found.masked,
            "fingerprint": found.fingerprint,
            "visible": found.visible,
        }),
        Detail::Baseline(found) => json!({ "category": found.category, "standards": found.standards }),
        Detail::Compliance(found) => json!({ "forbidden": found.forbidden, "license": found.license }),
        Detail::BaseImage(_) => json!({}),
    };
    if let (Value::Object(properties), Value::Object(own)) = (&mut properties, own) {
        properties.extend(own);
    }
    properties
}

#[cfg(test)]
mod tests;
