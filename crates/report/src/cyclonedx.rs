//! `CycloneDX` 1.6 as JSON: what is in an image, and what is known to be wrong with it.
//!
//! Source: <https://cyclonedx.org/docs/1.6/json/>.
//!
//! The image is the component the document is about (with several images, each is a component beside its packages).
//! Vulnerabilities stand where the standard has them, decisions as their analysis. Malware, secrets, settings, and what
//! is not allowed have no place of their own in it; they are annotations of the component they are about. Ids and times
//! follow from the content, so that the same scan gives the same document.

mod components;
mod vulnerabilities;

use std::io::{self, Write};

use model::{Detail, Finding, Language, Report};
use serde_json::{Value, json};

use crate::document::{self, Names};
use crate::{Style, moment, words};
use components::Components;

pub(crate) fn write(reports: &[Report], style: Style, out: &mut dyn Write) -> io::Result<()> {
    document::write(&bom(reports, style.language), out)
}

pub(crate) fn bom(reports: &[Report], language: Language) -> Value {
    let mut names = Names::new('|');
    let images: Vec<Components<'_>> =
        reports.iter().map(|report| Components::of(report, &mut names)).collect();
    let mut vulnerabilities = Vec::new();
    let mut annotations = Vec::new();
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for (report, image) in reports.iter().zip(&images) {
        vulnerabilities.extend(vulnerabilities::of(report, image, language, &mut names));
        annotations.extend(self::annotations(report, image, language, &mut names));
        if reports.len() > 1 {
            components.push(image.image.clone());
        }
        components.extend(image.packages.iter().cloned());
        dependencies.extend(image.dependencies.iter().cloned());
    }
    let one = <&[Report; 1]>::try_from(reports).ok().map(|[report]| report);
    let mut bom = document::without_nulls(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": one.and_then(built),
            "tools": { "components": reports.first().map(tool).into_iter().collect::<Vec<_>>() },
            "component": one.and(images.first()).map(|image| &image.image),
        },
        "components": components,
        "dependencies": dependencies,
        "vulnerabilities": vulnerabilities,
        "annotations": annotations,
    }));
    let serial = format!("urn:uuid:{}", document::uuid(&bom));
    if let Value::Object(members) = &mut bom {
        members.insert("serialNumber".to_owned(), Value::from(serial));
    }
    bom
}

/// When the image was built, when it says so.
fn built(report: &Report) -> Option<String> {
    moment::utc(report.image.created.as_deref()?)
}

fn tool(report: &Report) -> Value {
    json!({ "type": "application", "name": report.tool.name, "version": report.tool.version })
}

/// A property in our own name space; none without a value.
fn property(name: &str, value: impl Into<Option<String>>) -> Option<Value> {
    let value = value.into().filter(|value| !value.is_empty())?;
    Some(json!({ "name": format!("lazaret:{name}"), "value": value }))
}

/// What is wrong besides vulnerabilities, and what could not be read.
fn annotations(report: &Report, image: &Components<'_>, language: Language, names: &mut Names) -> Vec<Value> {
    let timestamp = built(report).unwrap_or_else(|| moment::EPOCH.to_owned());
    let mut annotate = |kind: &str, identity: &str, subjects: Vec<String>, text: String| {
        json!({
            "bom-ref": names.unique(&format!("{kind}:{}", document::short_hash(identity))),
            "subjects": subjects,
            "annotator": { "component": tool(report) },
            "timestamp": timestamp,
            "text": text,
        })
    };
    let findings =
        report.findings.iter().filter(|finding| !matches!(finding.detail, Detail::Vulnerability(_)));
    let mut annotations: Vec<Value> = findings
        .map(|finding| {
            let text = sentence(finding, language);
            annotate(finding.kind().word(), &finding.key(), image.subjects(finding), text)
        })
        .collect();
    annotations.extend(report.gaps.iter().map(|gap| {
        let text = one_line(&format!("gap: {} {}: {}", gap.what, gap.place, gap.why));
        annotate(
            "gap",
            &format!("{}|{}|{}", gap.what, gap.place, gap.why),
            vec![image.reference.clone()],
            text,
        )
    }));
    annotations
}

/// A finding in lines of `name: value`, the same names in every language, so that a program can read them too.
fn sentence(finding: &Finding, language: Language) -> String {
    let mut lines = vec![format!("{}: {}", finding.kind().word(), finding.id)];
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name}: {}", one_line(value)));
        }
    };
    line("severity", words::severity(Language::English, finding.severity));
    line("title", finding.title(language));
    for path in finding.paths() {
        line("path", path);
    }
    match &finding.detail {
        Detail::Malware(found) => {
            line("class", found.class.word());
            line("family", &found.family);
            line("sha256", &found.sha256);
        }
        Detail::Secret(found) => {
            line("place", &found.place);
            line("line", &found.line.map(|line| line.to_string()).unwrap_or_default());
            line("masked", &found.masked);
        }
        Detail::Baseline(found) => {
            line("actual", found.actual.of(language));
            line("expected", found.expected.of(language));
        }
        Detail::Compliance(found) => line("license", found.license.as_deref().unwrap_or_default()),
        Detail::Vulnerability(_) | Detail::BaseImage(_) => {}
    }
    line("layer", finding.layer.as_deref().unwrap_or_default());
    line("advice", finding.advice(language));
    if let Some(decision) = &finding.suppressed {
        line("suppressed", &format!("{} ({})", decision.reason, decision.source));
    }
    lines.join("\n")
}

/// A text whose lines cannot be taken for lines of ours.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests;
